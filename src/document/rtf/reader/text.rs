//! Text: bytes to characters, characters to where they go.

use super::{PENDING_BYTES_MAX, Reader, Sink};
use crate::document::Area;
use crate::document::rtf::charset::Charset;

impl Reader<'_, '_> {
    /// Bytes of text: they wait until something else comes, since characters may be of two bytes.
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        let skipped = usize::try_from(self.skip).unwrap_or(usize::MAX).min(bytes.len());
        self.skip = self.skip.saturating_sub(u32::try_from(skipped).unwrap_or(u32::MAX));
        let bytes = bytes.get(skipped..).unwrap_or_default();
        match self.state.sink {
            Sink::Skip | Sink::Twice => {}
            Sink::Data => self.digits(bytes),
            _ => {
                self.pending.extend_from_slice(bytes);
                if self.pending.len() > PENDING_BYTES_MAX {
                    self.flush();
                }
            }
        }
    }

    fn digits(&mut self, bytes: &[u8]) {
        for digit in bytes.iter().filter_map(|b| char::from(*b).to_digit(16)) {
            let digit = u8::try_from(digit).unwrap_or(0);
            match self.nibble.take() {
                Some(high) => self.data.push(high << 4 | digit),
                None => self.nibble = Some(digit),
            }
        }
    }

    /// The code page of the current font.
    pub(super) fn charset(&self) -> Charset {
        let of_font = self.fonts.get(&self.state.font).and_then(|font| font.charset);
        of_font.unwrap_or(self.page)
    }

    /// Decodes the bytes that wait.
    pub(super) fn flush(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let bytes = std::mem::take(&mut self.pending);
        if self.state.sink == Sink::Fonts {
            self.name_font(&bytes);
        } else {
            let mut text = String::with_capacity(bytes.len());
            let charset = self.charset();
            // Writers of East Asian text give Western fonts to it.
            let western = charset == Charset::ANSI && self.page.is_wide() && !bytes.is_ascii();
            let first = if western { self.page } else { charset };
            if !first.decode(&bytes, &mut text) && is_wrong(&text) {
                let other = if western || charset == self.page { Charset::ANSI } else { self.page };
                let mut second = String::new();
                if other.decode(&bytes, &mut second) {
                    text = second;
                }
            }
            self.emit(&text);
        }
        self.pending = bytes;
        self.pending.clear();
    }

    /// The name of a font ends in a semicolon.
    fn name_font(&mut self, bytes: &[u8]) {
        /// Bytes of a name that are looked at.
        const NAME_BYTES_MAX: usize = 64;
        if self.font_name.len() < NAME_BYTES_MAX {
            self.font_name.extend(bytes.iter().take(NAME_BYTES_MAX).map(|b| char::from(*b)));
        }
        if self.font_name.trim_start().starts_with("Symbol") {
            let font = self.fonts.entry(self.font_in_table).or_default();
            if let Some(Charset::Signs { greek }) = &mut font.charset {
                *greek = true;
            }
        }
    }

    pub(super) fn emit(&mut self, text: &str) {
        self.high = None;
        let printable = |c: char| !c.is_control() || c == '\t' || c == '\n';
        let clean: String;
        let text = if text.chars().all(printable) {
            text
        } else {
            clean = text.chars().filter(|c| printable(*c)).collect();
            &clean
        };
        match self.state.sink {
            Sink::Flow => self.run(text),
            Sink::Capture => {
                if let Some(capture) = self.captures.last_mut() {
                    capture.push_str(text);
                }
            }
            Sink::Html => {
                if let Some(html) = &mut self.html {
                    html.push_str(text);
                }
            }
            Sink::Fonts | Sink::Data | Sink::Skip | Sink::Twice => {}
        }
    }

    fn run(&mut self, text: &str) {
        if !self.wants_text || text.is_empty() {
            return;
        }
        let level = self.level();
        if let (Some(html), [_]) = (&mut self.html, self.flows.as_slice()) {
            if !self.state.html_hidden {
                for c in text.chars() {
                    match c {
                        '<' => html.push_str("&lt;"),
                        '&' => html.push_str("&amp;"),
                        c => html.push(c),
                    }
                }
            }
            return;
        }
        if let Some(flow) = self.flows.last_mut() {
            let area = if self.state.deleted {
                Area::TrackedChange
            } else if self.state.hidden {
                Area::Hidden
            } else {
                flow.area
            };
            flow.push(text, area, level);
        }
    }

    /// How many tables deep the current paragraph stands.
    fn level(&self) -> u32 {
        self.state.level.max(u32::from(self.state.in_table))
    }

    pub(super) fn line(&mut self) {
        self.emit("\n");
    }

    pub(super) fn paragraph(&mut self) {
        if self.state.sink != Sink::Flow || self.html.is_some() && self.flows.len() == 1 {
            return self.line();
        }
        let level = self.level();
        if let Some(flow) = self.flows.last_mut() {
            flow.end_paragraph(level);
        }
        if self.flows.len() == 1 {
            self.write_asides();
        }
    }

    pub(super) fn table(&mut self, word: &[u8]) {
        if self.state.sink != Sink::Flow || self.html.is_some() || !self.wants_text {
            return;
        }
        let level = self.level();
        let Some(flow) = self.flows.last_mut() else { return };
        match word {
            b"cell" => flow.end_cell(1),
            b"nestcell" => flow.end_cell(level.max(2)),
            b"row" => flow.end_row(1),
            b"nestrow" => flow.end_row(level.max(2)),
            _ => flow.start_row(level),
        }
    }
}

/// Whether so much of decoded text is no text that it must be in another code page.
fn is_wrong(text: &str) -> bool {
    let bad = text.chars().filter(|c| *c == char::REPLACEMENT_CHARACTER).count();
    bad.saturating_mul(2) > text.chars().filter(|c| !c.is_ascii()).count()
}
