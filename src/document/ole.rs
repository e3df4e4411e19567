//! What readers of compound files share: property sets, embedded objects, macros, and the streams that nobody claims.
//!
//! An object is a storage (MS-OLEDS 1.3.2). If it is a document, it is taken out as the compound file that it was; if a
//! file is packed in it (`\1Ole10Native`, `Package`, `CONTENTS`), it is that file. What else it has is about how it is
//! drawn and linked.

use std::collections::HashSet;

use super::{Area, Document, Embedded, carve, summary, vba};
use crate::blob::{Budget, Gap, Reason};
use crate::container::cfb::{self, File, Stream};

/// Streams that hold no text of their own: class names, pictures of objects as drawn (their objects are read), how
/// controls are set up, equations (their text is that of their picture), signatures.
const SILENT: &[&str] = &[
    "\u{1}CompObj",
    "\u{1}Ole",
    "\u{1}Ole10ItemName",
    "\u{3}ACCESSOBJSITEDATA",
    "\u{3}EPRINT",
    "\u{3}META",
    "\u{3}OCXNAME",
    "\u{3}ObjInfo",
    "\u{3}PIC",
    "\u{3}PRINT",
    "Equation Native",
    "_signatures",
];
/// Storages about the protection of the file.
const DATA_SPACES: &str = "\u{6}DataSpaces";
/// The storage with custom XML parts (MS-OSHARED 2.3.6); their schemas stand beside them.
const CUSTOM_XML: &str = "MsoDataStore";

/// Reads the property sets at the root: what people typed becomes text (unless only labels are wanted), custom
/// properties go where labels are read.
///
/// Every reader comes by here: what is missing of the file as a whole is told as well.
pub fn properties(file: &mut File<'_>, text: bool, budget: &mut Budget, out: &mut Document<'_>) {
    let mut told = HashSet::new();
    for name in [summary::SUMMARY, summary::STREAM] {
        let mut stream = Vec::new();
        if let Err(reason) = file.read(name, budget, &mut stream) {
            out.gaps.push(Gap::new(reason, printable(name), ""));
        }
        let custom = summary::custom(&stream);
        if text {
            let custom = custom.iter().map(|(name, value)| format!("{name}: {value}"));
            for value in summary::texts(&stream).into_iter().chain(custom) {
                if !told.contains(&value) {
                    out.text.aside(Area::Metadata, &value);
                    told.insert(value);
                }
            }
        }
        out.properties.custom.extend(custom);
    }
}

/// What the storages of a file are.
struct Storages {
    /// Documents of their own: the topmost ones, as what is in them goes with them.
    objects: Vec<String>,
    /// Projects of macros; `""` = the file is nothing else.
    macros: Vec<String>,
}

impl Storages {
    fn of(streams: &[Stream], own: &dyn Fn(&str) -> bool) -> Self {
        let mut objects: Vec<String> = Vec::new();
        let mut macros: Vec<String> = Vec::new();
        for stream in streams {
            let (storage, name) = stream.split();
            let project = storage.strip_suffix("VBA").filter(|project| project.is_empty() || project.ends_with('/'));
            if let (true, Some(project)) = (name.eq_ignore_ascii_case("dir") && !own(&stream.path), project) {
                macros.push(project.trim_end_matches('/').to_owned());
            } else if !storage.is_empty() && cfb::is_main_stream(name) {
                // `Quill` is a storage: the document is what it stands in.
                objects.push(storage.to_owned());
            } else if let Some((outer, "Quill")) = storage.strip_suffix("/QuillSub").and_then(|s| s.rsplit_once('/')) {
                objects.push(outer.to_owned());
            }
        }
        objects.sort();
        objects.dedup();
        // Those inside of others stand behind them.
        let mut top: Vec<String> = Vec::new();
        for object in objects {
            if !ancestors(&object).any(|outer| top.binary_search_by(|known| known.as_str().cmp(outer)).is_ok()) {
                top.push(object);
            }
        }
        let within = |project: &String| top.contains(project) || ancestors(project).any(|o| top.iter().any(|t| t == o));
        macros.retain(|project| !within(project));
        macros.sort();
        macros.dedup();
        Self { objects: top, macros }
    }

    /// The object that the stream at `path` belongs to.
    fn object<'p>(&self, path: &'p str) -> Option<&'p str> {
        let known = |outer: &&str| self.objects.binary_search_by(|object| object.as_str().cmp(outer)).is_ok();
        ancestors(path).find(known)
    }

    /// Whether the stream at `path` belongs to macros.
    fn in_macros(&self, path: &str) -> bool {
        self.macros.iter().any(|project| project.is_empty() || inside(path, project))
    }
}

/// The storages that `path` stands in, the innermost first.
fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    path.rmatch_indices('/').filter_map(|(at, _)| path.get(..at))
}

fn inside(path: &str, storage: &str) -> bool {
    path.strip_prefix(storage).is_some_and(|rest| rest.starts_with('/'))
}

/// Gives everything in `file` that its reader did not read as embedded files: packed files and packages as such,
/// storages of objects as compound files of their own, macros as text, all other streams as they are.
///
/// `own` tells by the path of a stream whether the reader has read it, or knows that it holds no text.
pub fn rest(file: &mut File<'_>, own: &dyn Fn(&str) -> bool, budget: &mut Budget, out: &mut Document<'_>) {
    let streams = file.streams();
    let storages = Storages::of(&streams, own);
    let mut done: HashSet<&str> = HashSet::new();
    for stream in &streams {
        if let Err(reason) = budget.time() {
            return out.gaps.push(Gap::new(reason, printable(&stream.path), "stopped at this stream"));
        }
        if let Some(object) = storages.object(&stream.path) {
            if done.insert(object) {
                object_file(file, object, budget, out);
            }
        } else if !storages.in_macros(&stream.path) && !own(&stream.path) && !is_silent(stream) {
            single(file, stream, budget, out);
        }
    }
    for project in &storages.macros {
        vba::read(file, project, budget, out);
    }
}

/// Whether all that the file has is a packed file, a package, or macros: the wrapping of an object.
pub fn is_wrapper(file: &File<'_>) -> bool {
    let streams = file.streams();
    let storages = Storages::of(&streams, &|_| false);
    let told = |stream: &&Stream| storages.in_macros(&stream.path) || is_packed(stream.split().1);
    streams.iter().any(|stream| told(&stream))
        && streams.iter().all(|stream| told(&stream) || is_silent(stream) || is_properties(stream.split().1))
}

/// Whether a stream of this name holds a file.
fn is_packed(name: &str) -> bool {
    ["Ole10Native", "Package", "CONTENTS"]
        .iter()
        .any(|packed| packed.eq_ignore_ascii_case(name.trim_start_matches('\u{1}')))
}

fn is_properties(name: &str) -> bool {
    [summary::STREAM, summary::SUMMARY].iter().any(|own| own.eq_ignore_ascii_case(name))
}

fn is_silent(stream: &Stream) -> bool {
    let (storage, name) = stream.split();
    SILENT.iter().any(|silent| silent.eq_ignore_ascii_case(name))
        || name.starts_with("\u{2}OlePres")
        || stream.path.starts_with(DATA_SPACES)
        || storage.is_empty() && is_properties(name)
        || storage.starts_with(CUSTOM_XML) && name.eq_ignore_ascii_case("Properties")
}

/// An object that is a document.
fn object_file(file: &mut File<'_>, storage: &str, budget: &mut Budget, out: &mut Document<'_>) {
    match budget.member().and_then(|()| file.extract(storage, budget)) {
        Ok(bytes) => out.embedded.push(Embedded { name: printable(storage), bytes }),
        Err(reason) => out.gaps.push(Gap::new(reason, printable(storage), "embedded object")),
    }
}

/// A stream that stands for itself.
fn single(file: &mut File<'_>, stream: &Stream, budget: &mut Budget, out: &mut Document<'_>) {
    let (_, name) = stream.split();
    let mut bytes = Vec::new();
    if let Err(reason) = budget.member().and_then(|()| file.read(&stream.path, budget, &mut bytes)) {
        out.gaps.push(Gap::new(reason, printable(&stream.path), ""));
    }
    if bytes.is_empty() {
        return;
    }
    if is_properties(name) {
        for value in summary::texts(&bytes) {
            out.text.aside(Area::Metadata, &value);
        }
    } else if name == "\u{3}LinkInfo" {
        // Where a linked object is.
        link(&bytes, out);
    } else if name.trim_start_matches('\u{1}').eq_ignore_ascii_case("Ole10Native") {
        packed(&stream.path, bytes, out);
    } else {
        out.embedded.push(Embedded { name: printable(&stream.path), bytes });
    }
}

/// Tells the path that a link names, in either encoding.
fn link(bytes: &[u8], out: &mut Document<'_>) {
    let mut carved = String::new();
    carve::carve_into(bytes, &mut carved);
    for words in carved.lines() {
        out.text.aside(Area::Metadata, words);
    }
}

/// A packed file, or the data of an object that has them in one stream, behind their length (MS-OLEDS 2.3.6).
#[allow(clippy::arithmetic_side_effects, reason = "it fits in the bytes with four in front")]
fn packed(path: &str, mut bytes: Vec<u8>, out: &mut Document<'_>) {
    if let Some((name, payload)) = cfb::native(&bytes) {
        let name = if name.is_empty() { printable(path) } else { printable(&name) };
        return out.embedded.push(Embedded { name, bytes: payload.to_vec() });
    }
    let length = bytes.first_chunk().map_or(0, |length| u32::from_le_bytes(*length)) as usize;
    if length > 0 && length <= bytes.len().saturating_sub(4) {
        bytes.truncate(length + 4);
        bytes.drain(..4);
    }
    out.embedded.push(Embedded { name: printable(path), bytes });
}

/// A path without the control characters that names of streams start with.
pub fn printable(path: &str) -> String {
    path.replace(char::is_control, "")
}

/// Leaves a gap if there is nothing but pictures.
pub fn pictures(count: usize, out: &mut Document<'_>) {
    if count > 0 && !out.shows_text() && out.embedded.is_empty() {
        out.gaps.push(Gap::new(Reason::ImageOnly, "", format!("{count} pictures and no text")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob::{Kind, Limits};
    use crate::container::cfb::compound;

    fn rest_of(bytes: &[u8], own: &dyn Fn(&str) -> bool) -> Document<'static> {
        let mut out = Document::default();
        let mut file = File::open(bytes).unwrap();
        rest(&mut file, own, &mut Budget::new(&Limits::default()), &mut out);
        out.embedded.sort_by(|a, b| a.name.cmp(&b.name));
        out
    }

    fn native(name: &str, payload: &[u8]) -> Vec<u8> {
        let mut out = vec![0, 0, 0, 0, 2, 0];
        out.extend(name.bytes().chain([0]).chain(*b"C:\\x\0\0\0\x03\0\x02\0\0\0x\0"));
        out.extend((payload.len() as u32).to_le_bytes());
        out.extend(payload);
        out
    }

    #[test]
    fn objects_are_taken_out_once() {
        let packed = native("note.txt", b"Card 4111");
        let bytes = compound(&[
            ("WordDocument", b"own"),
            ("ObjectPool/_1/WordDocument", b"inner"),
            ("ObjectPool/_1/1Table", b"table"),
            ("ObjectPool/_1/ObjectPool/_9/Workbook", b"innermost"),
            ("ObjectPool/_1/Macros/VBA/dir", b"its own macros"),
            ("ObjectPool/_2/\u{1}Ole10Native", &packed),
            ("ObjectPool/_2/\u{1}CompObj", b"class"),
            ("ObjectPool/_2/\u{2}OlePres000", b"as drawn"),
            ("ObjectPool/_3/Package", b"PK\x03\x04"),
            ("ObjectPool/_4/CONTENTS", b"%PDF-1.4"),
            ("ObjectPool/_5/Equation Native", b"x = 1"),
            ("ObjectPool/_6/Quill/QuillSub/CONTENTS", b"CHNKINK"),
            ("MsoDataStore/A/Item", b"<a>text</a>"),
            ("MsoDataStore/A/Properties", b"<schema/>"),
            ("Something", b"unknown"),
        ]);
        let out = rest_of(&bytes, &|path| path == "WordDocument");
        let names: Vec<_> = out.embedded.iter().map(|part| part.name.as_str()).collect();
        let expected = [
            "MsoDataStore/A/Item",
            "ObjectPool/_1",
            "ObjectPool/_3/Package",
            "ObjectPool/_4/CONTENTS",
            "ObjectPool/_6",
            "Something",
            "note.txt",
        ];
        assert_eq!(names, expected);
        assert_eq!(out.embedded[6].bytes, b"Card 4111");
        assert_eq!(cfb::kind(&out.embedded[1].bytes), Kind::Doc);
        assert_eq!(cfb::kind(&out.embedded[4].bytes), Kind::Pub);
        let mut inner = File::open(&out.embedded[1].bytes).unwrap();
        assert!(inner.has("ObjectPool/_9/Workbook") && inner.has("Macros/VBA/dir"));
        let mut table = Vec::new();
        inner.read("1Table", &mut Budget::new(&Limits::default()), &mut table).unwrap();
        assert_eq!((table, out.gaps), (b"table".to_vec(), vec![]));
    }

    #[test]
    fn wrappings_are_told_from_files_of_their_own() {
        let packed = native("a.txt", b"x");
        for (streams, expected) in [
            (vec![("\u{1}Ole10Native", &packed[..]), ("\u{1}CompObj", b"c")], true),
            (vec![("Package", &b"PK"[..])], true),
            (vec![("CONTENTS", &b"%PDF"[..]), ("\u{3}ObjInfo", b"x")], true),
            (vec![("CONTENTS", &b"%PDF"[..]), ("Other", b"x")], false),
            (vec![("\u{1}CompObj", &b"c"[..])], false),
            (vec![("Catalog", &b"c"[..])], false),
        ] {
            let bytes = compound(&streams);
            assert_eq!(is_wrapper(&File::open(&bytes).unwrap()), expected, "{streams:?}");
        }
    }
}
