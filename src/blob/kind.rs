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
    // documents
    Docx, Document, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ["docx", "docm", "dotx", "dotm"];
    Xlsx, Document, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ["xlsx", "xlsm", "xltx", "xltm", "xlam"];
    Pptx, Document, "application/vnd.openxmlformats-officedocument.presentationml.presentation", ["pptx", "pptm", "potx", "potm", "ppsx", "ppsm", "ppam"];
    Pdf, Document, "application/pdf", ["pdf"];
    // containers
    Zip, Container, "application/zip", ["zip", "jar", "war", "apk", "xpi", "nupkg", "whl", "kmz"];
    Gzip, Container, "application/gzip", ["gz", "tgz", "svgz", "emz", "wmz"];
    Tar, Container, "application/x-tar", ["tar"];
    // recognised, read by a later version
    Xlsb, Opaque, "application/vnd.ms-excel.sheet.binary.macroenabled.12", ["xlsb"];
    Vsdx, Opaque, "application/vnd.ms-visio.drawing", ["vsdx", "vsdm", "vstx"];
    Odf, Opaque, "application/vnd.oasis.opendocument", ["odt", "ods", "odp", "odg", "ott", "ots", "otp", "fodt", "fods"];
    Epub, Opaque, "application/epub+zip", ["epub"];
    Rtf, Opaque, "application/rtf", ["rtf", "doc"];
    Mail, Opaque, "message/rfc822", ["eml", "mht", "mhtml", "mbox", "txt"];
    Doc, Opaque, "application/msword", ["doc", "dot"];
    Xls, Opaque, "application/vnd.ms-excel", ["xls", "xlt", "xla"];
    Ppt, Opaque, "application/vnd.ms-powerpoint", ["ppt", "pot", "pps"];
    Msg, Opaque, "application/vnd.ms-outlook", ["msg"];
    Vsd, Opaque, "application/vnd.visio", ["vsd"];
    Pub, Opaque, "application/vnd.ms-publisher", ["pub"];
    Ole, Opaque, "application/x-ole-storage", [];
    OneNote, Opaque, "application/onenote", ["one", "onetoc2"];
    Tnef, Opaque, "application/vnd.ms-tnef", ["dat", "tnef"];
    Pst, Opaque, "application/vnd.ms-outlook-pst", ["pst", "ost"];
    SevenZip, Opaque, "application/x-7z-compressed", ["7z"];
    Rar, Opaque, "application/vnd.rar", ["rar"];
    Bzip2, Opaque, "application/x-bzip2", ["bz2", "tbz2"];
    Xz, Opaque, "application/x-xz", ["xz", "txz"];
    Zstd, Opaque, "application/zstd", ["zst"];
    Lz4, Opaque, "application/x-lz4", ["lz4"];
    Cab, Opaque, "application/vnd.ms-cab-compressed", ["cab"];
    Iso, Opaque, "application/x-iso9660-image", ["iso"];
    Sqlite, Opaque, "application/vnd.sqlite3", ["sqlite", "sqlite3", "db"];
    Parquet, Opaque, "application/vnd.apache.parquet", ["parquet"];
    Executable, Opaque, "application/x-executable", ["exe", "dll", "so", "bin", "o", "dylib", "class", "wasm"];
    Font, Opaque, "font/sfnt", ["ttf", "otf", "woff", "woff2"];
    Unknown, Opaque, "application/octet-stream", [];
    // sealed: encrypted as a whole
    SealedOffice, Sealed, "application/x-ms-encrypted-package", ["docx", "xlsx", "pptx", "docm", "xlsm", "pptm", "xlsb", "dotx", "xltx", "potx"];
    Pgp, Sealed, "application/pgp-encrypted", ["pgp", "gpg", "asc"];
    // media
    Png, Media, "image/png", ["png"];
    Jpeg, Media, "image/jpeg", ["jpg", "jpeg", "jpe", "jfif"];
    Gif, Media, "image/gif", ["gif"];
    Tiff, Media, "image/tiff", ["tif", "tiff"];
    Webp, Media, "image/webp", ["webp"];
    Bmp, Media, "image/bmp", ["bmp", "dib"];
    Emf, Media, "image/emf", ["emf", "wmf"];
    Heif, Media, "image/heif", ["heic", "heif", "avif"];
    Audio, Media, "audio/*", ["mp3", "wav", "flac", "ogg", "m4a"];
    Video, Media, "video/*", ["mp4", "mov", "avi", "mkv", "webm", "wmv"];
}

impl Kind {
    /// What `bytes` are, from their content alone. Packages (a zip that is a docx, an OLE file that is a doc) are told
    /// apart by what is in them, see `container::zip` and `container::cfb`.
    pub fn of(bytes: &[u8]) -> Self {
        match bytes {
            [] => Kind::Empty,
            [b'P', b'K', 3, 4, ..] => Kind::Zip,
            [b'%', b'P', b'D', b'F', ..] => Kind::Pdf,
            _ => Kind::Text,
        }
    }
}
