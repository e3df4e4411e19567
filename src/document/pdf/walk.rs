//! Walks content streams for their text, ISO 32000-2 sections 7.8.2, 8.4, 8.8 to 8.10, 9.3 and 9.4.
//!
//! Only what moves text is interpreted: matrices, the graphics state stack, text state and text objects, forms.
//! Invisible, white, clipped and switched-off text is text.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "operators and glyphs of pages in memory are counted; what is taken off was counted before"
)]

use std::collections::HashMap;
use std::ops::Range;

use lopdf::{Dictionary, Document as Pdf, Object, Stream};
use unicode_normalization::UnicodeNormalization;

use super::cmap::{Maps, Value};
use super::encoding::text_string;
use super::font::{Context, Font};
use super::layout::Layout;
use super::lex::{Lexer, Token};
use super::marked::Marking;
use super::objects::{as_dict, as_number, data, dict, elements, get, name, resolve};
use super::operands::{Operand, Step};
use super::state::{Matrix, Pen, State};
use crate::blob::{Budget, Reason};
use crate::document::Text;

/// Forms inside forms. Honest files nest five or so.
const FORM_DEPTH_MAX: usize = 20;
/// Forms drawn on one page: an honest map draws thousands of symbols.
const FORMS_MAX: usize = 50_000;
/// Operators of one page, forms included: about 5 s of work. Honest drawings stay below a million.
const OPERATORS_MAX: u64 = 40_000_000;
/// Bytes of text of one document: forms drawn again and again give more text than the file has bytes. An honest book
/// has a few megabytes.
const TEXT_BYTES_MAX: usize = 256 << 20;
/// Fonts of one document.
const FONTS_MAX: usize = 10_000;
/// Operands kept for one operator; long `TJ` arrays have hundreds.
const OPERANDS_MAX: usize = 20_000;
/// Pictures of one page that are kept to be recognised: scans come in strips.
const IMAGES_MAX: usize = 256;
/// Saved graphics states.
const STATES_MAX: usize = 1_000;

/// What was seen on a page, besides its text.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    /// Letters and digits read.
    pub(super) letters: usize,
    /// Images drawn.
    pub(super) images: usize,
    /// Those of them that are written into the content.
    pub(super) inline_images: usize,
    /// Curves drawn.
    pub(super) curves: usize,
}

/// Walks the pages of one document.
pub(super) struct Walker<'d> {
    pdf: &'d Pdf,
    maps: Maps,
    fonts: Vec<Font<'d>>,
    /// Fonts by the address of their dictionary, which is as good as its object number and works for direct ones.
    known: HashMap<usize, usize>,
    layout: Layout,
    /// Text and text line matrices.
    tm: Matrix,
    tlm: Matrix,
    state: State,
    /// Forms being drawn, by address, against cycles.
    open: Vec<usize>,
    forms: usize,
    operators: u64,
    seen: Seen,
    /// Glyphs shown, and those without any text.
    pub(super) glyphs: u64,
    pub(super) unmapped: u64,
    /// Pictures drawn on this page, each once.
    pub(super) images: Vec<&'d Stream>,
    /// Whether a form was damaged.
    pub(super) damage: Option<Reason>,
    marking: Marking,
    /// The limit that was reached, if any. Nothing is walked after that.
    pub(super) stopped: Option<Reason>,
}

impl<'d> Walker<'d> {
    /// A walker of the pages of `pdf`.
    pub(super) fn new(pdf: &'d Pdf) -> Self {
        Self {
            pdf,
            maps: Maps::default(),
            fonts: Vec::new(),
            known: HashMap::new(),
            layout: Layout::default(),
            tm: Matrix::IDENTITY,
            tlm: Matrix::IDENTITY,
            state: State::default(),
            open: Vec::new(),
            forms: 0,
            operators: 0,
            seen: Seen::default(),
            glyphs: 0,
            unmapped: 0,
            images: Vec::new(),
            damage: None,
            marking: Marking::default(),
            stopped: None,
        }
    }

    /// Appends the text of a page with this content.
    pub(super) fn page(
        &mut self,
        content: &[u8],
        resources: Option<&'d Dictionary>,
        text: &mut Text<'_>,
        budget: &mut Budget,
    ) -> Seen {
        (self.state, self.seen, self.forms, self.operators) = (State::default(), Seen::default(), 0, 0);
        self.layout.start_page();
        self.images.clear();
        self.run(content, resources, text, budget);
        self.unmapped -= self.marking.end_page(&mut self.layout, text);
        self.seen.letters = self.layout.letters;
        self.seen
    }

    /// Appends the text of a form that stands alone (the appearance of an annotation).
    pub(super) fn appearance(&mut self, form: &'d Stream, text: &mut Text<'_>, budget: &mut Budget) {
        self.state = State::default();
        self.layout.start_page();
        self.form(form, None, text, budget);
        self.layout.end_line(text);
    }

    fn run(&mut self, content: &[u8], resources: Option<&'d Dictionary>, text: &mut Text<'_>, budget: &mut Budget) {
        let mut lexer = Lexer::new(content);
        let mut operands: Vec<Operand> = Vec::new();
        let mut saved: Vec<State> = Vec::new();
        let mut in_array = false;
        while let Some(token) = lexer.token() {
            match token {
                Token::Keyword(range) => {
                    let operator = lexer.keyword(range);
                    if in_array && !ends_array(operator) {
                        continue;
                    }
                    in_array = false;
                    self.operators += 1;
                    if self.operators.is_multiple_of(4096) {
                        self.check(text, budget);
                    }
                    if self.stopped.is_some() {
                        return;
                    }
                    let mut step = Step { lexer: &mut lexer, operands: &operands, resources, text, budget };
                    match operator {
                        b"q" if saved.len() < STATES_MAX => saved.push(self.state),
                        b"Q" => self.state = saved.pop().unwrap_or(self.state),
                        _ => self.operator(operator, &mut step),
                    }
                    operands.clear();
                    lexer.scratch.clear();
                }
                Token::ArrayStart => in_array = true,
                Token::ArrayEnd => in_array = false,
                _ if operands.len() >= OPERANDS_MAX => {
                    // Garbage, or an array without end: what is there is shown, so that nothing is lost.
                    let mut step = Step { lexer: &mut lexer, operands: &operands, resources, text, budget };
                    self.show_all(&mut step);
                    operands.clear();
                    lexer.scratch.clear();
                }
                Token::Number(n) => operands.push(Operand::Number(n)),
                Token::Text(range) => operands.push(Operand::Text(range)),
                Token::Name(range) => operands.push(Operand::Name(range)),
                Token::DictStart | Token::DictEnd => operands.push(Operand::Other),
            }
        }
    }

    fn check(&mut self, text: &Text<'_>, budget: &Budget) {
        self.stopped = budget.time().err();
        if self.operators > OPERATORS_MAX || text.len() > TEXT_BYTES_MAX {
            self.stopped = Some(Reason::ExpandedTooLarge);
        }
    }

    fn operator(&mut self, operator: &[u8], step: &mut Step<'_, '_, '_, 'd>) {
        match operator {
            b"Tj" | b"TJ" => self.show_all(step),
            b"'" => {
                self.next_line(0.0, -self.state.leading);
                self.show_all(step);
            }
            b"\"" => {
                if let [word, char, ..] = *step.numbers() {
                    (self.state.word_spacing, self.state.char_spacing) = (word, char);
                }
                self.next_line(0.0, -self.state.leading);
                step.operands = step.operands.get(2..).unwrap_or_default();
                self.show_all(step);
            }
            b"BT" => (self.tm, self.tlm) = (Matrix::IDENTITY, Matrix::IDENTITY),
            b"Td" | b"TD" => {
                if let [x, y, ..] = *step.numbers() {
                    if operator == b"TD" {
                        self.state.leading = -y;
                    }
                    self.next_line(x, y);
                }
            }
            b"T*" => self.next_line(0.0, -self.state.leading),
            b"Tm" => {
                if let Some(matrix) = Matrix::of(&step.numbers()) {
                    (self.tm, self.tlm) = (matrix, matrix);
                }
            }
            b"Tf" => self.set_font(step),
            b"cm" => {
                if let Some(matrix) = Matrix::of(&step.numbers()) {
                    self.state.ctm = matrix.then(&self.state.ctm);
                }
            }
            b"Do" => self.draw(step),
            b"gs" => self.set_parameters(step),
            b"ID" => {
                self.seen.images += 1;
                self.seen.inline_images += 1;
                let size = step.image_size_hint();
                step.lexer.skip_image(size);
            }
            b"c" | b"v" | b"y" => self.seen.curves += 1,
            b"BMC" | b"BDC" => {
                let replacement = self.replacement(step);
                self.marking.begin(replacement);
            }
            b"EMC" => self.unmapped -= self.marking.end(&mut self.layout, step.text),
            _ => self.text_state(operator, step),
        }
    }

    fn text_state(&mut self, operator: &[u8], step: &Step<'_, '_, '_, 'd>) {
        let slot = match operator {
            b"Tc" => &mut self.state.char_spacing,
            b"Tw" => &mut self.state.word_spacing,
            b"TL" => &mut self.state.leading,
            b"Ts" => &mut self.state.rise,
            b"Tz" => &mut self.state.scaling,
            _ => return,
        };
        if let Some(value) = step.numbers().last() {
            *slot = if operator == b"Tz" { value / 100.0 } else { *value };
        }
    }

    fn next_line(&mut self, x: f32, y: f32) {
        self.tlm = self.tlm.moved(x, y);
        self.tm = self.tlm;
    }

    fn set_font(&mut self, step: &mut Step<'_, '_, '_, 'd>) {
        if let Some(size) = step.numbers().last() {
            self.state.size = *size;
        }
        let Some(name) = step.name() else { return };
        let fonts = step.resources.and_then(|r| dict(self.pdf, r, b"Font"));
        let font = fonts.and_then(|fonts| dict(self.pdf, fonts, name));
        self.state.font = font.and_then(|font| self.font(font, step.budget));
    }

    /// The index of a font, which is read when it is first used.
    fn font(&mut self, dict: &'d Dictionary, budget: &mut Budget) -> Option<usize> {
        let key = std::ptr::from_ref(dict).addr();
        if let Some(at) = self.known.get(&key) {
            return Some(*at);
        }
        if self.fonts.len() >= FONTS_MAX {
            return None;
        }
        let mut cx = Context { pdf: self.pdf, budget, maps: &mut self.maps };
        self.fonts.push(Font::load(dict, &mut cx));
        self.known.insert(key, self.fonts.len() - 1);
        Some(self.fonts.len() - 1)
    }

    fn set_parameters(&mut self, step: &mut Step<'_, '_, '_, 'd>) {
        let states = step.resources.and_then(|r| dict(self.pdf, r, b"ExtGState"));
        let Some(state) = states.zip(step.name()).and_then(|(s, n)| dict(self.pdf, s, n)) else {
            return;
        };
        if let [font, size, ..] = elements(self.pdf, state, b"Font") {
            if let Some(font) = as_dict(resolve(self.pdf, font)) {
                self.state.font = self.font(font, step.budget);
            }
            self.state.size = as_number(resolve(self.pdf, size)).unwrap_or(self.state.size);
        }
    }

    fn draw(&mut self, step: &mut Step<'_, '_, '_, 'd>) {
        let objects = step.resources.and_then(|r| dict(self.pdf, r, b"XObject"));
        let object = objects.zip(step.name()).and_then(|(objects, name)| get(self.pdf, objects, name));
        let Some(Object::Stream(stream)) = object else {
            return;
        };
        match name(self.pdf, &stream.dict, b"Subtype") {
            Some(b"Image") => {
                self.seen.images += 1;
                if self.images.len() < IMAGES_MAX && !self.images.iter().any(|image| std::ptr::eq(*image, stream)) {
                    self.images.push(stream);
                }
            }
            _ => self.form(stream, step.resources, step.text, step.budget),
        }
    }

    fn form(&mut self, form: &'d Stream, outer: Option<&'d Dictionary>, text: &mut Text<'_>, budget: &mut Budget) {
        let key = std::ptr::from_ref(form).addr();
        self.forms += 1;
        if self.open.contains(&key) || self.open.len() >= FORM_DEPTH_MAX || self.stopped.is_some() {
            return;
        }
        if self.forms > FORMS_MAX {
            self.stopped = Some(Reason::MembersExceeded);
            return;
        }
        let (content, end) = data(self.pdf, form, budget);
        self.check(text, budget);
        match end {
            Some(Reason::Corrupt) => self.damage = end,
            _ => self.stopped = self.stopped.or(end),
        }
        let before = (self.state, self.tm, self.tlm);
        let matrix: Vec<f32> =
            elements(self.pdf, &form.dict, b"Matrix").iter().filter_map(|o| as_number(resolve(self.pdf, o))).collect();
        if let Some(matrix) = Matrix::of(&matrix) {
            self.state.ctm = matrix.then(&self.state.ctm);
        }
        self.open.push(key);
        self.run(&content, dict(self.pdf, &form.dict, b"Resources").or(outer), text, budget);
        self.open.pop();
        (self.state, self.tm, self.tlm) = before;
    }

    /// The replacement text of marked content that starts, written in place or in a property list.
    fn replacement(&self, step: &mut Step<'_, '_, '_, 'd>) -> Option<String> {
        if let [Operand::Name(_), Operand::Name(key)] = step.operands {
            let lists = step.resources.and_then(|r| dict(self.pdf, r, b"Properties"))?;
            let list = dict(self.pdf, lists, step.lexer.bytes(key))?;
            return super::objects::text(self.pdf, list, b"ActualText", step.budget);
        }
        step.operands.windows(2).find_map(|pair| match pair {
            [Operand::Name(key), Operand::Text(value)] if step.lexer.bytes(key) == b"ActualText" => {
                Some(text_string(step.lexer.bytes(value)))
            }
            _ => None,
        })
    }

    /// Shows the strings among the operands, moved by the numbers between them (`Tj`, `TJ`).
    fn show_all(&mut self, step: &mut Step<'_, '_, '_, 'd>) {
        let Some(vertical) = self.state.font.and_then(|at| self.fonts.get(at)).map(|f| f.vertical) else {
            return self.show_without_font(step);
        };
        let mut pen = Pen::new(&self.state, &self.tm, vertical);
        self.layout.begin(pen.baseline, step.text);
        // Spacing that the numbers between the strings take back again is no spacing of letters: where they do not,
        // there is a gap. Any other positive spacing belongs to the glyphs.
        let spacing = self.state.char_spacing;
        let back = |o: &Operand| matches!(o, Operand::Number(n) if n / 1000.0 * self.state.size > 0.5 * spacing);
        if spacing < 0.0 || step.operands.iter().any(back) {
            pen.loose = spacing;
        }
        for operand in step.operands {
            match operand {
                Operand::Text(range) => self.show(range, &mut pen, step),
                Operand::Number(n) => pen.step(-n / 1000.0 * self.state.size * pen.stretch),
                _ => {}
            }
        }
        let (x, y) = if vertical { (0.0, pen.moved) } else { (pen.moved, 0.0) };
        self.tm = self.tm.moved(x, y);
    }

    fn show(&mut self, range: &Range<usize>, pen: &mut Pen, step: &mut Step<'_, '_, '_, 'd>) {
        let mut bytes = step.lexer.bytes(range);
        let Some(font) = self.state.font.and_then(|at| self.fonts.get_mut(at)) else {
            return;
        };
        let mut cx = Context { pdf: self.pdf, budget: step.budget, maps: &mut self.maps };
        while let Some(code) = bytes.first() {
            if *code != b' '
                && let Some((c, width)) = font.plain(*code)
                && !self.marking.is_replacing()
            {
                let start = pen.at;
                pen.step((width * self.state.size + self.state.char_spacing) * pen.stretch);
                self.glyphs += 1;
                self.layout.char(c, start, pen.at - pen.loose * pen.stretch * pen.scale, step.text);
                bytes = bytes.get(1..).unwrap_or_default();
                continue;
            }
            let glyph = font.glyph(bytes, &mut cx);
            bytes = bytes.get(glyph.bytes.max(1)..).unwrap_or_default();
            let mut advance = glyph.advance * self.state.size + self.state.char_spacing;
            if glyph.is_space {
                advance += self.state.word_spacing;
            }
            let start = pen.at;
            pen.step(advance * pen.stretch);
            // Negative character spacing moves the pen back over the glyph: some set right-to-left text that way.
            let end = pen.at - pen.loose * pen.stretch * pen.scale;
            self.glyphs += 1;
            let replacement;
            let text = match glyph.text.value() {
                Value::Char(c) if c.is_whitespace() || c == '\u{200B}' => {
                    self.layout.space(start, end);
                    continue;
                }
                Value::Char(c) if c.is_control() => continue,
                Value::Char(c) if is_presentation_form(c) => {
                    replacement = std::iter::once(c).nfkc().collect::<String>();
                    &replacement
                }
                Value::Char(c) => {
                    if self.marking.is_replacing() {
                        self.marking.note(Some(&*c.encode_utf8(&mut [0; 4])), start, end);
                    }
                    self.layout.char(c, start, end, step.text);
                    continue;
                }
                Value::String(at) => font.string(at),
                Value::None => {
                    // Signs are not counted, so no replacement text takes them off either.
                    self.unmapped += u64::from(!font.signs);
                    self.marking.note(font.signs.then_some(""), start, end);
                    continue;
                }
            };
            self.marking.note(Some(text), start, end);
            self.layout.glyph(text, start, end, step.text);
        }
    }

    /// Text in a font that is not there: the codes, if they read like characters.
    fn show_without_font(&mut self, step: &mut Step<'_, '_, '_, 'd>) {
        let pen = Pen::new(&self.state, &self.tm, false);
        self.layout.begin(pen.baseline, step.text);
        let mut at = pen.at;
        for operand in step.operands {
            let Operand::Text(range) = operand else {
                continue;
            };
            for byte in step.lexer.bytes(range) {
                if *byte == 0 {
                    // The high half of a code of two bytes.
                    continue;
                }
                if byte.is_ascii_graphic() {
                    let text = char::from(*byte);
                    self.layout.glyph(text.encode_utf8(&mut [0; 4]), at, at + 0.5 * pen.baseline.em, step.text);
                } else {
                    self.layout.space(at, at + 0.5 * pen.baseline.em);
                }
                at += 0.5 * pen.baseline.em;
            }
        }
    }
}

/// Ligatures and shapes of letters, which stand for the letters.
fn is_presentation_form(c: char) -> bool {
    matches!(c, '\u{FB00}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}')
}

/// Operators that show that an array was never closed.
fn ends_array(operator: &[u8]) -> bool {
    matches!(operator, b"TJ" | b"BT" | b"ET" | b"q" | b"Q" | b"Tm" | b"Td" | b"Tf")
}

#[cfg(test)]
mod tests {
    use super::super::tests::{document, page, stream, text};
    use crate::blob::Reason;
    use crate::document::Unit;

    const FONT: &str = "/Font << /F 5 0 R >>";
    const HELVETICA: &str = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>";

    fn shown(content: &str) -> String {
        text(&page(content, FONT, &[HELVETICA]))
    }

    #[test]
    fn strings_are_placed_by_matrices_and_not_by_operators() {
        assert_eq!(shown("BT /F 12 Tf 72 720 Td (4111) Tj ( 1111) Tj 0 -14 Td (22) Tj ET"), "4111 1111\n22\n");
        assert_eq!(shown("BT /F 12 Tf [(41) -50 (11) -300 (1) 40 (111)] TJ ET"), "4111 1111\n");
        assert_eq!(shown("BT /F 1 Tf 12 0 0 12 72 72 Tm (a) Tj 12 0 0 12 200 72 Tm (b) Tj ET"), "a\tb\n");
        assert_eq!(shown("q 0 1 -1 0 0 0 cm BT /F 9 Tf (up) Tj ET Q BT /F 9 Tf (right) Tj ET"), "up\nright\n");
        assert_eq!(shown("BT /F 12 Tf 14 TL (a) Tj (b) ' 1 0 (c) \" T* (d) Tj ET"), "a\nb\nc\nd\n");
    }

    #[test]
    fn signs_that_a_replacement_text_stands_for_are_no_loss_to_be_taken_back() {
        let signs = "<< /Type /Font /Subtype /TrueType /BaseFont /Wingdings >>";
        let content = "/Span << /ActualText (Done) >> BDC BT /F 9 Tf (AB) Tj ET EMC";
        let told = document(&page(content, FONT, &[signs]));
        assert_eq!((told.text.as_str(), told.gaps.len()), ("Done\nTitle: Plan\n", 0));
        // What the text does stand for is told by the end of the page as well.
        let told = document(&page(content.trim_end_matches(" EMC"), FONT, &[signs]));
        assert_eq!((told.text.as_str(), told.gaps.len()), ("Done\nTitle: Plan\n", 0));
    }

    #[test]
    fn spacing_of_letters_joins_unless_it_is_taken_back() {
        assert_eq!(shown("BT /F 10 Tf 8 Tc (219099999) Tj ET"), "219099999\n");
        assert_eq!(shown("BT /F 10 Tf 3 Tc [(o) 300 (n) 300 (e) (t) 300 (w) 300 (o)] TJ ET"), "one two\n");
    }

    #[test]
    fn invisible_and_garbled_content_is_text() {
        assert_eq!(shown("BT /F 12 Tf 3 Tr 1 1 1 rg (x) Tj ET"), "x\n");
        assert_eq!(shown("BT /F 12 Tf [(a) 0 Tc -250 (b)] TJ Q Q Q ET"), "a b\n");
        assert_eq!(shown("BT /None 12 Tf (219-09-9999) Tj ET"), "219-09-9999\n");
    }

    #[test]
    fn the_font_comes_back_with_the_state() {
        let symbol = "<< /Type /Font /Subtype /Type1 /BaseFont /Symbol >>";
        let content = "BT /F 12 Tf q /G 12 Tf (a) Tj Q (a) Tj ET";
        assert_eq!(text(&page(content, "/Font << /F 5 0 R /G 6 0 R >>", &[HELVETICA, symbol])), "αa\n");
    }

    #[test]
    fn forms_are_read_and_rings_of_them_end() {
        let form = stream(
            "/Type /XObject /Subtype /Form /Resources << /Font << /F 5 0 R >> /XObject << /X 6 0 R >> >>",
            "BT /F 12 Tf (in a form) Tj ET /X Do",
        );
        let out = document(&page("/X Do", "/XObject << /X 6 0 R >>", &[HELVETICA, &form]));
        assert!(out.text.as_str().starts_with("in a form\n"));
        assert_eq!(out.text.position_at(0).unit, Unit::Page(1));
        assert!(out.gaps.is_empty());
    }

    #[test]
    fn a_bomb_of_forms_ends_in_a_gap() {
        let form = |next: usize| {
            let resources = format!("/Type /XObject /Subtype /Form /Resources << /XObject << /X {next} 0 R >> >>");
            stream(&resources, &"/X Do ".repeat(20))
        };
        let forms: Vec<String> = (7..25).map(form).collect();
        let forms: Vec<&str> = std::iter::once(HELVETICA).chain(forms.iter().map(String::as_str)).collect();
        let out = document(&page("/X Do", "/XObject << /X 6 0 R >>", &forms));
        assert_eq!(out.gaps.first().map(|g| g.reason), Some(Reason::MembersExceeded));
    }
}
