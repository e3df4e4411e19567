//! Destinations: what a group's text is (specification 1.9.1, appendix "Index of RTF Control Words").

/// What a destination word makes of its group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Destination {
    /// Nothing: its text runs on in what is around it.
    Through,
    /// It holds no text that anybody reads.
    Skip,
    /// The font table.
    Fonts,
    /// Text kept together and looked at when the group ends.
    Captured(Captured),
    /// A stream of text of its own.
    Aside(Aside),
    /// Binary data in hexadecimal digits.
    Data(Data),
    /// A piece of the HTML that was wrapped in RTF.
    Html,
    /// A text twice: for readers without Unicode, and in `{\*\ud …}`.
    Twice,
}

/// Streams of text beside the main one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Aside {
    Header,
    Footer,
    Footnote,
    Comment,
    /// A text box: where it is anchored.
    Box,
}

/// Texts that are looked at as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Captured {
    /// What somebody typed: title, author, a comment's author …
    Property,
    /// Name of a custom property.
    PropertyName,
    /// Value of a custom property.
    PropertyValue,
    /// Instruction of a field.
    Instruction,
    /// Name of a shape's property.
    ShapeName,
    /// Value of a shape's property.
    ShapeValue,
    /// Name and value of a document variable.
    Variable,
    /// Names between semicolons.
    Names,
    /// A destination that nobody knows: hidden, if it is text.
    Unknown,
}

/// Binary data in hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Data {
    Picture,
    Object,
    /// Custom XML in a compound file.
    Store,
}

/// What `word` makes of its group; `None` if it is no destination. `starred`: `\*` stands in front of it.
pub(super) fn of(word: &[u8], starred: bool) -> Option<Destination> {
    use Captured::*;
    use Destination as To;
    Some(match word {
        b"fonttbl" => To::Fonts,
        b"header" | b"headerl" | b"headerr" | b"headerf" => To::Aside(Aside::Header),
        b"footer" | b"footerl" | b"footerr" | b"footerf" => To::Aside(Aside::Footer),
        b"footnote" => To::Aside(Aside::Footnote),
        b"annotation" => To::Aside(Aside::Comment),
        b"shptxt" | b"dptxbxtext" => To::Aside(Aside::Box),
        b"title" | b"subject" | b"author" | b"manager" | b"company" | b"operator" | b"category" | b"keywords"
        | b"comment" | b"doccomm" | b"hlinkbase" => To::Captured(Property),
        b"atnauthor" | b"atnid" => To::Captured(Property),
        b"ffname" | b"ffdeftext" | b"ffformat" | b"ffhelptext" | b"ffstattext" | b"ffl" => To::Captured(Property),
        b"ffentrymcr" | b"ffexitmcr" => To::Captured(Property),
        b"hlsrc" | b"hlloc" | b"xe" | b"tc" | b"tcn" | b"mmconnectstr" | b"mmquery" | b"mmdatasource" => {
            To::Captured(Property)
        }
        b"mmheadersource" | b"mmaddfieldname" | b"mmmailsubject" | b"linkval" => To::Captured(Property),
        b"propname" => To::Captured(PropertyName),
        b"staticval" => To::Captured(PropertyValue),
        b"fldinst" => To::Captured(Instruction),
        b"sn" => To::Captured(ShapeName),
        b"sv" => To::Captured(ShapeValue),
        b"docvar" => To::Captured(Variable),
        b"revtbl" => To::Captured(Names),
        b"pict" => To::Data(Data::Picture),
        b"objdata" => To::Data(Data::Object),
        b"datastore" => To::Data(Data::Store),
        b"htmltag" => To::Html,
        b"upr" => To::Twice,
        _ if SKIPPED.binary_search(&word).is_ok() => To::Skip,
        // Properties of mathematical objects.
        [b'm', .., b'P', b'r'] => To::Skip,
        _ if !starred => return None,
        _ if THROUGH.binary_search(&word).is_ok() => To::Through,
        // Styles and list levels mark themselves as destinations in front of what everybody reads.
        b"cs" | b"ds" | b"ts" => To::Through,
        _ => To::Captured(Unknown),
    })
}

/// Destinations without text, and texts that are there a second time. Sorted.
const SKIPPED: &[&[u8]] = &[
    b"NeXTGraphic",
    b"aftncn",
    b"aftnsep",
    b"aftnsepc",
    b"atndate",
    b"atnicn",
    b"atnparent",
    b"atnref",
    b"atntime",
    b"atrfend",
    b"atrfstart",
    b"bkmkend",
    b"bkmkstart",
    b"blipuid",
    b"buptim",
    b"colorschememapping",
    b"colortbl",
    b"creatim",
    b"datafield",
    b"defchp",
    b"defpap",
    b"ebcend",
    b"ebcstart",
    b"expandedcolortbl",
    b"factoidname",
    b"falt",
    b"filetbl",
    b"fldtype",
    b"fname",
    b"fontemb",
    b"fontfile",
    b"ftncn",
    b"ftnsep",
    b"ftnsepc",
    b"generator",
    b"gridtbl",
    b"hlfr",
    b"keycode",
    b"latentstyles",
    b"levelmarker",
    b"leveltext",
    b"list",
    b"listlevel",
    b"listname",
    b"listoverride",
    b"listoverridetable",
    b"listpicture",
    b"liststylename",
    b"listtable",
    b"lsdlockedexcept",
    b"mhtmltag",
    b"mmathPict",
    b"mvfmf",
    b"mvfml",
    b"mvtof",
    b"mvtol",
    b"nextfile",
    b"nonesttables",
    b"nonshppict",
    b"objalias",
    b"objclass",
    b"objname",
    b"objsect",
    b"objtime",
    b"oldcprops",
    b"oldpprops",
    b"oldsprops",
    b"oldtprops",
    b"oleclsid",
    b"panose",
    b"passwordhash",
    b"pgdsctbl",
    b"pgp",
    b"pgptbl",
    b"pn",
    b"pnseclvl",
    b"printim",
    b"protend",
    b"protstart",
    b"protusertbl",
    b"pxe",
    b"revtim",
    b"rsidtbl",
    b"rxe",
    b"shprslt",
    b"stylesheet",
    b"tblstyle",
    b"template",
    b"themedata",
    b"txe",
    b"wgrffmtfilter",
    b"windowcaption",
    b"writereservation",
    b"writereservhash",
    b"xform",
    b"xmlattr",
    b"xmlattrname",
    b"xmlattrvalue",
    b"xmlclose",
    b"xmlname",
    b"xmlnstbl",
    b"xmlopen",
    b"xmlsdttcell",
];

/// Ignorable destinations whose text is read, or that hold others. Sorted.
const THROUGH: &[&[u8]] = &[
    b"background",
    b"do",
    b"formfield",
    b"ggraphic",
    b"hl",
    b"mailmerge",
    b"moMath",
    b"moMathPara",
    b"nesttableprops",
    b"object",
    b"picprop",
    b"pntext",
    b"result",
    b"shpgrp",
    b"shpinst",
    b"shppict",
    b"userprops",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted() {
        assert!(THROUGH.is_sorted(), "{:?}", THROUGH.windows(2).find(|w| w[0] > w[1]));
        assert!(SKIPPED.is_sorted(), "{:?}", SKIPPED.windows(2).find(|w| w[0] > w[1]));
    }

    #[test]
    fn words_are_known_or_kept() {
        assert_eq!(of(b"generator", true), Some(Destination::Skip));
        assert_eq!(of(b"shppict", true), Some(Destination::Through));
        assert_eq!(of(b"nobodyknows", true), Some(Destination::Captured(Captured::Unknown)));
        assert_eq!(of(b"nobodyknows", false), None);
        assert_eq!(of(b"mfPr", false), Some(Destination::Skip));
    }
}
