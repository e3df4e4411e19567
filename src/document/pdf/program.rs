//! What embedded font programs say about text (ISO 32000-2 section 9.9), for codes that the font dictionary leaves
//! open.

use lopdf::{Dictionary, Object};

use super::cff::{Cff, type1_encoding};
use super::cmap::Mapped;
use super::encoding::glyph_text;
use super::font::Context;
use super::objects::{data, dict, get, name};
use super::sfnt::{Glyphs, symbolic_codes, table};

/// Fills empty slots of a simple font's table. Whether the program had an encoding of its own.
pub(super) fn fill(
    descriptor: &Dictionary,
    slots: &mut [Mapped; 256],
    strings: &mut Vec<Box<str>>,
    cx: &mut Context<'_, '_>,
) -> bool {
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

fn sfnt_or_cff(descriptor: &Dictionary, cx: &mut Context<'_, '_>) -> Option<Vec<u8>> {
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
    pub(super) fn load(descendant: &Dictionary, cx: &mut Context<'_, '_>) -> Self {
        let mut composite = Self::default();
        let Some(descriptor) = dict(cx.pdf, descendant, b"FontDescriptor") else { return composite };
        let Some(program) = sfnt_or_cff(descriptor, cx) else { return composite };
        composite.cff = cff(&program).filter(|cff| !cff.is_cid);
        composite.glyphs = Glyphs::read(&program);
        if composite.glyphs.is_empty() && composite.cff.is_none() {
            return composite;
        }
        if let Some(Object::Stream(stream)) = get(cx.pdf, descendant, b"CIDToGIDMap") {
            composite.cid_to_gid = data(cx.pdf, stream, cx.budget).0;
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
