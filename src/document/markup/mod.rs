//! XML 1.0 (fifth edition) as a stream of events, read leniently: a pull scanner over characters that never gives up.
//!
//! Why not a general parser: a worksheet is tens of megabytes of tiny elements, and what is wanted of them is the
//! local name, an attribute or two and the text. Being lenient is a duty here: text behind a fault must still be read,
//! so a fault is only remembered ([`Xml::flaw`]) and scanning goes on behind it. On well-formed input it tells what
//! quick-xml tells: `tests/it/markup.rs` compares the two, `docs/decisions.md` has the figures.
//!
//! Namespaces are not resolved: local names are the same in the transitional and the strict vocabulary. Entities that
//! a DOCTYPE declares are never expanded, and nothing is fetched.

mod decode;
mod reference;
mod scan;
mod tag;

use std::borrow::Cow;

pub use decode::decode;
pub use reference::unescape;
pub use scan::Xml;
pub use tag::{Attributes, Tag, local};

/// What comes next.
#[derive(Clone, Copy, Debug)]
pub enum Event<'x> {
    /// A start tag. An empty element gives one too, and its end right after it.
    Start(Tag<'x>),
    /// An end tag.
    End {
        /// Local name.
        name: &'x str,
        /// Name with its prefix.
        qualified: &'x str,
    },
    /// Character data between two tags; comments and CDATA borders may split it.
    Text(Chars<'x>),
    /// What stands in a comment.
    Comment(&'x str),
    /// What stands in a processing instruction, or in the XML declaration.
    Instruction(&'x str),
    /// A document type declaration with everything in it.
    Doctype(&'x str),
}

/// Character data as written.
#[derive(Clone, Copy, Debug)]
pub struct Chars<'x> {
    raw: &'x str,
    cdata: bool,
}

impl<'x> Chars<'x> {
    /// The characters meant: references resolved, line ends as `\n`.
    pub fn decode(&self) -> Cow<'x, str> {
        if self.cdata { reference::line_ends(self.raw) } else { unescape(self.raw) }
    }

    /// Whether there is nothing but white space.
    pub fn is_blank(&self) -> bool {
        self.raw.bytes().all(|b| b.is_ascii_whitespace())
    }
}
