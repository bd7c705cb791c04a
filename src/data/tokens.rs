//! Texts as tokens: characters or bytes.

use std::collections::HashMap;
use std::path::Path;

use super::DataError;
use super::open::Source;
use crate::weights::{WeightsError, write_atomically};

/// How a file of a vocabulary begins.
const HEADER: &str = "nn characters 1";

/// The most bytes of a file of a vocabulary: every character there is.
const LIMIT: u64 = 1 << 23;

/// The most bytes of a text.
const TEXT_LIMIT: u64 = 1 << 32;

/// What becomes of a character that the vocabulary does not have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unknown {
    /// An error that says which one, and where.
    #[default]
    Error,
    /// Nothing: it is left out.
    Skip,
    /// This character, which becomes part of the vocabulary.
    Replace(char),
}

/// Characters as tokens: the characters of a text, in the order of their code points, are numbered from 0.
///
/// ```
/// use nn::data::{CharTokenizer, Unknown};
///
/// let tokenizer = CharTokenizer::fit("hello world", Unknown::Replace('?'));
/// assert_eq!(tokenizer.characters(), [' ', '?', 'd', 'e', 'h', 'l', 'o', 'r', 'w']);
/// let tokens = tokenizer.encode("hold!")?;
/// assert_eq!(tokens, [4, 6, 5, 2, 1]);
/// assert_eq!(tokenizer.decode(&tokens)?, "hold?");
/// # Ok::<(), nn::data::DataError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CharTokenizer {
    characters: Vec<char>,
    tokens: HashMap<char, u32>,
    unknown: Unknown,
}

impl CharTokenizer {
    /// The vocabulary of all characters of `text`.
    #[must_use]
    pub fn fit(text: &str, unknown: Unknown) -> Self {
        let mut set: std::collections::BTreeSet<char> = text.chars().collect();
        if let Unknown::Replace(character) = unknown {
            set.insert(character);
        }
        Self::of(set.into_iter().collect(), unknown)
    }

    fn of(characters: Vec<char>, unknown: Unknown) -> Self {
        let tokens = characters.iter().copied().zip(0..).collect();
        Self { characters, tokens, unknown }
    }

    /// The number of tokens; a network's vocabulary has at least so many.
    #[must_use]
    pub fn vocabulary(&self) -> usize {
        self.characters.len()
    }

    /// The character of each token.
    #[must_use]
    pub fn characters(&self) -> &[char] {
        &self.characters
    }

    /// The token of each character.
    ///
    /// # Errors
    /// With [`Unknown::Error`], the first character that is not in the vocabulary.
    pub fn encode(&self, text: &str) -> Result<Vec<u32>, DataError> {
        let mut tokens = Vec::with_capacity(text.len());
        for (offset, character) in text.char_indices() {
            match (self.tokens.get(&character), self.unknown) {
                (Some(&token), _) => tokens.push(token),
                (None, Unknown::Skip) => {}
                (None, Unknown::Replace(other)) => tokens.extend(self.tokens.get(&other)),
                (None, Unknown::Error) => return Err(DataError::UnknownCharacter { offset, character }),
            }
        }
        Ok(tokens)
    }

    /// The text of tokens.
    ///
    /// # Errors
    /// The first token that is not below [`vocabulary`](Self::vocabulary).
    pub fn decode(&self, tokens: &[u32]) -> Result<String, DataError> {
        let character = |(index, &token): (usize, &u32)| {
            let vocabulary = self.vocabulary();
            self.characters.get(token as usize).copied().ok_or(DataError::UnknownToken { index, token, vocabulary })
        };
        tokens.iter().enumerate().map(character).collect()
    }

    /// Saves the vocabulary, atomically and durably: a line that says how many characters there are and what becomes of others, and
    /// then the characters.
    ///
    /// # Errors
    /// If the file cannot be written; then one that was there is as before.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), WeightsError> {
        write_atomically(path.as_ref(), self.to_text().as_bytes())
    }

    /// Reads a vocabulary that [`save`](Self::save) wrote.
    ///
    /// # Errors
    /// If the file cannot be read, is none of these, or is damaged: the characters must be as many as announced, each only once.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, DataError> {
        Self::parse(Source::open(path.as_ref())?)
    }

    /// As [`load`](Self::load), from any stream; `name` is what errors call it.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn load_from(stream: impl std::io::Read, name: impl AsRef<Path>) -> Result<Self, DataError> {
        Self::parse(Source::new(name.as_ref(), stream)?)
    }

    fn to_text(&self) -> String {
        let unknown = match self.unknown {
            Unknown::Error => "error".to_owned(),
            Unknown::Skip => "skip".to_owned(),
            Unknown::Replace(character) => format!("U+{:04X}", u32::from(character)),
        };
        format!("{HEADER}, {} of them, unknown {unknown}\n{}", self.vocabulary(), self.characters.iter().collect::<String>())
    }

    fn parse(source: Source<'_>) -> Result<Self, DataError> {
        let path = source.path().to_owned();
        let fail = |offset: usize, reason: &str| DataError::Format { path: path.clone(), offset: offset as u64, reason: reason.to_owned() };
        let text = read(source, LIMIT)?;
        let (header, characters) = text.split_once('\n').unwrap_or((&text, ""));
        let start = header.len() + 1;
        let parts =
            header.strip_prefix(HEADER).and_then(|rest| rest.strip_prefix(", ")).and_then(|rest| rest.split_once(" of them, unknown "));
        let Some((count, unknown)) = parts else {
            return Err(fail(0, "not a vocabulary: its first line is another one"));
        };
        let count: usize = count.parse().map_err(|_| fail(HEADER.len() + 2, "expected the number of characters"))?;
        let unknown = match unknown {
            "error" => Unknown::Error,
            "skip" => Unknown::Skip,
            code => {
                let code = code.strip_prefix("U+").and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32);
                Unknown::Replace(
                    code.ok_or_else(|| fail(0, "expected what becomes of unknown characters: `error`, `skip` or a code point"))?,
                )
            }
        };
        let mut before = None;
        for (offset, character) in characters.char_indices() {
            // Sorted, as they are written, they are also different.
            if before.is_some_and(|before| before >= character) {
                return Err(fail(start + offset, "a character is out of order, or there twice"));
            }
            before = Some(character);
        }
        let characters: Vec<char> = characters.chars().collect();
        if characters.len() != count {
            return Err(fail(start, &format!("{} characters, but {count} are announced", characters.len())));
        }
        if let Unknown::Replace(character) = unknown
            && characters.binary_search(&character).is_err()
        {
            return Err(fail(0, "the character for unknown ones is not in the vocabulary"));
        }
        Ok(Self::of(characters, unknown))
    }
}

/// Bytes as tokens: 256 of them, for any text in any language and any other file.
///
/// ```
/// use nn::data::ByteTokenizer;
///
/// let tokens = ByteTokenizer::encode("Grüße");
/// assert_eq!((tokens.len(), tokens[0]), (7, 71));
/// assert_eq!(ByteTokenizer::decode(&tokens)?, "Grüße".as_bytes());
/// # Ok::<(), nn::data::DataError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByteTokenizer;

impl ByteTokenizer {
    /// The number of tokens.
    pub const VOCABULARY: usize = 256;

    /// The token of each byte: its value.
    #[must_use]
    pub fn encode(text: impl AsRef<[u8]>) -> Vec<u32> {
        text.as_ref().iter().map(|&byte| u32::from(byte)).collect()
    }

    /// The bytes of tokens. A text is whole only between characters, hence bytes; `String::from_utf8_lossy` makes a text of them.
    ///
    /// # Errors
    /// The first token that is not below 256.
    pub fn decode(tokens: &[u32]) -> Result<Vec<u8>, DataError> {
        let byte = |(index, &token): (usize, &u32)| {
            u8::try_from(token).map_err(|_| DataError::UnknownToken { index, token, vocabulary: Self::VOCABULARY })
        };
        tokens.iter().enumerate().map(byte).collect()
    }
}

/// Reads a text, plain or compressed with gzip.
///
/// # Errors
/// If the file cannot be read, is not UTF-8 (the error says at which byte), or has more than 2^32 bytes.
pub fn read_text(path: impl AsRef<Path>) -> Result<String, DataError> {
    read(Source::open(path.as_ref())?, TEXT_LIMIT)
}

fn read(mut source: Source<'_>, limit: u64) -> Result<String, DataError> {
    let path = source.path().to_owned();
    let mut bytes = Vec::new();
    source.read_up_to(limit + 1, &mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(DataError::TooLarge { path, what: format!("{} bytes and more", bytes.len()), limit });
    }
    String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to() as u64;
        DataError::Format { path, offset, reason: "it is not UTF-8".to_owned() }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> Result<CharTokenizer, DataError> {
        CharTokenizer::load_from(text.as_bytes(), "v.txt")
    }

    #[test]
    fn characters_come_back_and_unknown_ones_do_as_they_are_told() {
        let text = "to be, or not to be\n\u{1f600}\u{e9}\r\n";
        for unknown in [Unknown::Error, Unknown::Skip, Unknown::Replace('\u{fffd}')] {
            let tokenizer = CharTokenizer::fit(text, unknown);
            assert_eq!(tokenizer.decode(&tokenizer.encode(text).unwrap()).unwrap(), text);
            let other = tokenizer.encode("bx");
            match unknown {
                Unknown::Error => assert_eq!(other.unwrap_err().to_string(), "byte 1: the character 'x' is not in the vocabulary"),
                Unknown::Skip => assert_eq!(tokenizer.decode(&other.unwrap()).unwrap(), "b"),
                Unknown::Replace(_) => assert_eq!(tokenizer.decode(&other.unwrap()).unwrap(), "b\u{fffd}"),
            }
            assert_eq!(load(&tokenizer.to_text()).unwrap(), tokenizer);
        }
        let tokenizer = CharTokenizer::fit("ab", Unknown::Error);
        assert_eq!(tokenizer.decode(&[0, 2]).unwrap_err().to_string(), "token 1 is 2, but the vocabulary has 2");
        assert!(ByteTokenizer::decode(&[1, 256]).is_err());
        assert_eq!(CharTokenizer::fit("", Unknown::Skip).vocabulary(), 0);
    }

    #[test]
    fn a_saved_vocabulary_is_whole_or_refused() {
        let tokenizer = CharTokenizer::fit("some text", Unknown::Replace('?'));
        let path = std::env::temp_dir().join(format!("nn-vocabulary-{}", std::process::id()));
        tokenizer.save(&path).unwrap();
        assert_eq!(CharTokenizer::load(&path).unwrap(), tokenizer);
        std::fs::remove_file(path).unwrap();
        let text = tokenizer.to_text();
        for (length, _) in text.char_indices() {
            assert!(load(&text[..length]).is_err(), "{length}");
        }
        for (text, says) in [
            ("", "v.txt, byte 0: not a vocabulary"),
            ("nn characters 1, x of them, unknown error\n", "byte 17: expected the number"),
            ("nn characters 1, 1 of them, unknown U+D800\na", "expected what becomes"),
            ("nn characters 1, 1 of them, unknown U+0062\na", "is not in the vocabulary"),
            ("nn characters 1, 3 of them, unknown skip\naba", "byte 43: a character is out of order"),
            ("nn characters 1, 2 of them, unknown skip\naa", "there twice"),
            ("nn characters 1, 18446744073709551615 of them, unknown skip\na", "1 characters, but 18446744073709551615"),
        ] {
            let message = load(text).unwrap_err().to_string();
            assert!(message.contains(says), "{text:?}: {message}");
        }
        assert!(CharTokenizer::load_from(&b"nn\xff"[..], "v").unwrap_err().to_string().contains("byte 2: it is not UTF-8"));
    }
}
