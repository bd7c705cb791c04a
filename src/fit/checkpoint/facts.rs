//! The text of a checkpoint: a line for each fact, its name, a tab and its value.

use std::fmt::Display;
use std::str::FromStr;

/// Facts by name, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::fit) struct Facts(Vec<(String, String)>);

impl Facts {
    pub fn set(&mut self, name: impl Into<String>, value: impl Display) {
        self.0.push((name.into(), value.to_string()));
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A value; `None` if it is not there or is none of this type.
    pub fn get<V: FromStr>(&self, name: &str) -> Option<V> {
        self.text(name)?.parse().ok()
    }

    /// The facts whose names begin with `prefix`, without it.
    pub fn below(&self, prefix: &str) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter_map(move |(name, value)| Some((name.strip_prefix(prefix)?, value.as_str())))
    }

    pub fn to_text(&self) -> String {
        self.0.iter().map(|(name, value)| format!("{}\t{}\n", escaped(name), escaped(value))).collect()
    }

    /// The facts of a text; `None` if it is no such text.
    pub fn parse(text: &str) -> Option<Self> {
        let line = |line: &str| {
            let (name, value) = line.split_once('\t')?;
            Some((plain(name)?, plain(value)?))
        };
        text.lines().map(line).collect::<Option<_>>().map(Self)
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n").replace('\r', "\\r")
}

fn plain(text: &str) -> Option<String> {
    let mut plain = String::new();
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        plain.push(match char {
            '\\' => match chars.next()? {
                '\\' => '\\',
                't' => '\t',
                'n' => '\n',
                'r' => '\r',
                _ => return None,
            },
            char => char,
        });
    }
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_survive_whatever_they_hold() {
        let mut facts = Facts::default();
        facts.set("a\tb\n\\n\r", "\\t x\ty\n");
        facts.set("number", 0.1 + 0.2);
        facts.set("infinite", f64::NEG_INFINITY);
        facts.set("empty", "");
        let read = Facts::parse(&facts.to_text()).unwrap();
        assert_eq!(read, facts);
        assert_eq!((read.get("number"), read.get("infinite")), (Some(0.1 + 0.2), Some(f64::NEG_INFINITY)));
        assert_eq!((read.get::<u64>("number"), read.text("empty"), read.text("none")), (None, Some(""), None));
        for wrong in ["no tab", "a\\x\tb", "a\tb\\"] {
            assert_eq!(Facts::parse(wrong), None);
        }
    }
}
