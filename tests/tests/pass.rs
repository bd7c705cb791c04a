//! Declarations where a macro easily breaks: each file of `ui/pass` compiles and runs.

#[path = "../ui/pass/hygiene.rs"]
mod hygiene;
#[path = "../ui/pass/in_function.rs"]
mod in_function;
#[path = "../ui/pass/in_macro.rs"]
mod in_macro;
#[path = "../ui/pass/raw_names.rs"]
mod raw_names;
#[path = "../ui/pass/several.rs"]
mod several;
#[path = "../ui/pass/shadowed.rs"]
mod shadowed;
#[path = "../ui/pass/spelling.rs"]
mod spelling;
