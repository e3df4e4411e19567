//! Heads of runs, known again.
//!
//! From one run to the next little changes but its text: `<w:r w:rsidR="…"><w:rPr>…</w:rPr><w:t>` stands there a hundred
//! times over. Once the reader has walked through a head that tells nothing, the same bytes tell nothing again, and the
//! text follows at once. Whatever else is in a run is left to the reader: an oracle compares both ways.
#![allow(clippy::arithmetic_side_effects, reason = "positions inside one slice, and heads that are counted")]

use crate::document::markup::Xml;

/// Heads that are kept: of plain text, of emphasis, of links, by turns.
const KEPT: usize = 4;
/// Bytes of a head that is kept: all fonts and languages of a run come to a few hundred.
const BYTES_MAX: usize = 2 << 10;

/// The heads that were seen last.
#[derive(Debug, Default)]
pub(super) struct Heads<'x> {
    known: [Option<Head<'x>>; KEPT],
    /// The one that is forgotten next.
    oldest: usize,
    /// Where the run that is being read starts, and its name.
    begun: Option<(usize, &'x str)>,
}

#[derive(Clone, Copy, Debug)]
struct Head<'x> {
    /// From the start of the run to the start of its text.
    bytes: &'x str,
    /// Names of the elements of text and run, with their prefixes.
    text: &'x str,
    run: &'x str,
}

impl<'x> Heads<'x> {
    /// The text, as written, and the length of the run at the beginning of `rest`, if it is one of a known head and
    /// holds nothing but the text.
    pub fn run(&mut self, rest: &'x str) -> Option<(&'x str, usize)> {
        let head = self.known.iter().flatten().find(|head| rest.as_bytes().starts_with(head.bytes.as_bytes()))?;
        let behind = rest.get(head.bytes.len()..)?;
        let end = memchr::memchr(b'<', behind.as_bytes())?;
        let tail = behind.get(end..)?.strip_prefix("</")?.strip_prefix(head.text)?.strip_prefix("></")?;
        let tail = tail.strip_prefix(head.run)?.strip_prefix('>')?;
        self.begun = None;
        Some((behind.get(..end)?, rest.len() - tail.len()))
    }

    /// A run starts at `at`.
    pub fn begin(&mut self, at: usize, name: &'x str) {
        self.begun = Some((at, name));
    }

    /// Something was told that is no head of a run.
    pub fn forget(&mut self) {
        self.begun = None;
    }

    /// Text starts: what stands between it and the start of its run is a head.
    pub fn learn(&mut self, name: &'x str, xml: &Xml<'x>) {
        let Some((from, run)) = self.begun.take() else { return };
        // An empty element has no text, and once nothing is skipped heads tell something.
        let Some(bytes) = xml.rest().and_then(|_| xml.source().get(from..xml.at())) else { return };
        if bytes.len() > BYTES_MAX {
            return;
        }
        if let Some(slot) = self.known.get_mut(self.oldest) {
            *slot = Some(Head { bytes, text: name, run });
        }
        self.oldest = (self.oldest + 1) % KEPT;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_a_known_head_are_told_by_their_text() {
        let source = "<w:r><w:rPr><w:b/></w:rPr><w:t>one</w:t></w:r>";
        let mut xml = Xml::new(source);
        let mut heads = Heads::default();
        assert_eq!(heads.run(source), None);
        heads.begin(0, "w:r");
        xml.pass_over(source.find("one").unwrap());
        heads.learn("w:t", &xml);
        assert_eq!(heads.run("<w:r><w:rPr><w:b/></w:rPr><w:t>t&amp;o</w:t></w:r><w:r>"), Some(("t&amp;o", 50)));
        for other in [
            "<w:r><w:rPr><w:b/></w:rPr><w:t>two</w:t><w:tab/></w:r>",
            "<w:r><w:rPr><w:b/></w:rPr><w:t>two<w:t/></w:t></w:r>",
            "<w:r><w:rPr><w:i/></w:rPr><w:t>two</w:t></w:r>",
            "<w:r><w:rPr><w:b/></w:rPr><w:t>two</w:t></w:r",
            "",
        ] {
            assert_eq!(heads.run(other), None, "{other}");
        }
    }
}
