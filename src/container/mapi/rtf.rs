//! Compressed RTF (MS-OXRTFCP): a dictionary of 4,096 bytes that is filled beforehand, references of two bytes.

/// What the dictionary holds before the first byte (2.1.2.1).
const PRESET: &[u8] =
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \
\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \
\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
/// Bytes of the dictionary.
const WINDOW: usize = 4096;

/// The RTF in a compressed one, and whether it is whole. Nine bytes at most for each that it is packed in.
pub fn decompress(packed: &[u8]) -> Option<(Vec<u8>, bool)> {
    let word = |at: usize| Some(u32::from_le_bytes(*packed.get(at..)?.first_chunk()?));
    let raw = usize::try_from(word(4)?).ok()?;
    let content = packed.get(16..)?;
    match word(8)? {
        0x414C_454D => Some((content.get(..raw).unwrap_or(content).to_vec(), content.len() >= raw)),
        0x7546_5A4C => Some(expand(content, raw)),
        _ => None,
    }
}

#[allow(clippy::arithmetic_side_effects, reason = "places in a window of four kilobytes, and lengths of four bits")]
fn expand(packed: &[u8], raw: usize) -> (Vec<u8>, bool) {
    let mut window = [b' '; WINDOW];
    for (slot, b) in window.iter_mut().zip(PRESET) {
        *slot = *b;
    }
    let mut at = PRESET.len();
    let mut out = Vec::new();
    let mut put = |b: u8, window: &mut [u8; WINDOW], at: &mut usize| {
        out.push(b);
        if let Some(slot) = window.get_mut(*at) {
            *slot = b;
        }
        *at = (*at + 1) % WINDOW;
    };
    let mut bytes = packed.iter().copied();
    let mut ended = false;
    'all: while let Some(control) = bytes.next() {
        for bit in 0..8 {
            if control >> bit & 1 == 0 {
                let Some(b) = bytes.next() else { break 'all };
                put(b, &mut window, &mut at);
                continue;
            }
            let (Some(high), Some(low)) = (bytes.next(), bytes.next()) else { break 'all };
            let reference = usize::from(high) << 8 | usize::from(low);
            let (from, length) = (reference >> 4, (reference & 15) + 2);
            if from == at {
                ended = true;
                break 'all;
            }
            for i in 0..length {
                let b = window.get((from + i) % WINDOW).copied().unwrap_or(b' ');
                put(b, &mut window, &mut at);
            }
        }
    }
    let whole = ended || out.len() >= raw;
    (out, whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_unpacked() {
        assert_eq!(PRESET.len(), 207);
        // The example of the specification (4.1.1).
        let packed = b"\x2d\0\0\0\x2b\0\0\0LZFu\xf1\xc5\xc7\xa7\x03\0\x0a\0rcpg125B2\x0a\xf3 hel\x09\0 bw\x05\xb0ld}\x0a\x80\x0f\xa0";
        let (rtf, whole) = decompress(packed).unwrap();
        assert_eq!(String::from_utf8_lossy(&rtf), "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
        assert!(whole);
        assert_eq!(decompress(b"\x13\0\0\0\x03\0\0\0MELA\0\0\0\0abcd"), Some((b"abc".to_vec(), true)));
        assert_eq!(decompress(b"\x13\0\0\0\x03\0\0\0none\0\0\0\0abcd"), None);
        for end in 0..packed.len() {
            let _ = decompress(packed.get(..end).unwrap());
        }
        let hostile: Vec<u8> = [&packed[..16], &[0xFFu8; 4000][..]].concat();
        assert!(decompress(&hostile).is_none_or(|(rtf, _)| rtf.len() < 40_000));
    }
}
