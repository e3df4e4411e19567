//! What readers of compound files share: property sets, embedded objects, macros, and the streams that nobody claims.

use super::{Document, Embedded, summary, vba};
use crate::blob::{Budget, Gap, Reason};
use crate::container::cfb::{self, File};

/// Streams that hold no text of their own: class names, links, pictures of objects as drawn (their objects are read).
const SILENT: &[&str] =
    &["\u{1}CompObj", "\u{1}Ole", "\u{3}ObjInfo", "\u{3}LinkInfo", "\u{3}PIC", "\u{3}META", "\u{3}EPRINT"];

/// Reads the property sets at the root: what people typed becomes text (unless only labels are wanted), custom
/// properties go where labels are read.
pub fn properties(file: &mut File<'_>, text: bool, budget: &mut Budget, out: &mut Document<'_>) {
    for name in [summary::SUMMARY, summary::STREAM] {
        let mut stream = Vec::new();
        if let Err(reason) = file.read(name, budget, &mut stream) {
            out.gaps.push(Gap::new(reason, name.trim_start_matches('\u{5}'), ""));
        }
        let custom = summary::custom(&stream);
        if text {
            for value in summary::texts(&stream) {
                out.text.aside(super::Area::Metadata, &value);
            }
            for (name, value) in &custom {
                out.text.aside(super::Area::Metadata, &format!("{name}: {value}"));
            }
        }
        out.properties.custom.extend(custom);
    }
}

/// Gives everything in `file` that its reader did not read as embedded files: packed files and packages as such,
/// storages of objects as compound files of their own, macros as text, all other streams as they are.
///
/// `own` tells by the path of a stream whether the reader has read it, or knows that it holds no text.
pub fn rest(file: &mut File<'_>, own: &dyn Fn(&str) -> bool, budget: &mut Budget, out: &mut Document<'_>) {
    let streams = file.streams();
    // The topmost storages that are files of their own; what is in them goes with them.
    let mut objects: Vec<String> = Vec::new();
    let mut macros: Vec<String> = Vec::new();
    for stream in &streams {
        let (storage, name) = stream.split();
        if name.eq_ignore_ascii_case("dir")
            && let Some(project) = storage.strip_suffix("VBA").filter(|_| !own(&stream.path))
        {
            macros.push(project.trim_end_matches('/').to_owned());
        } else if !storage.is_empty() && cfb::is_main_stream(name) {
            objects.push(storage.to_owned());
        }
    }
    let inside = |path: &str, storage: &str| path.strip_prefix(storage).is_some_and(|rest| rest.starts_with('/'));
    let top: Vec<String> = objects.iter().filter(|o| !objects.iter().any(|other| inside(o, other))).cloned().collect();
    macros.retain(|project| !top.iter().any(|object| project == object || inside(project, object)));
    let mut done: Vec<&str> = Vec::new();
    for stream in &streams {
        if let Some(object) = top.iter().find(|object| inside(&stream.path, object)) {
            if !done.contains(&object.as_str()) {
                done.push(object);
                embed(object, file.extract(object, budget), out);
            }
            continue;
        }
        let (storage, name) = stream.split();
        let in_macros = macros.iter().any(|project| {
            project.is_empty() && inside(storage, "VBA")
                || storage == "VBA" && project.is_empty()
                || !project.is_empty() && (storage == project || inside(storage, project))
        });
        if in_macros || own(&stream.path) || SILENT.contains(&name) || name.starts_with("\u{2}OlePres") {
            continue;
        }
        if storage.is_empty() && (name == summary::STREAM || name == summary::SUMMARY) {
            continue;
        }
        let mut bytes = Vec::new();
        if let Err(reason) = file.read(&stream.path, budget, &mut bytes) {
            out.gaps.push(Gap::new(reason, printable(&stream.path), ""));
        }
        match cfb::native(&bytes).filter(|_| name.trim_start_matches('\u{1}').eq_ignore_ascii_case("Ole10Native")) {
            Some((name, payload)) => out.embedded.push(Embedded { name, bytes: payload.to_vec() }),
            None if bytes.is_empty() => {}
            None => out.embedded.push(Embedded { name: printable(&stream.path), bytes }),
        }
    }
    for project in macros {
        vba::read(file, &project, budget, out);
    }
}

fn embed(name: &str, bytes: Result<Vec<u8>, Reason>, out: &mut Document<'_>) {
    let name = printable(name);
    match bytes {
        Ok(bytes) => out.embedded.push(Embedded { name, bytes }),
        Err(reason) => out.gaps.push(Gap::new(reason, name, "embedded object")),
    }
}

/// A path without the control characters that names of streams start with.
pub fn printable(path: &str) -> String {
    path.replace(char::is_control, "")
}

/// Leaves a gap if there is nothing but pictures.
pub fn pictures(count: usize, out: &mut Document<'_>) {
    let text = out.text.as_str();
    let says = |(range, at): (std::ops::Range<usize>, super::Location)| {
        at.area != super::Area::Metadata && text.get(range).is_some_and(|t| t.contains(|c: char| c.is_alphanumeric()))
    };
    if count > 0 && !out.text.pieces().any(says) && out.embedded.is_empty() {
        out.gaps.push(Gap::new(Reason::ImageOnly, "", format!("{count} pictures and no text")));
    }
}
