//! Links (2.4.140, 2.4.141; MS-OSHARED 2.3.7): what they show, where they lead.

/// Class of a target that is a URL, as stored.
const URL: [u8; 16] = [0xE0, 0xC9, 0xEA, 0x79, 0xF9, 0xBA, 0xCE, 0x11, 0x8C, 0x82, 0x00, 0xAA, 0x00, 0x4B, 0xA9, 0x0B];
/// Class of a target that is a file.
const FILE: [u8; 16] = [0x03, 0x03, 0, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46];

/// The words of a link: display text, target, place in the target.
pub(super) fn words(record: &[u8]) -> Vec<String> {
    let mut words = Vec::new();
    // Cells it stands on, then a class, a version and switches.
    let mut bytes = Bytes(record.get(28..).unwrap_or_default());
    let _ = read(&mut bytes, &mut words);
    words.retain(|word| !word.trim().is_empty());
    words
}

/// The tip of a link: text behind a header and the cells.
pub(super) fn tip(record: &[u8]) -> Vec<String> {
    vec![wide(record.get(10..).unwrap_or_default())]
}

fn read(bytes: &mut Bytes<'_>, words: &mut Vec<String>) -> Option<()> {
    let flags = bytes.u32()?;
    if flags & 0x10 != 0 {
        words.push(bytes.string()?);
    }
    if flags & 0x80 != 0 {
        // The window to open it in.
        bytes.string()?;
    }
    if flags & 0x101 == 0x101 {
        words.push(bytes.string()?);
    } else if flags & 1 != 0 {
        let class = bytes.take(16)?;
        if class == URL {
            let length = bytes.u32()?;
            words.push(wide(bytes.take(length as usize)?));
        } else if class == FILE {
            words.push(bytes.file()?);
        } else {
            return None;
        }
    }
    if flags & 8 != 0 {
        words.push(bytes.string()?);
    }
    Some(())
}

struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(head)
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(*self.take(4)?.first_chunk()?))
    }

    /// Text behind the count of its characters.
    fn string(&mut self) -> Option<String> {
        let length = (self.u32()? as usize).checked_mul(2)?;
        Some(wide(self.take(length)?))
    }

    /// A path in bytes, and behind it in UTF-16 if it needs that.
    fn file(&mut self) -> Option<String> {
        self.take(2)?;
        let length = self.u32()? as usize;
        let narrow = self.take(length)?;
        self.take(24)?;
        let more = self.u32()? as usize;
        let more = Bytes(self.take(more)?).0.get(6..).map(wide);
        let narrow = || crate::document::code_page::decode(narrow, 1252).trim_end_matches('\0').to_owned();
        Some(more.unwrap_or_else(narrow))
    }
}

/// Text in UTF-16 up to its end mark.
fn wide(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).filter_map(|b| Some(u16::from_le_bytes(b.try_into().ok()?)));
    let units: Vec<u16> = units.take_while(|unit| *unit != 0).collect();
    String::from_utf16_lossy(&units)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_told() {
        let text = |s: &str| s.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let mut link = vec![0; 24];
        link.extend([2, 0, 0, 0, 0x1B, 0, 0, 0, 3, 0, 0, 0]);
        link.extend(text("Me\0"));
        link.extend(URL);
        link.extend([12, 0, 0, 0]);
        link.extend(text("mail:a"));
        link.extend([2, 0, 0, 0]);
        link.extend(text("B\0"));
        assert_eq!(words(&link), ["Me", "mail:a", "B"]);
        for end in 0..link.len() {
            assert!(words(&link[..end]).len() <= 3);
        }
    }
}
