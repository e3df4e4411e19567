//! What a blob is, by content alone.

macro_rules! kinds {
    ($($name:ident, $family:ident, $media:literal, [$($ext:literal),*];)*) => {
        /// What a blob is. The extension list says which file names go with it; it is never used to decide.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        #[allow(missing_docs, reason = "the media type beside each name in the table is its documentation")]
        pub enum Kind { $($name,)* }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Kind] = &[$(Kind::$name,)*];

            /// Media type (IANA where registered).
            pub const fn media_type(self) -> &'static str {
                match self { $(Kind::$name => $media,)* }
            }

            /// File name extensions that go with this kind, lower case, without the dot. Empty: any.
            pub const fn extensions(self) -> &'static [&'static str] {
                match self { $(Kind::$name => &[$($ext),*],)* }
            }

            /// What must be done with it.
            pub const fn family(self) -> Family {
                match self { $(Kind::$name => Family::$family,)* }
            }
        }
    };
}

/// What must be done with a blob of some kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// Nothing in it.
    Empty,
    /// Characters: decode and read.
    Text,
    /// A document with a reader of its own.
    Document,
    /// A container of members.
    Container,
    /// Pixels or sound.
    Media,
    /// Sealed by encryption as a whole.
    Sealed,
    /// Recognised or not, no reader: strings are carved, and a gap says so.
    Opaque,
}

kinds! {
    Empty, Empty, "application/x-empty", [];
    // text
    Text, Text, "text/plain", [];
    Html, Text, "text/html", ["html", "htm", "xhtml", "shtml", "mht", "mhtml"];
    Xml, Text, "application/xml", [];
    Json, Text, "application/json", [];
    Svg, Text, "image/svg+xml", ["svg"];
    // documents
    Docx, Document, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ["docx", "docm", "dotx", "dotm"];
    Xlsx, Document, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ["xlsx", "xlsm", "xltx", "xltm", "xlam"];
    Pptx, Document, "application/vnd.openxmlformats-officedocument.presentationml.presentation", ["pptx", "pptm", "potx", "potm", "ppsx", "ppsm", "ppam", "thmx"];
    Pdf, Document, "application/pdf", ["pdf"];
    // containers
    Zip, Container, "application/zip", ["zip", "jar", "war", "apk", "xpi", "nupkg", "whl", "kmz"];
    Gzip, Container, "application/gzip", ["gz", "tgz", "svgz", "emz", "wmz"];
    Tar, Container, "application/x-tar", ["tar"];
    Mbox, Container, "application/mbox", ["mbox", "mbx", "eml", "txt"];
    Pst, Container, "application/vnd.ms-outlook-pst", ["pst", "ost"];
    Xlsb, Document, "application/vnd.ms-excel.sheet.binary.macroenabled.12", ["xlsb"];
    Vsdx, Document, "application/vnd.ms-visio.drawing", ["vsdx", "vsdm", "vstx", "vstm", "vssx", "vssm", "vdx"];
    Odt, Document, "application/vnd.oasis.opendocument.text", ["odt", "ott", "odm", "oth", "fodt", "odf", "sxw", "stw", "sxg"];
    Ods, Document, "application/vnd.oasis.opendocument.spreadsheet", ["ods", "ots", "fods", "sxc", "stc"];
    Odp, Document, "application/vnd.oasis.opendocument.presentation", ["odp", "otp", "fodp", "sxi", "sti"];
    Odg, Document, "application/vnd.oasis.opendocument.graphics", ["odg", "otg", "fodg", "odi", "sxd", "std"];
    Epub, Document, "application/epub+zip", ["epub"];
    WordXml, Document, "application/x-wordprocessingml-2003", ["doc", "xml"];
    SheetXml, Document, "application/x-spreadsheetml-2003", ["xls", "xml"];
    FlatOpc, Document, "application/x-flat-opc", ["docx", "pptx", "xlsx", "doc", "xml"];
    Vdx, Document, "application/x-visio-xml", ["vdx", "vsx", "vtx", "xml"];
    Rtf, Document, "application/rtf", ["rtf", "doc"];
    Mail, Document, "message/rfc822", ["eml", "emlx", "mht", "mhtml", "mbox", "txt"];
    Doc, Document, "application/msword", ["doc", "dot"];
    Xls, Document, "application/vnd.ms-excel", ["xls", "xlt", "xla"];
    Ppt, Document, "application/vnd.ms-powerpoint", ["ppt", "pot", "pps"];
    Msg, Document, "application/vnd.ms-outlook", ["msg"];
    Vsd, Document, "application/vnd.visio", ["vsd", "vst", "vss"];
    Pub, Document, "application/vnd.ms-publisher", ["pub"];
    Vba, Document, "application/vnd.ms-office.vbaproject", ["bin"];
    Ole, Document, "application/x-ole-storage", [];
    OneNote, Document, "application/onenote", ["one", "onetoc2"];
    Tnef, Document, "application/vnd.ms-tnef", ["dat", "tnef"];
    SevenZip, Container, "application/x-7z-compressed", ["7z"];
    Rar, Container, "application/vnd.rar", ["rar"];
    Bzip2, Container, "application/x-bzip2", ["bz2", "tbz2"];
    Xz, Container, "application/x-xz", ["xz", "txz"];
    Lzma, Container, "application/x-lzma", ["lzma", "tlz"];
    Lzip, Container, "application/x-lzip", ["lz"];
    Zstd, Container, "application/zstd", ["zst"];
    Lz4, Container, "application/x-lz4", ["lz4"];
    Cab, Container, "application/vnd.ms-cab-compressed", ["cab"];
    Iso, Container, "application/x-iso9660-image", ["iso"];
    Compress, Container, "application/x-compress", ["z", "taz"];
    Ar, Container, "application/x-archive", ["a", "deb", "lib"];
    Cpio, Container, "application/x-cpio", ["cpio"];
    Rpm, Container, "application/x-rpm", ["rpm"];
    Chm, Opaque, "application/vnd.ms-htmlhelp", ["chm"];
    WordPerfect, Opaque, "application/vnd.wordperfect", ["wpd", "wp", "wp5", "wp6"];
    PostScript, Opaque, "application/postscript", ["ps", "eps", "ai"];
    Dwg, Opaque, "image/vnd.dwg", ["dwg"];
    Access, Opaque, "application/x-msaccess", ["mdb", "accdb"];
    Sqlite, Document, "application/vnd.sqlite3", ["sqlite", "sqlite3", "db"];
    Avro, Opaque, "application/vnd.apache.avro", ["avro"];
    Orc, Opaque, "application/vnd.apache.orc", ["orc"];
    Plist, Document, "application/x-plist", ["plist"];
    Dicom, Opaque, "application/dicom", ["dcm"];
    Shortcut, Opaque, "application/x-ms-shortcut", ["lnk"];
    Parquet, Opaque, "application/vnd.apache.parquet", ["parquet"];
    Executable, Opaque, "application/x-executable", ["exe", "dll", "so", "bin", "o", "dylib", "class", "wasm"];
    Font, Opaque, "font/sfnt", ["ttf", "otf", "woff", "woff2"];
    Unknown, Opaque, "application/octet-stream", [];
    // sealed: encrypted as a whole
    SealedOffice, Sealed, "application/x-ms-encrypted-package", ["docx", "xlsx", "pptx", "docm", "xlsm", "pptm", "xlsb", "dotx", "xltx", "potx"];
    Pfile, Sealed, "application/x-ms-pfile", ["pfile", "ptxt", "pxml", "pjpg", "pjpeg", "ppng", "ptif", "ptiff", "pbmp", "pgif", "ppdf"];
    Rpmsg, Sealed, "application/x-microsoft-rpmsg-message", ["rpmsg"];
    Smime, Sealed, "application/pkcs7-mime", ["p7m", "p7e"];
    Age, Sealed, "application/age", ["age"];
    Salted, Sealed, "application/x-openssl-salted", ["enc"];
    KeePass, Sealed, "application/x-keepass2", ["kdbx", "kdb"];
    Pgp, Sealed, "application/pgp-encrypted", ["pgp", "gpg", "asc"];
    // media
    Png, Media, "image/png", ["png"];
    Jpeg, Media, "image/jpeg", ["jpg", "jpeg", "jpe", "jfif"];
    Gif, Media, "image/gif", ["gif"];
    Tiff, Media, "image/tiff", ["tif", "tiff"];
    Webp, Media, "image/webp", ["webp"];
    Bmp, Media, "image/bmp", ["bmp", "dib"];
    Emf, Media, "image/emf", ["emf", "wmf"];
    Icon, Media, "image/vnd.microsoft.icon", ["ico", "cur"];
    Psd, Media, "image/vnd.adobe.photoshop", ["psd", "psb"];
    Jp2, Media, "image/jp2", ["jp2", "jpx", "j2k", "jxl", "wdp", "jxr", "hdp"];
    Djvu, Media, "image/vnd.djvu", ["djvu", "djv"];
    Heif, Media, "image/heif", ["heic", "heif", "avif"];
    Audio, Media, "audio/*", ["mp3", "wav", "flac", "ogg", "oga", "opus", "m4a", "aac", "aif", "aiff", "mid", "midi", "amr", "au"];
    Video, Media, "video/*", ["mp4", "m4v", "mov", "avi", "mkv", "webm", "wmv", "wma", "flv", "mpg", "mpeg", "ts", "ogv", "3gp"];
}

/// Extensions that go with anything: they say nothing about what is in the file.
const GENERIC_EXTENSIONS: &[&str] = &["bak", "bin", "dat", "data", "db", "tmp"];

impl Kind {
    /// What `bytes` are, from their content alone. Packages (a zip that is a docx, an OLE file that is a doc) are told
    /// apart by what is in them, see [`container::kind`](crate::container::kind).
    pub fn of(bytes: &[u8]) -> Self {
        super::sniff::kind(bytes)
    }

    /// Whether a file name with this extension (without the dot) is an honest one for this kind. Text goes by any name
    /// but one that belongs to binary kinds alone.
    pub fn extension_matches(self, extension: &str) -> bool {
        let extension = extension.to_ascii_lowercase();
        let known = |kind: Kind| kind.extensions().contains(&extension.as_str());
        if extension.is_empty() || self == Kind::Empty || known(self) || GENERIC_EXTENSIONS.contains(&&*extension) {
            return true;
        }
        match self {
            Kind::Ole => {
                Kind::ALL.iter().any(|kind| kind.is_ole() && known(*kind)) || !Kind::ALL.iter().any(|k| known(*k))
            }
            _ if self.family() == Family::Text || self.is_textual() || self == Kind::Unknown => {
                !Kind::ALL.iter().any(|kind| kind.is_binary() && known(*kind))
            }
            _ => false,
        }
    }

    /// Whether a file name (a path, a member's path) has an extension that says something else, see
    /// [`Kind::extension_matches`].
    pub fn contradicts_name(self, name: &str) -> bool {
        let name = name.rsplit(['/', '\\', '!']).next().unwrap_or(name);
        name.rsplit_once('.').is_some_and(|(_, extension)| !self.extension_matches(extension))
    }

    /// Whether it is an OLE compound file (MS-CFB).
    pub const fn is_ole(self) -> bool {
        matches!(
            self,
            Kind::Doc
                | Kind::Xls
                | Kind::Ppt
                | Kind::Msg
                | Kind::Vsd
                | Kind::Pub
                | Kind::Vba
                | Kind::Ole
                | Kind::SealedOffice
        )
    }

    /// Whether it is a zip archive with parts in places that its format knows. (OpenDocument may also be one XML file.)
    pub const fn is_package(self) -> bool {
        matches!(
            self,
            Kind::Docx
                | Kind::Xlsx
                | Kind::Xlsb
                | Kind::Pptx
                | Kind::Vsdx
                | Kind::Odt
                | Kind::Ods
                | Kind::Odp
                | Kind::Odg
                | Kind::Epub
        )
    }

    /// Kinds outside [`Family::Text`] that are written in characters.
    const fn is_textual(self) -> bool {
        self.is_markup() || matches!(self, Kind::Mail | Kind::Mbox | Kind::Rtf | Kind::PostScript | Kind::Pgp)
    }

    /// Documents that are XML, or may be.
    const fn is_markup(self) -> bool {
        matches!(self, Kind::WordXml | Kind::SheetXml | Kind::FlatOpc | Kind::Vdx | Kind::Plist)
    }

    /// Whether it is neither text nor written in characters.
    pub const fn is_binary(self) -> bool {
        !matches!(self.family(), Family::Text | Family::Empty)
            && !self.is_markup()
            && !matches!(self, Kind::Mail | Kind::Mbox | Kind::PostScript | Kind::Pgp)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_match_the_kind_or_no_binary_kind() {
        for (kind, extension) in [
            (Kind::Pdf, "PDF"),
            (Kind::Text, "txt"),
            (Kind::Text, "log"),
            (Kind::Text, "eml"),
            (Kind::Text, ""),
            (Kind::Text, "asc"),
            (Kind::Json, "ipynb"),
            (Kind::Xml, "svg"),
            (Kind::Rtf, "doc"),
            (Kind::Zip, "jar"),
            (Kind::Text, "dat"),
            (Kind::Unknown, "xyz"),
        ] {
            assert!(kind.extension_matches(extension), "{kind:?} {extension}");
        }
        for (kind, extension) in [
            (Kind::Text, "docx"),
            (Kind::Html, "xls"),
            (Kind::Docx, "jpg"),
            (Kind::Zip, "txt"),
            (Kind::Unknown, "docx"),
            (Kind::Executable, "pdf"),
        ] {
            assert!(!kind.extension_matches(extension), "{kind:?} {extension}");
        }
    }
}
