//! The file information block: which Word wrote the file, how long each story is, where each table stands
//! (MS-DOC 2.5; the layouts of Word 6 and Word 2 are those of their own specifications).

use super::bytes::{u16_at, u32_at};

/// Generations of the format that are laid out differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Version {
    /// Word for Windows 1 and 2: one stream, formatting as plain structures.
    Word2,
    /// Word 6 and 95: one stream, text in code pages.
    Word6,
    /// Word 97 to 2007: tables in a stream of their own, text in Windows-1252 and UTF-16.
    Word97,
}

/// A story: text of its own with its own counting in the block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Story {
    Main,
    Footnotes,
    Headers,
    Macros,
    Comments,
    Endnotes,
    TextBoxes,
    HeaderTextBoxes,
}

impl Story {
    /// In the order in which their characters follow one another.
    pub(super) const ALL: [Self; 8] = [
        Self::Main,
        Self::Footnotes,
        Self::Headers,
        Self::Macros,
        Self::Comments,
        Self::Endnotes,
        Self::TextBoxes,
        Self::HeaderTextBoxes,
    ];
}

/// Places of tables in the array of offsets and lengths; the same numbers in every version that has them.
#[derive(Clone, Copy, Debug)]
#[repr(usize)]
pub(super) enum Table {
    HeaderParts = 11,
    CharacterBins = 12,
    ParagraphBins = 13,
    Fonts = 15,
    Bookmarks = 21,
    Associated = 32,
    Pieces = 33,
    CommentAuthors = 36,
    Drawings = 50,
    Revisers = 51,
    Variables = 60,
    SavedBy = 71,
    AutoText = 9,
}

/// Tables that are looked at, from the first one.
const TABLES: usize = 72;

/// What the block says; nothing of it is trusted.
#[derive(Clone, Debug)]
pub(super) struct Fib {
    pub version: Version,
    /// Language of the program that wrote it.
    pub language: u16,
    /// Whether what was typed since the last full save stands behind the rest.
    pub complex: bool,
    pub encrypted: bool,
    /// Encrypted by exclusive or alone.
    pub obfuscated: bool,
    /// Whether the tables stand in `1Table`.
    pub second_table: bool,
    /// Text in an extended character set (Asian versions of Word 95).
    pub extended: bool,
    /// Written on a Macintosh (Word 6).
    pub mac: bool,
    /// Bytes that the encryption header takes up at the start of the table stream.
    pub key: u32,
    /// Page of the block of the AutoText document behind this one; 0 = none.
    pub next: u16,
    /// First and last byte of the text, as far as it was saved in full.
    pub text: (u32, u32),
    /// Characters of each story.
    pub counts: [u32; Story::ALL.len()],
    tables: Vec<(u32, u32)>,
}

impl Fib {
    /// Reads the block at `at`. `None` if there is none.
    #[allow(clippy::arithmetic_side_effects, reason = "counts of sixteen bits times at most eight")]
    pub(super) fn read(stream: &[u8], at: usize) -> Option<Self> {
        let stream = stream.get(at..)?;
        let number = u16_at(stream, 2)?;
        let version = match (u16_at(stream, 0)?, number) {
            (0xA59B | 0xA5DB, _) => Version::Word2,
            (0xA5DC | 0xA5EC | 0xA697 | 0xA698 | 0xA699, 0xC0..) => Version::Word97,
            (0xA5DC | 0xA5EC | 0xA697 | 0xA698 | 0xA699, 0x64..) => Version::Word6,
            (0xA5DC | 0xA5EC, _) => Version::Word2,
            _ => return None,
        };
        let flags = u16_at(stream, 0x0A)?;
        let bit = |n: u16| flags >> n & 1 == 1;
        let (counts_at, tables_at, stride, tables) = match version {
            Version::Word2 => (0x34, 0x58, 6, 38),
            Version::Word6 => (0x34, 0x58, 8, TABLES),
            Version::Word97 => {
                let words = 0x22 + usize::from(u16_at(stream, 0x20)?) * 2;
                let longs = words + 2;
                let tables = longs + usize::from(u16_at(stream, words)?) * 4;
                (longs + 12, tables + 2, 8, usize::from(u16_at(stream, tables).unwrap_or(0)).min(TABLES))
            }
        };
        let mut counts = [0; Story::ALL.len()];
        for (i, count) in counts.iter_mut().enumerate() {
            // Word 2 has no endnotes and no text boxes: other things stand there.
            if version > Version::Word2 || i < 5 {
                // A negative one is none.
                *count = u32_at(stream, counts_at + i * 4).filter(|count| *count < 1 << 31).unwrap_or(0);
            }
        }
        let place = |i: usize| {
            // Ten bytes of other things stand between two of them in Word 6.
            let at = tables_at + i * stride + if version == Version::Word6 && i >= 38 { 10 } else { 0 };
            let length =
                if version == Version::Word2 { u16_at(stream, at + 4)?.into() } else { u32_at(stream, at + 4)? };
            Some((u32_at(stream, at)?, length))
        };
        Some(Self {
            version,
            language: u16_at(stream, 6)?,
            complex: bit(2),
            encrypted: bit(8),
            obfuscated: bit(15),
            second_table: bit(9),
            extended: bit(12),
            mac: stream.get(0x13)? & 1 == 1 || u16_at(stream, 0x14) == Some(256),
            key: u32_at(stream, 0x0E)?,
            next: u16_at(stream, 8)?,
            text: (u32_at(stream, 0x18)?, u32_at(stream, 0x1C)?),
            counts,
            tables: (0..tables).map_while(place).collect(),
        })
    }

    /// The bytes of a table; none if there is none.
    pub(super) fn table<'t>(&self, table: Table, stream: &'t [u8]) -> &'t [u8] {
        let (at, length) = self.tables.get(table as usize).copied().unwrap_or_default();
        let end = (at as usize).saturating_add(length as usize).min(stream.len());
        stream.get(at as usize..end).unwrap_or_default()
    }

    /// Whether a table is said to be longer than what there is of it.
    pub(super) fn is_cut(&self, table: Table, stream: &[u8]) -> bool {
        let length = self.tables.get(table as usize).map_or(0, |(_, length)| *length);
        (length as usize) > self.table(table, stream).len()
    }
}
