//! From placed glyphs to lines: word gaps, columns, line breaks, right-to-left text.
//!
//! Content order is kept. What is between two glyphs follows from their distance along and across the baseline,
//! measured in ems: a step across it, or back along it, is a new line; a wide gap along it a `\t` (table columns);
//! a narrow one a space. A space glyph is a gap like any other, so runs of them do not pile up.

use crate::document::Text;

/// A gap of more than this many ems separates words: kerning stays below, the narrowest spaces do not (0.17 lost some).
const WORD_GAP_EM: f32 = 0.1;
/// A gap of more than this many ems separates columns, unless spaces fill it.
const COLUMN_GAP_EM: f32 = 1.0;
/// The same where there are space glyphs in the gap: two monospaced ones are 1.2 ems.
const SPACED_COLUMN_GAP_EM: f32 = 1.7;
/// A step of more than this many ems across the baseline is a new line: sub- and superscripts stay below.
const LINE_STEP_EM: f32 = 0.4;
/// A step of more than this many ems back along the baseline is a new line: accents and kerning stay below.
const BACK_STEP_EM: f32 = 0.5;

/// Where a string starts: position along and across its baseline in device space, and its size there.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Baseline {
    /// Direction of the baseline, of length 1.
    pub(super) direction: (f32, f32),
    /// Distance of the baseline from the origin.
    pub(super) across: f32,
    /// Size of the font across the baseline.
    pub(super) height: f32,
    /// Size of the font along the baseline.
    pub(super) em: f32,
}

/// A glyph on the current line: byte offset of its text and the middle of its place along the baseline.
#[derive(Clone, Copy, Debug)]
struct Placed {
    offset: usize,
    middle: f32,
}

/// Builds lines and hands them over when they end.
#[derive(Default)]
pub(super) struct Layout {
    line: String,
    placed: Vec<Placed>,
    baseline: Baseline,
    /// Where the last glyph starts and ends along the baseline.
    last: (f32, f32),
    /// The left end of the line.
    least: f32,
    /// Whether a space glyph was seen since the last visible one.
    spaced: bool,
    /// Whether there is right-to-left text on the line.
    right_to_left: bool,
    /// Letters and digits handed over since the start of the page.
    pub(super) letters: usize,
}

impl Layout {
    /// Starts a string at `baseline`: ends the line if it does not go on there.
    pub(super) fn begin(&mut self, baseline: Baseline, text: &mut Text<'_>) {
        if !self.line.is_empty() {
            let (a, b) = (self.baseline.direction, baseline.direction);
            let turned = a.0 * b.0 + a.1 * b.1 < 0.98;
            let height = self.baseline.height.max(baseline.height);
            if turned || (self.baseline.across - baseline.across).abs() > LINE_STEP_EM * height {
                self.end_line(text);
            }
        }
        self.baseline = baseline;
    }

    /// A space glyph.
    pub(super) fn space(&mut self) {
        self.spaced = true;
    }

    /// A visible glyph from `start` to `end` along the baseline.
    pub(super) fn glyph(&mut self, glyph: &str, start: f32, end: f32, text: &mut Text<'_>) {
        let rtl = glyph.chars().next().is_some_and(is_right_to_left);
        let em = self.baseline.em;
        if !self.line.is_empty() {
            let mut gap = start - self.last.1;
            if gap < 0.0 && (start - self.last.0).abs() < 0.12 * em && self.line.ends_with(glyph) {
                // The same glyph again in the same place: bold by overprinting.
                return;
            }
            if gap < -BACK_STEP_EM * em {
                let left = self.least - end;
                if (rtl || self.right_to_left) && left > -0.3 * em {
                    gap = left;
                } else {
                    self.end_line(text);
                }
            }
            if !self.line.is_empty() {
                self.gap(gap, (start + end) / 2.0);
            }
        }
        self.spaced = false;
        self.right_to_left |= rtl;
        self.least = if self.line.is_empty() { start } else { self.least.min(start) };
        self.placed.push(Placed { offset: self.line.len(), middle: (start + end) / 2.0 });
        self.line.push_str(glyph);
        self.last = (start, end);
    }

    fn gap(&mut self, gap: f32, next: f32) {
        let em = self.baseline.em;
        let column = if self.spaced { SPACED_COLUMN_GAP_EM } else { COLUMN_GAP_EM };
        let separator = match gap {
            _ if gap > column * em => "\t",
            _ if self.spaced || gap > WORD_GAP_EM * em => " ",
            _ => return,
        };
        let middle = (f32::midpoint(self.last.0, self.last.1) + next) / 2.0;
        self.placed.push(Placed { offset: self.line.len(), middle });
        self.line.push_str(separator);
    }

    /// Hands the line over.
    pub(super) fn end_line(&mut self, text: &mut Text<'_>) {
        if self.right_to_left {
            self.reorder();
        }
        if !self.line.is_empty() {
            self.letters += self.line.bytes().filter(|b| b.is_ascii_alphanumeric() || !b.is_ascii()).count();
            // A soft hyphen at the end says that the word goes on.
            match self.line.strip_suffix('\u{AD}') {
                Some(word) => text.push(word),
                None => {
                    text.push(&self.line);
                    text.push("\n");
                }
            }
        }
        self.line.clear();
        self.placed.clear();
        self.right_to_left = false;
        self.spaced = false;
    }

    /// Brings a line with right-to-left text from the order in which it stands into the order in which it is read.
    fn reorder(&mut self) {
        let ends = self.placed.iter().skip(1).map(|p| p.offset).chain([self.line.len()]);
        let pieces = self.placed.iter().zip(ends).map(|(p, end)| (p.middle, self.line.get(p.offset..end)));
        let mut visual: Vec<(f32, &str)> = pieces.map(|(middle, s)| (middle, s.unwrap_or_default())).collect();
        visual.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut line = String::with_capacity(self.line.len());
        let glyphs: Vec<&str> = visual.into_iter().map(|(_, s)| s).collect();
        logical(&glyphs, &mut line);
        self.line = line;
    }
}

/// Appends glyphs, given from left to right, in reading order: a simplified inverse of the Unicode bidirectional
/// algorithm with two levels.
fn logical(glyphs: &[&str], out: &mut String) {
    let first = |glyph: &&str| glyph.chars().next().unwrap_or(' ');
    let strong_left = |glyph: &&str| {
        let c = first(glyph);
        c.is_alphanumeric() && !is_right_to_left(c)
    };
    let right = glyphs.iter().filter(|g| is_right_to_left(first(g))).count();
    let letters = glyphs.iter().filter(|g| strong_left(g) && first(g).is_alphabetic()).count();
    let base_right = right >= letters;
    // Runs of one direction; what is neutral between two of the minority direction belongs to it.
    let minority = |glyph: &&str| {
        if base_right { strong_left(glyph) } else { is_right_to_left(first(glyph)) }
    };
    let mut runs: Vec<(bool, std::ops::Range<usize>)> = Vec::new();
    for (at, glyph) in glyphs.iter().enumerate() {
        let is = minority(glyph);
        let ended = if base_right { is_right_to_left(first(glyph)) } else { strong_left(glyph) };
        match runs.last_mut() {
            Some((kind, range)) if is && *kind => range.end = at + 1,
            _ if is => runs.push((true, at..at + 1)),
            Some((false, range)) => range.end = at + 1,
            Some((true, _))
                if !ended
                    && glyphs.iter().skip(at).find(|g| minority(g) || !neutral(first(g))).is_some_and(minority) =>
            {
                if let Some((_, range)) = runs.last_mut() {
                    range.end = at + 1;
                }
            }
            _ => runs.push((false, at..at + 1)),
        }
    }
    if base_right {
        runs.reverse();
    }
    for (is_minority, range) in runs {
        let run = glyphs.get(range).unwrap_or_default();
        if is_minority == base_right {
            run.iter().for_each(|g| out.push_str(g));
        } else {
            run.iter().rev().for_each(|g| out.push_str(mirrored(g)));
        }
    }
}

fn neutral(c: char) -> bool {
    !c.is_alphanumeric()
}

fn mirrored(glyph: &str) -> &str {
    match glyph {
        "(" => ")",
        ")" => "(",
        "[" => "]",
        "]" => "[",
        "<" => ">",
        ">" => "<",
        "«" => "»",
        "»" => "«",
        other => other,
    }
}

/// Whether a character belongs to a right-to-left script (Hebrew to Arabic Extended-A, and presentation forms).
/// Arabic digits read from left to right.
pub(super) fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{65F}' | '\u{66A}'..='\u{6EF}' | '\u{6FA}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFE}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sets pieces of text, each of glyphs 0.5 wide, at the places given; size 1.
    fn set(pieces: &[(&str, f32, f32)]) -> String {
        let (mut layout, mut text) = (Layout::default(), Text::default());
        for (piece, x, y) in pieces {
            layout.begin(Baseline { direction: (1.0, 0.0), across: *y, height: 1.0, em: 1.0 }, &mut text);
            for (i, c) in piece.chars().enumerate() {
                let at = x + 0.5 * i as f32;
                if c == ' ' {
                    layout.space();
                } else {
                    layout.glyph(c.encode_utf8(&mut [0; 4]), at, at + 0.5, &mut text);
                }
            }
        }
        layout.end_line(&mut text);
        text.as_str().to_owned()
    }

    #[test]
    fn gaps_are_spaces_tabs_and_lines() {
        assert_eq!(set(&[("4111", 0.0, 0.0), ("1111", 2.2, 0.0), ("22", 4.2, 0.0)]), "4111 111122\n");
        assert_eq!(set(&[("Name", 0.0, 0.0), ("SSN", 9.0, 0.0), ("Ann", 0.0, 1.2)]), "Name\tSSN\nAnn\n");
        assert_eq!(set(&[("a  b", 0.0, 0.0), ("   c", 2.0, 0.0)]), "a b c\n");
        assert_eq!(set(&[("10", 0.0, 0.0), ("th", 1.0, 0.3), ("x", 2.0, 0.0)]), "10thx\n");
        assert_eq!(set(&[("right", 9.0, 0.0), ("left", 0.0, 0.0)]), "right\nleft\n");
    }

    #[test]
    fn overprinted_glyphs_count_once() {
        assert_eq!(set(&[("B", 0.0, 0.0), ("B", 0.03, 0.0), ("B", 0.5, 0.0)]), "BB\n");
    }

    #[test]
    fn a_soft_hyphen_joins_lines_and_a_hard_one_does_not() {
        assert_eq!(set(&[("inter\u{AD}", 0.0, 0.0), ("nal", 0.0, 2.0)]), "internal\n");
        assert_eq!(set(&[("4111-", 0.0, 0.0), ("1111", 0.0, 2.0)]), "4111-\n1111\n");
    }

    #[test]
    fn visual_hebrew_comes_out_in_reading_order() {
        // Stands on paper from left to right as: "99-12 (דגב) א", read from the right.
        assert_eq!(set(&[("99-12 (דגב) א", 0.0, 0.0)]), "א (בגד) 99-12\n");
        assert_eq!(set(&[("abc", 0.0, 0.0), ("בא", 2.0, 0.0), ("def", 4.0, 0.0)]), "abc אב def\n");
        // Drawn from right to left.
        assert_eq!(set(&[("א", 9.0, 0.0), ("ב", 8.5, 0.0), ("ג", 7.7, 0.0)]), "אב ג\n");
    }
}
