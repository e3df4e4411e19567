//! Unpacking: a blob of a container kind gives parts with a path.
//!
//! `container/` never decides what text is, and never trusts a declared size.
#![warn(clippy::indexing_slicing)]
#![cfg_attr(not(test), warn(clippy::arithmetic_side_effects))]

mod ar;
mod cab;
pub mod cfb;
mod codec;
mod coding;
mod cpio;
mod crypto;
mod encoded;
mod error;
mod gzip;
mod inflate;
mod iso;
pub mod mapi;
mod mbox;
pub mod offcrypto;
mod overlay;
mod pst;
mod rar;
mod rpm;
mod salvage;
mod sevenz;
mod stream;
mod tar;
mod unzip;
pub mod zip;

pub use coding::{Coding, decode};
pub use encoded::{Encoded, encoded};
pub use error::Error;
pub use inflate::Inflater;
pub use overlay::{Overlay, missing_end, overlays};

use crate::blob::{Aspect, Budget, Coverage, Gap, Kind, Passwords, Reason};

/// What `bytes` are, packages told apart by what is in them.
pub fn kind(bytes: &[u8]) -> Kind {
    kind_inside(Kind::of(bytes), bytes)
}

/// The same for bytes that begin like `kind`.
pub(crate) fn kind_inside(kind: Kind, bytes: &[u8]) -> Kind {
    match kind {
        Kind::Zip => zip::kind(bytes),
        Kind::Ole => cfb::kind(bytes),
        // A package behind other bytes: readers of zip find it from its end.
        Kind::Unknown if zip::is_appended(bytes) => zip::kind(bytes),
        kind => kind,
    }
}

/// A member of a container.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    /// Name as the container tells it, `/` between folders; words in brackets for what has none.
    pub name: &'a str,
    /// Its bytes; none if it could not be opened, in which case there is a gap.
    pub bytes: &'a [u8],
}

/// What takes the members of a container, one after the other.
pub type Visit<'v> = dyn FnMut(Part<'_>, &mut Budget) + 'v;

/// Unpacks `bytes` of `kind` and shows every member to `visit`, in order; members without bytes are passed over, those
/// that cannot be opened are shown by their name. Whatever could not be had is a gap whose place is the member's name.
/// Depth is the caller's to count. Kinds that are no containers have no members.
///
/// `passwords` are tried on members that are encrypted.
pub fn unpack(
    kind: Kind,
    bytes: &[u8],
    passwords: &Passwords,
    budget: &mut Budget,
    gaps: &mut Vec<Gap>,
    visit: &mut Visit<'_>,
) {
    match kind {
        Kind::Bzip2 | Kind::Xz | Kind::Lzma | Kind::Lzip | Kind::Zstd | Kind::Lz4 | Kind::Compress => {
            stream::unpack(kind, bytes, budget, gaps, visit);
        }
        Kind::SevenZip => sevenz::unpack(bytes, passwords, budget, gaps, visit),
        Kind::Rar => rar::unpack(bytes, passwords, budget, gaps, visit),
        Kind::Cab => cab::unpack(bytes, budget, gaps, visit),
        Kind::Iso => iso::unpack(bytes, budget, gaps, visit),
        Kind::Ar => ar::unpack(bytes, budget, gaps, visit),
        Kind::Cpio => cpio::unpack(bytes, budget, gaps, visit),
        Kind::Rpm => rpm::unpack(bytes, budget, gaps, visit),
        Kind::Gzip => gzip::unpack(bytes, budget, gaps, visit),
        Kind::Tar => tar::unpack(bytes, budget, gaps, visit),
        Kind::Mbox => mbox::unpack(bytes, budget, gaps, visit),
        Kind::Pst => pst::unpack(bytes, budget, gaps, visit),
        Kind::Zip => unzip::unpack(bytes, passwords, budget, gaps, visit),
        _ if kind.is_ole() => cfb::unpack(bytes, budget, gaps, visit),
        _ => {}
    }
}

/// Whether headers of an archive or a package contradict each other: two readers that believe different ones see
/// different files.
pub fn contradicts_itself(kind: Kind, bytes: &[u8]) -> bool {
    let archive = (kind == Kind::Zip || kind.is_package()).then(|| zip::Archive::open(bytes).ok()).flatten();
    archive.is_some_and(|archive| archive.oddities().iter().any(|oddity| oddity.contradiction))
}

/// What is read of containers of `kind`: a row of the coverage matrix. `None` for kinds that are no containers.
pub fn coverage(kind: Kind) -> Option<Coverage> {
    use Aspect::*;
    Some(match kind {
        Kind::Zip => Coverage {
            read: &[Names, Embedded, Comments, Passwords],
            gap: &[],
            source: "APPNOTE.TXT 6.3.10 (PKWARE); ISO/IEC 21320-1",
        },
        Kind::SevenZip => Coverage {
            read: &[Names, Embedded, Comments, Passwords],
            gap: &[],
            source: "7zFormat.txt of 7-Zip; LZMA, LZMA2, PPMd, BZip2, Deflate, Zstandard, AES",
        },
        Kind::Rar => Coverage {
            read: &[Names, Embedded, Comments, Passwords],
            gap: &[],
            source: "RAR 5.0 archive format; technote.txt of RAR 4.20",
        },
        Kind::Bzip2 => Coverage { read: &[Embedded], gap: &[], source: "bzip2 1.0.8" },
        Kind::Xz => Coverage { read: &[Embedded], gap: &[], source: "The .xz File Format 1.2.1" },
        Kind::Lzma => Coverage { read: &[Embedded], gap: &[], source: "LZMA Utils 4.32, .lzma" },
        Kind::Lzip => Coverage { read: &[Embedded], gap: &[], source: "lzip manual, file format" },
        Kind::Zstd => Coverage { read: &[Embedded], gap: &[], source: "RFC 8878" },
        Kind::Lz4 => Coverage { read: &[Embedded], gap: &[], source: "LZ4 Frame Format 1.6.4" },
        Kind::Compress => Coverage { read: &[Embedded], gap: &[], source: "compress 4.0" },
        Kind::Cab => Coverage { read: &[Names, Embedded], gap: &[], source: "MS-CAB; MS-MCI; MS-PATCH" },
        Kind::Iso => Coverage { read: &[Names, Embedded], gap: &[], source: "ECMA-119; Joliet; IEEE P1282" },
        Kind::Ar => Coverage { read: &[Names, Embedded], gap: &[], source: "ar(5) of BSD and System V; deb(5)" },
        Kind::Cpio => Coverage { read: &[Names, Embedded], gap: &[], source: "cpio(5), POSIX.1-2001 pax" },
        Kind::Rpm => Coverage { read: &[Embedded], gap: &[], source: "LSB 5.0 core, 22" },
        Kind::Gzip => Coverage { read: &[Names, Embedded], gap: &[], source: "RFC 1952" },
        Kind::Tar => Coverage { read: &[Names, Embedded], gap: &[], source: "POSIX.1-2024, pax; GNU tar" },
        Kind::Mbox => Coverage { read: &[Embedded], gap: &[], source: "RFC 4155; mboxo, mboxrd" },
        Kind::Pst => Coverage { read: &[Names, Embedded], gap: &[], source: "MS-PST 2.2 to 2.5" },
        _ => return None,
    })
}

/// What `unpack`, of one kind of container, makes of `bytes`: every part with its name, and the gaps.
#[cfg(test)]
fn parts_of(
    unpack: impl Fn(&[u8], &mut Budget, &mut Vec<Gap>, &mut Visit<'_>),
    bytes: &[u8],
) -> (Vec<(String, Vec<u8>)>, Vec<Gap>) {
    let (mut parts, mut gaps) = (Vec::new(), Vec::new());
    let mut budget = Budget::new(&crate::blob::Limits::default());
    unpack(bytes, &mut budget, &mut gaps, &mut |part, _| parts.push((part.name.to_owned(), part.bytes.to_vec())));
    (parts, gaps)
}

/// Whether a reason ends a whole container, not just one member.
fn ends_all(reason: Reason) -> bool {
    use Reason::*;
    matches!(reason, ExpandedTooLarge | MembersExceeded | Timeout | Memory | Decided)
}
