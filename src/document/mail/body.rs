//! The text of bodies: flowed paragraphs (RFC 3676), armour of OpenPGP (RFC 9580, 6.2), folded lines of calendars and
//! cards (RFC 5545, 3.1; RFC 6350, 3.2), and alternatives that say the same.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Joins flowed lines: a line that ends in a blank goes on in the next one of the same depth of quotes.
#[allow(clippy::arithmetic_side_effects, reason = "the rest of a line is never longer than the line")]
pub fn flowed(text: &str, delete_space: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut open: Option<usize> = None;
    for line in text.lines() {
        let content = line.trim_start_matches('>');
        let depth = line.len() - content.len();
        let content = content.strip_prefix(' ').unwrap_or(content);
        let signature = content == "-- ";
        if open.is_some_and(|before| before != depth || signature) {
            out.push('\n');
            open = None;
        }
        if open.is_none() && depth > 0 {
            out.extend(std::iter::repeat_n('>', depth));
            out.push(' ');
        }
        if content.ends_with(' ') && !signature {
            out.push_str(if delete_space { content.strip_suffix(' ').unwrap_or(content) } else { content });
            open = Some(depth);
        } else {
            out.push_str(content);
            out.push('\n');
            open = None;
        }
    }
    out
}

/// Joins folded lines: one that starts with a blank belongs to the one before.
pub fn unfolded(text: &str) -> String {
    text.replace("\r\n ", "").replace("\r\n\t", "").replace("\n ", "").replace("\n\t", "")
}

/// Text without the armour of OpenPGP, and whether an encrypted message was taken out.
pub fn without_armour(text: &str) -> Option<(String, bool)> {
    if !text.contains("-----BEGIN PGP ") {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut encrypted = false;
    let mut lines = text.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        let quoted = line.trim_start_matches(['>', ' ']).trim_end();
        let message = quoted == "-----BEGIN PGP MESSAGE-----";
        if !message && quoted != "-----BEGIN PGP SIGNATURE-----" {
            out.push_str(line);
            continue;
        }
        let is_end = |line: &str| {
            line.trim_end().ends_with("-----END PGP MESSAGE-----")
                || line.trim_end().ends_with("-----END PGP SIGNATURE-----")
        };
        // Armour is base64 and a few named lines: anything else ends it.
        while let Some(next) = lines.peek() {
            let content = next.trim_start_matches(['>', ' ']).trim_end();
            let belongs = content.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='))
                || ["Version:", "Comment:", "Hash:", "Charset:", "MessageID:"].iter().any(|n| content.starts_with(n));
            if is_end(next) {
                lines.next();
                break;
            }
            if !belongs {
                break;
            }
            lines.next();
        }
        encrypted |= message;
        out.push('\n');
    }
    Some((out, encrypted))
}

/// What a text says, as sequences of up to three words.
#[derive(Default)]
pub struct Said(HashSet<u64>);

/// Words that a sequence has.
const SEQUENCE_WORDS: usize = 3;
/// Sequences that are kept, 16 bytes each: what long texts say beyond them counts as not said.
const SEQUENCES_MAX: usize = 1 << 20;

impl Said {
    /// Adds the words of a text.
    pub fn add(&mut self, text: &str) {
        let words: Vec<&str> = words(text).take(SEQUENCES_MAX).collect();
        for end in 1..=words.len() {
            if self.0.len() >= SEQUENCES_MAX {
                return;
            }
            let last = words.get(end.saturating_sub(SEQUENCE_WORDS)..end).unwrap_or_default();
            for start in 0..last.len() {
                self.0.insert(hash(last.get(start..).unwrap_or_default()));
            }
        }
    }

    /// The paragraphs of a plain text that hold something else.
    pub fn others(&self, plain: &str) -> String {
        let mut out = String::new();
        let mut paragraph = String::new();
        for line in plain.lines().chain(std::iter::once("")) {
            if !line.trim().is_empty() {
                paragraph.push_str(line);
                paragraph.push('\n');
                continue;
            }
            if !self.holds(&paragraph) {
                out.push_str(&paragraph);
                out.push('\n');
            }
            paragraph.clear();
        }
        out
    }

    /// Whether it says this too.
    pub fn holds(&self, paragraph: &str) -> bool {
        let words: Vec<&str> = words(paragraph).collect();
        let length = words.len().min(SEQUENCE_WORDS);
        length == 0 || words.windows(length).all(|sequence| self.0.contains(&hash(sequence)))
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

fn hash(words: &[&str]) -> u64 {
    let mut hasher = DefaultHasher::new();
    words.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flowed_lines_are_joined() {
        assert_eq!(
            flowed("Card 4111 \n1111\n> a \n> b\n> c \n-- \nAnn", false),
            "Card 4111 1111\n> a b\n> c \n-- \nAnn\n"
        );
        assert_eq!(flowed("漢 \n字\n From", true), "漢字\nFrom\n");
        assert_eq!(unfolded("NOTE:41\r\n 11\r\nX:1"), "NOTE:4111\r\nX:1");
    }

    #[test]
    fn armour_is_taken_out_and_text_around_it_stays() {
        let text = "Hi\n-----BEGIN PGP MESSAGE-----\nVersion: x\n\nhQEMA+/=\n=abcd\n-----END PGP MESSAGE-----\nbye\n";
        assert_eq!(without_armour(text), Some(("Hi\n\nbye\n".to_owned(), true)));
        let open = "-----BEGIN PGP SIGNATURE-----\niQ==\nthis is text, and not armour\n";
        assert_eq!(without_armour(open), Some(("\nthis is text, and not armour\n".to_owned(), false)));
        assert_eq!(without_armour("none"), None);
    }

    #[test]
    fn only_what_the_other_does_not_say_is_left() {
        let mut said = Said::default();
        said.add("Dear Ann, the card is 4111 1111.\nBye");
        assert_eq!(said.others("Dear Ann,\nthe card is\n4111 1111.\n\nBye\n"), "");
        assert_eq!(said.others("Dear Ann,\n\nCard 1111 4111\n"), "Card 1111 4111\n\n");
    }
}
