//! Kinds without a reader of their own: what can be had is carved, and a gap says that it is not the whole.

use super::publisher::Chunks;
use super::{Document, Options, carve, ole, plain, summary, wordperfect};
use crate::blob::{Aspect, Budget, Coverage, Family, Gap, Kind, Reason};
use crate::container::cfb::{self, File};
use crate::container::offcrypto;

/// What is read of packages in encrypted compound files: what is in them, if a password fits.
pub const SEALED_OFFICE: Coverage = Coverage {
    read: &[Aspect::Labels, Aspect::Passwords],
    gap: &[],
    source: "MS-OFFCRYPTO 2.3.4, as the package in it",
};

/// Reads `bytes` of a kind in the families media, sealed and opaque.
pub fn read<'a>(kind: Kind, bytes: &'a [u8], options: &Options, budget: &mut Budget) -> Document<'a> {
    match kind {
        Kind::Audio | Kind::Video => Document::with_gap(Reason::UnsupportedType, "sound and film are not read"),
        _ if kind.family() == Family::Media => Document::with_gap(Reason::ImageOnly, "pictures are not read"),
        Kind::SealedOffice => sealed_office(bytes, options, budget),
        _ if kind.family() == Family::Sealed => sealed(kind),
        _ if kind.is_ole() && bytes.starts_with(b"\xD0\xCF") => compound(bytes, options, budget),
        _ => {
            let known = if kind == Kind::WordPerfect { wordperfect::read(bytes) } else { None };
            let text = match known {
                _ if !options.text => Default::default(),
                Some(text) => text,
                None => carve::carve(bytes),
            };
            let gap = Gap::new(Reason::UnsupportedType, "", "no reader for this type, printable text was carved");
            Document { text, gaps: vec![gap], ..Document::default() }
        }
    }
}

/// Reads a compound file of no known kind: property sets and objects as in any other, other streams are carved.
///
/// What is nothing but the wrapping of an object (a packed file, a package, macros) is read whole by that.
fn compound<'a>(bytes: &[u8], options: &Options, budget: &mut Budget) -> Document<'a> {
    let unread = Gap::new(Reason::UnsupportedType, "", "no reader for this type, printable text was carved");
    let mut document = Document::default();
    let Some(mut file) = File::open(bytes) else {
        document.gaps = vec![unread, Gap::new(Reason::Corrupt, "", "tables of the compound file are damaged")];
        if options.text {
            document.text = carve::carve(bytes);
        }
        return document;
    };
    let is_wrapper = ole::is_wrapper(&file);
    document.gaps.extend(file.damage());
    if let Some(reason) = cfb::protection(bytes) {
        document.gaps.push(Gap::new(reason, "", "the document is encrypted"));
    }
    if options.text {
        ole::rest(&mut file, &|_| false, budget, &mut document);
        let parts = if is_wrapper { Vec::new() } else { std::mem::take(&mut document.embedded) };
        let mut is_carved = !is_wrapper && parts.is_empty();
        for part in parts {
            match Kind::of(&part.bytes) {
                Kind::Unknown => {
                    is_carved = true;
                    carve_stream(&part.bytes, &mut document);
                }
                _ => document.embedded.push(part),
            }
        }
        // A file of streams that are all known is read whole.
        document.gaps.extend(is_carved.then_some(unread));
    }
    ole::properties(&mut file, options.text, budget, &mut document);
    document
}

/// What can be had of a stream of no known kind. Works has kept its text as Publisher does since version 6.
fn carve_stream(stream: &[u8], document: &mut Document<'_>) {
    match Chunks::read(stream) {
        Some(chunks) => chunks.write(stream, document),
        None => {
            let carved = carve::carve(stream);
            document.text.push(carved.as_str());
            document.text.line();
        }
    }
}

/// An Office package in an encrypted compound file, opened if one of the passwords fits. Its label stands outside of
/// what is encrypted.
fn sealed_office<'a>(bytes: &[u8], options: &Options, budget: &mut Budget) -> Document<'a> {
    let mut document = Document::default();
    if let Some(label) = cfb::stream(bytes, "LabelInfo") {
        document.properties.label_info.push(plain::decode(&label).text.into_owned());
    }
    add_custom(bytes, &mut document);
    match open_package(bytes, options, budget) {
        Ok(package) => {
            document.properties.encrypted = true;
            document.properties.password = !package.is_default;
            document.decrypted = Some(package.bytes);
        }
        Err((reason, detail)) => {
            // Why it could not be tried is one thing, how it is protected another.
            document.properties.password = !matches!(reason, Reason::RightsProtected | Reason::Encrypted);
            document.gaps.push(Gap::new(reason, "", detail));
        }
    }
    document
}

fn open_package(
    bytes: &[u8],
    options: &Options,
    budget: &mut Budget,
) -> Result<offcrypto::package::Opened, offcrypto::package::Shut> {
    let reason = cfb::protection(bytes).unwrap_or(Reason::PasswordProtected);
    let shut = || (reason, "the package is encrypted".to_owned());
    let mut file = cfb::File::open(bytes).filter(|_| reason == Reason::PasswordProtected).ok_or_else(shut)?;
    let (mut info, mut package) = (Vec::new(), Vec::new());
    for (name, stream) in [("EncryptionInfo", &mut info), ("EncryptedPackage", &mut package)] {
        file.read(name, budget, stream).map_err(|reason| (reason, format!("stream {name} of an encrypted package")))?;
    }
    offcrypto::package::open(&info, package, &options.passwords, budget)
}

/// Custom properties, where labels of old formats and of old writers stand.
fn add_custom(bytes: &[u8], document: &mut Document<'_>) {
    if let Some(stream) = cfb::stream(bytes, summary::STREAM) {
        document.properties.custom.extend(summary::custom(&stream));
    }
}

/// What keeps a sealed blob shut.
fn sealed<'a>(kind: Kind) -> Document<'a> {
    match kind {
        Kind::Pfile | Kind::Rpmsg => Document::with_gap(Reason::RightsProtected, "protected by rights management"),
        Kind::KeePass | Kind::Salted => Document::with_gap(Reason::PasswordProtected, "needs a password"),
        _ => Document::with_gap(Reason::Encrypted, "encrypted"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob::Limits;

    #[test]
    fn every_kind_without_a_reader_leaves_a_gap() {
        for kind in Kind::ALL {
            if matches!(kind.family(), Family::Opaque | Family::Sealed | Family::Media) {
                let bytes = b"Card 4111 and more";
                let document = read(*kind, bytes, &Options::default(), &mut Budget::new(&Limits::default()));
                assert_eq!(document.gaps.len(), 1, "{kind:?}");
                let carved = kind.family() == Family::Opaque;
                assert_eq!(document.text.as_str().contains("4111"), carved, "{kind:?}");
            }
        }
    }
}
