//! Runs: groups of letters and digits with single separators between them, around at least one digit.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "positions inside one text, and what is taken off them was counted backwards from there"
)]

/// What stands between two groups of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Separator {
    Space,
    Dash,
    Dot,
    Slash,
    Plus,
    /// An opening parenthesis; the closing one stands behind the group.
    Paren,
    /// A line break (with the blanks around it, or after a hyphen).
    Line,
}

impl Separator {
    /// One bit for each separator.
    pub(crate) fn bit(self) -> u32 {
        match self {
            Self::Space => 1,
            Self::Dash => 2,
            Self::Dot => 4,
            Self::Slash => 8,
            Self::Plus => 16,
            Self::Paren => 32,
            Self::Line => 64,
        }
    }

    /// The separator a rule file names with this character.
    pub(crate) fn from_char(c: char) -> Option<Self> {
        Some(match c {
            ' ' => Self::Space,
            '-' => Self::Dash,
            '.' => Self::Dot,
            '/' => Self::Slash,
            '+' => Self::Plus,
            '\n' => Self::Line,
            _ => return None,
        })
    }
}

/// One group of letters and digits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Group {
    /// Bytes of the text, without a parenthesis around it.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// What stands between this group and the one before it in the run; `None` for the first.
    pub(crate) before: Option<Separator>,
    /// Where its characters are in [`Run::value`].
    from: usize,
    to: usize,
    /// Digits in it.
    pub(crate) digits: usize,
}

impl Group {
    /// Its letters and digits.
    pub(crate) fn len(&self) -> usize {
        self.to - self.from
    }

    pub(crate) fn is_digits(&self) -> bool {
        self.digits == self.len()
    }

    pub(crate) fn is_letters(&self) -> bool {
        self.digits == 0
    }
}

/// Groups that stand together, reused from run to run.
#[derive(Debug, Default)]
pub(crate) struct Run {
    pub(crate) groups: Vec<Group>,
    /// Letters (upper case, look-alikes of other scripts as Latin ones) and digits of all groups.
    value: String,
    /// Whether the first group continues a word, a decimal or a path: it is not a number of its own.
    pub(crate) joined_left: bool,
    /// Whether the last group is continued by one.
    pub(crate) joined_right: bool,
    /// Whether it is a piece of a longer run, which goes on to the left.
    cut_left: bool,
    /// The same to the right.
    cut_right: bool,
}

/// Where a run is looked for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Start {
    /// Byte of the text.
    pub(crate) at: usize,
    /// Whether the run before was cut, and this is its next piece.
    inside: bool,
}

impl From<usize> for Start {
    fn from(at: usize) -> Self {
        Self { at, inside: false }
    }
}

/// Groups of a run, so that a file of nothing but digits and dashes is not held in memory a second time. Longer runs
/// come in pieces.
const GROUPS_MAX: usize = 1024;
/// Groups that two pieces share: more than any value has (34 of one character each), on either side of the seam.
const SHARED_GROUPS: usize = 128;
/// Groups at the end of a piece whose neighbours are seen only in the other one.
const SEAM_GROUPS: usize = 3;

/// Letters of a group without digits in front of or behind a number. Longer words are words.
const LETTERS_MAX: usize = 8;
/// Groups of letters taken in front of the first digit.
const LETTER_GROUPS_MAX: usize = 3;

impl Run {
    /// The letters and digits of a group.
    pub(crate) fn group(&self, group: &Group) -> &[u8] {
        self.value.as_bytes().get(group.from..group.to).unwrap_or_default()
    }

    /// The letters and digits of the groups `first..=last`.
    pub(crate) fn value(&self, first: usize, last: usize) -> &str {
        let bounds = self.groups.get(first).zip(self.groups.get(last));
        bounds.and_then(|(first, last)| self.value.get(first.from..last.to)).unwrap_or_default()
    }

    /// Whether what stands beside the groups `first..=last` is in another piece of the run: that one shows them too.
    pub(crate) fn is_at_seam(&self, first: usize, last: usize) -> bool {
        self.cut_left && first < SEAM_GROUPS || self.cut_right && last + SEAM_GROUPS >= self.groups.len()
    }

    /// Letters and digits in all groups.
    pub(crate) fn len(&self) -> usize {
        self.value.len()
    }

    /// Bytes of the text from the first group to the last.
    pub(crate) fn range(&self) -> std::ops::Range<usize> {
        self.groups.first().map_or(0, |g| g.start)..self.groups.last().map_or(0, |g| g.end)
    }

    /// Appends the group that starts at `start`; returns it when it can stand in a run.
    fn push(&mut self, text: &str, start: usize, before: Option<Separator>) -> Option<Ended> {
        let from = self.value.len();
        let bytes = text.as_bytes();
        let (mut at, mut digits, mut lower) = (start, 0, 0);
        let mut cut = false;
        while let Some(&byte) = bytes.get(at) {
            let (code, width) = match byte {
                b'0'..=b'9' => (byte, 1),
                b'A'..=b'Z' if digits > 0 && new_sentence(text, at) => {
                    cut = true;
                    break;
                }
                b'A'..=b'Z' => (byte, 1),
                b'a'..=b'z' => (byte.to_ascii_uppercase(), 1),
                0xCE | 0xD0 => match text.get(at..).and_then(|t| t.chars().next()).and_then(look_alike) {
                    Some(code) => (code, 2),
                    None => break,
                },
                _ => break,
            };
            digits += usize::from(code.is_ascii_digit());
            lower += usize::from(byte.is_ascii_lowercase());
            self.value.push(char::from(code));
            at += width;
        }
        let to = self.value.len();
        if to == from {
            return None;
        }
        self.groups.push(Group { start, end: at, before, from, to, digits });
        Some(Ended { end: at, letters: digits == 0, lower: lower > 0, length: to - from, cut })
    }

    fn pop(&mut self) {
        if let Some(group) = self.groups.pop() {
            self.value.truncate(group.from);
        }
    }
}

/// Where a group ended and what it was made of.
struct Ended {
    end: usize,
    letters: bool,
    lower: bool,
    length: usize,
    /// A new sentence is stuck to it.
    cut: bool,
}

/// Where the next digit is at or behind `at`.
pub(crate) fn next_digit(bytes: &[u8], at: usize) -> Option<usize> {
    /// Bytes looked at together where digits are rare.
    const CHUNK: usize = 32;
    let mut at = at;
    let mut rest = bytes.get(at..)?;
    // Near digits the next is near.
    if let Some(near) = rest.get(..8)
        && let Some(found) = near.iter().position(u8::is_ascii_digit)
    {
        return Some(at + found);
    }
    // Without a way out of the loop a chunk is done many bytes at a time.
    while let Some((chunk, behind)) = rest.split_first_chunk::<CHUNK>() {
        if chunk.iter().fold(false, |any, byte| any | byte.is_ascii_digit()) {
            break;
        }
        (rest, at) = (behind, at + CHUNK);
    }
    rest.iter().position(u8::is_ascii_digit).map(|found| at + found)
}

/// Finds the next run at or after `from`; returns where to go on, or `None` at the end of the text.
pub(crate) fn next_run(text: &str, from: Start, run: &mut Run) -> Option<Start> {
    let bytes = text.as_bytes();
    let digit = next_digit(bytes, from.at)?;
    run.groups.clear();
    run.value.clear();
    (run.cut_left, run.cut_right) = (from.inside, false);
    let start = group_start(text, digit, from.at);
    run.joined_left = joined_left(text, start);
    let start = letters_before(text, start, from.at, run);
    let mut before = None;
    let mut at = start;
    loop {
        let Some(ended) = run.push(text, at, before) else { return Some(Start::from(at.max(digit) + 1)) };
        if ended.cut {
            run.joined_right = false;
            return Some(Start::from(ended.end.max(digit + 1)));
        }
        let mut end = ended.end;
        // Letters stand in a run only where a value may have them: a few, and in upper case behind the last digit.
        let behind = run.groups.len() > 1 && ended.letters && at > digit;
        let next = bridge(bytes, end, before == Some(Separator::Paren));
        // "gb82 west 1234": small letters count between groups that are set in the same way.
        let goes_on = next.is_some_and(|(separator, next)| before == Some(separator) && has_digit(bytes, next))
            && before != Some(Separator::Dot);
        if behind && (ended.length > LETTERS_MAX || (ended.lower && (ended.length > 4 || !goes_on))) {
            let glued = matches!(before, Some(Separator::Dash | Separator::Slash));
            let small = before == Some(Separator::Dot) && bytes.get(at).is_some_and(u8::is_ascii_lowercase);
            let named = run.groups.len() > 3 && before == Some(Separator::Dot) && !dotted(run);
            run.pop();
            run.joined_right = glued || (small && !named);
            return Some(Start::from(end));
        }
        if before == Some(Separator::Paren) {
            // Only "(3)" belongs to the number; "(12 pieces)" does not.
            if bytes.get(end) != Some(&b')') {
                run.pop();
                run.joined_right = false;
                return Some(Start::from(at));
            }
            end += 1;
        }
        match next {
            Some(_) if run.groups.len() >= GROUPS_MAX => {
                run.cut_right = true;
                run.joined_right = true;
                let seam = run.groups.get(GROUPS_MAX - SHARED_GROUPS).map_or(end, |group| group.start);
                return Some(Start { at: seam.max(digit + 1), inside: true });
            }
            Some((separator, next)) => {
                before = Some(separator);
                at = next;
            }
            None => {
                run.joined_right = joined_right(text, end);
                return Some(Start::from(end));
            }
        }
    }
}

/// Whether the groups of digits so far are separated by dots: a version, not a number that names a file.
fn dotted(run: &Run) -> bool {
    run.groups.iter().rev().skip(1).any(|g| g.before == Some(Separator::Dot))
}

/// Whether a group that starts at `at` begins with or has a digit soon.
fn has_digit(bytes: &[u8], at: usize) -> bool {
    let word = bytes.get(at..).unwrap_or_default().iter().take(LETTERS_MAX + 1);
    word.take_while(|b| b.is_ascii_alphanumeric()).any(u8::is_ascii_digit)
}

/// Where the group that holds the digit at `digit` starts, not before `from`.
fn group_start(text: &str, digit: usize, from: usize) -> usize {
    let head = text.get(from..digit).unwrap_or_default();
    let part = |c: &char| c.is_ascii_alphanumeric() || look_alike(*c).is_some();
    digit - head.chars().rev().take_while(part).map(char::len_utf8).sum::<usize>()
}

/// Takes groups of upper-case letters in front of the group at `start`: `QQ 12 34 56 C`, `CHE-116.281.710`. Returns
/// where the first group is.
fn letters_before(text: &str, start: usize, from: usize, run: &mut Run) -> usize {
    let bytes = text.as_bytes();
    let mut first = start;
    for _ in 0..LETTER_GROUPS_MAX {
        let Some(separator) = first.checked_sub(1).filter(|at| *at >= from) else { break };
        if !bytes.get(separator).is_some_and(|b| matches!(b, b' ' | b'-' | b'.' | b'/')) {
            break;
        }
        let head = text.get(from..separator).unwrap_or_default();
        let upper = |c: &char| c.is_ascii_uppercase() || look_alike(*c).is_some();
        let letters = head.chars().rev().take_while(upper).map(char::len_utf8).sum::<usize>();
        let word = separator - letters;
        if letters == 0 || letters > LETTERS_MAX {
            break;
        }
        first = word;
    }
    if first == start {
        return start;
    }
    if joined_left(text, first) {
        // The letters are the end of a longer word, and none of the number's.
        return start;
    }
    run.joined_left = false;
    first
}

/// Whether a new sentence is stuck to a number at `at`: "12Thanks", where the blank got lost.
fn new_sentence(text: &str, at: usize) -> bool {
    let mut after = text.get(at + 1..).unwrap_or_default().chars();
    after.next().is_some_and(char::is_lowercase) && after.next().is_none_or(|c| c.is_lowercase() || c.is_whitespace())
}

/// The Latin capital that a Greek or Cyrillic one looks like: identity papers use only those.
fn look_alike(c: char) -> Option<u8> {
    Some(match c {
        'Α' | 'А' => b'A',
        'Β' | 'В' => b'B',
        'Ε' | 'Е' => b'E',
        'Ζ' => b'Z',
        'Η' | 'Н' => b'H',
        'Ι' | 'І' => b'I',
        'Κ' | 'К' => b'K',
        'Μ' | 'М' => b'M',
        'Ν' => b'N',
        'Ο' | 'О' => b'O',
        'Ρ' | 'Р' => b'P',
        'С' => b'C',
        'Τ' | 'Т' => b'T',
        'Υ' => b'Y',
        'Χ' | 'Х' => b'X',
        _ => return None,
    })
}

/// The separator at `end`, if one stands there with a letter or digit behind it, and where that is.
fn bridge(bytes: &[u8], end: usize, in_parentheses: bool) -> Option<(Separator, usize)> {
    if in_parentheses {
        return None;
    }
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let part = |at: usize| bytes.get(at).is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, 0xCE | 0xD0));
    let separator = match *bytes.get(end)? {
        b' ' if part(end + 1) => return Some((Separator::Space, end + 1)),
        b' ' => match *bytes.get(end + 1)? {
            // "4111 - 1111"
            b'-' if bytes.get(end + 2) == Some(&b' ') && digit(end + 3) => return Some((Separator::Dash, end + 3)),
            b'(' if part(end + 2) => return Some((Separator::Paren, end + 2)),
            b'\n' | b'\r' => Separator::Line,
            _ => return None,
        },
        b'-' if part(end + 1) => return Some((Separator::Dash, end + 1)),
        b'-' if matches!(bytes.get(end + 1), Some(b'\n' | b'\r')) => Separator::Line,
        b'.' if part(end + 1) => return Some((Separator::Dot, end + 1)),
        b'/' if part(end + 1) => return Some((Separator::Slash, end + 1)),
        b'+' if digit(end + 1) => return Some((Separator::Plus, end + 1)),
        b'(' if part(end + 1) => return Some((Separator::Paren, end + 1)),
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
                // ".4539…" is a decimal without its nought; "no.4539…" and "...4539" are not.
                '.' => {
                    farther.is_none_or(|c| c.is_ascii_digit() || c.is_whitespace() || "-+,;:=([{<>*/|\"'±−".contains(c))
                }
                _ => farther.is_some_and(glues),
            }
        }
        c => glues(c),
    }
}

fn joined_right(text: &str, end: usize) -> bool {
    let mut after = text.get(end..).unwrap_or_default().chars();
    let (first, second) = (after.next(), after.next());
    match first {
        None => false,
        Some('_' | '@') => true,
        Some('-' | '/') => second.is_some_and(glues),
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
        let (mut run, mut at, mut out) = (Run::default(), Start::default(), Vec::new());
        while let Some(next) = next_run(text, at, &mut run) {
            assert!(next.at > at.at, "{text}: goes on");
            let groups: Vec<_> = run.groups.iter().map(|g| String::from_utf8(run.group(g).to_vec()).unwrap()).collect();
            let l = if run.joined_left { "<" } else { "" };
            let r = if run.joined_right { ">" } else { "" };
            out.push(format!("{l}{}{r}", groups.join("-")));
            at = next;
        }
        out
    }

    #[test]
    fn runs_are_groups_with_single_separators() {
        assert_eq!(runs("a 4111 1111 1111 1111, b 12  34"), ["4111-1111-1111-1111", "12", "34"]);
        assert_eq!(runs("536-22-8467. 1.5, 12/24"), ["536-22-8467", "1-5", "12-24"]);
        assert_eq!(runs("4111 1111\n  1111 1111\n\n22"), ["4111-1111-1111-1111", "22"]);
        assert_eq!(runs("4111-1111-\r\n1111-1111"), ["4111-1111-1111-1111"]);
        assert_eq!(runs("4111 - 1111"), ["4111-1111"]);
        assert_eq!(runs("7,4111"), ["7", "4111"]);
    }

    #[test]
    fn letters_belong_to_a_run_where_values_have_them() {
        assert_eq!(runs("no QQ 12 34 56 C here"), ["QQ-12-34-56-C"]);
        assert_eq!(runs("CHE-116.281.710 MWST"), ["CHE-116-281-710-MWST"]);
        assert_eq!(runs("gb82 west 1234 5698 and so on"), ["GB82-WEST-1234-5698"]);
        assert_eq!(runs("A123456(3), B1 (4) C1 (12 pieces)"), ["A123456-3", "B1-4", "C1", "12"]);
        assert_eq!(runs("010170+123A"), ["010170-123A"]);
        assert_eq!(runs("серия АВ 123456"), ["AB-123456"]);
        assert_eq!(runs("FR-IE-ND-J204KP, B-AB 1234, x-AB 1234"), ["FR-IE-ND-J204KP", "B-AB-1234", "1234"]);
    }

    #[test]
    fn numbers_inside_words_decimals_and_paths_are_joined() {
        assert_eq!(runs("a_12, 12.pdf, 12-x, 12_3, é12"), ["<12", "12>", "12>", "12>", "<3", "<12"]);
        assert_eq!(runs("SSN 536-22-8467.txt v1.5.2.tar"), ["SSN-536-22-8467", "V1-5-2>"]);
        assert_eq!(runs("番号4111 nr.12, 12.Thanks 12Thanks 12Führt 12ABC"), ["4111", "12", "12", "12", "12", "12ABC"]);
        assert_eq!(runs("a-b-12 x/7"), ["<12", "<7"]);
        assert_eq!(runs("x .4539, -.4539 =.5 no.12 ...12"), ["<4539", "<4539", "<5", "12", "12"]);
    }

    #[test]
    fn a_long_run_comes_in_pieces_that_show_every_group_with_its_neighbours() {
        let text = "4-".repeat(5000);
        let (mut run, mut at) = (Run::default(), Start::default());
        let mut seen = vec![false; text.len()];
        let mut pieces = 0;
        while let Some(next) = next_run(&text, at, &mut run) {
            assert!(next.at > at.at && run.groups.len() <= GROUPS_MAX);
            for (first, group) in run.groups.iter().enumerate() {
                let last = first + 40;
                if !run.is_at_seam(first, last) && last < run.groups.len() {
                    seen[group.start] = true;
                }
            }
            pieces += 1;
            at = next;
        }
        assert!(pieces > 5);
        assert!((0..5000 - 40).all(|n| seen[2 * n]), "every stretch of 41 groups is shown whole");
    }
}
