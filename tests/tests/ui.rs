//! Mistakes and what the compiler says to them: one file each in `ui/fail`, named after the diagnosis, with the whole answer
//! beside it. After a change of a message: `TRYBUILD=overwrite cargo test -p nn-tests --test ui`, then read the difference as
//! somebody who made the mistake.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

/// The compiler whose words the `.stderr` files quote. Others say the same in other words.
const RELEASE: &str = "rustc 1.95.";

const FAIL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/ui/fail");

#[test]
fn each_mistake_has_its_message() {
    let rustc = env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let version = Command::new(rustc).arg("--version").output().expect("rustc runs").stdout;
    let version = String::from_utf8_lossy(&version).into_owned();
    if !version.starts_with(RELEASE) {
        println!("SKIPPED: the messages are compared with those of {RELEASE}x, and this is {version}");
        return;
    }
    trybuild::TestCases::new().compile_fail("ui/fail/*.rs");
}

/// The answer to a mistake.
fn answer(name: &str) -> String {
    let path = Path::new(FAIL).join(name).with_extension("stderr");
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn each_message_of_the_catalogue_has_its_mistake() {
    let catalogue = include_str!("../../nn-macros/src/diag/catalogue.rs");
    // `NAME = "id": "sentence with {words}"`
    let entries: Vec<(&str, &str)> = catalogue
        .lines()
        .filter_map(|line| {
            let (id, text) = line.split_once(" = \"")?.1.split_once("\": \"")?;
            let text = text.split_once('"').map_or(text, |(text, _)| text);
            Some((id, text.split(['{', '}']).max_by_key(|part| part.len())?))
        })
        .collect();
    assert!(entries.len() > 60, "the catalogue is read wrongly: {entries:?}");
    // A bug of ours; there is no mistake that provokes it.
    for (id, sentence) in entries.into_iter().filter(|(id, _)| *id != "internal") {
        assert!(answer(id).contains(sentence), "ui/fail/{id}.stderr does not say `{sentence}`");
    }
}

#[test]
fn each_problem_of_shapes_has_its_mistake_twice() {
    let source = include_str!("../../nn-core/nn-shape/src/problem/mod.rs");
    let variants = source.split("pub enum Problem {").nth(1).expect("the enum").split("\n}").next().expect("its end");
    let names: Vec<&str> = variants
        .lines()
        .filter_map(|line| line.strip_prefix("    "))
        .filter(|line| line.starts_with(char::is_uppercase))
        .map(|line| line.trim_end_matches([',', '{', ' ']))
        .collect();
    assert!(names.len() > 7, "{names:?}");
    for name in names {
        let mut id = String::new();
        for c in name.chars() {
            if c.is_uppercase() && !id.is_empty() {
                id.push('-');
            }
            id.extend(c.to_lowercase());
        }
        // Sizes that are literals, and sizes that only the compiler knows.
        let literal = format!("shape-{id}");
        // Zeros are found while reading, before shapes are looked at.
        let literal =
            if id.starts_with("zero-") && !Path::new(FAIL).join(&literal).with_extension("rs").exists() { id.clone() } else { literal };
        let (here, later) = (answer(&literal), answer(&format!("const-{id}")));
        assert!(!here.contains("error[E"), "shape-{id} is not found by the macro:\n{here}");
        assert!(later.contains("error[E0080]"), "const-{id} is not found in const evaluation:\n{later}");
        assert!(here.contains("\n  help: ") || here.contains(" help: "), "shape-{id} does not help:\n{here}");
    }
}

#[test]
fn one_error_for_each_mistake() {
    let mut count = 0;
    for entry in fs::read_dir(FAIL).expect("the mistakes") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "stderr") {
            continue;
        }
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let expected = match &*name {
            "several" => 8,
            "several-networks" | "const-several" | "typo-lower-case" | "out-of-range-constraint" => 2,
            _ => 1,
        };
        let text = answer(&name);
        let errors = text.lines().filter(|line| line.starts_with("error: ") || line.starts_with("error[")).count();
        assert_eq!(errors, expected, "{name}:\n{text}");
        // What the macro says, and what it lets the compiler say, is about the user's tokens and nothing else.
        let ours = !text.contains("error[E0277]") && !text.contains("error[E0308]");
        if ours && name != "too-many-layers" {
            assert!(!text.replace("in-macro.rs", "").contains("macro"), "{name} talks of macros:\n{text}");
        }
        count += 1;
    }
    assert!(count > 100, "{count}");
}
