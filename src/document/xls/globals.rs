//! Records of the workbook as a whole (2.1.7.20.3): sheets, shared strings, formats, names, links to other files.

use super::book::{Book, Entry};
use super::records::{Biff, Chain, Record, Records, clean};
use crate::document::Area;

/// Characters of a format code that are read; Excel takes 255.
const CODE_CHARS_MAX: usize = 255;

/// Type of a record for a picture of a drawing (MS-ODRAW 2.2.32), behind the version 2 and any instance.
const BLIP_ENTRY: [u8; 2] = [0x07, 0xF0];

impl Book<'_, '_> {
    /// Reads one record of the globals substream; of older versions also those that stand in sheets.
    #[allow(clippy::arithmetic_side_effects, reason = "pictures are counted, which take up bytes")]
    pub fn globals_record(&mut self, record: Record<'_>, records: &mut Records<'_>) {
        let mut chain = self.chain(record);
        match record.id {
            0x42 => {
                let page = chain.u16().unwrap_or(1252);
                self.page = if page == 1200 { 1252 } else { page };
            }
            0x22 => self.epoch_1904 = chain.u16() == Some(1),
            0x85 => self.sheet_entry(chain),
            0x8F => {
                let _ = chain.skip(4);
                self.next_name = chain.short();
            }
            0xFC => {
                let continued = records.continued();
                self.shared_strings(Chain::new(record.body, continued, self.biff, self.page));
            }
            0x1E | 0x041E => self.format_code(chain),
            0xE0 => {
                let id = chain.u16().and_then(|_| chain.u16());
                self.style_ids.push(u32::from(id.unwrap_or(0)));
            }
            0x0243 | 0x0443 => {
                let id = chain.u8().and_then(|_| chain.u8());
                self.style_ids.push(u32::from(id.unwrap_or(0)));
            }
            0x5C => {
                // The name of the user who saved it, filled up with blanks.
                let name = if self.biff < Biff::Eight { chain.short() } else { chain.long() };
                self.later(Area::Metadata, name.unwrap_or_default().trim());
            }
            0x5B => {
                let _ = chain.skip(4);
                let name = if self.biff < Biff::Eight { chain.short() } else { chain.long() };
                self.later(Area::Metadata, &name.unwrap_or_default());
            }
            0x18 | 0x0218 => {
                let continued = records.continued();
                let _ = self.defined_name(Chain::new(record.body, continued, self.biff, self.page));
            }
            0x01AE => {
                let continued = records.continued();
                self.other_book(Chain::new(record.body, continued, self.biff, self.page));
            }
            0x17 if self.biff < Biff::Eight => self.other_path(&chain.short().unwrap_or_default()),
            0x23 | 0x0223 => {
                // A name in another file, or the topic of a live link.
                let head = if self.biff < Biff::Five { 2 } else { 6 };
                if chain.skip(head).is_some() {
                    let name = chain.short().unwrap_or_default();
                    self.other_path(&name);
                }
            }
            0x5A => {
                let continued = records.continued();
                self.other_cells(Chain::new(record.body, continued, self.biff, self.page));
            }
            // How a query connects and what it asks.
            0xCD => {
                let continued = records.continued();
                let mut chain = Chain::new(record.body, continued, self.biff, self.page);
                self.later(Area::Metadata, &chain.long().unwrap_or_default());
            }
            // A range of another file that is consolidated.
            0x51 if self.biff == Biff::Eight => {
                let length = chain.skip(6).and_then(|()| chain.u16()).unwrap_or(0);
                let path = chain.sized_raw(usize::from(length)).unwrap_or_default();
                self.other_path(&path);
            }
            // Drawings of the workbook hold pictures only.
            0xEB => self.pictures += memchr::memmem::find_iter(record.body, &BLIP_ENTRY).count(),
            0x7F | 0xE9 => self.pictures += 1,
            _ => {}
        }
    }

    /// 2.4.28.
    fn sheet_entry(&mut self, mut chain: Chain<'_>) {
        let entry = chain.u32().and_then(|at| Some((at as usize, chain.u8()?, chain.u8()?, chain.short()?)));
        if let Some((at, state, _, name)) = entry {
            self.entries.insert(at, Entry { name, hidden: state & 3 != 0 });
        }
    }

    /// 2.4.265.
    fn shared_strings(&mut self, mut chain: Chain<'_>) {
        let _ = chain.skip(8);
        let mut phonetic = String::new();
        while !chain.is_empty() {
            let Some(length) = chain.u16() else { break };
            let read = chain.string(usize::from(length), self.strings.text(), &mut phonetic);
            self.strings.end();
            if read.is_none() || self.strings.len().is_multiple_of(4096) && self.budget.time().is_err() {
                break;
            }
        }
        for line in phonetic.lines() {
            self.later(Area::Metadata, line);
        }
    }

    /// 2.4.126; before version 5 formats are numbered as they come.
    fn format_code(&mut self, mut chain: Chain<'_>) {
        let next = u32::try_from(self.codes.len()).unwrap_or(u32::MAX);
        let (id, code) = match self.biff {
            Biff::Two | Biff::Three => (Some(next), chain.short()),
            Biff::Four => (chain.u16().map(|_| next), chain.short()),
            Biff::Five => (chain.u16().map(u32::from), chain.short()),
            Biff::Eight => (chain.u16().map(u32::from), chain.long()),
        };
        if let (Some(id), Some(code)) = (id, code)
            && code.len() <= CODE_CHARS_MAX * 3
        {
            self.codes.insert(id, code);
        }
    }

    /// 2.4.150: a name, the constants it stands for, and words for its menu, its help and its line of state.
    fn defined_name(&mut self, mut chain: Chain<'_>) -> Option<()> {
        let mut flags = chain.u16()?;
        chain.skip(1)?;
        let name = usize::from(chain.u8()?);
        let mut words = [0; 4];
        let tokens = match self.biff {
            Biff::Two => {
                flags = 0;
                usize::from(chain.u8()?)
            }
            Biff::Three | Biff::Four => usize::from(chain.u16()?),
            _ => {
                let tokens = chain.u16()?;
                chain.skip(4)?;
                words = [chain.u8()?, chain.u8()?, chain.u8()?, chain.u8()?].map(usize::from);
                usize::from(tokens)
            }
        };
        let name = chain.sized(name)?;
        // Names of Excel's own are numbers.
        let is_own = flags & 0x20 != 0 || name.starts_with("_xl") || name.starts_with("Excel_BuiltIn");
        if !is_own {
            self.later(Area::Metadata, &name);
        }
        let tokens = chain.take(tokens)?;
        self.formula(&tokens);
        for length in words.into_iter().filter(|length| *length > 0) {
            let words = chain.sized(length)?;
            self.later(Area::Metadata, &words);
        }
        Some(())
    }

    /// 2.4.271: another workbook and the names of its sheets.
    fn other_book(&mut self, mut chain: Chain<'_>) {
        let (Some(sheets), Some(length)) = (chain.u16(), chain.u16()) else { return };
        if matches!(length, 0x0401 | 0x3A01) {
            return;
        }
        let path = chain.sized_raw(usize::from(length)).unwrap_or_default();
        self.other_path(&path);
        for _ in 0..sheets {
            let Some(name) = chain.long() else { break };
            self.later(Area::Metadata, &name);
        }
    }

    /// A path in the way Excel packs it (2.5.277): codes stand for drives and folders.
    fn other_path(&mut self, packed: &str) {
        let mut path = String::new();
        let mut rest = packed.trim_start_matches(['\0', '\u{1}', '\u{2}']).chars();
        if packed.starts_with('\u{1}') {
            rest = packed.get(1..).unwrap_or_default().chars();
        }
        while let Some(c) = rest.next() {
            match c {
                '\u{1}' => match rest.next() {
                    Some('@') => path.push_str("\\\\"),
                    Some(drive) => {
                        path.push(drive);
                        path.push_str(":\\");
                    }
                    None => {}
                },
                '\u{2}' | '\u{3}' => path.push('\\'),
                '\u{4}' => path.push_str("..\\"),
                c => path.push(c),
            }
        }
        let mut shown = String::new();
        clean(&path, &mut shown);
        if shown.chars().any(char::is_alphanumeric) {
            self.later(Area::Metadata, &shown);
        }
    }

    /// 2.4.59: values of another workbook's cells, as last seen.
    fn other_cells(&mut self, mut chain: Chain<'_>) {
        if chain.skip(4).is_none() {
            return;
        }
        while let Some(kind) = chain.u8() {
            match kind {
                0x02 => {
                    let long = if self.biff < Biff::Eight { chain.short() } else { chain.long() };
                    let Some(text) = long else { return };
                    self.later(Area::Metadata, &text);
                }
                0x01 => {
                    let Some(number) = chain.f64() else { return };
                    let number = number.to_string();
                    if number.len() < 32 {
                        self.later(Area::Metadata, &crate::document::spreadsheet::plain(&number));
                    }
                }
                0x00 | 0x04 | 0x10 => {
                    if chain.skip(8).is_none() {
                        return;
                    }
                }
                _ => return,
            }
        }
    }
}
