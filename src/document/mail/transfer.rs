//! Transfer encodings: quoted-printable and base64 (RFC 2045, 6.7 and 6.8), uuencode (POSIX.1-2024) and yEnc (1.3).
//!
//! All are read with damage: what does not belong is passed over, and lines that are no base64 are text that somebody
//! added behind the content (a mailing list, a gateway).
#![allow(
    clippy::arithmetic_side_effects,
    reason = "positions and counts inside one line, and at most thirteen bits held"
)]

/// Content without its transfer encoding.
pub struct Decoded {
    /// The content.
    pub bytes: Vec<u8>,
    /// Lines that do not belong to it.
    pub stray: Vec<u8>,
    /// Whether it begins as encoded content does: text that is only said to be encoded does not.
    pub begins: bool,
    /// Whether it ends inside of a group: something is missing behind it. Padding may be left out.
    pub cut: bool,
}

/// Base64. Padding in the middle (pieces encoded one by one) ends a piece, not the content.
pub fn base64(encoded: &[u8]) -> Decoded {
    let mut decoder = Base64::default();
    let mut stray = Vec::new();
    let mut begins = None;
    for line in encoded.split(|b| *b == b'\n') {
        let trimmed = line.trim_ascii();
        if is_base64(trimmed) {
            begins.get_or_insert((trimmed.len() - foreign(trimmed)).is_multiple_of(4));
            decoder.feed(trimmed);
        } else if !trimmed.is_empty() {
            begins.get_or_insert(false);
            stray.extend_from_slice(trimmed);
            stray.push(b'\n');
        }
    }
    let cut = decoder.is_open();
    Decoded { bytes: decoder.finish(), stray, begins: begins.unwrap_or(false), cut }
}

/// Base64 in one piece, whatever stands between its characters.
pub fn base64_word(encoded: &[u8]) -> Vec<u8> {
    let mut decoder = Base64::default();
    decoder.feed(encoded);
    decoder.finish()
}

/// Whether a line is base64: characters of its alphabet, but for a few damaged ones, and no words. Two foreign characters
/// that come again and again between many of the alphabet are passed over as well (RFC 2045, 6.8), as mail programs do.
fn is_base64(line: &[u8]) -> bool {
    /// Characters of the alphabet in a line between which foreign ones are passed over.
    const STREWN_MIN: usize = 40;
    let foreign = foreign(line);
    if foreign == 0 {
        return !line.is_empty();
    }
    let first = line.iter().find(|b| is_foreign(b));
    let second = line.iter().find(|b| is_foreign(b) && Some(*b) != first);
    let strewn = line.iter().filter(|b| is_foreign(b)).all(|b| Some(b) == first || Some(b) == second);
    if strewn && line.len() - foreign >= STREWN_MIN && !line.iter().any(u8::is_ascii_whitespace) {
        return true;
    }
    // Blanks between long groups are damage; blanks between words are text.
    let groups = line.split(u8::is_ascii_whitespace).filter(|group| !group.is_empty());
    let longest = groups.map(<[u8]>::len).max().unwrap_or(0);
    foreign.saturating_mul(10) <= line.len() && longest >= 20
}

fn is_foreign(b: &u8) -> bool {
    !b.is_ascii_alphanumeric() && !matches!(b, b'+' | b'/' | b'=')
}

/// How many characters of a line are not of the alphabet.
fn foreign(line: &[u8]) -> usize {
    line.iter().filter(|b| is_foreign(b)).count()
}

#[derive(Default)]
struct Base64 {
    out: Vec<u8>,
    bits: u32,
    count: u32,
}

impl Base64 {
    fn feed(&mut self, characters: &[u8]) {
        for b in characters {
            if let Some(value) = digit(*b) {
                self.bits = (self.bits << 6 | u32::from(value)) & 0xFFFF;
                self.count += 6;
                if self.count >= 8 {
                    self.count -= 8;
                    // The byte stands above the bits that are left over.
                    self.out.push((self.bits >> self.count & 0xFF) as u8);
                }
            } else if *b == b'=' {
                (self.bits, self.count) = (0, 0);
            }
        }
    }

    /// Whether bits are left that belong to a byte that is not there.
    fn is_open(&self) -> bool {
        self.count == 6 || self.bits & ((1 << self.count) - 1) != 0
    }

    fn finish(self) -> Vec<u8> {
        self.out
    }
}

/// The value of a character of base64, that for URLs included.
fn digit(b: u8) -> Option<u8> {
    match b {
        b'A'..=b'Z' => Some(b - b'A'),
        b'a'..=b'z' => Some(b - b'a' + 26),
        b'0'..=b'9' => Some(b - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

/// Quoted-printable. An equals sign without two hexadecimal digits stays as it is.
pub fn quoted_printable(encoded: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(encoded.len());
    for line in encoded.split_inclusive(|b| *b == b'\n') {
        let content = line.trim_ascii_end();
        let end: &[u8] = match line {
            _ if content.len() == line.len() => b"",
            [.., b'\r', b'\n'] => b"\r\n",
            [.., b'\n'] => b"\n",
            // The end of the last line, and blanks that no line end follows.
            _ => line.get(content.len()..).unwrap_or_default(),
        };
        let (content, end) = content.strip_suffix(b"=").map_or((content, end), |joined| (joined, &b""[..]));
        hex_escapes(content, &mut out);
        out.extend_from_slice(end);
    }
    out
}

/// Appends `text` with its `=XX` resolved.
pub fn hex_escapes(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'=', rest) {
        out.extend_from_slice(rest.get(..at).unwrap_or_default());
        rest = rest.get(at + 1..).unwrap_or_default();
        match rest {
            [high, low, after @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                out.push(hex(*high) << 4 | hex(*low));
                rest = after;
            }
            _ => out.push(b'='),
        }
    }
    out.extend_from_slice(rest);
}

/// The value of a hexadecimal digit.
pub fn hex(b: u8) -> u8 {
    char::from(b).to_digit(16).and_then(|value| u8::try_from(value).ok()).unwrap_or(0)
}

/// A file inside a text, by uuencode or yEnc.
pub struct Inline {
    /// Its name.
    pub name: Vec<u8>,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Takes encoded files out of a text; gives the text that is left, if there were any.
pub fn take_files(text: &[u8], files: &mut Vec<Inline>) -> Option<Vec<u8>> {
    let mut left = Vec::new();
    let mut lines = text.split_inclusive(|b| *b == b'\n').peekable();
    let before = files.len();
    while let Some(line) = lines.next() {
        let trimmed = line.trim_ascii_end();
        if let Some(name) = uu_begin(trimmed) {
            // Content follows at once, or it is a line of prose that begins with "begin".
            if !lines.peek().is_some_and(|next| is_uu(next.trim_ascii_end())) {
                left.extend_from_slice(line);
                continue;
            }
            let mut bytes = Vec::new();
            while let Some(next) = lines.peek().map(|next| next.trim_ascii_end()) {
                if next == b"end" {
                    lines.next();
                    break;
                }
                if !is_uu(next) && !next.is_empty() {
                    break;
                }
                uu_line(next, &mut bytes);
                lines.next();
            }
            files.push(Inline { name: name.to_vec(), bytes });
        } else if trimmed.starts_with(b"=ybegin ") {
            let name = memchr::memmem::find(trimmed, b" name=").and_then(|at| trimmed.get(at + 6..));
            let mut bytes = Vec::new();
            for next in lines.by_ref() {
                let next = next.strip_suffix(b"\n").unwrap_or(next);
                let next = next.strip_suffix(b"\r").unwrap_or(next);
                if next.starts_with(b"=yend") {
                    break;
                }
                if !next.starts_with(b"=ypart") {
                    y_line(next, &mut bytes);
                }
            }
            files.push(Inline { name: name.unwrap_or_default().to_vec(), bytes });
        } else {
            left.extend_from_slice(line);
        }
    }
    (files.len() > before).then_some(left)
}

/// The name in `begin 644 name`.
fn uu_begin(line: &[u8]) -> Option<&[u8]> {
    let rest = line.strip_prefix(b"begin ")?;
    let (mode, name) = rest.split_at_checked(rest.iter().position(|b| *b == b' ')?)?;
    (matches!(mode.len(), 3 | 4) && mode.iter().all(|b| (b'0'..=b'7').contains(b))).then(|| name.trim_ascii())
}

/// Whether a line is uuencoded: as long as its first character says, in its alphabet.
fn is_uu(line: &[u8]) -> bool {
    let [length, content @ ..] = line else { return false };
    let groups = usize::from(length.wrapping_sub(32) & 63).div_ceil(3) * 4;
    let written = line.iter().all(|b| (b' '..=b'`').contains(b));
    // Blanks at the end are often lost, a check character is often added.
    written && content.len() <= groups + 2 && (content.len() + 4 >= groups || content.is_empty() && groups == 0)
}

fn uu_line(line: &[u8], out: &mut Vec<u8>) {
    let [length, content @ ..] = line else { return };
    let mut left = usize::from(length.wrapping_sub(32) & 63);
    for group in content.chunks(4) {
        let value = |i: usize| u32::from(group.get(i).map_or(0, |b| b.wrapping_sub(32) & 63));
        let all = value(0) << 18 | value(1) << 12 | value(2) << 6 | value(3);
        let [_, bytes @ ..] = all.to_be_bytes();
        out.extend(bytes.iter().take(left));
        left = left.saturating_sub(3);
    }
}

fn y_line(line: &[u8], out: &mut Vec<u8>) {
    let mut escaped = false;
    for b in line {
        if *b == b'=' && !escaped {
            escaped = true;
            continue;
        }
        out.push(b.wrapping_sub(if escaped { 106 } else { 42 }));
        escaped = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_with_damage_and_text_behind_it() {
        let decoded = base64(b"Q2FyZCA0\r\nMTEx*\r\nMQ==\r\n-- \r\nThe list of all things: see below\r\n");
        assert_eq!(decoded.stray, b"MTEx*\n--\nThe list of all things: see below\n");
        assert_eq!(base64(b"Q2FyZA==\nIDQxMTE=\n").bytes, b"Card 4111");
        assert_eq!(base64(b"Q2FyZCA0MTExIDExMTEg! MTExMSAxMTEx").bytes, b"Card 4111 1111 1111 1111");
        let strewn: Vec<u8> =
            b"Q2FyZCA0MTExIDExMTEgMTExMSAxMTEx//4+//4=".iter().flat_map(|b| [*b, b'!', b'*']).collect();
        let decoded = base64(&strewn);
        assert!(decoded.begins && decoded.bytes.starts_with(b"Card 4111 1111 1111 1111") && decoded.stray.is_empty());
        assert_eq!(base64_word(b"4pyT_-8="), [0xE2, 0x9C, 0x93, 0xFF, 0xEF]);
    }

    #[test]
    fn quoted_printable_joins_lines_and_keeps_what_it_does_not_know() {
        assert_eq!(quoted_printable(b"M=FCl=\r\nler=20 \t\r\n1=2 =3d =\n"), b"M\xFCller \r\n1=2 = ");
        assert_eq!(quoted_printable(b"a = b=ZZ"), b"a = b=ZZ");
    }

    #[test]
    fn files_inside_text_are_taken_out() {
        let mut files = Vec::new();
        let text = b"Hello\nbegin 644 card.txt\n*0V%R9\"`T,3$Q\"@``\n`\nend\nbegin 100 of prose here\nbye\n";
        assert_eq!(take_files(text, &mut files).unwrap(), b"Hello\nbegin 100 of prose here\nbye\n");
        assert_eq!((files[0].name.as_slice(), files[0].bytes.as_slice()), (&b"card.txt"[..], &b"Card 4111\n"[..]));
        let yenc: Vec<u8> = b"Card 4111\n="
            .iter()
            .flat_map(|b| match b.wrapping_add(42) {
                c @ (0 | b'\n' | b'\r' | b'=') => vec![b'=', c.wrapping_add(64)],
                c => vec![c],
            })
            .collect();
        let text = [&b"=ybegin line=128 size=11 name=a b.txt\r\n"[..], &yenc, b"\r\n=yend size=11\r\nbye"].concat();
        assert_eq!(take_files(&text, &mut files).unwrap(), b"bye");
        assert_eq!((files[1].name.as_slice(), files[1].bytes.as_slice()), (&b"a b.txt"[..], &b"Card 4111\n="[..]));
        assert!(take_files(b"no file", &mut files).is_none());
    }
}
