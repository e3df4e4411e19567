//! Exports of the Windows registry (`.reg`, versions 4 and 5): lines as they are, with strings unescaped and values in
//! hexadecimal digits told as the text that they hold.

use crate::document::{Document, Text, carve};

/// Whether a text is an export.
pub(super) fn is_one(text: &str) -> bool {
    let start = text.trim_start_matches('\u{feff}');
    start.starts_with("Windows Registry Editor Version 5.") || start.starts_with("REGEDIT4")
}

/// Reads an export.
pub(super) fn read(source: &str) -> Document<'static> {
    let wide = !source.trim_start_matches('\u{feff}').starts_with("REGEDIT4");
    let mut text = String::with_capacity(source.len());
    let mut value = String::new();
    for line in source.lines() {
        let line = line.trim_end();
        if value.is_empty() && !is_hex(line) {
            text.push_str(&unescape(line));
            text.push('\n');
            continue;
        }
        // A backslash at the end means that the digits go on.
        match line.strip_suffix('\\') {
            Some(part) => value.push_str(part),
            None => {
                value.push_str(line);
                tell(&std::mem::take(&mut value), wide, &mut text);
            }
        }
    }
    tell(&value, wide, &mut text);
    Document { text: Text::owned(text), ..Document::default() }
}

/// Whether a line starts a value in hexadecimal digits.
fn is_hex(line: &str) -> bool {
    let kind = line.starts_with(['"', '@']).then(|| line.rsplit_once("=hex"));
    kind.flatten().is_some_and(|(_, rest)| rest.starts_with([':', '(']))
}

fn tell(line: &str, wide: bool, text: &mut String) {
    let Some((name, rest)) = line.rsplit_once("=hex") else { return text.push_str(line) };
    let (kind, digits) = rest.split_once(':').unwrap_or(("", rest));
    let bytes: Vec<u8> = digits.split(',').filter_map(|pair| u8::from_str_radix(pair.trim(), 16).ok()).collect();
    // 1, 2 and 7: a string, one with variables, several.
    let words = match kind {
        "(1)" | "(2)" | "(7)" if wide => encoding_rs::UTF_16LE.decode_without_bom_handling(&bytes).0.into_owned(),
        "(1)" | "(2)" | "(7)" => encoding_rs::WINDOWS_1252.decode_without_bom_handling(&bytes).0.into_owned(),
        _ => carve(&bytes).as_str().to_owned(),
    };
    let words: Vec<&str> = words.split(['\0', '\n']).filter(|word| !word.is_empty()).collect();
    text.push_str(&unescape(name));
    text.push('=');
    text.push_str(&words.join("\n"));
    text.push('\n');
}

fn unescape(line: &str) -> String {
    if line.starts_with('[') || !line.contains('\\') {
        return line.to_owned();
    }
    line.replace("\\\\", "\u{0}").replace("\\\"", "\"").replace('\u{0}', "\\")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_told_as_text() {
        let source = "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_CURRENT_USER\\Software]\r\n\"a\"=\"C:\\\\x\"\r\n\
                      \"p\"=hex(2):53,00,53,00,\\\r\n  4e,00,3a,00,00,00\r\n\"m\"=hex(7):41,00,00,00,42,00,00,00,00,00\r\n";
        assert!(is_one(source));
        let expected = "Windows Registry Editor Version 5.00\n\n[HKEY_CURRENT_USER\\Software]\n\"a\"=\"C:\\x\"\n\"p\"=SSN:\n\"m\"=A\nB\n";
        assert_eq!(read(source).text.as_str(), expected);
    }
}
