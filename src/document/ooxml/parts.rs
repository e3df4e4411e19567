//! Every part outside of the main flow, by what it is: relationship kind first, then content type, then name.

use super::story::{self, Manner};
use super::{Reader, binary, slide, visio, workbook};
use crate::blob::{Kind, Reason};
use crate::document::markup::{Event, Xml, unescape};
use crate::document::{Area, Embedded, Text};

/// How a part is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// Holds no text.
    Ignore,
    /// A file of its own.
    Embedded,
    /// Running text.
    Story(Area),
    /// Slide, with its switch for hiding.
    Slide,
    /// Slide layout or master: placeholders only prompt.
    Layout,
    /// Chart with its cached values.
    Chart,
    /// Worksheet.
    Sheet,
    /// Comments on cells.
    CellComments,
    /// Words stand in attributes of these names.
    Attributes(&'static [&'static str]),
    /// The same, where words are names that programs make up: only numbers are told.
    Numbers(&'static [&'static str]),
    /// Words of a diagram.
    Diagram,
    /// Text that repeats another part (the drawing of a diagram): only new lines are told.
    Repeat,
    /// Any XML: text of all elements.
    Generic,
    /// Any XML: text of all elements and values of all attributes.
    Everything,
    /// Part of a drawing of Visio.
    Drawing(Area),
    /// Read by `properties`.
    Properties,
}

/// Reads every part that was not read yet.
pub(super) fn read_rest(reader: &mut Reader<'_, '_, '_>) {
    let mut rest: Vec<(u32, usize)> = (0..reader.package.len())
        .filter(|part| !reader.package.is_done(*part))
        .map(|part| (order(reader.package.pointed_at(reader.package.key(part))), part))
        .collect();
    rest.sort_unstable();
    for (_, part) in rest {
        if !reader.package.is_done(part) {
            read(reader, part);
        }
    }
}

/// Reading order of what stands beside the main flow.
fn order(pointed_at: &str) -> u32 {
    let order = ["header", "footer", "footnotes", "endnotes", "comments", "diagramdata", "chart", "glossarydocument"];
    order.iter().position(|kind| *kind == pointed_at).map_or(u32::MAX, |i| u32::try_from(i).unwrap_or(u32::MAX))
}

/// Reads one part.
pub(super) fn read(reader: &mut Reader<'_, '_, '_>, part: usize) {
    if binary::read(reader, part) {
        return;
    }
    match role(reader, reader.package.key(part)) {
        Role::Ignore => reader.package.set_done(part),
        Role::Properties => {}
        Role::Drawing(area) => {
            reader.part(part, |reader, xml| visio::walk(xml, area, &mut reader.out.text, reader.budget));
        }
        Role::Embedded => embedded(reader, part),
        Role::Story(area) => running(reader, part, Manner::of(area)),
        Role::Diagram => {
            let start = reader.out.text.len();
            running(reader, part, Manner::of(Area::Body));
            let lines = reader.out.text.as_str().get(start..).unwrap_or_default().lines();
            reader.diagram_lines.extend(lines.map(str::to_owned));
        }
        Role::Chart => running(reader, part, Manner { values: true, ..Manner::of(Area::Body) }),
        Role::Layout => running(reader, part, Manner { placeholders: false, ..Manner::of(Area::Body) }),
        Role::Slide => reader.part(part, |reader, xml| {
            let area = if slide::is_hidden(xml) { Area::Hidden } else { Area::Body };
            story::read(xml, Manner::of(area), &mut reader.out.text, reader.budget)
        }),
        Role::Sheet => workbook::loose(reader, part),
        Role::CellComments => workbook::comments(reader, part),
        Role::Attributes(names) => reader.part(part, |reader, xml| {
            attributes(xml, names, &mut reader.out.text);
            Ok(())
        }),
        Role::Repeat => repeat(reader, part),
        Role::Generic => reader.part(part, |reader, xml| match manner_by_root(xml) {
            Some(manner) => story::read(xml, manner, &mut reader.out.text, reader.budget),
            None => generic(reader, xml, false),
        }),
        Role::Numbers(names) => reader.part(part, |reader, xml| {
            let mut words = Text::default();
            attributes(xml, names, &mut words);
            for line in words.as_str().lines().filter(|line| is_number(line)) {
                reader.out.text.aside(Area::Metadata, line);
            }
            Ok(())
        }),
        Role::Everything => reader.part(part, |reader, xml| generic(reader, xml, true)),
    }
}

fn running(reader: &mut Reader<'_, '_, '_>, part: usize, manner: Manner) {
    reader.part(part, |reader, xml| story::read(xml, manner, &mut reader.out.text, reader.budget));
}

fn role(reader: &Reader<'_, '_, '_>, key: &str) -> Role {
    let content_type = reader.package.content_type(key);
    let by_relationship = by_name(reader.package.pointed_at(key), reader.kind);
    // `application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml` → `header`
    let token = content_type.strip_suffix("+xml").and_then(|t| t.rsplit('.').next()).unwrap_or_default();
    let extension = key.rsplit_once('.').map_or("", |(_, extension)| extension);
    by_relationship
        .or_else(|| by_name(token, reader.kind))
        .or_else(|| if content_type.contains("drawingml.chart") { Some(Role::Chart) } else { None })
        .unwrap_or_else(|| by_extension(key, extension, content_type))
}

/// What a part is by the kind of a relationship that points at it, or by the last word of its content type.
fn by_name(name: &str, kind: Kind) -> Option<Role> {
    if kind == Kind::Vsdx
        && let Some(role) = of_drawing(name)
    {
        return Some(role);
    }
    Some(match name {
        "header" => Role::Story(Area::Header),
        "footer" => Role::Story(Area::Footer),
        "footnotes" | "endnotes" => Role::Story(Area::Footnote),
        "comments" | "threadedcomment" | "threadedcomments" if matches!(kind, Kind::Xlsx | Kind::Xlsb) => {
            Role::CellComments
        }
        "comments" | "threadedcomment" | "threadedcomments" => Role::Story(Area::Comment),
        "diagramdata" => Role::Diagram,
        "glossarydocument" | "drawing" | "chartusershapes" | "chartshapes" => Role::Story(Area::Body),
        "officedocument" | "glossary" if kind == Kind::Docx => Role::Story(Area::Body),
        "notesslide" => Role::Story(Area::Notes),
        "slide" => Role::Slide,
        "slidelayout" | "slidemaster" | "notesmaster" | "handoutmaster" => Role::Layout,
        "chart" | "chartex" => Role::Chart,
        "worksheet" | "chartsheet" | "dialogsheet" | "xlmacrosheet" | "xlintlmacrosheet" | "macrosheet" => Role::Sheet,
        "diagramdrawing" => Role::Repeat,
        "core-properties" | "extended-properties" | "custom-properties" => Role::Properties,
        "settings" => Role::Attributes(&["docVar:val", "docVar:name", "connectString:val", "query:val", "udl:val"]),
        "tags" => Role::Attributes(&["tag:val"]),
        "commentauthors" | "authors" => Role::Attributes(&["cmAuthor:name", "author:name"]),
        "people" => Role::Attributes(&["person:author"]),
        "person" | "persons" => Role::Attributes(&["person:displayName"]),
        "control" | "activex" => Role::Attributes(&["ocxPr:value"]),
        "ctrlprop" | "controlproperties" => {
            Role::Attributes(&["formControlPr:fmlaTxbx", "formControlPr:fmlaLink", "item:val"])
        }
        "pivotcachedefinition" | "pivotcacherecords" => Role::Attributes(&[
            "s:v",
            "n:v",
            "d:v",
            "cacheField:name",
            "cacheField:caption",
            "cacheField:formula",
            "worksheetSource:name",
            "worksheetSource:sheet",
            "calculatedItem:formula",
            "cacheHierarchy:caption",
        ]),
        "pivottable" => Role::Attributes(&[
            "pivotTableDefinition:name",
            "pivotTableDefinition:dataCaption",
            "dataField:name",
            "pivotField:name",
            "pivotField:subtotalCaption",
            "pivotTableDefinition:rowHeaderCaption",
            "pivotTableDefinition:colHeaderCaption",
            "item:n",
        ]),
        "table" => Role::Attributes(&[
            "table:displayName",
            "tableColumn:name",
            "tableColumn:totalsRowLabel",
            "filter:val",
            "customFilter:val",
            "table:comment",
            "table:altText",
            "table:altTextSummary",
        ]),
        "connections" => Role::Attributes(&[
            "connection:name",
            "connection:description",
            "connection:sourceFile",
            "connection:odcFile",
            "dbPr:connection",
            "dbPr:command",
            "dbPr:serverCommand",
            "webPr:url",
            "webPr:post",
            "textPr:sourceFile",
            "parameter:name",
            "parameter:prompt",
            "parameter:string",
            "olapPr:localConnection",
            "textPr:name",
            "rangePr:sourceName",
            "oledbPr:connection",
            "odbcPr:connection",
            "connection:singleSignOnId",
        ]),
        "querytable" => Role::Attributes(&["queryTable:name", "queryTableField:name", "deletedField:name"]),
        "slicercache" | "slicer" | "timeline" | "timelinecache" => {
            Role::Attributes(&["slicerCacheDefinition:sourceName", "slicer:caption", "timeline:caption", "i:n", "i:c"])
        }
        "volatiledependencies" | "xmlmaps" | "mapinfo" => Role::Everything,
        "customxml" => Role::Everything,
        "image" | "svgimage" => return None,
        "oleobject" | "package" | "afchunk" | "vbaproject" | "attachedtoolbars" | "activexcontrolbinary" => {
            Role::Embedded
        }
        "styles" | "styleswitheffects" => Role::Numbers(&["name:val", "aliases:val", "cellStyle:name"]),
        "numbering" => Role::Numbers(&["lvlText:val", "name:val"]),
        "websettings" => Role::Numbers(&["name:val", "title:val"]),
        "theme"
        | "themeoverride"
        | "fonttable"
        | "font"
        | "tablestyles"
        | "presprops"
        | "viewprops"
        | "calcchain"
        | "printersettings"
        | "sheetmetadata"
        | "thumbnail"
        | "diagramlayout"
        | "diagramcolors"
        | "diagramquickstyle"
        | "diagramstyle"
        | "chartstyle"
        | "chartcolorstyle"
        | "customxmlprops"
        | "audio"
        | "video"
        | "media"
        | "origin"
        | "keymapcustomizations"
        | "rdrichvaluetypes"
        | "rdrichvaluestructure"
        | "commentsextended"
        | "commentsids"
        | "commentsextensible"
        | "revisioninfo"
        | "changesinfo"
        | "relationships"
        | "classificationlabels" => Role::Ignore,
        _ => return None,
    })
}

/// The parts of a drawing of Visio.
fn of_drawing(name: &str) -> Option<Role> {
    Some(match name {
        "page" | "pages" | "main" | "document" | "officedocument" | "comments" => Role::Drawing(Area::Body),
        // What is on a master is shown where it is used, and stands there again.
        "master" | "masters" => Role::Drawing(Area::Metadata),
        "windows" | "validation" | "extensions" => Role::Ignore,
        "connections" | "recordset" | "recordsets" | "solution" | "solutions" | "data" => Role::Everything,
        _ => return None,
    })
}

fn by_extension(key: &str, extension: &str, content_type: &str) -> Role {
    match extension {
        "rels" => Role::Ignore,
        "svg" | "vml" | "xml" | "psmdcp" | "html" | "htm" | "xhtml" if key == "[content_types].xml" => Role::Ignore,
        "xml" if key.starts_with("docprops/") => Role::Generic,
        "xml" if key.contains("customxml/itemprops") => Role::Ignore,
        "xml" if key.contains("customxml/") => Role::Everything,
        "xml" | "vml" | "svg" | "psmdcp" => Role::Generic,
        "png" | "jpg" | "jpeg" | "jpe" | "gif" | "tif" | "tiff" | "bmp" | "emf" | "wmf" | "emz" | "wmz" | "wdp"
        | "jxr" | "pct" | "pict" | "ico" | "webp" | "heic" | "avif" => Role::Embedded,
        "odttf" | "ttf" | "otf" | "fntdata" | "mp3" | "mp4" | "m4a" | "m4v" | "wav" | "wma" | "wmv" | "avi" | "mov"
        | "mpg" | "mpeg" | "mkv" | "sigs" => Role::Ignore,
        _ if content_type.starts_with("image/") => Role::Embedded,
        _ if content_type.ends_with("xml") => Role::Generic,
        "bin" if key.contains("printersettings") => Role::Ignore,
        _ => Role::Embedded,
    }
}

fn embedded(reader: &mut Reader<'_, '_, '_>, part: usize) {
    let mut bytes = Vec::new();
    reader.package.read(part, reader.budget, &mut reader.out.gaps, &mut bytes);
    if !bytes.is_empty() {
        reader.out.embedded.push(Embedded { name: reader.package.name(part).to_owned(), bytes });
    }
}

/// Values of `element:attribute` pairs, one a line.
fn attributes(xml: &mut Xml<'_>, names: &[&str], text: &mut Text<'_>) {
    let element = |name: &&str| name.split(':').next().unwrap_or_default().as_bytes().to_vec();
    if !names.iter().any(|name| memchr::memmem::find(xml.source().as_bytes(), &element(name)).is_some()) {
        return;
    }
    while let Some(event) = xml.next() {
        let Event::Start(tag) = event else { continue };
        for name in names {
            let wanted = name.split_once(':').filter(|(element, _)| *element == tag.name);
            if let Some(value) = wanted.and_then(|(_, attribute)| tag.attribute(attribute)) {
                text.aside(Area::Metadata, &value);
            }
        }
    }
}

/// How a part that nothing says anything about is read, by its first element: parts that nobody points at keep their
/// paragraphs and runs.
fn manner_by_root(xml: &Xml<'_>) -> Option<Manner> {
    let mut xml = xml.clone();
    let root = std::iter::from_fn(|| xml.next()).find_map(|event| match event {
        Event::Start(tag) => Some(tag.name),
        _ => None,
    })?;
    Some(match root {
        "document" | "glossaryDocument" | "dataModel" | "wsDr" | "userShapes" => Manner::of(Area::Body),
        "hdr" => Manner::of(Area::Header),
        "ftr" => Manner::of(Area::Footer),
        "footnotes" | "endnotes" => Manner::of(Area::Footnote),
        "comments" => Manner::of(Area::Comment),
        "notes" => Manner::of(Area::Notes),
        "sld" => Manner::of(Area::Hidden),
        "sldLayout" | "sldMaster" | "notesMaster" | "handoutMaster" => {
            Manner { placeholders: false, ..Manner::of(Area::Body) }
        }
        "chartSpace" => Manner { values: true, ..Manner::of(Area::Body) },
        _ => return None,
    })
}

/// Whether words hold as many digits as a number that is worth anything.
pub(super) fn is_number(words: &str) -> bool {
    /// Digits of the shortest number that identifies somebody, almost.
    const DIGITS_MIN: usize = 8;
    words.bytes().filter(u8::is_ascii_digit).count() >= DIGITS_MIN
}

/// Elements whose text is base64 of keys, digests and certificates (XML signatures, XAdES), or formatting.
const SILENT: [&str; 10] = [
    "style",
    "SignatureValue",
    "DigestValue",
    "X509Certificate",
    "Modulus",
    "EncapsulatedTimeStamp",
    "EncapsulatedX509Certificate",
    "EncapsulatedCRLValue",
    "EncapsulatedOCSPValue",
    "X509SerialNumber",
];

/// Whether an attribute is worth reading. Those of a schema are names and types, but for the values it gives.
fn is_told(name: &str, in_schema: bool) -> bool {
    !name.starts_with("xmlns") && (!in_schema || matches!(name, "default" | "fixed" | "value"))
}

/// Text of all elements, one a line; with values of all attributes if wanted.
fn generic(reader: &mut Reader<'_, '_, '_>, xml: &mut Xml<'_>, with_attributes: bool) -> Result<(), Reason> {
    let text = &mut reader.out.text;
    let mut lines = 0_u32;
    let mut in_schema = false;
    while let Some(event) = xml.next() {
        match event {
            Event::Start(tag) if SILENT.contains(&tag.name) => xml.skip(),
            Event::Start(tag) if with_attributes => {
                in_schema |= tag.name == "schema";
                for (_, value) in tag.attributes().filter(|(name, _)| is_told(name, in_schema)) {
                    text.aside(Area::Metadata, &unescape(value));
                }
            }
            Event::End { name: "schema", .. } => in_schema = false,
            Event::Text(chars) if !chars.is_blank() => {
                text.aside(Area::Metadata, &chars.decode());
                lines = lines.wrapping_add(1);
                if lines.is_multiple_of(1024) {
                    reader.budget.time()?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Lines of a part that repeats another: those that are not there yet.
fn repeat(reader: &mut Reader<'_, '_, '_>, part: usize) {
    reader.part(part, |reader, xml| {
        let mut again = Text::default();
        let end = story::read(xml, Manner::of(Area::Body), &mut again, reader.budget);
        for line in again.as_str().lines().filter(|line| !reader.diagram_lines.contains(*line)) {
            reader.out.text.aside(Area::Body, line);
        }
        end
    });
}
