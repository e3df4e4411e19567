//! Marked content with a replacement text, ISO 32000-2 sections 14.6 and 14.9.4.
#![allow(clippy::arithmetic_side_effects, reason = "glyphs and bytes of a page in memory are counted")]

use super::layout::Layout;
use crate::document::{Area, Text};

/// Marked content that may be open at once. Honest files nest a few.
const OPEN_MAX: usize = 1_000;
/// Bytes of replacement texts of one page that say something else than its glyphs.
const REPLACED_BYTES_MAX: usize = 1 << 20;

/// Open marked content of a page.
#[derive(Default)]
pub(super) struct Marking {
    /// Each with its replacement text if it has one.
    open: Vec<Option<Marked>>,
    /// The innermost open one with a replacement text.
    replacing: Option<usize>,
    /// Replacement texts that say something else than the glyphs.
    replaced: String,
}

struct Marked {
    text: String,
    /// What its glyphs say, how many of them have no text, and where the first starts and the last ends.
    shown: String,
    unmapped: u64,
    place: Option<(f32, f32)>,
}

impl Marking {
    /// Starts marked content.
    pub(super) fn begin(&mut self, replacement: Option<String>) {
        if self.open.len() >= OPEN_MAX {
            return;
        }
        let text = replacement.filter(|t| !t.trim().is_empty());
        if text.is_some() {
            self.replacing = Some(self.open.len());
        }
        self.open.push(text.map(|text| Marked { text, shown: String::new(), unmapped: 0, place: None }));
    }

    /// Whether there is a replacement text for what is shown.
    pub(super) fn is_replacing(&self) -> bool {
        self.replacing.is_some()
    }

    /// Keeps what is shown for comparison with the replacement text. `None`: a glyph without text.
    pub(super) fn note(&mut self, shown: Option<&str>, start: f32, end: f32) {
        let Some(Some(open)) = self.replacing.and_then(|at| self.open.get_mut(at)) else { return };
        match shown {
            Some(shown) => open.shown.push_str(shown),
            None => open.unmapped += 1,
        }
        open.place = Some((open.place.map_or(start, |(first, _)| first), end));
    }

    /// Ends marked content. Its replacement text stands for glyphs without text; where it says something else than
    /// the glyphs do, both are kept. Returns how many glyphs without text it stands for.
    pub(super) fn end(&mut self, layout: &mut Layout, text: &mut Text<'_>) -> u64 {
        let Some(Some(marked)) = self.open.pop() else { return 0 };
        self.replacing = self.open.iter().rposition(Option::is_some);
        let squeezed = |text: &str| {
            let mut chars: Vec<char> = text.chars().filter(|c| c.is_alphanumeric()).collect();
            chars.sort_unstable();
            chars
        };
        let (said, shown) = (squeezed(&marked.text), squeezed(&marked.shown));
        if said == shown {
            return 0;
        }
        match marked.place {
            Some((start, end)) if shown.is_empty() => {
                layout.glyph(marked.text.trim(), start, end, text);
                return marked.unmapped;
            }
            _ if self.replaced.len() + marked.text.len() < REPLACED_BYTES_MAX => {
                self.replaced.push_str(&marked.text);
                self.replaced.push('\n');
            }
            _ => {}
        }
        0
    }

    /// Ends what is still open, and appends replacement texts that say something else than the glyphs of the page.
    pub(super) fn end_page(&mut self, layout: &mut Layout, text: &mut Text<'_>) -> u64 {
        let mut unmapped = 0;
        while !self.open.is_empty() {
            unmapped += self.end(layout, text);
        }
        layout.end_line(text);
        text.aside(Area::Hidden, &self.replaced);
        self.replaced.clear();
        unmapped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(replacement: &str, shown: Option<&str>) -> (String, u64) {
        let (mut marking, mut layout, mut text) = (Marking::default(), Layout::default(), Text::default());
        marking.begin(Some(replacement.to_owned()));
        marking.begin(None);
        marking.note(shown, 0.0, 1.0);
        if let Some(shown) = shown {
            layout.glyph(shown, 0.0, 1.0, &mut text);
        }
        let unmapped = marking.end_page(&mut layout, &mut text);
        (text.as_str().to_owned(), unmapped)
    }

    #[test]
    fn a_replacement_text_stands_for_glyphs_without_text_and_beside_others() {
        assert_eq!(page("SSN", None), ("SSN\n".to_owned(), 1));
        assert_eq!(page("fi", Some("fi")), ("fi\n".to_owned(), 0));
        assert_eq!(page("4111", Some("X")), ("X\n4111\n".to_owned(), 0));
    }
}
