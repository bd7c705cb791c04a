//! `docs/layers.md` says what the specifications say. `UPDATE=1 cargo test -p nn-tests --test layer_reference` rewrites it.

use nn::__private::nn_shape::spec::{ArgSpec, COMMON, CONSTRAINTS, FROM, INITIALIZERS, InitSpec, LAYERS, LayerSpec, OptionSpec, RECURRENT};
use std::fmt::Write;
use std::path::Path;

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn positional(arg: &ArgSpec) -> String {
    match arg.default {
        Some(default) => format!("`{}` = {default}", arg.name),
        None => format!("`{}`: {}", arg.name, arg.what),
    }
}

fn options(out: &mut String, options: &[&OptionSpec]) -> std::fmt::Result {
    for option in options {
        writeln!(out, "| `{}` | {} | {} |", option.key, cell(option.default), cell(option.doc))?;
    }
    Ok(())
}

fn layer(out: &mut String, spec: &LayerSpec) -> std::fmt::Result {
    let args: Vec<_> = spec.positional.iter().map(|arg| arg.name).collect();
    let args = if args.is_empty() { String::new() } else { format!("({})", args.join(", ")) };
    writeln!(out, "\n### `{}{args}`\n\n{}\n", spec.name, spec.doc)?;
    for arg in spec.positional {
        writeln!(out, "- {}", positional(arg))?;
    }
    if !spec.options.is_empty() {
        writeln!(out, "\n| option | default | |\n|---|---|---|")?;
        options(out, &spec.options.iter().collect::<Vec<_>>())?;
    }
    let aliases: Vec<_> = spec.aliases.iter().map(|alias| format!("`{}`", alias.name)).collect();
    if !aliases.is_empty() {
        writeln!(out, "\nElsewhere called {}.", aliases.join(", "))?;
    }
    Ok(())
}

fn named(out: &mut String, all: &[InitSpec]) -> std::fmt::Result {
    for init in all {
        let args = if init.args.is_empty() { String::new() } else { format!("({})", init.args.join(", ")) };
        writeln!(out, "- `{}{args}`", init.name)?;
    }
    Ok(())
}

fn reference() -> Result<String, std::fmt::Error> {
    let mut out = String::from("# Layers\n\nEverything `network!` knows by name. Defaults are Keras's.\n\n## Options of every layer\n\n");
    writeln!(
        out,
        "The penalties, constraints and `trainable` are for layers with parameters, the `recurrent` ones for layers with a recurrent \
         kernel.\n\n| option | default | |\n|---|---|---|"
    )?;
    options(&mut out, &COMMON.iter().chain(RECURRENT).chain([&FROM]).collect::<Vec<_>>())?;
    writeln!(out, "\n## Initialisers\n\nValues of `init`, `bias_init`.\n")?;
    named(&mut out, INITIALIZERS)?;
    writeln!(out, "\n## Constraints\n\nValues of `constraint`, `bias_constraint`, `recurrent_constraint`.\n")?;
    named(&mut out, CONSTRAINTS)?;
    writeln!(out, "\n## Layers")?;
    LAYERS.iter().try_for_each(|spec| layer(&mut out, spec))?;
    Ok(out)
}

#[test]
fn the_reference_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/layers.md");
    let reference = reference().expect("writing to a string");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &reference).expect("docs/layers.md can be written");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == reference, "docs/layers.md is out of date: UPDATE=1 cargo test -p nn-tests --test layer_reference");
}
