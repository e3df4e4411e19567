//! Words of letters and digits that begin with a given shape: IBAN, BIC, licence and token forms.

use super::digits::glues;

/// The class of one character at the start of a word rule's value, as its file writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// `A`: upper-case letter.
    Upper,
    /// `a`: letter.
    Letter,
    /// `0`: digit.
    Digit,
    /// `X`: letter or digit.
    Any,
}

impl Class {
    pub(crate) fn from_char(c: char) -> Option<Self> {
        Some(match c {
            'A' => Self::Upper,
            'a' => Self::Letter,
            '0' => Self::Digit,
            'X' => Self::Any,
            _ => return None,
        })
    }

    pub(crate) fn holds(self, byte: u8) -> bool {
        match self {
            Self::Upper => byte.is_ascii_uppercase(),
            Self::Letter => byte.is_ascii_alphabetic(),
            Self::Digit => byte.is_ascii_digit(),
            Self::Any => byte.is_ascii_alphanumeric(),
        }
    }
}

/// The next word of ASCII letters and digits at or after `from` that begins with a letter: where it starts and ends.
pub(crate) fn next_word(bytes: &[u8], from: usize) -> Option<(usize, usize)> {
    let mut at = from;
    loop {
        at += bytes.get(at..)?.iter().position(u8::is_ascii_alphanumeric)?;
        let end = at + bytes.get(at..)?.iter().take_while(|b| b.is_ascii_alphanumeric()).count();
        if bytes.get(at).is_some_and(u8::is_ascii_alphabetic) {
            return Some((at, end));
        }
        at = end;
    }
}

/// Whether nothing before `start` makes the word there a part of a longer one.
pub(crate) fn begins(text: &str, start: usize) -> bool {
    let before = text.get(..start).and_then(|t| t.chars().next_back());
    !before.is_some_and(|c| glues(c) || c == '_')
}

/// Whether nothing at `end` continues the word: no letter, digit or underscore; a new sentence stuck to it does not.
pub(crate) fn ends(text: &str, end: usize) -> bool {
    let mut after = text.get(end..).unwrap_or_default().chars();
    match (after.next(), after.next(), after.next()) {
        (Some(c), Some(d), e) if c.is_uppercase() => {
            d.is_lowercase() && e.is_none_or(|e| e.is_lowercase() || e.is_whitespace())
        }
        (Some(c), _, _) => !glues(c) && c != '_',
        _ => true,
    }
}

/// Collects `length` letters and digits from `start`, over single blanks, hyphens or dots and at most one line break,
/// and says where they end. `None` when the text ends or something else comes first.
pub(crate) fn take(bytes: &[u8], start: usize, length: usize, out: &mut String) -> Option<usize> {
    out.clear();
    let (mut at, mut lines) = (start, 0);
    while out.len() < length {
        let byte = *bytes.get(at)?;
        if byte.is_ascii_alphanumeric() {
            out.push(char::from(byte.to_ascii_uppercase()));
            at += 1;
            continue;
        }
        let gap = bytes.get(at..)?.iter().take_while(|b| b" -.\r\n".contains(b)).count();
        let breaks = bytes.get(at..at + gap)?.iter().filter(|b| **b == b'\n').count();
        lines += breaks;
        let single = gap == 1 || (breaks == 1 && gap <= 4);
        if gap == 0 || !single || lines > 1 {
            return None;
        }
        at += gap;
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_begin_with_a_letter_and_stand_alone() {
        let text = "a GB82WEST 12AB _x DE89Thanks DE89THANKS";
        let mut at = 0;
        let mut words = Vec::new();
        while let Some((start, end)) = next_word(text.as_bytes(), at) {
            words.push((&text[start..end], begins(text, start), ends(text, end)));
            at = end;
        }
        assert_eq!(words[1], ("GB82WEST", true, true));
        assert_eq!(words[2], ("x", false, true));
        assert!(ends(text, text.find("Thanks").unwrap()));
        assert!(!ends(text, text.find("THANKS").unwrap()));
    }

    #[test]
    fn a_grouped_value_is_taken_over_its_separators() {
        let mut out = String::new();
        let text = b"GB82 WEST 1234\n5698 7654 32.";
        assert_eq!(take(text, 0, 22, &mut out), Some(text.len() - 1));
        assert_eq!(out, "GB82WEST12345698765432");
        assert_eq!(take(b"GB82, WEST", 0, 8, &mut out), None);
        assert_eq!(take(b"GB82\n\nWEST", 0, 8, &mut out), None);
    }
}
