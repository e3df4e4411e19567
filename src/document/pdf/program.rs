//! What embedded font programs say about text (ISO 32000-2 section 9.9), for codes that the font dictionary leaves
//! open.

use std::borrow::Cow;

use lopdf::{Dictionary, Object};

use super::cff::{Cff, type1_encoding};
use super::cmap::Mapped;
use super::encoding::glyph_text;
use super::font::Context;
use super::objects::{data, dict, get, name};
use super::sfnt::{Glyphs, symbolic_codes, table};

/// Fills empty slots of a simple font's table. Whether the program had an encoding of its own.
pub(super) fn fill<'d>(
    descriptor: &'d Dictionary,
    slots: &mut [Mapped; 256],
    strings: &mut Vec<Box<str>>,
    cx: &mut Context<'_, 'd>,
) -> bool {
    if !cx.maps.ask_program() {
        return false;
    }
    let mut found = false;
    let mut set = |code: u8, text: &str| {
        if let Some(slot) = slots.get_mut(usize::from(code)).filter(|s| s.is_none()) {
            *slot = Mapped::text(text, strings);
            found = true;
        }
    };
    let mut named = |codes: &mut dyn Iterator<Item = (u8, &str)>| {
        for (code, name) in codes {
            if let Some(text) = glyph_text(name) {
                set(code, &text);
            }
        }
    };
    if let Some(Object::Stream(stream)) = get(cx.pdf, descriptor, b"FontFile") {
        let program = data(cx.pdf, stream, cx.budget).0;
        named(&mut type1_encoding(&program).iter().map(|(code, name)| (*code, name.as_str())));
        return found;
    }
    let Some(program) = sfnt_or_cff(descriptor, cx) else { return false };
    if let Some(cff) = cff(&program) {
        named(&mut cff.codes());
        return found;
    }
    let glyphs = Glyphs::read(&program);
    for (code, glyph) in (0u8..=255).zip(symbolic_codes(&program)) {
        if let Some(c) = glyphs.get(glyph) {
            set(code, c.encode_utf8(&mut [0; 4]));
        }
    }
    found
}

fn sfnt_or_cff<'d>(descriptor: &'d Dictionary, cx: &mut Context<'_, 'd>) -> Option<Cow<'d, [u8]>> {
    let stream = [&b"FontFile2"[..], b"FontFile3"].iter().find_map(|key| match get(cx.pdf, descriptor, key) {
        Some(Object::Stream(stream)) => Some(stream),
        _ => None,
    })?;
    Some(data(cx.pdf, stream, cx.budget).0)
}

/// The CFF font, bare or inside OpenType.
fn cff(program: &[u8]) -> Option<Cff> {
    if program.starts_with(b"OTTO") {
        return Cff::read(table(program, b"CFF ")?);
    }
    program.starts_with(&[1, 0]).then(|| Cff::read(program)).flatten()
}

/// Characters of the CIDs of a composite font.
#[derive(Default)]
pub(super) struct Composite {
    glyphs: Glyphs,
    /// Glyph names, if the program has them.
    cff: Option<Cff>,
    /// Pairs of bytes: the glyph of each CID. Empty: the same.
    cid_to_gid: Vec<u8>,
}

impl Composite {
    /// Reads the program of a descendant font.
    pub(super) fn load<'d>(descendant: &'d Dictionary, cx: &mut Context<'_, 'd>) -> Self {
        let mut composite = Self::default();
        if !cx.maps.ask_program() {
            return composite;
        }
        let Some(descriptor) = dict(cx.pdf, descendant, b"FontDescriptor") else { return composite };
        let Some(program) = sfnt_or_cff(descriptor, cx) else { return composite };
        composite.cff = cff(&program).filter(|cff| !cff.is_cid);
        composite.glyphs = Glyphs::read(&program);
        if composite.glyphs.is_empty() && composite.cff.is_none() {
            return composite;
        }
        if let Some(Object::Stream(stream)) = get(cx.pdf, descendant, b"CIDToGIDMap") {
            composite.cid_to_gid = data(cx.pdf, stream, cx.budget).0.into_owned();
            composite.cid_to_gid.truncate(2 << 16);
        } else if name(cx.pdf, descendant, b"Subtype") != Some(b"CIDFontType2") && composite.cff.is_none() {
            // CIDs of a CID-keyed CFF font are not its glyphs.
            composite.glyphs = Glyphs::default();
        }
        composite
    }

    /// The text of a CID.
    pub(super) fn get(&self, cid: u32) -> Mapped {
        let Ok(cid) = usize::try_from(cid) else { return Mapped::NONE };
        let glyph = if self.cid_to_gid.is_empty() {
            cid
        } else {
            super::sfnt::u16_at(&self.cid_to_gid, cid.saturating_mul(2)).map_or(0, usize::from)
        };
        let by_name = || {
            let text = glyph_text(self.cff.as_ref()?.name(glyph)?)?;
            let mut chars = text.chars();
            chars.next().filter(|_| chars.next().is_none())
        };
        self.glyphs.get(glyph).or_else(by_name).map_or(Mapped::NONE, Mapped::char)
    }
}

#[cfg(test)]
mod tests {
    use super::super::sfnt::tests::font;
    use super::super::tests::{page, stream, text};

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|b| format!("{b:02x}")).collect::<String>() + ">"
    }

    #[test]
    fn fonts_without_a_map_are_asked_for_their_characters() {
        let program = stream("/Filter /ASCIIHexDecode", &hex(&font()));
        let descriptor = "<< /Type /FontDescriptor /Flags 4 /FontFile2 7 0 R >>";
        let simple = "<< /Type /Font /Subtype /TrueType /BaseFont /ABCDEF+X /FontDescriptor 6 0 R >>";
        let content = "BT /F 12 Tf (AB) Tj ET";
        assert_eq!(text(&page(content, "/Font << /F 5 0 R >>", &[simple, descriptor, &program])), "XY\n");
        let composite = "<< /Type /Font /Subtype /Type0 /Encoding /Identity-H /DescendantFonts [8 0 R] >>";
        let descendant = "<< /Type /Font /Subtype /CIDFontType2 /FontDescriptor 6 0 R /CIDToGIDMap /Identity >>";
        let content = "BT /F 12 Tf <00020001> Tj ET";
        let file = page(content, "/Font << /F 5 0 R >>", &[composite, descriptor, &program, descendant]);
        assert_eq!(text(&file), "YX\n");
    }

    #[test]
    fn type_1_programs_have_an_encoding_of_their_own() {
        let program =
            stream("", "%!PS-AdobeFont\n/Encoding 256 array dup 65 /one put dup 66 /nine put readonly def eexec");
        let descriptor = "<< /Type /FontDescriptor /Flags 4 /FontFile 7 0 R >>";
        let font = "<< /Type /Font /Subtype /Type1 /BaseFont /ABCDEF+X /FontDescriptor 6 0 R >>";
        let file = page("BT /F 12 Tf (ABBA) Tj ET", "/Font << /F 5 0 R >>", &[font, descriptor, &program]);
        assert_eq!(text(&file), "1991\n");
    }
}
