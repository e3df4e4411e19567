//! Running text (ODF 1.3 part 3, clauses 5 to 10): one walk over content and master pages.
//!
//! A paragraph must come out in one piece. So what stands inside of one without being part of it (notes, annotations,
//! frames, link targets) waits until the paragraph or, in a table, the row is over.

use super::styles::Styles;
use super::table::Table;
use crate::blob::{Budget, Reason};
use crate::document::markup::{Event, Tag, Xml};
use crate::document::{Area, Embedded, Position, Text, Unit, base64};

/// Texts inside texts (a note in a text box in a note) that are taken apart; deeper ones are read where they stand.
const NESTING_MAX: u32 = 16;
/// Open elements among which the partner of an end tag is looked for.
const PARTNERS_MAX: usize = 64;
/// Elements between two looks at the clock.
const EVENTS_PER_CHECK: u32 = 1024;
/// Blanks that one `text:s` may stand for.
const BLANKS_MAX: u32 = 256;

/// Shapes: what is in them stands beside the paragraph that holds them.
const SHAPES: &[&str] = &[
    "frame",
    "custom-shape",
    "rect",
    "line",
    "polyline",
    "polygon",
    "regular-polygon",
    "path",
    "circle",
    "ellipse",
    "connector",
    "caption",
    "measure",
    "g",
    "text-box",
    "control",
    "scene",
];

/// What is at hand while the text of one document is read.
pub(super) struct Body<'r, 'x> {
    pub text: &'r mut Text<'static>,
    pub embedded: &'r mut Vec<Embedded>,
    pub budget: &'r Budget,
    pub styles: &'r Styles,
    /// What `draw:page` is: a slide, or a page of drawings.
    pub slides: bool,
    pub(super) state: State<'x>,
    /// The element that just started is read to its end.
    closed: bool,
    pages: u32,
    pub(super) authors: Vec<String>,
    events: u32,
    stop: Option<Reason>,
}

/// Where the walk stands; set aside while a text inside the text is read.
#[derive(Default)]
pub(super) struct State<'x> {
    pub area: Area,
    pub hidden: bool,
    paragraph: bool,
    /// White space that counts once more text follows.
    blank: bool,
    /// A paragraph of this cell is over: the next text in it starts a new line.
    pub break_due: bool,
    /// Bytes of text written.
    pub written: usize,
    pub tables: Vec<Table>,
    open: Vec<Open<'x>>,
    later: Vec<Later<'x>>,
}

/// An open element, and what holds again once it ends.
struct Open<'x> {
    name: &'x str,
    area: Area,
    hidden: bool,
}

/// What waits for the end of the paragraph.
struct Later<'x> {
    position: Position,
    hidden: bool,
    what: What<'x>,
}

enum What<'x> {
    Words(String),
    Story(&'x str),
}

impl<'r, 'x> Body<'r, 'x> {
    /// Ready to read into `text`.
    pub fn new(
        text: &'r mut Text<'static>,
        embedded: &'r mut Vec<Embedded>,
        styles: &'r Styles,
        slides: bool,
        budget: &'r Budget,
    ) -> Self {
        let (state, authors) = (State::default(), Vec::new());
        Self { text, embedded, budget, styles, slides, state, closed: false, pages: 0, authors, events: 0, stop: None }
    }

    /// Reads a whole part whose text belongs to `area`. A reason says that it stopped early.
    pub fn read(&mut self, xml: &mut Xml<'x>, area: Area) -> Result<(), Reason> {
        let position = Position { area, ..Position::default() };
        self.text.line();
        self.story(xml, position, false, 0);
        self.text.set_position(Position::default());
        self.stop.map_or(Ok(()), Err)
    }

    /// Reads a text of its own, at `position`.
    fn story(&mut self, xml: &mut Xml<'x>, position: Position, hidden: bool, depth: u32) {
        let before = self.text.position();
        self.text.set_position(position);
        let fresh = State { area: position.area, hidden, ..State::default() };
        let outer = std::mem::replace(&mut self.state, fresh);
        self.run(xml, depth);
        while !self.state.open.is_empty() {
            self.end_one(depth);
        }
        self.end_paragraph(depth);
        self.state.tables.clear();
        self.flush(depth);
        self.text.line();
        self.state = outer;
        self.text.set_position(before);
    }

    pub(super) fn state(&mut self) -> &mut State<'x> {
        &mut self.state
    }

    /// The name of the innermost open element.
    pub(super) fn innermost(&self) -> &'x str {
        self.state.open.last().map_or("", |open| open.name)
    }

    /// Whether the table that just started is a sheet.
    pub(super) fn is_sheet(&self) -> bool {
        let parent = self.state.open.iter().rev().nth(1).map_or("", |open| open.name);
        self.state.tables.is_empty() && (parent == "spreadsheet" || parent == "body")
    }

    fn skip(&mut self, xml: &mut Xml<'x>) {
        xml.skip();
        self.closed = true;
    }

    fn inner(&mut self, xml: &mut Xml<'x>) -> &'x str {
        self.closed = true;
        xml.inner()
    }

    fn run(&mut self, xml: &mut Xml<'x>, depth: u32) {
        while let Some(event) = xml.next() {
            match event {
                Event::Start(tag) => {
                    self.state.open.push(Open { name: tag.name, area: self.state.area, hidden: self.state.hidden });
                    self.start(&tag, xml, depth);
                    if std::mem::take(&mut self.closed) {
                        self.end_one(depth);
                    }
                }
                Event::End { name, .. } => {
                    let open = self.state.open.iter().rev().take(PARTNERS_MAX);
                    if let Some(partner) = open.into_iter().position(|open| open.name == name) {
                        for _ in 0..=partner {
                            self.end_one(depth);
                        }
                    }
                }
                Event::Text(chars) if self.state.paragraph => self.words(&chars.decode()),
                Event::Text(chars) => {
                    if !chars.is_blank() {
                        self.loose(&chars.decode());
                    }
                }
                Event::Comment(words) => self.later(Area::Comment, words),
                Event::Instruction(_) | Event::Doctype(_) => {}
            }
            self.events = self.events.wrapping_add(1);
            if self.events.is_multiple_of(EVENTS_PER_CHECK) {
                self.stop = self.stop.or(self.budget.time().err());
            }
            if self.stop.is_some() {
                return;
            }
        }
    }

    fn start(&mut self, tag: &Tag<'x>, xml: &mut Xml<'x>, depth: u32) {
        let inside = self.state.paragraph;
        match tag.name {
            "span" => self.hide_by_style("text", tag),
            "p" | "h" => self.start_paragraph(tag, depth),
            "s" if inside => {
                let blanks = tag.number("c").unwrap_or(1).clamp(1, BLANKS_MAX);
                self.put_blank();
                (0..blanks).for_each(|_| self.put(" "));
            }
            "tab" | "tab-stop" if inside => {
                self.put_blank();
                self.put("\t");
            }
            "line-break" => {
                self.state.blank = false;
                self.put("\n");
            }
            "note" | "annotation" | "ruby-text" | "footnote" | "endnote" => self.beside(tag, xml, depth),
            "note-citation" | "footnote-citation" | "endnote-citation" | "table-of-content-source" => self.skip(xml),
            name if SHAPES.contains(&name) => self.shape(tag, xml, depth),
            "page" => self.start_page(tag),
            "notes" => self.state.area = Area::Notes,
            "header" | "header-left" | "header-first" | "header-decl" => self.state.area = Area::Header,
            "footer" | "footer-left" | "footer-first" | "footer-decl" => self.state.area = Area::Footer,
            "deletion" | "cell-content-change" | "content-validation" => {
                self.end_paragraph(depth);
                let rules = tag.name == "content-validation";
                self.state.area = if rules { Area::Metadata } else { Area::TrackedChange };
                self.describe(tag);
            }
            "section" => {
                let hidden = tag.attribute("display").is_some_and(|value| value == "none");
                self.state.hidden |= hidden || tag.flag("is-hidden");
                self.end_paragraph(depth);
                self.describe(tag);
            }
            "hidden-paragraph" => {
                // The paragraph around it: what is open since it started.
                self.state.hidden |= tag.flag("is-hidden");
                for open in self.state.open.iter_mut().rev().take_while(|open| !matches!(open.name, "p" | "h")) {
                    open.hidden |= tag.flag("is-hidden");
                }
            }
            "hidden-text" => {
                self.state.hidden = true;
                self.describe(tag);
            }
            "page-number"
            | "page-count"
            | "event-listeners"
            | "styles"
            | "automatic-styles"
            | "font-face-decls"
            | "settings"
            | "change-start"
            | "change-end"
            | "change"
            | "list-level-properties" => {
                self.skip(xml);
            }
            "meta" if !inside => self.skip(xml),
            "master-styles" => self.state.area = Area::Header,
            "binary-data" => {
                let encoded = self.inner(xml);
                self.binary(encoded);
            }
            "math" => {
                let inside = self.inner(xml);
                self.formula(inside);
            }
            "table" | "sub-table" => self.start_table(tag, depth),
            "table-column" => self.column(tag),
            "table-row" => self.start_row(tag),
            "table-cell" | "covered-table-cell" => self.start_cell(tag),
            _ => self.describe(tag),
        }
    }

    /// Ends the innermost element.
    fn end_one(&mut self, depth: u32) {
        let Some(open) = self.state.open.pop() else { return };
        match open.name {
            "p" | "h" => self.end_paragraph(depth),
            "table-row" => self.end_row(depth),
            "table-cell" | "covered-table-cell" => self.end_cell(depth),
            "table" | "sub-table" => self.end_table(depth),
            "page" => {
                self.end_paragraph(depth);
                self.flush(depth);
                self.text.set_unit(Unit::None);
            }
            _ => {}
        }
        (self.state.area, self.state.hidden) = (open.area, open.hidden);
    }

    /// The area of text that comes now.
    pub(super) fn area(&self) -> Area {
        match self.state.area {
            Area::Body | Area::Notes if self.state.hidden => Area::Hidden,
            area => area,
        }
    }

    pub(super) fn hide_by_style(&mut self, family: &str, tag: &Tag<'x>) {
        if !self.state.hidden
            && let Some(style) = tag.attribute("style-name")
        {
            self.state.hidden = self.styles.hides(family, &style);
        }
    }

    // ---- paragraphs ------------------------------------------------------------------------------------------

    fn start_paragraph(&mut self, tag: &Tag<'x>, depth: u32) {
        self.end_paragraph(depth);
        self.hide_by_style("paragraph", tag);
        self.state.paragraph = true;
        self.state.blank = false;
    }

    pub(super) fn end_paragraph(&mut self, depth: u32) {
        let open = std::mem::take(&mut self.state.paragraph);
        self.state.blank = false;
        if self.state.tables.is_empty() {
            self.text.line();
            self.flush(depth);
        } else if open {
            self.state.break_due = self.cell_has_text();
        }
    }

    /// Running text: runs of white space count as one blank, in front of a paragraph as none (6.1.2).
    fn words(&mut self, words: &str) {
        let mut rest = words;
        while !rest.is_empty() {
            let blank = rest.bytes().position(|b| !b.is_ascii_whitespace()).unwrap_or(rest.len());
            if blank > 0 {
                self.state.blank = true;
                rest = rest.get(blank..).unwrap_or_default();
                continue;
            }
            let word = rest.bytes().position(|b| b.is_ascii_whitespace()).unwrap_or(rest.len());
            self.put_blank();
            self.put(rest.get(..word).unwrap_or_default());
            rest = rest.get(word..).unwrap_or_default();
        }
    }

    fn put_blank(&mut self) {
        let fresh = self.text.is_empty() || self.text.as_str().ends_with(['\n', '\t', ' ']) || self.state.break_due;
        if std::mem::take(&mut self.state.blank) && !fresh && self.cell_has_text() {
            self.put(" ");
        }
    }

    /// Writes text where the walk stands.
    pub(super) fn put(&mut self, words: &str) {
        if words.is_empty() {
            return;
        }
        self.start_cell_text();
        if std::mem::take(&mut self.state.break_due) {
            self.text.push("\n");
        }
        let area = self.area();
        self.text.set_area(area);
        self.text.push(words);
        self.state.written = self.state.written.saturating_add(words.trim().len());
    }

    // ---- beside the paragraph --------------------------------------------------------------------------------

    /// Keeps `words` until the paragraph or row is over.
    pub(super) fn later(&mut self, area: Area, words: &str) {
        let words = words.trim();
        let recent = self.state.later.iter().rev().take(4);
        if words.is_empty() || recent.into_iter().any(|l| matches!(&l.what, What::Words(w) if w == words)) {
            return;
        }
        let position = Position { area, ..self.text.position() };
        self.state.later.push(Later { position, hidden: false, what: What::Words(words.to_owned()) });
    }

    /// A note or an annotation.
    fn beside(&mut self, tag: &Tag<'x>, xml: &mut Xml<'x>, depth: u32) {
        let area = match tag.name {
            "annotation" => Area::Comment,
            "ruby-text" => self.area(),
            _ => Area::Footnote,
        };
        self.queue(area, xml, depth);
    }

    /// A shape inside of a paragraph waits; elsewhere it is read where it stands.
    fn shape(&mut self, tag: &Tag<'x>, xml: &mut Xml<'x>, depth: u32) {
        self.describe(tag);
        if tag.flag("placeholder") && self.state.area == Area::Header {
            // On master pages they only prompt.
            return self.skip(xml);
        }
        if self.state.paragraph {
            self.queue(self.state.area, xml, depth);
        } else if tag.name == "frame" || tag.name == "control" {
            self.hide_by_style("graphic", tag);
        }
    }

    fn queue(&mut self, area: Area, xml: &mut Xml<'x>, depth: u32) {
        if depth >= NESTING_MAX {
            self.state.area = area;
            return;
        }
        let inside = self.inner(xml);
        let position = Position { area, ..self.text.position() };
        self.state.later.push(Later { position, hidden: self.state.hidden, what: What::Story(inside) });
        if self.state.tables.is_empty() && !self.state.paragraph {
            self.flush(depth);
        }
    }

    #[allow(clippy::arithmetic_side_effects, reason = "held against a limit on the way in")]
    pub(super) fn flush(&mut self, depth: u32) {
        for Later { position, hidden, what } in std::mem::take(&mut self.state.later) {
            let before = self.text.position();
            match what {
                What::Words(words) => {
                    self.text.set_position(position);
                    self.text.aside(position.area, &words);
                }
                What::Story(inside) => {
                    self.text.line();
                    self.story(&mut Xml::new(inside), position, hidden, depth + 1);
                }
            }
            self.text.set_position(before);
        }
    }

    // ---- pages -----------------------------------------------------------------------------------------------

    fn start_page(&mut self, tag: &Tag<'x>) {
        self.pages = self.pages.saturating_add(1);
        self.text.line();
        self.text.set_unit(if self.slides { Unit::Slide(self.pages) } else { Unit::Page(self.pages) });
        self.hide_by_style("drawing-page", tag);
        // Names that the software gave say nothing.
        let name = tag.attribute("name").unwrap_or_default();
        if !name.trim_start_matches(char::is_alphabetic).bytes().all(|b| b.is_ascii_digit() || b == b' ') {
            self.later(Area::Metadata, &name);
        }
    }

    /// A file in the text of the document.
    #[allow(clippy::arithmetic_side_effects, reason = "one more than what a list in memory holds")]
    pub(super) fn binary(&mut self, encoded: &str) {
        let bytes = base64::decode(encoded.as_bytes());
        if !bytes.is_empty() {
            let name = format!("binary-data {}", self.embedded.len() + 1);
            self.embedded.push(Embedded { name, bytes });
        }
    }

    /// A formula (MathML): its signs, in order, and the source that it was written in.
    fn formula(&mut self, inside: &str) {
        let (mut signs, mut source) = (String::new(), String::new());
        let mut xml = Xml::new(inside);
        while let Some(event) = xml.next() {
            let Event::Start(tag) = event else { continue };
            match tag.name {
                "mi" | "mn" | "mo" | "mtext" | "ms" => {
                    let sign = xml.text();
                    if !signs.is_empty() {
                        signs.push(' ');
                    }
                    signs.push_str(sign.trim());
                }
                "annotation" => source.push_str(&xml.text()),
                _ => {}
            }
        }
        let area = self.area();
        self.later(area, if signs.is_empty() { &source } else { &signs });
    }
}
