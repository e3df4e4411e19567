//! Digit runs: groups of digits with single separators between them.

/// What stands between two groups of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Separator {
    Space,
    Dash,
    Dot,
    Slash,
    /// A line break (with the blanks around it, or after a hyphen).
    Line,
}

impl Separator {
    /// The separator a rule file names with this character.
    pub(crate) fn from_char(c: char) -> Option<Self> {
        Some(match c {
            ' ' => Self::Space,
            '-' => Self::Dash,
            '.' => Self::Dot,
            '/' => Self::Slash,
            '\n' => Self::Line,
            _ => return None,
        })
    }
}

/// One group of digits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Group {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// What stands between this group and the one before it in the run; `None` for the first.
    pub(crate) before: Option<Separator>,
}

impl Group {
    pub(crate) fn len(&self) -> usize {
        self.end - self.start
    }
}

/// Groups that stand together, reused from run to run.
#[derive(Debug, Default)]
pub(crate) struct Run {
    pub(crate) groups: Vec<Group>,
    /// Digits in all groups.
    pub(crate) digits: usize,
    /// Whether the first group continues a word, a decimal or a path: it is not a number of its own.
    pub(crate) joined_left: bool,
    /// Whether the last group is continued by one.
    pub(crate) joined_right: bool,
}

/// Finds the next run at or after `from`; returns where to go on, or `None` at the end of the text.
pub(crate) fn next_run(text: &str, from: usize, run: &mut Run) -> Option<usize> {
    let bytes = text.as_bytes();
    let start = from + bytes.get(from..)?.iter().position(u8::is_ascii_digit)?;
    run.groups.clear();
    run.digits = 0;
    run.joined_left = joined_left(text, start);
    let mut at = start;
    let mut before = None;
    loop {
        let end = at + bytes.get(at..)?.iter().take_while(|b| b.is_ascii_digit()).count();
        run.groups.push(Group { start: at, end, before });
        run.digits += end - at;
        match bridge(bytes, end) {
            Some((separator, next)) => {
                before = Some(separator);
                at = next;
            }
            None => {
                // "536-22-8467.txt" is a number that names a file; "12.pdf" and "1.5.2.tar" are names.
                let named = run.groups.len() > 2 && bytes.get(end) == Some(&b'.') && before != Some(Separator::Dot);
                run.joined_right = !named && joined_right(text, end);
                return Some(end);
            }
        }
    }
}

/// The separator at `end`, if one stands there with a digit behind it, and where that digit is.
fn bridge(bytes: &[u8], end: usize) -> Option<(Separator, usize)> {
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let separator = match *bytes.get(end)? {
        b' ' if digit(end + 1) => return Some((Separator::Space, end + 1)),
        b' ' => match *bytes.get(end + 1)? {
            // "4111 - 1111"
            b'-' if bytes.get(end + 2) == Some(&b' ') && digit(end + 3) => return Some((Separator::Dash, end + 3)),
            b'\n' | b'\r' => Separator::Line,
            _ => return None,
        },
        b'-' if digit(end + 1) => return Some((Separator::Dash, end + 1)),
        b'-' if matches!(bytes.get(end + 1), Some(b'\n' | b'\r')) => Separator::Line,
        b'.' if digit(end + 1) => return Some((Separator::Dot, end + 1)),
        b'/' if digit(end + 1) => return Some((Separator::Slash, end + 1)),
        b'\n' | b'\r' => Separator::Line,
        _ => return None,
    };
    // A line break: one, with at most a few blanks around it.
    let rest = bytes.get(end..)?;
    let mut breaks = 0;
    for (i, byte) in rest.iter().enumerate().take(12) {
        match byte {
            b'\n' => breaks += 1,
            b' ' | b'\r' | b'-' => {}
            _ if byte.is_ascii_digit() && breaks == 1 => return Some((separator, end + i)),
            _ => return None,
        }
    }
    None
}

fn joined_left(text: &str, start: usize) -> bool {
    let Some(before) = text.get(..start).and_then(|t| t.chars().next_back()) else { return false };
    match before {
        '_' => true,
        '-' | '/' | '.' | ',' | '@' => {
            let farther = text.get(..start - 1).and_then(|t| t.chars().next_back());
            match before {
                // A thousands comma needs a digit in front and three digits behind; "17,4111…" is two fields.
                ',' => false,
                '.' => farther.is_some_and(|c| c.is_ascii_digit()),
                _ => farther.is_some_and(glues),
            }
        }
        c => glues(c),
    }
}

fn joined_right(text: &str, end: usize) -> bool {
    let mut after = text.get(end..).unwrap_or_default().chars();
    let (first, second, third) = (after.next(), after.next(), after.next());
    match first {
        None => false,
        Some('_' | '@') => true,
        Some('-' | '/') => second.is_some_and(glues),
        // "4111111111111111.pdf" goes on, "4111111111111111.Thanks" and "4111111111111111. " do not.
        Some('.') => second.is_some_and(|c| c.is_ascii_lowercase()),
        // A new sentence stuck to the number (a lost space) does not make it a part of a word.
        Some(c) if c.is_uppercase() => {
            !(second.is_some_and(char::is_lowercase) && third.is_none_or(|c| c.is_lowercase() || c.is_whitespace()))
        }
        Some(c) => glues(c),
    }
}

/// Whether a letter or digit next to a number makes both one word. Scripts written without spaces do not.
pub(crate) fn glues(c: char) -> bool {
    c.is_alphanumeric() && !is_unspaced(c)
}

/// Letters of scripts that put no spaces between words (Han, Kana, Hangul as a label before a number, Thai).
pub(crate) fn is_unspaced(c: char) -> bool {
    matches!(u32::from(c), 0x0E00..=0x0E7F | 0x2E80..=0x9FFF | 0xAC00..=0xD7AF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(text: &str) -> Vec<String> {
        let (mut run, mut at, mut out) = (Run::default(), 0, Vec::new());
        while let Some(next) = next_run(text, at, &mut run) {
            let lengths: Vec<_> = run.groups.iter().map(|g| g.len().to_string()).collect();
            let l = if run.joined_left { "<" } else { "" };
            let r = if run.joined_right { ">" } else { "" };
            out.push(format!("{l}{}{r}", lengths.join("-")));
            at = next;
        }
        out
    }

    #[test]
    fn runs_are_groups_with_single_separators() {
        assert_eq!(runs("a 4111 1111 1111 1111, b 12  34"), ["4-4-4-4", "2", "2"]);
        assert_eq!(runs("536-22-8467. 1.5, 12/24"), ["3-2-4", "1-1", "2-2"]);
        assert_eq!(runs("4111 1111\n  1111 1111\n\n22"), ["4-4-4-4", "2"]);
        assert_eq!(runs("4111-1111-\r\n1111-1111"), ["4-4-4-4"]);
        assert_eq!(runs("4111 - 1111"), ["4-4"]);
        assert_eq!(runs("7,4111"), ["1", "4"]);
    }

    #[test]
    fn numbers_inside_words_decimals_and_paths_are_joined() {
        assert_eq!(runs("INV4111 a_12 AB-12, 12.pdf 12px 3-x"), ["<4", "<2", "<2", "2>", "2>", "1>"]);
        assert_eq!(runs("SSN 536-22-8467.txt v1.5.2.tar"), ["3-2-4", "<1-1-1>"]);
        assert_eq!(runs("番号4111 nr.12, 12.Thanks 12Thanks 12ABC"), ["4", "2", "2", "2", "2>"]);
    }
}
