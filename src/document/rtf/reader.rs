//! The state machine: tokens to text.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "groups are counted in 64 bits, and nothing is taken off that is not there"
)]

mod ends;
mod text;

use std::collections::HashMap;

use super::charset::{Charset, sign};
use super::destination::{self, Aside, Captured, Data};
use super::flow::Flow;
use super::lex::{Lexer, Token};
use super::object::Picture;
use crate::blob::{Budget, Gap, Kind, Reason};
use crate::document::{Area, Document, Text, plain};

/// Groups inside groups whose states are kept; honest documents have a few dozen. What is deeper shares one state.
const GROUPS_MAX: usize = 1 << 14;
/// Tokens between two looks at the clock.
const TOKENS_PER_LOOK: u32 = 1 << 12;
/// Bytes of text that are decoded at once: where a run of bytes is longer, it is cut between two tokens.
const PENDING_BYTES_MAX: usize = 1 << 16;

/// Where text goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sink {
    /// To the running text.
    Flow,
    /// To the text that is kept together.
    Capture,
    /// To the font table.
    Fonts,
    /// To binary data.
    Data,
    /// To the HTML, as it is.
    Html,
    /// Nowhere, and destinations inside mean nothing.
    Skip,
    /// Nowhere, but `\ud` leads out.
    Twice,
}

/// What the end of a group ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Opened {
    Nothing,
    Capture(Captured),
    Aside(Aside),
    Data(Data),
}

/// The state of a group.
#[derive(Clone, Copy, Debug)]
struct State {
    sink: Sink,
    opened: Opened,
    font: i32,
    /// `\ucN`: characters behind a `\uN` for readers without Unicode.
    fallback: u32,
    hidden: bool,
    deleted: bool,
    in_table: bool,
    level: u32,
    /// `\htmlrtf`: for readers of RTF alone.
    html_hidden: bool,
    /// The sink around a text that is there twice.
    around: Sink,
}

/// A font.
#[derive(Clone, Copy, Debug, Default)]
struct Font {
    charset: Option<Charset>,
    is_page: bool,
}

/// Reads one document.
pub(super) struct Reader<'a, 'b> {
    lexer: Lexer<'a>,
    budget: &'b mut Budget,
    /// Whether text is wanted, or only what labels need.
    wants_text: bool,
    state: State,
    stack: Vec<State>,
    /// Groups beyond those on the stack.
    beyond: u64,
    page: Charset,
    default_font: i32,
    fonts: HashMap<i32, Font>,
    font_in_table: i32,
    font_name: String,
    /// Bytes of text that are not decoded yet.
    pending: Vec<u8>,
    skip: u32,
    high: Option<u16>,
    starred: bool,
    flows: Vec<Flow>,
    /// Streams of text that ended, to be written behind the paragraph they stand in.
    asides: Vec<Flow>,
    notes: Vec<(Area, String)>,
    captures: Vec<String>,
    shape_name: String,
    property_name: String,
    data: Vec<u8>,
    nibble: Option<u8>,
    picture: Picture,
    pictures: u32,
    objects: u32,
    html: Option<String>,
}

impl<'a, 'b> Reader<'a, 'b> {
    /// A reader of the document that starts at `start`.
    pub(super) fn new(bytes: &'a [u8], start: usize, wants_text: bool, budget: &'b mut Budget) -> Self {
        let state = State {
            sink: Sink::Flow,
            opened: Opened::Nothing,
            font: 0,
            fallback: 1,
            hidden: false,
            deleted: false,
            in_table: false,
            level: 0,
            html_hidden: false,
            around: Sink::Flow,
        };
        Self {
            lexer: Lexer::new(bytes, start),
            budget,
            wants_text,
            state,
            stack: Vec::new(),
            beyond: 0,
            page: Charset::ANSI,
            default_font: 0,
            fonts: HashMap::new(),
            font_in_table: 0,
            font_name: String::new(),
            pending: Vec::new(),
            skip: 0,
            high: None,
            starred: false,
            flows: vec![Flow::new(Area::Body)],
            asides: Vec::new(),
            notes: Vec::new(),
            captures: Vec::new(),
            shape_name: String::new(),
            property_name: String::new(),
            data: Vec::new(),
            nibble: None,
            picture: Picture::File,
            pictures: 0,
            objects: 0,
            html: None,
        }
    }

    /// Reads up to the brace that ends the document (or to the end of the file, if all of it is `hidden`), and gives
    /// the offset behind it.
    pub(super) fn read(&mut self, out: &mut Document<'_>, hidden: bool) -> usize {
        if hidden {
            self.flows = vec![Flow::new(Area::Hidden)];
        }
        let mut count = 0u32;
        let mut deep = false;
        while let Some(token) = self.lexer.next() {
            count = count.wrapping_add(1);
            if count.is_multiple_of(TOKENS_PER_LOOK)
                && let Err(reason) = self.budget.time()
            {
                out.gaps.push(Gap::new(reason, "", "stopped in the middle of the text"));
                break;
            }
            self.token(token, out);
            deep |= self.beyond > 0;
            if self.stack.is_empty() && token == Token::Close && !hidden {
                break;
            }
        }
        let at = self.lexer.at();
        if !self.stack.is_empty() && !hidden && at >= self.lexer.length() {
            out.gaps.push(Gap::new(Reason::Corrupt, "", "ends inside of a group"));
        }
        while !self.stack.is_empty() {
            self.close(out);
        }
        if self.lexer.lied {
            out.gaps.push(Gap::new(Reason::Corrupt, "", "binary data is longer than the file"));
        }
        if deep {
            let detail = format!("more than {GROUPS_MAX} groups inside each other share one state");
            out.gaps.push(Gap::new(Reason::DepthExceeded, "", detail));
        }
        self.finish(out);
        at
    }

    fn finish(&mut self, out: &mut Document<'_>) {
        self.flush();
        self.flows.truncate(1);
        let html = self.html.take().filter(|html| self.wants_text && !html.trim().is_empty());
        if let Some(html) = html {
            // The mark says what it is in, whatever the page itself says.
            let bytes = ["\u{feff}", &html].concat().into_bytes();
            let page = plain::read(Kind::Html, &bytes, self.budget);
            append(&mut out.text, page.text);
            out.gaps.extend(page.gaps);
            out.embedded.extend(page.embedded);
        }
        if let Some(main) = self.flows.first_mut() {
            main.end();
        }
        self.write_asides();
        if let Some(main) = self.flows.pop() {
            if out.text.is_empty() {
                out.text = main.text;
            } else {
                append(&mut out.text, main.text);
            }
        }
    }

    /// Writes what stands beside the main text, if that is between two paragraphs.
    fn write_asides(&mut self) {
        let [main] = self.flows.as_mut_slice() else { return };
        if !main.is_plain() {
            return;
        }
        for (area, text) in self.notes.drain(..) {
            if self.wants_text {
                main.text.aside(area, &text);
            }
        }
        for aside in self.asides.drain(..) {
            append(&mut main.text, aside.text);
        }
    }

    // ---- tokens ----------------------------------------------------------------------------------------------

    fn token(&mut self, token: Token<'a>, out: &mut Document<'_>) {
        let starred = std::mem::take(&mut self.starred);
        match token {
            Token::Text(bytes) => self.bytes(bytes),
            // Word steps over these in binary data; writers of malicious files know.
            Token::Hex(_) if self.state.sink == Sink::Data => {}
            Token::Hex(byte) => self.bytes(&[byte]),
            Token::Symbol(b @ (b'\\' | b'{' | b'}')) => self.bytes(&[b]),
            Token::Open => {
                self.flush();
                self.skip = 0;
                self.open();
            }
            Token::Close => {
                self.flush();
                self.skip = 0;
                self.close(out);
            }
            Token::Symbol(symbol) => {
                self.flush();
                self.symbol(symbol);
            }
            Token::Binary(bytes) => {
                self.flush();
                if self.skip > 0 {
                    self.skip -= 1;
                } else if self.state.sink == Sink::Data {
                    self.data.extend_from_slice(bytes);
                }
            }
            Token::Word(word, number) => {
                self.flush();
                self.word(word, number, starred);
            }
        }
    }

    fn open(&mut self) {
        if self.stack.len() >= GROUPS_MAX {
            self.beyond += 1;
            return;
        }
        self.stack.push(self.state);
        self.state.opened = Opened::Nothing;
    }

    fn close(&mut self, out: &mut Document<'_>) {
        if self.beyond > 0 {
            self.beyond -= 1;
            return;
        }
        let Some(outer) = self.stack.pop() else { return };
        let ended = std::mem::replace(&mut self.state, outer);
        match ended.opened {
            Opened::Nothing => {
                // Name and value of a variable are groups of their own.
                if outer.opened == Opened::Capture(Captured::Variable) {
                    self.emit(" ");
                }
            }
            Opened::Capture(what) => self.end_capture(what, out),
            Opened::Aside(what) => self.end_aside(what),
            Opened::Data(what) => self.end_data(what, out),
        }
    }

    fn symbol(&mut self, symbol: u8) {
        match symbol {
            b'*' => self.starred = true,
            b'\r' | b'\n' => self.paragraph(),
            b'\t' => self.emit("\t"),
            _ if self.skip > 0 => self.skip -= 1,
            b'~' => self.emit("\u{a0}"),
            b'_' => self.emit("-"),
            // `\-` is a place to hyphenate; `\|` and `\:` belong to formulas and indexes.
            _ => {}
        }
    }

    fn word(&mut self, word: &'a [u8], number: Option<i32>, starred: bool) {
        match self.state.sink {
            Sink::Skip => return,
            Sink::Twice => {
                if word == b"ud" {
                    self.state.sink = self.state.around;
                }
                return;
            }
            _ => {}
        }
        if word == b"u" {
            return self.unicode(number.unwrap_or(0));
        }
        if let Some(destination) = destination::of(word, starred) {
            return self.enter(destination);
        }
        if let Some(text) = spoken(word) {
            if self.skip > 0 {
                self.skip -= 1;
            } else {
                self.emit(text);
            }
            return;
        }
        let on = number != Some(0);
        match word {
            b"par" | b"line" | b"lbr" | b"page" | b"pagebb" | b"sect" | b"column" | b"softline" | b"softpage" => {
                match word {
                    b"pagebb" | b"softline" | b"softpage" => {}
                    b"line" | b"lbr" => self.line(),
                    _ => self.paragraph(),
                }
            }
            b"cell" | b"nestcell" | b"row" | b"nestrow" | b"trowd" => self.table(word),
            b"pard" => (self.state.in_table, self.state.level) = (false, 0),
            b"intbl" => self.state.in_table = true,
            b"itap" => self.state.level = number.and_then(|n| u32::try_from(n).ok()).unwrap_or(0),
            b"plain" => {
                (self.state.hidden, self.state.deleted) = (false, false);
                self.state.font = self.default_font;
            }
            b"v" => self.state.hidden = on,
            b"deleted" => self.state.deleted = on,
            b"uc" => self.state.fallback = number.and_then(|n| u32::try_from(n).ok()).unwrap_or(1),
            b"f" => self.font(number.unwrap_or(0)),
            b"deff" => {
                self.default_font = number.unwrap_or(0);
                self.state.font = self.default_font;
            }
            b"fcharset" if self.state.sink == Sink::Fonts => {
                let font = self.fonts.entry(self.font_in_table).or_default();
                if !font.is_page {
                    font.charset = number.and_then(Charset::of_font);
                }
            }
            b"cpg" if self.state.sink == Sink::Fonts => {
                let charset = number.and_then(Charset::of_page);
                let font = self.fonts.entry(self.font_in_table).or_default();
                if charset.is_some() {
                    *font = Font { charset, is_page: true };
                }
            }
            b"ansi" => self.page = Charset::ANSI,
            b"mac" => self.page = Charset::Known(encoding_rs::MACINTOSH),
            b"pc" => self.page = Charset::Dos437,
            b"pca" => self.page = Charset::Dos850,
            b"ansicpg" => self.page = number.and_then(Charset::of_page).unwrap_or(self.page),
            b"fromhtml" if on && self.wants_text => self.html = Some(String::new()),
            b"htmlrtf" => self.state.html_hidden = on,
            b"dibitmap" => self.picture = Picture::Bitmap,
            b"macpict" | b"wbitmap" | b"pmmetafile" => self.picture = Picture::Old,
            b"pngblip" | b"jpegblip" | b"emfblip" | b"wmetafile" => self.picture = Picture::File,
            _ => {}
        }
    }

    fn unicode(&mut self, number: i32) {
        self.skip = self.state.fallback;
        // Numbers are signed 16 bits; some writers take the whole number of a character.
        let Ok(code) = u32::try_from(if number < 0 { number.saturating_add(0x1_0000) } else { number }) else { return };
        let high = self.high.take();
        match code {
            0xD800..=0xDBFF => self.high = u16::try_from(code).ok(),
            0xDC00..=0xDFFF => {
                let pair = [high.unwrap_or(0), u16::try_from(code).unwrap_or(0)];
                if let Some(Ok(c)) = char::decode_utf16(pair).next() {
                    self.emit(c.encode_utf8(&mut [0; 4]));
                }
            }
            // Fonts of signs have their bytes at this place of the private use area.
            0xF020..=0xF0FF => {
                let greek = matches!(self.charset(), Charset::Signs { greek: true });
                let c = sign(u8::try_from(code & 0xFF).unwrap_or(0), greek);
                self.emit(c.encode_utf8(&mut [0; 4]));
            }
            9 => self.emit("\t"),
            10 | 13 | 0x2028 | 0x2029 => self.line(),
            _ => {
                if let Some(c) = char::from_u32(code).filter(|c| !c.is_control()) {
                    self.emit(c.encode_utf8(&mut [0; 4]));
                }
            }
        }
    }

    fn font(&mut self, number: i32) {
        if self.state.sink == Sink::Fonts {
            self.font_in_table = number;
            self.font_name.clear();
            self.fonts.entry(number).or_default();
        } else {
            self.state.font = number;
        }
    }
}

/// Words that stand for characters.
fn spoken(word: &[u8]) -> Option<&'static str> {
    Some(match word {
        b"tab" => "\t",
        b"emdash" => "\u{2014}",
        b"endash" => "\u{2013}",
        b"emspace" | b"enspace" | b"qmspace" => " ",
        b"bullet" => "\u{2022}",
        b"lquote" => "\u{2018}",
        b"rquote" => "\u{2019}",
        b"ldblquote" => "\u{201C}",
        b"rdblquote" => "\u{201D}",
        b"zwj" => "\u{200D}",
        b"zwnj" => "\u{200C}",
        _ => return None,
    })
}

/// Appends a text on lines of its own.
fn append(out: &mut Text<'_>, piece: Text<'_>) {
    out.line();
    out.append(piece);
    out.line();
}
