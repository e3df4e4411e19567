//! Running text: WordprocessingML stories (ECMA-376 part 1, clause 17) and DrawingML text (clause 21.1.2), which share
//! the local names of what matters here: paragraphs, text, breaks, tables, non-visual properties.
//!
//! A paragraph must come out in one piece. So whatever stands inside of one but is not part of it (text boxes, ruby
//! text, alternative texts, field codes, the wording before a tracked deletion) waits until the paragraph or, in a
//! table, the row is over.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "elements of a part in memory are counted, and positions in its text; depth is held against a limit"
)]

mod head;
mod inset;
mod table;

use std::borrow::Cow;
use std::ops::Range;

use memchr::memmem::Finder;

use head::Heads;
use table::Table;

use super::parts::is_number;
use crate::blob::{Budget, Reason};
use crate::document::markup::{self, Event, Tag, Xml};
use crate::document::spreadsheet::plain;
use crate::document::{Area, Text};

/// Text boxes inside text boxes that are taken apart; deeper ones are read where they stand.
const NESTING_MAX: u32 = 16;

/// What kind of story it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Manner {
    /// Area of text that is not hidden, deleted or metadata.
    pub area: Area,
    /// Whether text in placeholders counts: on slides, but not on layouts and masters, where it prompts.
    pub placeholders: bool,
    /// Whether cached values of a chart are read.
    pub values: bool,
}

impl Manner {
    /// A story whose text belongs to `area`.
    pub fn of(area: Area) -> Self {
        Self { area, placeholders: true, values: false }
    }
}

/// Reads a whole part. A reason says that it stopped early.
pub(super) fn read<'x>(xml: &mut Xml<'x>, manner: Manner, text: &mut Text<'_>, budget: &Budget) -> Result<(), Reason> {
    let start = text.position();
    let mut story = Story {
        text,
        budget,
        manner,
        area: manner.area,
        paragraph: None,
        vanish: false,
        telling: [Finder::new("vanish"), Finder::new("hlink")],
        break_due: false,
        emitted: 0,
        paragraphs: 0,
        field: String::new(),
        authors: Vec::new(),
        inserting: 0,
        deleting: 0,
        inserted: Vec::new(),
        deleted: Vec::new(),
        tables: Vec::new(),
        alternatives: Vec::new(),
        boxes: Vec::new(),
        pending: Vec::new(),
        skip_text: false,
        stop: None,
        heads: Heads::default(),
    };
    story.run(xml, 0);
    story.end_paragraph(0);
    story.tables.clear();
    story.flush();
    let stop = story.stop;
    text.line();
    text.set_position(start);
    stop.map_or(Ok(()), Err)
}

struct Story<'t, 'd, 'x> {
    text: &'t mut Text<'d>,
    budget: &'t Budget,
    manner: Manner,
    /// Area of the shape being read.
    area: Area,
    /// Where the text of the open paragraph starts.
    paragraph: Option<usize>,
    vanish: bool,
    /// Names in run properties that are worth a walk.
    telling: [Finder<'static>; 2],
    /// A paragraph of this cell is over: the next text in the cell starts a new line.
    break_due: bool,
    /// Bytes of text seen, of any area; tells whether an alternative held some.
    emitted: usize,
    paragraphs: u32,
    field: String,
    authors: Vec<String>,
    inserting: u32,
    deleting: u32,
    /// Inserted stretches of the open paragraph, and deleted ones with where they stood.
    inserted: Vec<Range<usize>>,
    deleted: Vec<(usize, String)>,
    tables: Vec<Table>,
    /// What `emitted` was when each open `mc:AlternateContent` started, and where that was.
    alternatives: Vec<(usize, usize)>,
    boxes: Vec<&'x str>,
    pending: Vec<(Area, String)>,
    skip_text: bool,
    stop: Option<Reason>,
    heads: Heads<'x>,
}

impl<'x> Story<'_, '_, 'x> {
    fn run(&mut self, xml: &mut Xml<'x>, depth: u32) {
        loop {
            let near = depth < NESTING_MAX;
            while let Some((text, length)) = xml.rest().filter(|_| near).and_then(|rest| self.heads.run(rest)) {
                xml.pass_over(length);
                self.vanish = false;
                self.put(&markup::unescape(text));
            }
            let at = xml.at();
            let Some(event) = xml.next() else { return };
            match event {
                Event::Start(tag) => {
                    self.start(&tag, xml, depth, at);
                }
                Event::End { name, .. } => {
                    self.heads.forget();
                    self.end(name, depth);
                }
                _ => {}
            }
            if self.stop.is_some() {
                return;
            }
        }
    }

    /// A start tag that stands at `at`.
    fn start(&mut self, tag: &Tag<'x>, xml: &mut Xml<'x>, depth: u32, at: usize) {
        match tag.name {
            "r" => {
                self.vanish = false;
                return self.heads.begin(at, tag.qualified);
            }
            "t" => {
                self.heads.learn(tag.qualified, xml);
                let text = xml.text();
                self.put(&text);
            }
            "p" => self.start_paragraph(depth),
            "pPr" | "rPrChange" | "tcPrChange" | "trPrChange" | "sectPr" | "lstStyle" | "bodyPr" | "spPr" => xml.skip(),
            "rPr" if depth < NESTING_MAX => {
                // Fonts and sizes, hundreds of thousands of times: only what is asked for below is worth a walk.
                let inside = xml.inner();
                let told = |finder: &Finder<'_>| finder.find(inside.as_bytes()).is_some();
                if !self.telling.iter().any(told) {
                    return;
                }
                self.heads.forget();
                self.run(&mut Xml::new(inside), depth + 1);
            }
            "vanish" => self.vanish = tag.on(),
            "tab" | "ptab" => self.put("\t"),
            "br" | "cr" => self.put("\n"),
            "noBreakHyphen" => self.put("-"),
            "den" => self.put("/"),
            "sym" => self.symbol(tag),
            "delText" => {
                let text = xml.text();
                self.deleting += 1;
                self.put(&text);
                self.deleting -= 1;
            }
            "ins" | "moveTo" => {
                self.inserting += 1;
                self.numbers(tag, "author");
            }
            "del" | "moveFrom" => {
                self.deleting += 1;
                self.numbers(tag, "author");
            }
            "cSld" => self.numbers(tag, "name"),
            "tbl" => self.start_table(),
            "tr" => self.start_row(),
            "tc" => self.start_cell(),
            "gridSpan" | "gridBefore" => self.widen(tag),
            "txbxContent" | "txBody" | "rt" => self.text_box(tag.name, xml, depth),
            "AlternateContent" => self.alternatives.push((self.emitted, xml.at())),
            "Fallback" => self.fallback(xml),
            "v" | "pt" if self.manner.values => {
                let value = xml.text();
                if !value.trim().is_empty() {
                    self.put(&plain(&value));
                    self.put("\t");
                }
            }
            "sp" | "pic" | "graphicFrame" | "cxnSp" => (self.area, self.skip_text) = (self.manner.area, false),
            "ph" => self.placeholder(tag),
            "text" => {
                let text = xml.text();
                if !text.trim().is_empty() {
                    self.put(&text);
                    self.end_paragraph(depth);
                }
            }
            _ => self.metadata(tag, xml),
        }
        self.heads.forget();
    }

    fn end(&mut self, name: &str, depth: u32) {
        match name {
            "p" | "comment" | "cm" | "strCache" | "numCache" | "strLit" | "numLit" | "lvl" => self.end_paragraph(depth),
            "ins" | "moveTo" => self.inserting = self.inserting.saturating_sub(1),
            "del" | "moveFrom" => self.deleting = self.deleting.saturating_sub(1),
            "tr" => self.end_row(depth),
            "tc" => {
                self.end_paragraph(depth);
                self.break_due = false;
            }
            "tbl" => {
                if let Some(table) = self.tables.pop() {
                    self.text.line();
                    self.text.set_position(table.outer);
                    self.break_due = false;
                }
            }
            "AlternateContent" => drop(self.alternatives.pop()),
            "fldChar" => self.end_field(),
            _ => {}
        }
    }

    /// Attributes that hold words.
    fn metadata(&mut self, tag: &Tag<'x>, xml: &mut Xml<'x>) {
        let names: &[&str] = match tag.name {
            "docPr" | "cNvPr" => {
                if tag.flag("hidden") {
                    self.area = Area::Hidden;
                }
                self.numbers(tag, "name");
                &["title", "descr"]
            }
            "instrText" | "delInstrText" => {
                let text = xml.text();
                self.emitted += text.trim().len();
                self.field.push_str(&text);
                return;
            }
            "fldSimple" => {
                self.field.push_str(&tag.attribute("instr").unwrap_or_default());
                return self.end_field();
            }
            "hlinkClick" | "hlinkHover" | "hyperlink" => &["tooltip"],
            "textpath" => {
                let words = tag.attribute("string");
                return self.later(self.manner.area, words);
            }
            "shape" | "rect" | "roundrect" | "oval" | "line" => &["alt"],
            "alias" | "tag" | "tblCaption" | "tblDescription" | "attr" | "default" | "listEntry" | "helpText"
            | "statusText" | "name" => &["val"],
            "listItem" => &["displayText", "value"],
            "bookmarkStart" => {
                let name = tag.attribute("name").filter(|name| !name.starts_with('_'));
                return self.later(Area::Metadata, name);
            }
            "comment" => {
                if let Some(author) = tag.attribute("author").filter(|a| !self.authors.iter().any(|b| b == a)) {
                    if self.authors.len() < 64 {
                        self.authors.push(author.clone().into_owned());
                    }
                    self.later(Area::Metadata, Some(author));
                }
                return;
            }
            _ => return,
        };
        for name in names {
            self.later(Area::Metadata, tag.attribute(name));
        }
    }

    /// Tells an attribute whose words are made up by programs, if it holds a number.
    fn numbers(&mut self, tag: &Tag<'x>, name: &str) {
        let words = tag.attribute(name).filter(|words| is_number(words));
        self.later(Area::Metadata, words);
    }

    /// Keeps `words` until the paragraph or row is over.
    fn later(&mut self, area: Area, words: Option<Cow<'_, str>>) {
        let Some(words) = words.filter(|w| w.trim().len() > 1) else {
            return;
        };
        if !self.pending.iter().rev().take(4).any(|(_, w)| *w == words) {
            self.pending.push((area, words.into_owned()));
        }
    }

    fn put(&mut self, words: &str) {
        self.emitted += words.trim().len();
        if self.skip_text || words.is_empty() {
            return;
        }
        if self.deleting > 0 {
            let at = self.text.len();
            match self.deleted.last_mut() {
                Some((last, text)) if *last == at => text.push_str(words),
                _ => self.deleted.push((at, words.to_owned())),
            }
            return;
        }
        if self.break_due {
            self.break_due = false;
            self.text.push("\n");
        }
        self.text.set_area(if self.vanish { Area::Hidden } else { self.area });
        let at = self.text.len();
        self.text.push(words);
        if self.inserting > 0 {
            self.inserted.push(at..at + words.len());
        }
    }

    /// `w:sym`: a character by its code in a font (17.3.3.30). Symbol fonts of text put ASCII at U+F000.
    fn symbol(&mut self, tag: &Tag<'x>) {
        let code = tag.attribute("char").and_then(|c| u32::from_str_radix(c.trim(), 16).ok());
        let font = tag.attribute("font").unwrap_or_default().to_ascii_lowercase();
        let code = match code {
            Some(code @ 0xF020..=0xF0FF) if !font.contains("dings") => Some(code - 0xF000),
            code => code,
        };
        if let Some(c) = code.and_then(char::from_u32) {
            self.put(c.encode_utf8(&mut [0; 4]));
        }
    }

    fn placeholder(&mut self, tag: &Tag<'x>) {
        let kind = tag.attribute("type").unwrap_or_default();
        match kind.as_ref() {
            "hdr" => self.area = Area::Header,
            "ftr" => self.area = Area::Footer,
            "dt" | "sldNum" if self.manner.placeholders => self.area = Area::Footer,
            _ => self.skip_text = !self.manner.placeholders,
        }
    }

    // ---- paragraphs ------------------------------------------------------------------------------------------

    fn start_paragraph(&mut self, depth: u32) {
        if self.paragraph.is_some() {
            self.end_paragraph(depth);
        }
        self.vanish = false;
        self.paragraph = Some(self.text.len());
        self.paragraphs += 1;
        if self.paragraphs.is_multiple_of(256) {
            self.stop = self.budget.time().err();
        }
    }

    fn end_paragraph(&mut self, depth: u32) {
        let start = self.paragraph.take().unwrap_or(self.text.len());
        self.end_field();
        if !self.deleted.is_empty() {
            let original = self.original(start);
            self.pending.push((Area::TrackedChange, original));
            self.deleted.clear();
        }
        self.inserted.clear();
        if self.tables.is_empty() {
            self.text.line();
        } else if self.text.len() > start {
            self.break_due = true;
        }
        for inside in std::mem::take(&mut self.boxes) {
            self.read_box(inside, depth + 1);
        }
        if self.tables.is_empty() {
            self.flush();
        }
    }

    /// The open paragraph as it was before the tracked changes.
    fn original(&self, start: usize) -> String {
        let body = self.text.as_str();
        let mut original = String::new();
        let mut at = start;
        let mut inserted = self.inserted.iter().peekable();
        let mut kept = |from: &mut usize, to: usize, original: &mut String| {
            while let Some(range) = inserted.peek().filter(|r| r.start < to) {
                original.push_str(body.get(*from..range.start).unwrap_or_default());
                *from = range.end.max(*from);
                inserted.next();
            }
            original.push_str(body.get(*from..to).unwrap_or_default());
            *from = to.max(*from);
        };
        for (offset, words) in &self.deleted {
            kept(&mut at, *offset, &mut original);
            original.push_str(words);
        }
        kept(&mut at, body.len(), &mut original);
        original
    }

    fn end_field(&mut self) {
        let field = std::mem::take(&mut self.field);
        let mut words = field.split_ascii_whitespace();
        let reference = matches!(words.next(), Some("PAGEREF" | "REF" | "NOTEREF"));
        if !(reference && words.next().is_some_and(|bookmark| bookmark.starts_with('_'))) {
            self.later(Area::Metadata, Some(Cow::Borrowed(field.trim())));
        }
    }

    fn flush(&mut self) {
        for (area, words) in std::mem::take(&mut self.pending) {
            self.text.aside(area, &words);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob::Limits;

    fn told(source: &str) -> String {
        let mut text = Text::default();
        read(&mut Xml::new(source), Manner::of(Area::Body), &mut text, &Budget::new(&Limits::default())).unwrap();
        text.as_str().to_owned()
    }

    #[test]
    fn runs_join_and_breaks_break() {
        let body = "<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr><w:r><w:t>4111 11</w:t></w:r><w:proofErr/><w:r><w:t>11</w:t>\
                    <w:tab/><w:t>a</w:t><w:noBreakHyphen/><w:softHyphen/><w:sym w:font=\"Symbol\" w:char=\"F034\"/></w:r></w:p>\
                    <w:p><w:r><w:t>b</w:t><w:br/><w:t>c</w:t></w:r></w:p>";
        assert_eq!(told(body), "4111 1111\ta-4\nb\nc\n");
    }

    #[test]
    fn tables_have_cells_and_what_is_beside_comes_after_the_row() {
        let body = "<w:p><w:r><w:t>x</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val=\"2\"/></w:tcPr><w:p><w:r>\
            <wp:docPr descr=\"a picture\"/><w:t>A</w:t></w:r></w:p><w:p><w:r><w:t>AA</w:t></w:r></w:p></w:tc><w:tc><w:p/></w:tc>\
            <w:tc><w:p><w:r><w:t>C</w:t></w:r></w:p></w:tc></w:tr></w:tbl><w:p><w:r><w:t>y</w:t></w:r></w:p>";
        let mut text = Text::default();
        read(&mut Xml::new(body), Manner::of(Area::Body), &mut text, &Budget::new(&Limits::default())).unwrap();
        assert_eq!(text.as_str(), "x\nA\nAA\t\tC\na picture\ny\n");
        let at = text.as_str().find('C').unwrap();
        assert_eq!(text.location(at).cell.as_deref(), Some("R1C4"));
        assert_eq!(text.location(text.len() - 2).cell, None);
    }

    #[test]
    fn tracked_changes_give_both_wordings() {
        let body = "<w:p><w:r><w:t>no 4111 </w:t></w:r><w:ins><w:r><w:t>9999</w:t></w:r></w:ins><w:del><w:r><w:delText>1111 \
            </w:delText></w:r></w:del><w:r><w:t> 22</w:t></w:r><w:moveFrom><w:r><w:t>gone</w:t></w:r></w:moveFrom></w:p>";
        let mut text = Text::default();
        read(&mut Xml::new(body), Manner::of(Area::Body), &mut text, &Budget::new(&Limits::default())).unwrap();
        assert_eq!(text.as_str(), "no 4111 9999 22\nno 4111 1111  22gone\n");
        assert_eq!(text.location(20).area, Area::TrackedChange);
    }

    #[test]
    fn alternatives_are_read_once_and_text_boxes_do_not_split_a_paragraph() {
        let boxed = |t: &str| format!("<w:txbxContent><w:p><w:r><w:t>{t}</w:t></w:r></w:p></w:txbxContent>");
        let body = format!(
            "<w:p><w:r><w:t>41</w:t></w:r><w:r><mc:AlternateContent><mc:Choice>{}</mc:Choice><mc:Fallback>{}</mc:Fallback>\
             </mc:AlternateContent></w:r><w:r><w:t>11</w:t></w:r></w:p><w:p><mc:AlternateContent><mc:Choice><a/></mc:Choice>\
             <mc:Fallback><w:r><w:t>only here</w:t></w:r></mc:Fallback></mc:AlternateContent></w:p><w:p><mc:AlternateContent>\
             <mc:Choice><w:r><w:t>x</w:t></w:r></mc:Choice><mc:Fallback><w:r><w:t>y</w:t></w:r></mc:Fallback>\
             </mc:AlternateContent></w:p>",
            boxed("in the box"),
            boxed("in the box")
        );
        assert_eq!(told(&body), "4111\nin the box\nonly here\nxy\n");
    }

    #[test]
    fn hidden_runs_and_fields() {
        let body = "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>hid</w:t></w:r><w:r><w:instrText>HYPERLINK \"http://x.test/</w:instrText>\
            </w:r><w:r><w:instrText>y\"</w:instrText></w:r><w:r><w:fldChar/></w:r><w:r><w:t>den</w:t></w:r></w:p>";
        let mut text = Text::default();
        read(&mut Xml::new(body), Manner::of(Area::Body), &mut text, &Budget::new(&Limits::default())).unwrap();
        assert_eq!(text.as_str(), "hidden\nHYPERLINK \"http://x.test/y\"\n");
        assert_eq!((text.location(0).area, text.location(4).area), (Area::Hidden, Area::Body));
    }

    #[test]
    fn deep_nesting_ends() {
        let deep = format!("{}<w:r><w:t>deep</w:t></w:r>", "<w:p><w:txbxContent>".repeat(5000));
        assert!(told(&deep).contains("deep"));
        let deep = format!(
            "{}{}{}",
            "<w:p><w:txbxContent>".repeat(300),
            "<w:t>deep</w:t>",
            "</w:txbxContent></w:p>".repeat(300)
        );
        assert!(told(&deep).contains("deep"));
    }
}
