//! Recognising kinds: signatures at fixed places first, then structure, then whether it reads as text and as what.

mod text;

use super::Kind;
use text::is_control;

/// Signature, where it stands, what it says. The order matters where one is a prefix of another.
const SIGNATURES: &[(usize, &[u8], Kind)] = &[
    (0, b"PK\x03\x04", Kind::Zip),
    (0, b"PK\x05\x06", Kind::Zip),
    (0, b"PK\x07\x08PK\x03\x04", Kind::Zip),
    (0, b"PK00PK\x03\x04", Kind::Zip),
    (0, b"\x1f\x8b\x08", Kind::Gzip),
    (0, b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", Kind::Ole),
    // Before any look at whether it is text: it may hold binary data.
    (0, b"{\\rt", Kind::Rtf),
    (0, b"\xE4\x52\x5C\x7B\x8C\xD8\xA7\x4D\xAE\xB1\x53\x78\xD0\x29\x96\xD3", Kind::OneNote),
    (0, b"\xA1\x2F\xFF\x43\xD9\xEF\x76\x4C\x9E\xE2\x10\xEA\x57\x22\x76\x5F", Kind::OneNote),
    (0, b"\x78\x9F\x3E\x22", Kind::Tnef),
    (0, b"!BDN", Kind::Pst),
    (0, b"7z\xBC\xAF\x27\x1C", Kind::SevenZip),
    (0, b"Rar!\x1A\x07", Kind::Rar),
    (0, b"\xFD7zXZ\0", Kind::Xz),
    (0, b"LZIP\x01", Kind::Lzip),
    (0, b"\x28\xB5\x2F\xFD", Kind::Zstd),
    (0, b"\x04\x22\x4D\x18", Kind::Lz4),
    (0, b"\x02\x21\x4C\x18", Kind::Lz4),
    (0, b"MSCF\0\0\0\0", Kind::Cab),
    (0, b"\x1F\x9D", Kind::Compress),
    (0, b"!<arch>\n", Kind::Ar),
    (0, b"\xED\xAB\xEE\xDB", Kind::Rpm),
    (0, b"070701", Kind::Cpio),
    (0, b"070702", Kind::Cpio),
    (0, b"070707", Kind::Cpio),
    (0x8001, b"BEA01", Kind::Iso),
    (0x8001, b"CD001", Kind::Iso),
    (0x8801, b"CD001", Kind::Iso),
    (0, b"ITSF\x03\0\0\0", Kind::Chm),
    (0, b"\xFFWPC", Kind::WordPerfect),
    (0, b"\xDB\xA5\x2D\0", Kind::Doc),
    (0, b"\x9B\xA5\x21\0", Kind::Doc),
    (0, b"\xDC\xA5\x65\0", Kind::Doc),
    (0, b"\xDC\xA5\x68\0", Kind::Doc),
    (0, b"\x09\0\x04\0", Kind::Xls),
    (0, b"\x09\x02\x06\0", Kind::Xls),
    (0, b"\x09\x04\x06\0", Kind::Xls),
    (0, b"\x09\x08\x08\0\0\x05", Kind::Xls),
    (0, b"\x09\x08\x10\0\0\x06", Kind::Xls),
    (0, b"%!PS", Kind::PostScript),
    (0, b"\xC5\xD0\xD3\xC6", Kind::PostScript),
    (0, b"AC10", Kind::Dwg),
    (4, b"Standard Jet DB", Kind::Access),
    (4, b"Standard ACE DB", Kind::Access),
    (0, b"SQLite format 3\0", Kind::Sqlite),
    (0, b"PAR1", Kind::Parquet),
    (0, b"Obj\x01", Kind::Avro),
    (0, b"ORC\x08", Kind::Orc),
    (0, b"ORC\x0A", Kind::Orc),
    (0, b"bplist0", Kind::Plist),
    (128, b"DICM", Kind::Dicom),
    (0, b"\x4C\0\0\0\x01\x14\x02\0\0\0\0\0\xC0\0\0\0\0\0\0\x46", Kind::Shortcut),
    (0, b"\x7FELF", Kind::Executable),
    (0, b"\xFE\xED\xFA\xCE", Kind::Executable),
    (0, b"\xFE\xED\xFA\xCF", Kind::Executable),
    (0, b"\xCE\xFA\xED\xFE", Kind::Executable),
    (0, b"\xCF\xFA\xED\xFE", Kind::Executable),
    (0, b"\xCA\xFE\xBA\xBE", Kind::Executable),
    (0, b"\0asm", Kind::Executable),
    (0, b"dex\n03", Kind::Executable),
    (0, b"OTTO\0", Kind::Font),
    (0, b"ttcf\0", Kind::Font),
    (0, b"true\0", Kind::Font),
    (0, b"wOFF", Kind::Font),
    (0, b"wOF2", Kind::Font),
    (0, b"\0\x01\0\0\0", Kind::Font),
    (0, b".pfile", Kind::Pfile),
    (0, b"\x76\xE8\x04\x60\xC4\x11\xE3\x86", Kind::Rpmsg),
    (0, b"age-encryption.org/v", Kind::Age),
    (0, b"-----BEGIN AGE ENCRYPTED FILE-----", Kind::Age),
    (0, b"Salted__", Kind::Salted),
    (0, b"\x03\xD9\xA2\x9A", Kind::KeePass),
    (0, b"\x89PNG\r\n\x1A\n", Kind::Png),
    (0, b"\x8AMNG\r\n\x1A\n", Kind::Png),
    (0, b"\xFF\xD8\xFF", Kind::Jpeg),
    (0, b"GIF87a", Kind::Gif),
    (0, b"GIF89a", Kind::Gif),
    (0, b"II*\0", Kind::Tiff),
    (0, b"MM\0*", Kind::Tiff),
    (0, b"II+\0", Kind::Tiff),
    (0, b"MM\0+", Kind::Tiff),
    (0, b"8BPS\0", Kind::Psd),
    (0, b"\0\0\x01\0", Kind::Icon),
    (0, b"\0\0\x02\0", Kind::Icon),
    (0, b"\0\0\0\x0CjP  \r\n\x87\n", Kind::Jp2),
    (0, b"\xFF\x4F\xFF\x51", Kind::Jp2),
    (0, b"\0\0\0\x0CJXL \r\n\x87\n", Kind::Jp2),
    (0, b"\xFF\x0A", Kind::Jp2),
    (0, b"II\xBC\x01", Kind::Jp2),
    (0, b"AT&TFORM", Kind::Djvu),
    (40, b" EMF", Kind::Emf),
    (0, b"\xD7\xCD\xC6\x9A\0\0", Kind::Emf),
    (0, b"\x01\0\x09\0\0\x03", Kind::Emf),
    (0, b"\x02\0\x09\0\0\x03", Kind::Emf),
    (0, b"ID3", Kind::Audio),
    (0, b"fLaC", Kind::Audio),
    (0, b"MThd\0\0\0\x06", Kind::Audio),
    (0, b"#!AMR", Kind::Audio),
    (0, b".snd\0", Kind::Audio),
    (0, b"\x30\x26\xB2\x75\x8E\x66\xCF\x11", Kind::Video),
    (0, b"\x1A\x45\xDF\xA3", Kind::Video),
    (0, b"FLV\x01", Kind::Video),
    (0, b"\0\0\x01\xBA", Kind::Video),
    (0, b"\0\0\x01\xB3", Kind::Video),
];

/// Bytes in front of a PDF header that readers put up with (ISO 32000-1, implementation note 13 of 1.7: 1,024).
const PDF_HEAD_BYTES: usize = 1024;

/// What `bytes` are.
pub(super) fn kind(bytes: &[u8]) -> Kind {
    if bytes.is_empty() {
        return Kind::Empty;
    }
    if bytes.starts_with(b"%PDF-") || bytes.starts_with(b"%FDF-") {
        return Kind::Pdf;
    }
    let binary = signature(bytes).or_else(|| structure(bytes));
    if is_container(binary) {
        return binary.unwrap_or(Kind::Unknown);
    }
    if has_pdf_header(bytes) {
        return Kind::Pdf;
    }
    match binary {
        Some(kind) => kind,
        None => text::kind(bytes).unwrap_or(Kind::Unknown),
    }
}

fn is_container(kind: Option<Kind>) -> bool {
    matches!(kind, Some(Kind::Zip | Kind::Gzip | Kind::Tar | Kind::Ole | Kind::SevenZip | Kind::Rar | Kind::Cab))
}

fn signature(bytes: &[u8]) -> Option<Kind> {
    let found = SIGNATURES.iter().find(|(at, magic, _)| bytes.get(*at..).is_some_and(|rest| rest.starts_with(magic)));
    let kind = found.map(|(_, _, kind)| *kind)?;
    // Signatures of letters alone stand at the start of honest texts too.
    let lettered = matches!(kind, Kind::Dwg | Kind::Audio | Kind::Cpio | Kind::Avro | Kind::Parquet | Kind::Font);
    (!lettered || has_controls(bytes)).then_some(kind)
}

/// Whether the first bytes hold control characters that no text has.
fn has_controls(bytes: &[u8]) -> bool {
    bytes.iter().take(256).any(|b| is_control(*b))
}

/// Kinds that a few bytes at one place do not tell.
fn structure(bytes: &[u8]) -> Option<Kind> {
    match bytes {
        [b'M', b'Z', rest @ ..] if rest.len() >= 62 && rest.get(..62)?.contains(&0) => Some(Kind::Executable),
        [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, ..] => Some(Kind::Bzip2),
        [b'B', b'Z', b'h', b'1'..=b'9', 0x17, 0x72, 0x45, 0x38, 0x50, 0x90, ..] => Some(Kind::Bzip2),
        [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..] => Some(Kind::Zstd),
        [b'R', b'I', b'F', b'F', _, _, _, _, form @ ..] => match form.get(..4)? {
            b"WEBP" => Some(Kind::Webp),
            b"AVI " => Some(Kind::Video),
            b"WAVE" | b"RMID" => Some(Kind::Audio),
            _ => None,
        },
        [b'F', b'O', b'R', b'M', _, _, _, _, b'A', b'I', b'F', ..] => Some(Kind::Audio),
        [b'O', b'g', b'g', b'S', 0, ..] => {
            let video = memchr::memmem::find(bytes.get(..256).unwrap_or(bytes), b"theora").is_some();
            Some(if video { Kind::Video } else { Kind::Audio })
        }
        [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] => Some(match brand.get(..4).unwrap_or_default() {
            b"heic" | b"heix" | b"hevc" | b"heim" | b"heis" | b"mif1" | b"msf1" | b"avif" | b"avis" => Kind::Heif,
            b"M4A " | b"M4B " | b"M4P " => Kind::Audio,
            _ => Kind::Video,
        }),
        [_, _, _, _, b'm', b'o', b'o', b'v', 0, ..] | [_, _, _, _, b'w', b'i', b'd', b'e', 0, ..] => Some(Kind::Video),
        [0xFF, 0xFB | 0xFA | 0xF3 | 0xF2 | 0xF1 | 0xF9, third, ..] if third & 0xF0 != 0xF0 => Some(Kind::Audio),
        [b'B', b'M', ..] if is_bmp(bytes) => Some(Kind::Bmp),
        [0x47, ..] if bytes.get(188) == Some(&0x47) && bytes.get(376) == Some(&0x47) && has_controls(bytes) => {
            Some(Kind::Video)
        }
        [0x30, 0x80..=0x84, ..] if is_enveloped(bytes) => Some(Kind::Smime),
        [0xC7, 0x71, ..] | [0x71, 0xC7, ..] if is_old_cpio(bytes) => Some(Kind::Cpio),
        [0..=224, ..] if is_lzma(bytes) => Some(Kind::Lzma),
        _ if is_tar(bytes) => Some(Kind::Tar),
        _ if is_pgp(bytes) => Some(Kind::Pgp),
        _ => None,
    }
}

fn is_bmp(bytes: &[u8]) -> bool {
    let reserved = bytes.get(6..10) == Some(&[0; 4]);
    let header = bytes.get(14..18).and_then(|b| b.try_into().ok()).map_or(0, u32::from_le_bytes);
    reserved && matches!(header, 12 | 16 | 40 | 52 | 56 | 64 | 108 | 124)
}

/// A binary header of cpio: a name of a sensible length that ends where it should.
fn is_old_cpio(bytes: &[u8]) -> bool {
    let order = if bytes.first() == Some(&0xC7) { u16::from_le_bytes } else { u16::from_be_bytes };
    let length = bytes.get(20..22).and_then(|b| b.try_into().ok()).map_or(0, order);
    let name = bytes.get(26..26 + usize::from(length)).unwrap_or_default();
    (2..1024).contains(&length) && !name.is_empty() && memchr::memchr(0, name) == name.len().checked_sub(1)
}

/// LZMA without a container has no signature: its dictionary is a power of two or half as much again, its length is
/// unknown or sensible, and the range coder starts with a zero byte. The same is asked by XZ Utils.
fn is_lzma(bytes: &[u8]) -> bool {
    let Some([properties, a, b, c, d]) = bytes.first_chunk() else { return false };
    let dictionary = u32::from_le_bytes([*a, *b, *c, *d]);
    let ones = dictionary.count_ones();
    let round =
        dictionary == u32::MAX || dictionary >= 4096 && (ones == 1 || ones == 2 && dictionary >> 1 & dictionary != 0);
    let length = bytes.get(5..13).and_then(|b| b.try_into().ok()).map_or(0, u64::from_le_bytes);
    *properties < 225
        && round
        && (length == u64::MAX || (1..1 << 38).contains(&length))
        && bytes.get(13) == Some(&0)
        && bytes.len() > 18
}

/// CMS enveloped data (RFC 5652): a sequence that starts with the object identifier 1.2.840.113549.1.7.3 (or the
/// authenticated form, …1.9.16.1.23).
fn is_enveloped(bytes: &[u8]) -> bool {
    let head = bytes.get(..32).unwrap_or(bytes);
    let finder = |oid: &[u8]| memchr::memmem::find(head, oid).is_some_and(|at| at <= 8);
    finder(b"\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x03")
        || finder(b"\x06\x0B\x2A\x86\x48\x86\xF7\x0D\x01\x09\x10\x01\x17")
}

/// A tar header (POSIX.1-2024, ustar; older ones by their checksum alone): 512 bytes whose sum, the checksum field
/// taken as blanks, is the octal number in that field. Signed sums of old writers are accepted too.
#[allow(clippy::arithmetic_side_effects, reason = "512 bytes, and eight octal digits")]
pub(crate) fn is_tar(bytes: &[u8]) -> bool {
    let Some(header) = bytes.get(..512) else { return false };
    let Some(field) = header.get(148..156) else { return false };
    let digits = field.iter().skip_while(|b| matches!(b, b' ' | 0)).take_while(|b| (b'0'..=b'7').contains(*b));
    let Some(told) = digits.map(|d| i64::from(d - b'0')).reduce(|sum, d| sum * 8 + d) else { return false };
    let blanks = field.len() as i64 * i64::from(b' ');
    let sum = |value: fn(u8) -> i64| {
        let all: i64 = header.iter().map(|b| value(*b)).sum();
        all - field.iter().map(|b| value(*b)).sum::<i64>() + blanks
    };
    let right = told == sum(i64::from) || told == sum(|b| i64::from(b.cast_signed()));
    // A damaged first header is still told by its magic when the size field is a number.
    let size = header.get(124..136).unwrap_or_default();
    let magic = header.get(257..262) == Some(b"ustar") && size.iter().all(|b| matches!(b, b'0'..=b'7' | b' ' | 0));
    header.first() != Some(&0) && (right || magic)
}

/// An OpenPGP message (RFC 9580, 4.2 and 5): the first packet is a session key or encrypted data.
fn is_pgp(bytes: &[u8]) -> bool {
    let (tag, body) = match bytes {
        [head @ 0x80..=0xBF, rest @ ..] => {
            let length = [1, 2, 4, 0].get(usize::from(head & 3)).copied().unwrap_or(0);
            ((head >> 2) & 15, rest.get(length..).unwrap_or_default())
        }
        [head @ 0xC0..=0xFF, first, rest @ ..] => {
            let more = match first {
                0..=191 | 224..=254 => 0,
                192..=223 => 1,
                255 => 4,
            };
            (head & 63, rest.get(more..).unwrap_or_default())
        }
        _ => return false,
    };
    match (tag, body) {
        (1, [3, rest @ ..]) => matches!(rest.get(8), Some(1..=3 | 16 | 18 | 20 | 22 | 25 | 26)),
        (1, [6, rest @ ..]) => matches!(rest, [0 | 21 | 33, ..]),
        (3, [4, cipher, s2k, ..]) => (1..=13).contains(cipher) && matches!(s2k, 0 | 1 | 3 | 4),
        (3, [5 | 6, ..]) => bytes.len() > 24 && has_controls(bytes),
        _ => false,
    }
}

/// Whether a PDF starts behind some other bytes. The header alone would make every text about PDF one.
fn has_pdf_header(bytes: &[u8]) -> bool {
    let head = bytes.get(..PDF_HEAD_BYTES).unwrap_or(bytes);
    let Some(at) = memchr::memmem::find(head, b"%PDF-") else { return false };
    let rest = bytes.get(at..).unwrap_or_default();
    matches!(rest.get(5..8), Some([b'0'..=b'9', b'.', b'0'..=b'9']))
        && memchr::memmem::find(rest, b" obj").is_some()
        && memchr::memmem::find(rest, b"endobj").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(length: u32) -> Vec<u8> {
        (0..length).map(|i| (i.wrapping_mul(2_654_435_761).rotate_left(13) >> 11) as u8).collect()
    }

    #[test]
    fn signatures_tell_binary_kinds() {
        for (bytes, kind) in [
            (b"%PDF-1.7\n".to_vec(), Kind::Pdf),
            (b"PK\x03\x04rest".to_vec(), Kind::Zip),
            (b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0".to_vec(), Kind::Zip),
            (b"\x1f\x8b\x08\0\0\0\0\0".to_vec(), Kind::Gzip),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0".to_vec(), Kind::Ole),
            (b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR".to_vec(), Kind::Png),
            (b"\xFF\xD8\xFF\xE0\0\x10JFIF".to_vec(), Kind::Jpeg),
            (b"RIFF\x10\0\0\0WEBPVP8 ".to_vec(), Kind::Webp),
            (b"\0\0\0\x18ftypheic\0\0\0\0".to_vec(), Kind::Heif),
            (b"\0\0\0\x18ftypisom\0\0\0\0".to_vec(), Kind::Video),
            (b"SQLite format 3\0\x10\0".to_vec(), Kind::Sqlite),
            (b"BZh91AY&SY\x01\x02".to_vec(), Kind::Bzip2),
            (b"\x7FELF\x02\x01\x01\0".to_vec(), Kind::Executable),
            (b"\x85\x01\x0c\x03\x11\x22\x33\x44\x55\x66\x77\x88\x01\x07\xff".to_vec(), Kind::Pgp),
            (b"\x8c\x0d\x04\x09\x03\x02\x11\x22".to_vec(), Kind::Pgp),
            (noise(5000), Kind::Unknown),
            (vec![0; 5000], Kind::Unknown),
        ] {
            assert_eq!(Kind::of(&bytes), kind, "{:?}", bytes.get(..8));
        }
    }

    #[test]
    fn an_old_cpio_that_ends_before_its_name_is_none() {
        let mut bytes = b"\xC7\x71".to_vec();
        bytes.resize(20, 1);
        bytes.extend_from_slice(&[9, 0, 0, 0, 0, 0]);
        assert_ne!(kind(&bytes), Kind::Cpio);
        bytes.extend_from_slice(b"file.txt");
        assert_ne!(kind(&bytes), Kind::Cpio);
        bytes.push(0);
        assert_eq!(kind(&bytes), Kind::Cpio);
    }

    #[test]
    fn a_pdf_may_start_late_but_not_in_a_text_about_it() {
        let mut late = b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nMIME-Version: 1.0\r\n\r\n".to_vec();
        late.extend_from_slice(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n");
        assert_eq!(kind(&late), Kind::Pdf);
        assert_eq!(kind(b"A PDF file starts with %PDF-1.4 and so on."), Kind::Text);
    }

    #[test]
    fn tar_is_told_by_its_checksum() {
        let mut header = vec![0u8; 1024];
        header[..5].copy_from_slice(b"a.txt");
        header[124..135].copy_from_slice(b"00000000005");
        header[148..156].copy_from_slice(b"        ");
        let sum: u32 = header.iter().map(|b| u32::from(*b)).sum();
        header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        assert_eq!(kind(&header), Kind::Tar);
        header[0] = b'b';
        assert_eq!(kind(&header), Kind::Unknown);
        header[257..262].copy_from_slice(b"ustar");
        assert_eq!(kind(&header), Kind::Tar);
    }

    #[test]
    fn any_bytes_have_a_kind() {
        for seed in 0..300u32 {
            let mut bytes = noise(seed * 3);
            for (_, magic, _) in SIGNATURES.iter().skip(seed as usize % SIGNATURES.len()).take(1) {
                bytes.splice(0..0, magic.iter().copied());
            }
            let _ = kind(&bytes);
            let _ = kind(bytes.get(..seed as usize % 16).unwrap_or(&bytes));
        }
    }
}
