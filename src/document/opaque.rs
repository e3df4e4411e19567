//! Kinds without a reader of their own: what can be had is carved, and a gap says that it is not the whole.

use super::{Document, Options, carve, plain};
use crate::blob::{Budget, Family, Gap, Kind, Reason};

/// Reads `bytes` of a kind in the families media, sealed and opaque.
pub fn read<'a>(kind: Kind, bytes: &'a [u8], options: &Options, budget: &mut Budget) -> Document<'a> {
    match kind {
        Kind::Audio | Kind::Video => Document::with_gap(Reason::UnsupportedType, "sound and film are not read"),
        _ if kind.family() == Family::Media => Document::with_gap(Reason::ImageOnly, "pictures are not read"),
        _ if kind.family() == Family::Sealed => sealed(kind),
        _ if kind.is_package() => {
            Document::with_gap(Reason::UnsupportedType, "no reader for this package, its members are read one by one")
        }
        Kind::Mail => {
            let mut document = if options.text { plain::read(Kind::Text, bytes, budget) } else { Document::default() };
            document.gaps.push(Gap::new(Reason::UnsupportedType, "", "MIME parts not decoded"));
            document
        }
        _ => {
            let text = if options.text { carve::carve(bytes) } else { Default::default() };
            let gap = Gap::new(Reason::UnsupportedType, "", "no reader for this type, printable text was carved");
            Document { text, gaps: vec![gap], ..Document::default() }
        }
    }
}

/// What keeps a sealed blob shut.
fn sealed<'a>(kind: Kind) -> Document<'a> {
    match kind {
        Kind::Pfile | Kind::Rpmsg => Document::with_gap(Reason::RightsProtected, "protected by rights management"),
        Kind::SealedOffice | Kind::KeePass | Kind::Salted => {
            Document::with_gap(Reason::PasswordProtected, "needs a password")
        }
        _ => Document::with_gap(Reason::Encrypted, "encrypted"),
    }
}
