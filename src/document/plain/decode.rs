//! Bytes of text to UTF-8, whatever their encoding (WHATWG Encoding; UTF-32 and the detection are on top of it).
//!
//! In this order: Unicode by mark or zero bytes, valid UTF-8 (borrowed, not copied), ISO-2022 escapes, UTF-8 with a few
//! bad bytes, the encoding the text declares (XML declaration, HTML meta), the one its bytes are most like.
//! Nothing is ever lost: a byte that does not decode becomes U+FFFD or a Windows-1252 character, its neighbours stay.
#![allow(clippy::arithmetic_side_effects, reason = "positions and counts inside one slice, and at most 21 bits held")]

use std::borrow::Cow;

use encoding_rs::Encoding;

use super::legacy;
use crate::blob::Unicode;

/// Decoded text.
#[derive(Debug)]
pub struct Decoded<'a> {
    /// The text as UTF-8, without a byte order mark.
    pub text: Cow<'a, str>,
    /// Bytes of byte order mark in front of it. Only borrowed text stands in the file byte by byte.
    pub shift: usize,
    /// Name of the encoding it was in (WHATWG where there is one).
    pub encoding: &'static str,
    /// Bytes that did not decode.
    pub bad: usize,
}

/// Bytes at the start in which a declaration of the encoding is looked for (WHATWG HTML: 1,024; ours is more, as real
/// pages declare it late).
const DECLARATION_BYTES: usize = 4096;
/// Bytes that the detector sees, from shortly before the first one that is not ASCII: more does not change its mind.
const DETECTOR_BYTES: usize = 64 << 10;

/// Decodes `bytes`.
pub fn decode(bytes: &[u8]) -> Decoded<'_> {
    if let Some((form, mark)) = Unicode::of(bytes) {
        return unicode(form, mark, bytes.get(mark..).unwrap_or_default());
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if !has_iso_2022_jp(bytes) => {
            return Decoded { text: Cow::Borrowed(text), shift: 0, encoding: "UTF-8", bad: 0 };
        }
        Ok(_) => return encoded(encoding_rs::ISO_2022_JP, bytes),
        Err(_) => {}
    }
    if let Some(text) = mostly_utf8(bytes) {
        return text;
    }
    let declared = declared(bytes).filter(|encoding| *encoding != encoding_rs::UTF_8);
    if let Some(text) = declared.map(|encoding| encoded(encoding, bytes)) {
        // A declaration is a claim: one that does not fit loses against the bytes.
        if text.bad == 0 || text.bad.saturating_mul(200) < bytes.len() {
            return text;
        }
    }
    legacy::decode(bytes).unwrap_or_else(|| encoded(detected(bytes), bytes))
}

/// Decodes `bytes` that are said to be in the encoding `label` (a charset of MIME, `windows-1252`). A label is a claim:
/// one that is unknown or does not fit loses against the bytes.
pub fn decode_as<'a>(bytes: &'a [u8], label: &str) -> Cow<'a, str> {
    let label = label.trim().to_ascii_lowercase();
    let wide = match label.as_str() {
        "utf-16le" => Some(encoding_rs::UTF_16LE),
        "utf-16be" => Some(encoding_rs::UTF_16BE),
        _ => None,
    };
    if Unicode::of(bytes).is_some() {
        return decode(bytes).text;
    }
    if let Some(encoding) = wide {
        let text = encoded(encoding, bytes);
        if text.bad.saturating_mul(50) <= bytes.len() {
            return text.text;
        }
    }
    if label.ends_with("utf-7") {
        return Cow::Owned(utf7(bytes));
    }
    let encoding = by_label(label.as_bytes()).filter(|encoding| *encoding != encoding_rs::UTF_8);
    let escapes = encoding == Some(encoding_rs::ISO_2022_JP);
    if let Some(encoding) = encoding.filter(|_| escapes || std::str::from_utf8(bytes).is_err()) {
        let text = encoded(encoding, bytes);
        if text.bad.saturating_mul(50) <= bytes.len() {
            return text.text;
        }
    }
    decode(bytes).text
}

/// UTF-7 (RFC 2152): `+` starts UTF-16 in base64, `-` or any other character ends it.
fn utf7(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(plus) = memchr::memchr(b'+', rest) {
        out.push_str(&String::from_utf8_lossy(rest.get(..plus).unwrap_or_default()));
        rest = rest.get(plus + 1..).unwrap_or_default();
        let digit = |b: &u8| match b {
            b'A'..=b'Z' => Some(b - b'A'),
            b'a'..=b'z' => Some(b - b'a' + 26),
            b'0'..=b'9' => Some(b - b'0' + 52),
            b'+' => Some(62),
            b'/' => Some(63),
            _ => None,
        };
        let length = rest.iter().position(|b| digit(b).is_none()).unwrap_or(rest.len());
        let (mut bits, mut count, mut units) = (0u32, 0u32, Vec::new());
        for value in rest.iter().take(length).filter_map(digit) {
            bits = bits << 6 | u32::from(value);
            count += 6;
            if count >= 16 {
                count -= 16;
                units.push(u16::try_from(bits >> count & 0xFFFF).unwrap_or(0));
            }
        }
        if length == 0 {
            out.push('+');
        }
        out.extend(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
        rest = rest.get(length..).unwrap_or_default();
        rest = rest.strip_prefix(b"-").unwrap_or(rest);
    }
    out.push_str(&String::from_utf8_lossy(rest));
    out
}

fn unicode(form: Unicode, mark: usize, bytes: &[u8]) -> Decoded<'_> {
    match form {
        Unicode::Utf8 => match std::str::from_utf8(bytes) {
            Ok(text) => Decoded { text: Cow::Borrowed(text), shift: mark, encoding: "UTF-8", bad: 0 },
            Err(_) => patched(bytes),
        },
        Unicode::Utf16Le => encoded(encoding_rs::UTF_16LE, bytes),
        Unicode::Utf16Be => encoded(encoding_rs::UTF_16BE, bytes),
        Unicode::Utf32Le | Unicode::Utf32Be => {
            let mut bad = 0;
            let mut text = String::with_capacity(bytes.len() / 4);
            for c in form.chars(bytes) {
                bad += usize::from(c.is_none());
                text.push(c.unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            Decoded { text: Cow::Owned(text), shift: 0, encoding: "UTF-32", bad }
        }
    }
}

fn encoded<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> Decoded<'a> {
    let (text, failed) = encoding.decode_without_bom_handling(bytes);
    let bad = if failed { text.matches(char::REPLACEMENT_CHARACTER).count() } else { 0 };
    Decoded { text, shift: 0, encoding: encoding.name(), bad }
}

/// Text that is UTF-8 but for a few bytes: a cut at the end, a pasted line in another encoding.
fn mostly_utf8(bytes: &[u8]) -> Option<Decoded<'_>> {
    let (mut good, mut bad) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        // Characters outside ASCII: their lead bytes, not what follows them.
        good += chunk.valid().bytes().filter(|b| *b >= 0xC0).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    (good >= bad.saturating_mul(2)).then(|| patched(bytes))
}

/// UTF-8 whose bad bytes are read as Windows-1252.
fn patched(bytes: &[u8]) -> Decoded<'_> {
    let mut text = String::with_capacity(bytes.len() + 16);
    let mut bad = 0;
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            bad += 1;
            let (piece, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(chunk.invalid());
            text.push_str(&piece);
        }
    }
    Decoded { text: Cow::Owned(text), shift: 0, encoding: "UTF-8", bad }
}

/// Whether ASCII bytes carry the escapes of ISO-2022-JP (RFC 1468).
pub(super) fn has_iso_2022_jp(bytes: &[u8]) -> bool {
    let finder = memchr::memmem::Finder::new(b"\x1b$");
    finder.find_iter(bytes).any(|at| matches!(bytes.get(at + 2), Some(b'B' | b'@')))
}

/// The encoding that the text says it is in.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..DECLARATION_BYTES).unwrap_or(bytes);
    let xml = head.trim_ascii_start().starts_with(b"<?xml");
    let end = if xml { memchr::memmem::find(head, b"?>").unwrap_or(head.len()) } else { 0 };
    let declaration = head.get(..end).unwrap_or_default();
    value_after(declaration, b"encoding").or_else(|| value_after(head, b"charset")).and_then(|label| by_label(&label))
}

/// The value of `name=value`, quoted or not, the first one that is not empty.
fn value_after(head: &[u8], name: &[u8]) -> Option<Vec<u8>> {
    let lower = head.to_ascii_lowercase();
    memchr::memmem::find_iter(&lower, name).find_map(|at| {
        let rest = lower.get(at + name.len()..)?.trim_ascii_start();
        let rest = rest.strip_prefix(b"=")?.trim_ascii_start();
        let rest = rest.strip_prefix(b"\"").or_else(|| rest.strip_prefix(b"'")).unwrap_or(rest);
        let end = rest.iter().position(|b| !matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b':' | b'.'));
        rest.get(..end.unwrap_or(rest.len())).filter(|value| !value.is_empty()).map(<[u8]>::to_vec)
    })
}

/// The encoding with this label, and with some that are no WHATWG labels but are seen.
fn by_label(label: &[u8]) -> Option<&'static Encoding> {
    let found = Encoding::for_label(label).or(match label {
        b"mac-cyrillic" | b"maccyrillic" | b"x-mac-ce" => Some(encoding_rs::X_MAC_CYRILLIC),
        b"macroman" | b"mac-roman" => Some(encoding_rs::MACINTOSH),
        b"tis620" | b"tis-620-0" | b"cp874" => Some(encoding_rs::WINDOWS_874),
        b"cp932" | b"ms932" | b"windows-932" => Some(encoding_rs::SHIFT_JIS),
        b"cp936" | b"ms936" | b"windows-936" => Some(encoding_rs::GBK),
        b"cp949" | b"ms949" | b"uhc" => Some(encoding_rs::EUC_KR),
        b"cp950" | b"ms950" => Some(encoding_rs::BIG5),
        _ => None,
    })?;
    // UTF-16 was told by its bytes already: a declaration in single bytes cannot mean it.
    let wide = found == encoding_rs::UTF_16LE || found == encoding_rs::UTF_16BE;
    (!wide && found != encoding_rs::REPLACEMENT).then_some(found)
}

/// The encoding the bytes are most like.
fn detected(bytes: &[u8]) -> &'static Encoding {
    let first = bytes.iter().position(|b| !b.is_ascii()).unwrap_or(0).saturating_sub(256);
    let sample = bytes.get(first..).unwrap_or_default();
    let sample = sample.get(..DETECTOR_BYTES).unwrap_or(sample);
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Allow);
    detector.feed(sample, sample.len() + first == bytes.len());
    detector.guess(None, chardetng::Utf8Detection::Deny)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf8_is_borrowed_and_marks_are_shifted() {
        let plain = decode("Müller 4111".as_bytes());
        assert!(matches!(plain.text, Cow::Borrowed("Müller 4111")));
        let marked = decode(b"\xEF\xBB\xBFhi");
        assert_eq!((&*marked.text, marked.shift), ("hi", 3));
        assert!(matches!(marked.text, Cow::Borrowed(_)));
    }

    #[test]
    fn unicode_of_every_width_is_read() {
        let text = "Card 4111 é 漢字";
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(decode(&wide).text, text);
        let marked: Vec<u8> = [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(decode(&marked).text, text);
        let widest: Vec<u8> = text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
        assert_eq!(decode(&widest).text, text);
        let mut lone = vec![0xFF, 0xFE, 0x00, 0xD8];
        lone.extend("4111".encode_utf16().flat_map(u16::to_le_bytes));
        lone.push(b'A');
        assert!(decode(&lone).text.contains("4111"));
    }

    #[test]
    fn legacy_encodings_are_detected_or_declared() {
        let russian = "Номер карты 4111, владелец Иван Петров, город Москва, улица Ленина".repeat(3);
        let japanese = "カード番号は4111です。住所は東京都千代田区、電話番号は変わりません。".repeat(3);
        let greek = "Αριθμός κάρτας 4111, κάτοχος Γιώργος Παπαδόπουλος, Αθήνα".repeat(3);
        let korean = "카드 번호 4111 주소는 서울특별시 종로구입니다. 전화번호는 그대로입니다.".repeat(3);
        let chinese = "卡号是4111，地址是北京市朝阳区，电话号码没有变化。请尽快处理这件事情。".repeat(3);
        for (text, encoding) in [
            (&russian, encoding_rs::WINDOWS_1251),
            (&russian, encoding_rs::KOI8_U),
            (&japanese, encoding_rs::SHIFT_JIS),
            (&japanese, encoding_rs::EUC_JP),
            (&japanese, encoding_rs::ISO_2022_JP),
            (&greek, encoding_rs::WINDOWS_1253),
            (&korean, encoding_rs::EUC_KR),
            (&chinese, encoding_rs::GBK),
        ] {
            let (bytes, _, _) = encoding.encode(text);
            let decoded = decode(&bytes);
            assert_eq!(&*decoded.text, text.as_str(), "{} read as {}", encoding.name(), decoded.encoding);
        }
        assert_eq!(
            decode(b"<?xml version='1.0' encoding='TIS-620'?><a>\xa1</a>").text,
            "<?xml version='1.0' encoding='TIS-620'?><a>ก</a>"
        );
        assert!(decode(b"<meta charset=windows-1251><p>\xcf\xf0").text.ends_with("Пр"));
    }

    #[test]
    fn bad_bytes_do_not_take_their_neighbours_along() {
        let decoded = decode(b"Z\xC3\xBCrich \xC3\xA4\xC3\xA9\xC3\xA9 4111\xFF5111 end\xE2\x82");
        assert!(decoded.text.contains("Zürich") && decoded.text.contains("4111") && decoded.text.contains("5111 end"));
        let overlong = decode(b"\xc0\xaf\xf8\x88\x80\x80\x80\xed\xa0\x80Card 4539 5784\xe2\x82");
        assert!(overlong.text.contains("Card 4539 5784"), "{}", overlong.encoding);
    }

    #[test]
    fn a_label_is_followed_unless_the_bytes_say_otherwise() {
        for (bytes, label, text) in [
            (&b"M\xFCller"[..], "iso-8859-1", "Müller"),
            ("Müller".as_bytes(), "iso-8859-1", "Müller"),
            (b"\xCF\xF0", "windows-1251", "Пр"),
            (b"\x1b$B4A;z\x1b(B", "iso-2022-jp", "漢字"),
            (b"Hi Mom +Jjo-! 1 +- 1", "unicode-1-1-utf-7", "Hi Mom \u{263a}! 1 + 1"),
            (b"4\x001\x001\x001\x00", "utf-16le", "4111"),
            (b"plain", "no-such-charset", "plain"),
        ] {
            assert_eq!(decode_as(bytes, label), text, "{label}");
        }
    }

    #[test]
    fn any_bytes_decode() {
        let mut state = 1u32;
        for length in 0..400usize {
            let bytes: Vec<u8> = (0..length)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (state >> 24) as u8
                })
                .collect();
            let _ = decode(&bytes);
        }
    }
}
