//! Code pages of Windows, of DOS and of the Macintosh, by their numbers.

use encoding_rs::Encoding;

use crate::blob::cp437;

/// `bytes` as text in the code page of this number; Windows-1252 where the number says nothing.
pub(super) fn decode(bytes: &[u8], page: u16) -> String {
    let encoding = match page {
        // Code page 850 has the same letters in nearly all places.
        437 | 850 | 858 => return cp437::decode(bytes),
        866 => encoding_rs::IBM866,
        874 => encoding_rs::WINDOWS_874,
        932 | 10001 => encoding_rs::SHIFT_JIS,
        936 | 10008 => encoding_rs::GBK,
        949 | 10003 => encoding_rs::EUC_KR,
        950 | 10002 => encoding_rs::BIG5,
        1200 => encoding_rs::UTF_16LE,
        10000 | 0x8000 => encoding_rs::MACINTOSH,
        10007 => encoding_rs::X_MAC_CYRILLIC,
        54936 => encoding_rs::GB18030,
        65001 => encoding_rs::UTF_8,
        page => Encoding::for_label(format!("windows-{page}").as_bytes()).unwrap_or(encoding_rs::WINDOWS_1252),
    };
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_by_number() {
        for (page, bytes) in [(1252, b"M\xFCller"), (437, b"M\x81ller"), (0x8000, b"M\x9Fller"), (0x8001, b"M\xFCller")]
        {
            assert_eq!(decode(bytes, page), "Müller", "{page}");
        }
        assert_eq!(decode(b"\x83J", 932), "カ");
    }
}
