//! Walks content streams for their text, ISO 32000-2 sections 7.8.2, 8.4, 8.8 to 8.10, 9.3 and 9.4.
//!
//! Only what moves text is interpreted: matrices, the graphics state stack, text state and text objects, forms.
//! Invisible, white, clipped and switched-off text is text.

use std::collections::HashMap;
use std::ops::Range;

use lopdf::{Dictionary, Document as Pdf, Object, Stream};
use unicode_normalization::UnicodeNormalization;

use super::cmap::{Maps, Value};
use super::encoding::text_string;
use super::font::{Context, Font};
use super::layout::{Baseline, Layout};
use super::lex::{Lexer, Token};
use super::objects::{as_dict, as_number, data, dict, elements, get, name, resolve};
use crate::blob::{Budget, Reason};
use crate::document::{Area, Text};

/// Forms inside forms. Honest files nest five or so.
const FORM_DEPTH_MAX: usize = 20;
/// Forms drawn on one page: an honest map draws thousands of symbols.
const FORMS_MAX: usize = 50_000;
/// Operators of one page, forms included: about 5 s of work. Honest drawings stay below a million.
const OPERATORS_MAX: u64 = 40_000_000;
/// Operands kept for one operator; long `TJ` arrays have hundreds.
const OPERANDS_MAX: usize = 20_000;
/// Saved graphics states.
const STATES_MAX: usize = 1_000;

#[derive(Clone, Copy, Debug)]
struct Matrix {
    a: f32,
    b: f32,
    c: f32,
    d: f32,
    e: f32,
    f: f32,
}

impl Matrix {
    const IDENTITY: Self = Self { a: 1.0, b: 0.0, c: 0.0, d: 1.0, e: 0.0, f: 0.0 };

    /// First `self`, then `next`.
    fn then(&self, next: &Self) -> Self {
        Self {
            a: self.a * next.a + self.b * next.c,
            b: self.a * next.b + self.b * next.d,
            c: self.c * next.a + self.d * next.c,
            d: self.c * next.b + self.d * next.d,
            e: self.e * next.a + self.f * next.c + next.e,
            f: self.e * next.b + self.f * next.d + next.f,
        }
    }

    fn moved(&self, x: f32, y: f32) -> Self {
        Self { e: x * self.a + y * self.c + self.e, f: x * self.b + y * self.d + self.f, ..*self }
    }

    fn of(numbers: &[f32]) -> Option<Self> {
        let [a, b, c, d, e, f] = *numbers else {
            return None;
        };
        Some(Self { a, b, c, d, e, f })
    }
}

/// The part of the graphics state that places text.
#[derive(Clone, Copy, Debug)]
struct State {
    ctm: Matrix,
    font: Option<usize>,
    size: f32,
    char_spacing: f32,
    word_spacing: f32,
    /// Horizontal scaling, 1 = 100 %.
    scaling: f32,
    leading: f32,
    rise: f32,
}

impl Default for State {
    fn default() -> Self {
        Self {
            ctm: Matrix::IDENTITY,
            font: None,
            size: 0.0,
            char_spacing: 0.0,
            word_spacing: 0.0,
            scaling: 1.0,
            leading: 0.0,
            rise: 0.0,
        }
    }
}

/// An operand; ranges are into the lexer's scratch buffer.
#[derive(Clone, Debug)]
enum Operand {
    Number(f32),
    Text(Range<usize>),
    Name(Range<usize>),
    Other,
}

/// What was seen on a page, besides its text.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    /// Letters and digits read.
    pub(super) letters: usize,
    /// Images drawn.
    pub(super) images: usize,
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
    /// Whether a form was damaged.
    pub(super) damage: Option<Reason>,
    /// Marked content that is open, each with its replacement text if it has one.
    marked: Vec<Option<Marked>>,
    /// Replacement texts of the page that say something else than its glyphs.
    replaced: Vec<String>,
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
            damage: None,
            marked: Vec::new(),
            replaced: Vec::new(),
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
        self.layout.letters = 0;
        self.run(content, resources, text, budget);
        while !self.marked.is_empty() {
            self.end_marked(text);
        }
        self.layout.end_line(text);
        for replaced in self.replaced.drain(..) {
            text.aside(Area::Hidden, &replaced);
        }
        self.seen.letters = self.layout.letters;
        self.seen
    }

    /// Appends the text of a form that stands alone (the appearance of an annotation).
    pub(super) fn appearance(&mut self, form: &'d Stream, text: &mut Text<'_>, budget: &mut Budget) {
        self.state = State::default();
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
                        self.check(budget);
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

    fn check(&mut self, budget: &Budget) {
        self.stopped = budget.time().err();
        if self.operators > OPERATORS_MAX {
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
                let size = step.image_size_hint();
                step.lexer.skip_image(size);
            }
            b"c" | b"v" | b"y" => self.seen.curves += 1,
            b"BMC" | b"BDC" if self.marked.len() < STATES_MAX => self.begin_marked(step),
            b"EMC" => self.end_marked(step.text),
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
        self.state.font = font.map(|font| self.font(font, step.budget));
    }

    /// The index of a font, which is read when it is first used.
    fn font(&mut self, dict: &'d Dictionary, budget: &mut Budget) -> usize {
        let key = std::ptr::from_ref(dict).addr();
        if let Some(at) = self.known.get(&key) {
            return *at;
        }
        let mut cx = Context { pdf: self.pdf, budget, maps: &mut self.maps };
        self.fonts.push(Font::load(dict, &mut cx));
        self.known.insert(key, self.fonts.len() - 1);
        self.fonts.len() - 1
    }

    fn set_parameters(&mut self, step: &mut Step<'_, '_, '_, 'd>) {
        let states = step.resources.and_then(|r| dict(self.pdf, r, b"ExtGState"));
        let Some(state) = states.zip(step.name()).and_then(|(s, n)| dict(self.pdf, s, n)) else {
            return;
        };
        if let [font, size, ..] = elements(self.pdf, state, b"Font") {
            if let Some(font) = as_dict(resolve(self.pdf, font)) {
                self.state.font = Some(self.font(font, step.budget));
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
            Some(b"Image") => self.seen.images += 1,
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
        match end {
            Some(Reason::Corrupt) => self.damage = end,
            _ => self.stopped = end.or_else(|| budget.time().err()),
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

    fn begin_marked(&mut self, step: &mut Step<'_, '_, '_, 'd>) {
        let mut text = None;
        for pair in step.operands.windows(2) {
            if let [Operand::Name(key), Operand::Text(value)] = pair
                && step.lexer.bytes(key) == b"ActualText"
            {
                text = Some(text_string(step.lexer.bytes(value)));
            }
        }
        if let [Operand::Name(_), Operand::Name(key)] = step.operands {
            let lists = step.resources.and_then(|r| dict(self.pdf, r, b"Properties"));
            let list = lists.and_then(|lists| dict(self.pdf, lists, step.lexer.bytes(key)));
            text = list.and_then(|list| super::objects::text(self.pdf, list, b"ActualText", step.budget));
        }
        let text = text.filter(|t| !t.trim().is_empty());
        let marked = text.map(|text| Marked { text, shown: String::new(), place: None });
        self.marked.push(marked);
    }

    /// Ends marked content. Its replacement text stands for glyphs without text; where it says something else than
    /// the glyphs do, both are kept.
    fn end_marked(&mut self, text: &mut Text<'_>) {
        let Some(Some(marked)) = self.marked.pop() else { return };
        let squeezed = |text: &str| {
            let mut chars: Vec<char> = text.chars().filter(|c| c.is_alphanumeric()).collect();
            chars.sort_unstable();
            chars
        };
        let (said, shown) = (squeezed(&marked.text), squeezed(&marked.shown));
        if said == shown {
            return;
        }
        match marked.place {
            Some((start, end)) if shown.is_empty() => self.layout.glyph(marked.text.trim(), start, end, text),
            _ => self.replaced.push(marked.text),
        }
    }

    /// Keeps what is shown for comparison with the replacement text.
    fn note(marked: &mut [Option<Marked>], text: &str, start: f32, end: f32) {
        for open in marked.iter_mut().flatten() {
            open.shown.push_str(text);
            open.place = Some((open.place.map_or(start, |(first, _)| first), end));
        }
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
        while !bytes.is_empty() {
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
            let mut buffer = [0; 4];
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
                Value::Char(c) => &*c.encode_utf8(&mut buffer),
                Value::String(at) => font.string(at),
                Value::None => {
                    self.unmapped += u64::from(!font.signs);
                    Self::note(&mut self.marked, "", start, end);
                    continue;
                }
            };
            Self::note(&mut self.marked, text, start, end);
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

/// Marked content with a replacement text (section 14.9.4).
struct Marked {
    text: String,
    /// What its glyphs say, and where the first starts and the last ends along the baseline.
    shown: String,
    place: Option<(f32, f32)>,
}

/// Ligatures and shapes of letters, which stand for the letters.
fn is_presentation_form(c: char) -> bool {
    matches!(c, '\u{FB00}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}')
}

/// Operators that show that an array was never closed.
fn ends_array(operator: &[u8]) -> bool {
    matches!(operator, b"TJ" | b"BT" | b"ET" | b"q" | b"Q" | b"Tm" | b"Td" | b"Tf")
}

/// What one operator works on.
struct Step<'s, 'c, 't, 'd> {
    lexer: &'s mut Lexer<'c>,
    operands: &'s [Operand],
    resources: Option<&'d Dictionary>,
    text: &'s mut Text<'t>,
    budget: &'s mut Budget,
}

impl Step<'_, '_, '_, '_> {
    /// The numbers among the operands, at most six.
    fn numbers(&self) -> Numbers {
        let mut numbers = Numbers::default();
        for operand in self.operands {
            if let (Operand::Number(n), Some(slot)) = (operand, numbers.values.get_mut(numbers.count)) {
                *slot = *n;
                numbers.count += 1;
            }
        }
        numbers
    }

    /// The last name among the operands.
    fn name(&self) -> Option<&[u8]> {
        self.operands.iter().rev().find_map(|o| match o {
            Operand::Name(range) => Some(self.lexer.bytes(range)),
            _ => None,
        })
    }

    /// Bytes of the data of an inline image without filters, from its dictionary.
    fn image_size_hint(&self) -> Option<usize> {
        let (mut width, mut height, mut bits, mut parts) = (None, None, 8.0, Some(1.0));
        for pair in self.operands.chunks(2) {
            let [Operand::Name(key), value] = pair else {
                continue;
            };
            let key = self.lexer.bytes(key);
            match (key, value) {
                (b"W" | b"Width", Operand::Number(n)) => width = Some(*n),
                (b"H" | b"Height", Operand::Number(n)) => height = Some(*n),
                (b"BPC" | b"BitsPerComponent", Operand::Number(n)) => bits = *n,
                (b"IM" | b"ImageMask", _) => bits = 1.0,
                (b"F" | b"Filter", _) => return None,
                (b"CS" | b"ColorSpace", Operand::Name(space)) => {
                    parts = match self.lexer.bytes(space) {
                        b"G" | b"DeviceGray" | b"I" | b"Indexed" => Some(1.0),
                        b"RGB" | b"DeviceRGB" => Some(3.0),
                        b"CMYK" | b"DeviceCMYK" => Some(4.0),
                        _ => None,
                    };
                }
                _ => {}
            }
        }
        let size = (width? * parts? * bits / 8.0).ceil() * height?;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates, and is only a hint")]
        Some(size as usize)
    }
}

/// Up to six numbers without an allocation.
#[derive(Default)]
struct Numbers {
    values: [f32; 6],
    count: usize,
}

impl std::ops::Deref for Numbers {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        self.values.get(..self.count).unwrap_or_default()
    }
}

/// Where the next glyph goes.
struct Pen {
    baseline: Baseline,
    /// Place along the baseline, in device space.
    at: f32,
    /// Moved since the start, in text space.
    moved: f32,
    /// Device units along the baseline per text space unit; negative if text runs against its axis.
    scale: f32,
    /// Horizontal scaling, as far as it applies.
    stretch: f32,
    /// Character spacing that is not part of the glyphs.
    loose: f32,
}

impl Pen {
    fn new(state: &State, tm: &Matrix, vertical: bool) -> Self {
        let m = tm.moved(0.0, state.rise).then(&state.ctm);
        let (axis, other) = if vertical { ((m.c, m.d), (m.a, m.b)) } else { ((m.a, m.b), (m.c, m.d)) };
        let length = axis.0.hypot(axis.1).max(1e-9);
        let stretch = if vertical { 1.0 } else { state.scaling };
        // Glyphs of a vertical font go down, those of a negative size backwards.
        let forward = if (state.size * stretch < 0.0) == vertical { 1.0 } else { -1.0 };
        let direction = (forward * axis.0 / length, forward * axis.1 / length);
        let at = m.e * direction.0 + m.f * direction.1;
        let across = m.f * direction.0 - m.e * direction.1;
        let size = |unit: f32| {
            if state.size == 0.0 { unit } else { unit * state.size.abs() }
        };
        let em = size(length) * if stretch == 0.0 { 1.0 } else { stretch.abs() };
        let height = size(other.0.hypot(other.1));
        let baseline = Baseline { direction, across, height, em };
        Self { baseline, at, moved: 0.0, scale: forward * length, stretch, loose: 0.0 }
    }

    /// Moves on by a distance in text space.
    fn step(&mut self, distance: f32) {
        self.moved += distance;
        self.at += distance * self.scale;
    }
}
