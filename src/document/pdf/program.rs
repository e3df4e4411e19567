//! Embedded font programs.
use super::cmap::Mapped;
use super::font::Context;
use lopdf::Dictionary;

pub(super) fn fill(
    descriptor: &Dictionary,
    table: &mut [Mapped; 256],
    strings: &mut Vec<Box<str>>,
    cx: &mut Context<'_, '_>,
) -> bool {
    let _ = (descriptor, table, strings, cx);
    false
}

#[derive(Default)]
pub(super) struct Composite {}
impl Composite {
    pub(super) fn load(descendant: &Dictionary, cx: &mut Context<'_, '_>) -> Self {
        let _ = (descendant, cx);
        Self {}
    }
    pub(super) fn get(&self, cid: u32) -> Mapped {
        let _ = cid;
        Mapped::NONE
    }
}
