//! One error for each broken entry, where it is.

use super::errors;

#[test]
fn eight_broken_entries_give_eight_errors() {
    let source = "struct Net {
    input: [784],
    Dense(10, init = ),
    Dense(),
    Con::,
    Dense(10 Relu),
    Dense(10) Relu,
    Dense(\"ten\"),
    name:,
    Desne(
        10
    ),
}";
    let found = errors(source);
    let places: Vec<_> = found.iter().map(|e| e.split(' ').next().unwrap_or_default()).collect();
    // In the order of the phases: reading, then meaning.
    let mut sorted = places.clone();
    sorted.sort_by_key(|place| place.split(':').next().and_then(|line| line.parse::<u32>().ok()));
    assert_eq!(sorted, ["3:20", "4:11", "5:9", "6:14", "7:15", "8:11", "9:9", "10:5"], "{found:#?}");
}

#[test]
fn a_broken_entry_keeps_its_name() {
    let source = "struct Net { input: [4], main: Dense(4, init = 1 2), Dense(4, from = input), Add(main) }";
    assert_eq!(errors(source).len(), 1, "{:?}", errors(source));
}

#[test]
fn a_missing_comma_does_not_hide_the_rest() {
    let source = "struct Net { input: [4], Dense(4) Relu, Dense(0.5) }";
    assert_eq!(errors(source).len(), 2, "{:?}", errors(source));
}
