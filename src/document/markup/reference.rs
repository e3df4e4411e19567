//! References to characters (XML 1.0, 4.1 and 4.6).

use std::borrow::Cow;

/// Bytes of a reference up to its `;`. `&#x10FFFF;` is the longest worth resolving; leading zeros may stretch it.
const REFERENCE_BYTES_MAX: usize = 24;

/// Resolves numeric references, the five predefined entities and the no-break space of HTML, and makes line ends `\n`.
/// What the document declares stays as written.
#[allow(clippy::arithmetic_side_effects, reason = "a position among a few bytes")]
pub fn unescape(raw: &str) -> Cow<'_, str> {
    let Some(first) = memchr::memchr2(b'&', b'\r', raw.as_bytes()) else {
        return Cow::Borrowed(raw);
    };
    let mut out = String::with_capacity(raw.len());
    out.push_str(raw.get(..first).unwrap_or_default());
    let mut rest = raw.get(first..).unwrap_or_default();
    while let Some(at) = memchr::memchr2(b'&', b'\r', rest.as_bytes()) {
        out.push_str(rest.get(..at).unwrap_or_default());
        rest = rest.get(at..).unwrap_or_default();
        if let Some(after) = rest.strip_prefix('\r') {
            if !after.starts_with('\n') {
                out.push('\n');
            }
            rest = after;
            continue;
        }
        let end = rest.bytes().take(REFERENCE_BYTES_MAX).position(|b| b == b';');
        match end.and_then(|end| Some((reference(rest.get(1..end)?)?, end))) {
            Some((c, end)) => {
                out.push(c);
                rest = rest.get(end + 1..).unwrap_or_default();
            }
            None => {
                out.push('&');
                rest = rest.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Makes line ends `\n`, as they are meant where references are none.
pub(super) fn line_ends(raw: &str) -> Cow<'_, str> {
    match memchr::memchr(b'\r', raw.as_bytes()) {
        Some(_) => Cow::Owned(raw.replace("\r\n", "\n").replace('\r', "\n")),
        None => Cow::Borrowed(raw),
    }
}

fn reference(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some('\u{a0}'),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|c| *c != '\0')
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_resolved_once() {
        let raw = "&#52;1&#x31;1&amp;#52;&lt;&foo;&;& &#0;&#99999999;&#00000000052;\r\n\r";
        assert_eq!(unescape(raw), "4111&#52;<&foo;&;& &#0;&#99999999;4\n\n");
    }
}
