//! Encodings of text inside text: base64 (RFC 4648), hexadecimal, percent (RFC 3986 2.1), quoted-printable (RFC 2045
//! 6.7), numeric character references and backslash escapes. One step, as a person hides a value or a program wraps it.
//!
//! What does not decode to text or to a file of a known kind is a key, a hash or an identifier, and no gap.
#![allow(clippy::arithmetic_side_effects, reason = "positions in one text, and few digits")]

use std::ops::Range;

use crate::blob::{Family, Kind, sextet};

/// Something decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoded {
    /// How it was encoded, in brackets.
    pub name: &'static str,
    /// What it decodes to. Texts of one encoding are joined, each behind the words in front of it.
    pub bytes: Vec<u8>,
}

impl Encoded {
    /// Whether it is text: what several stretches of one encoding decode to.
    pub fn is_text(&self) -> bool {
        is_text(&self.bytes)
    }
}

/// Characters of a run; an encoded social security number has 16.
const RUN_BYTES_MIN: usize = 16;
/// Characters of a line that may go on in the next one.
const LINE_BYTES_MIN: usize = 40;
/// Decoded bytes that can be a value.
const TEXT_BYTES_MIN: usize = 8;
/// Bytes in front of a run that may be its label.
const LABEL_BYTES_MAX: usize = 60;
/// Escapes of one stretch, and plain bytes between two of them.
const ESCAPES_MIN: usize = 3;
const BETWEEN_BYTES_MAX: usize = 48;

/// Everything in `text` that is encoded.
pub fn encoded(text: &str) -> Vec<Encoded> {
    let mut found = Vec::new();
    let mut texts: [(&'static str, String); 3] =
        [("(base64)", String::new()), ("(hexadecimal)", String::new()), ("(escaped)", String::new())];
    let [base64, hexadecimal, escaped] = &mut texts;
    for run in runs(text.as_bytes()) {
        let held = text.get(run.clone()).unwrap_or_default();
        let (into, bytes) = match unhex(held.as_bytes()) {
            Some(bytes) if is_text(&bytes) => (&mut *hexadecimal, bytes),
            // A number or a hash: digits and letters up to f decode to nothing as base64 either.
            Some(bytes) if !is_file(&bytes) => continue,
            Some(bytes) => (&mut *hexadecimal, bytes),
            None => match unbase64(held.as_bytes()) {
                Some(bytes) => (&mut *base64, bytes),
                None => continue,
            },
        };
        if is_text(&bytes) {
            into.1.push_str(label(text, run.start));
            into.1.push_str(&String::from_utf8_lossy(&bytes));
            into.1.push_str("\n\n");
        } else if is_file(&bytes) {
            found.push(Encoded { name: into.0, bytes });
        }
    }
    unescape(text, &mut escaped.1);
    utf7(text, &mut escaped.1);
    let texts = texts.into_iter().filter(|(_, text)| !text.is_empty());
    found.extend(texts.map(|(name, text)| Encoded { name, bytes: text.into_bytes() }));
    found
}

// ---- runs ----------------------------------------------------------------------------------------------------------

fn is_digit64(byte: &u8) -> bool {
    sextet(*byte).is_some()
}

/// Runs of characters that base64 and hexadecimal are written with; lines of one length are one run.
fn runs(text: &[u8]) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let mut done = 0;
    // A run covers one of the aligned groups of eight bytes.
    for (nth, group) in text.chunks_exact(8).enumerate() {
        let at = nth * 8;
        if at < done || !group.iter().all(is_digit64) {
            continue;
        }
        let start = at - text.get(done..at).unwrap_or_default().iter().rev().take_while(|b| is_digit64(b)).count();
        let mut end = start;
        loop {
            let line = text.get(end..).unwrap_or_default().iter().take_while(|b| is_digit64(b)).count();
            end += line;
            let rest = text.get(end..).unwrap_or_default();
            let gap = if rest.starts_with(b"\r\n") { 2 } else { usize::from(rest.starts_with(b"\n")) };
            let goes_on = gap > 0 && line >= LINE_BYTES_MIN && rest.get(gap).is_some_and(is_digit64);
            if !goes_on {
                break;
            }
            end += gap;
        }
        done = end;
        let padding = text.get(end..).unwrap_or_default().iter().take(2).take_while(|b| **b == b'=').count();
        if end + padding - start >= RUN_BYTES_MIN {
            runs.push(start..end);
        }
    }
    runs
}

fn unhex(run: &[u8]) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = run.iter().filter(|b| !b.is_ascii_whitespace()).map(|b| nibble(*b)).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    Some(digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect())
}

fn nibble(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

fn unbase64(run: &[u8]) -> Option<Vec<u8>> {
    let digits = run.iter().filter(|b| !b.is_ascii_whitespace());
    let mut out = Vec::with_capacity(run.len() / 4 * 3);
    let (mut held, mut bits) = (0_u32, 0);
    for byte in digits {
        held = held << 6 | u32::from(sextet(*byte)?);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push(u8::try_from(held >> bits & 0xFF).unwrap_or_default());
            // What is not text is told by its beginning, and nothing else needs the rest: most runs are names and keys.
            if out.len() == TEXT_BYTES_MIN * 2 && !may_be_text(&out) && !is_file(&out) {
                return None;
            }
        }
    }
    (bits < 6).then_some(out)
}

/// Whether decoded bytes read as text: no control characters, and not only a short word.
fn is_text(bytes: &[u8]) -> bool {
    let plain = |c: char| !c.is_control() || matches!(c, '\t' | '\r' | '\n');
    let utf8 = std::str::from_utf8(bytes).is_ok_and(|text| text.chars().all(plain));
    bytes.len() >= TEXT_BYTES_MIN && utf8
}

/// The same for the beginning of something, the last character of which may be cut.
fn may_be_text(bytes: &[u8]) -> bool {
    let whole = match std::str::from_utf8(bytes) {
        Ok(_) => bytes,
        Err(error) if error.error_len().is_none() => bytes.get(..error.valid_up_to()).unwrap_or_default(),
        Err(_) => return false,
    };
    is_text(whole) || is_utf16(bytes)
}

/// Latin text in UTF-16 without a mark, as PowerShell takes commands.
fn is_utf16(bytes: &[u8]) -> bool {
    let zeros = bytes.iter().skip(1).step_by(2).filter(|b| **b == 0).count();
    bytes.len() >= TEXT_BYTES_MIN * 2 && zeros.saturating_mul(20) >= bytes.len().saturating_mul(9)
}

/// Whether decoded bytes are a file of a kind that is read and that a key or a hash is not by chance: signatures of two
/// bytes are not enough. Pictures in web pages are decoration.
fn is_file(bytes: &[u8]) -> bool {
    // No file is so short, and most runs are numbers of eight bytes.
    if bytes.len() < TEXT_BYTES_MIN * 2 {
        return false;
    }
    let kind = Kind::of(bytes);
    let container = matches!(kind, Kind::Zip | Kind::SevenZip | Kind::Rar | Kind::Xz | Kind::Zstd);
    let gzip = kind == Kind::Gzip && matches!(bytes, [_, _, 8, 0..=31, ..]);
    kind.family() == Family::Document || container || gzip || is_utf16(bytes)
}

/// The words in front of `at` on its line, from behind the last digit.
fn label(text: &str, at: usize) -> &str {
    let from = (at.saturating_sub(LABEL_BYTES_MAX)..=at).find(|i| text.is_char_boundary(*i)).unwrap_or(at);
    let front = text.get(from..at).unwrap_or_default();
    let cut = front.rfind(|c: char| c.is_ascii_digit() || c == '\n').map_or(0, |i| i + 1);
    front.get(cut..).unwrap_or_default()
}

// ---- escapes -------------------------------------------------------------------------------------------------------

/// One escape at the beginning of `rest`: the character, or byte, and the bytes it takes.
fn escape(rest: &[u8]) -> Option<(u32, usize, bool)> {
    let hex = |digits: &[u8]| digits.iter().try_fold(0, |n: u32, d| Some(n * 16 + u32::from(nibble(*d)?)));
    match rest {
        [b'\\', b'x', a, b, ..] => Some((hex(&[*a, *b])?, 4, true)),
        // JavaScript and Rust: `\u{34}`.
        [b'\\', b'u', b'{', rest @ ..] => {
            let end = rest.iter().take(7).position(|b| *b == b'}')?;
            Some((hex(rest.get(..end).filter(|digits| !digits.is_empty())?)?, end + 4, false))
        }
        [b'\\' | b'%', b'u', a, b, c, d, ..] => Some((hex(&[*a, *b, *c, *d])?, 6, false)),
        // C: three octal digits. CSS: up to six hexadecimal ones, and a blank that belongs to them.
        [b'\\', a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', rest @ ..] if !is_hex_or_blank(rest.first()) => {
            Some((u32::from(a - b'0') * 64 + u32::from(b - b'0') * 8 + u32::from(c - b'0'), 4, true))
        }
        [b'\\', rest @ ..] if rest.first().is_some_and(u8::is_ascii_hexdigit) => {
            let digits = rest.iter().take(6).take_while(|b| b.is_ascii_hexdigit()).count();
            let blank = rest.get(digits) == Some(&b' ');
            let code = hex(rest.get(..digits)?).filter(|code| (0x20..0x7F).contains(code))?;
            (digits >= 2).then(|| (code, 1 + digits + usize::from(blank), false))
        }
        [b'%' | b'=', a, b, ..] => Some((hex(&[*a, *b])?, 3, true)),
        [b'&', b'#', rest @ ..] => {
            let end = rest.iter().take(9).position(|b| *b == b';')?;
            let number = std::str::from_utf8(rest.get(..end)?).ok()?;
            let number = match number.strip_prefix(['x', 'X']) {
                Some(number) => u32::from_str_radix(number, 16),
                None => number.parse(),
            };
            Some((number.ok()?, end + 3, false))
        }
        _ => None,
    }
}

fn is_hex_or_blank(byte: Option<&u8>) -> bool {
    byte.is_some_and(|b| b.is_ascii_hexdigit() || *b == b' ')
}

/// Appends every stretch of escapes among which are digits or what stands between digits, decoded.
fn unescape(text: &str, out: &mut String) {
    let bytes = text.as_bytes();
    let mut leads = Leads::new(bytes);
    let mut at = 0;
    while let Some(lead) = leads.next(at) {
        at = lead + 1;
        if escape(bytes.get(lead..).unwrap_or_default()).is_none() {
            continue;
        }
        // A value may begin as it is: `4539%205787`.
        let word = bytes.get(..lead).unwrap_or_default().iter().rev().take(BETWEEN_BYTES_MAX);
        let word = word.take_while(|b| b.is_ascii_alphanumeric()).count();
        let begin = lead - word;
        let (mut decoded, mut count, mut telling) = (bytes.get(begin..lead).unwrap_or_default().to_vec(), 0, false);
        let (mut place, mut plain) = (lead, 0);
        while let Some(byte) = bytes.get(place).filter(|b| **b != b'\n' && plain <= BETWEEN_BYTES_MAX) {
            let rest = bytes.get(place..).unwrap_or_default();
            // One way of escaping at a time: `card=4539%20…` has no quoted-printable in it.
            let same = bytes.get(lead) == Some(byte);
            match escape(rest).filter(|_| same) {
                // Escaped twice, as JSON in a string of JSON.
                None if same && *byte == b'\\' && rest.get(1..).and_then(escape).is_some() => place += 1,
                Some((code, length, is_byte)) => {
                    let digit = |b: Option<&u8>| b.is_some_and(u8::is_ascii_digit);
                    telling |=
                        (0x30..0x3A).contains(&code) || digit(decoded.last()) && digit(bytes.get(place + length));
                    match (u8::try_from(code), char::from_u32(code)) {
                        (Ok(byte), _) if is_byte => decoded.push(byte),
                        (_, Some(c)) => decoded.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
                        _ => {}
                    }
                    count += 1;
                    plain = 0;
                    place += length;
                }
                None => {
                    decoded.push(if *byte == b'+' { b' ' } else { *byte });
                    plain += 1;
                    place += 1;
                }
            }
        }
        if count >= ESCAPES_MIN && telling {
            out.push_str(label(text, begin).trim_end_matches('\\'));
            out.push_str(&String::from_utf8_lossy(&decoded));
            out.push_str("\n\n");
        }
        // A stretch of few escapes may hide the start of another kind of them.
        if count >= ESCAPES_MIN {
            at = place.max(at);
        }
    }
}

/// Appends every line that shifts into UTF-7 (RFC 2152) for digits or what stands between them, decoded. `+AD` and `+AC`
/// begin what U+0020 to U+003F come to.
fn utf7(text: &str, out: &mut String) {
    let bytes = text.as_bytes();
    let mut done = 0;
    for at in memchr::memmem::find_iter(bytes, b"+A") {
        if at < done || !matches!(bytes.get(at + 2), Some(b'C' | b'D')) {
            continue;
        }
        let start = memchr::memrchr(b'\n', bytes.get(..at).unwrap_or_default()).map_or(0, |i| i + 1);
        let end = memchr::memchr(b'\n', bytes.get(at..).unwrap_or_default()).map_or(bytes.len(), |i| at + i);
        done = end;
        let Some(line) = text.get(start..end) else { continue };
        let mut pieces = line.split('+');
        let mut decoded = pieces.next().unwrap_or_default().to_owned();
        let mut shifted = false;
        for piece in pieces {
            let length = piece.bytes().take_while(|b| is_digit64(b) && !matches!(b, b'-' | b'_')).count();
            let (held, rest) = piece.split_at(length);
            match unbase64_utf16(held) {
                Some(chars) => {
                    shifted = true;
                    decoded.push_str(&chars);
                    decoded.push_str(rest.strip_prefix('-').unwrap_or(rest));
                }
                None => {
                    decoded.push('+');
                    decoded.push_str(piece);
                }
            }
        }
        if shifted {
            out.push_str(&decoded);
            out.push_str("\n\n");
        }
    }
}

/// The characters of a shifted sequence: UTF-16 in base64; `None` unless they are of the printable part of ASCII.
fn unbase64_utf16(held: &str) -> Option<String> {
    let (mut bits, mut count, mut out) = (0_u32, 0, String::new());
    for byte in held.bytes() {
        bits = bits << 6 | u32::from(sextet(byte)?);
        count += 6;
        if count >= 16 {
            count -= 16;
            out.push(char::from_u32(bits >> count & 0xFFFF).filter(|c| matches!(c, ' '..='~'))?);
        }
    }
    (!out.is_empty()).then_some(out)
}

/// Places where an escape may begin. Each byte is searched for once, however many of the other kind lie in between.
struct Leads<'t> {
    bytes: &'t [u8],
    /// The next `=` and the next of the others; `None` = not looked for yet, the length of the text = there is none.
    equals: Option<usize>,
    other: Option<usize>,
}

impl<'t> Leads<'t> {
    fn new(bytes: &'t [u8]) -> Self {
        Self { bytes, equals: None, other: None }
    }

    /// The first place at or behind `at`.
    fn next(&mut self, at: usize) -> Option<usize> {
        let rest = self.bytes.get(at..)?;
        let end = self.bytes.len();
        let kept = |known: Option<usize>| known.filter(|place| *place >= at);
        let found = |place: Option<usize>| place.map_or(end, |i| at + i);
        let equals = kept(self.equals).unwrap_or_else(|| found(memchr::memchr(b'=', rest)));
        let other = kept(self.other).unwrap_or_else(|| found(memchr::memchr3(b'%', b'&', b'\\', rest)));
        (self.equals, self.other) = (Some(equals), Some(other));
        Some(equals.min(other)).filter(|place| *place < end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<(&'static str, String)> {
        encoded(text).into_iter().map(|e| (e.name, String::from_utf8_lossy(&e.bytes).into_owned())).collect()
    }

    #[test]
    fn base64_and_hexadecimal_keep_their_labels() {
        let card = "Card: NDUzOTU3ODQ2MzYyMTQ4OQ== end";
        assert_eq!(shown(card), [("(base64)", "Card: 4539578463621489\n\n".to_owned())]);
        let hex = "x 34353339353738343633363231343839";
        assert_eq!(shown(hex), [("(hexadecimal)", "x 4539578463621489\n\n".to_owned())]);
        let lines = "Q2FyZCBudW1iZXI6IDQ1Mzk1Nzg0NjM2MjE0ODksIFZpc2Es\r\nIGV4cGlyeSAxMS8yOSwgQ1ZWIG9uIGZpbGUu\r\n";
        assert_eq!(shown(lines)[0].1.trim(), "Card number: 4539578463621489, Visa, expiry 11/29, CVV on file.");
        let zip = "UEsDBBQAAAAIAAAAIQAAAAAAAAAAAAAAAAAHAAAAbm90ZS50eHQ=";
        assert!(matches!(&encoded(zip)[..], [Encoded { name: "(base64)", bytes }] if bytes.starts_with(b"PK\x03\x04")));
    }

    #[test]
    fn escapes_are_undone_where_they_hide_digits() {
        let card = "%34%35%33%39%35%37%38%34%36%33%36%32%31%34%38%39";
        assert_eq!(shown(&format!("card={card}")), [("(escaped)", "card=4539578463621489\n\n".to_owned())]);
        assert_eq!(shown("pay 4539%205784%206362%201489 now")[0].1.trim(), "pay 4539 5784 6362 1489 now");
        assert_eq!(shown("&#53;&#51;&#x36;-22-8467")[0].1.trim(), "536-22-8467");
        assert_eq!(shown(r"\u0035\u0033\x36-22")[0].1.trim(), "536-22");
        assert_eq!(shown("?card=4539%205784%206362%201489&x")[0].1.trim(), "?card=4539 5784 6362 1489&x");
        assert_eq!(shown(r"\\u0035\\u0033\\u0036-22-8467")[0].1.trim(), "536-22-8467");
        assert_eq!(shown(r"\u{35}\u{33}\u{36}-22-8467")[0].1.trim(), "536-22-8467");
        assert_eq!(shown(r"\065\063\066-22-8467")[0].1.trim(), "536-22-8467");
        assert_eq!(shown(r"content: '\35 \33 \36-22'")[0].1.trim(), "content: '536-22'");
        assert_eq!(shown("+ADUAMwA2-+AC0-22-8467")[0].1.trim(), "536-22-8467");
        assert_eq!(shown("=35=33=36=2D22=2D8467")[0].1.trim(), "536-22-8467");
    }

    #[test]
    fn keys_hashes_and_addresses_are_nothing() {
        for text in [
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "https://example.com/a%20b%20c%20d?x=1&y=2#internationalization",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "a = b; c == d && e; x = 12; y = 34; z = 56",
            "notwithstandingly the counterrevolutionaries",
            "20240305123456789012 4539578463621489",
            "",
        ] {
            assert_eq!(shown(text), [], "{text}");
        }
    }
}
