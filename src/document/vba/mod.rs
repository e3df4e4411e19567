//! Source text of macros (MS-OVBA): Visual Basic projects, by themselves or in a document.
//!
//! Read is the source, as its author typed it; what programs made of it (p-code, performance cache) is not. Where
//! `dir`, which says where sources start, is damaged, they are looked for.

mod compression;
mod dir;

use super::{Area, Document, Options, carve, code_page, opaque};
use crate::blob::{Aspect, Budget, Coverage, Gap, Kind, Reason};
use crate::container::cfb::File;

/// What is read of a project by itself (`vbaProject.bin`).
pub const COVERAGE: Coverage = Coverage {
    read: &[Aspect::Metadata, Aspect::Macros],
    gap: &[],
    source: "MS-OVBA 2.3 (project), 2.4.1 (compression)",
};

/// Streams of a project that hold no source: what programs made of it.
const CACHES: &[&str] = &["_VBA_PROJECT", "dir"];
/// Places that are tried for the start of a source in one stream.
const STARTS_MAX: usize = 256;

/// Reads the project in the storage at `project` ("" = the root): the source text of every module.
#[allow(clippy::arithmetic_side_effects, reason = "one more than the length of a name")]
pub fn read(file: &mut File<'_>, project: &str, budget: &mut Budget, out: &mut Document<'_>) {
    let inside = if project.is_empty() { String::new() } else { format!("{project}/") };
    let folder = format!("{inside}VBA/");
    let mut unpacked = Vec::new();
    let packed = stream(file, &format!("{folder}dir"), budget, out);
    let end = compression::unpack(&packed, budget, &mut unpacked);
    let list = dir::read(&unpacked);
    if let Some(reason) = end.err().or(list.modules.is_empty().then_some(Reason::Corrupt)) {
        out.gaps.push(Gap::new(reason, format!("{folder}dir"), "the list of modules is damaged"));
    }
    let decode = |bytes: &[u8]| code_page::decode(bytes, list.page);
    let mut offsets: Vec<(String, u32)> = Vec::new();
    for module in &list.modules {
        let name = decode(&module.stream).to_lowercase();
        offsets.push((name, module.offset_hint));
        if !module.stream_wide.is_empty() {
            offsets.push((module.stream_wide.to_lowercase(), module.offset_hint));
        }
    }
    for found in file.streams() {
        let (storage, name) = found.split();
        if let Err(reason) = budget.time() {
            return out.gaps.push(Gap::new(reason, project, "stopped in the middle of the macros"));
        }
        if found.path.starts_with(&folder) && storage.len() + 1 == folder.len() {
            if CACHES.contains(&name) || name.starts_with("__SRP_") {
                continue;
            }
            let offset = offsets.iter().find(|(other, _)| *other == name.to_lowercase()).map(|(_, offset)| *offset);
            let bytes = stream(file, &found.path, budget, out);
            match source(&bytes, offset, budget) {
                Ok(source) => write(name, &decode(&source), out),
                Err(reason) => {
                    let detail = "the source of the module is damaged";
                    out.gaps.push(Gap::new(reason, super::ole::printable(&found.path), detail));
                }
            }
        } else if found.path.starts_with(&inside) && !storage.is_empty() && storage != project {
            // Forms: a storage each, with a description in lines and the captions of controls between binary data.
            let bytes = match name {
                "\u{3}VBFrame" | "f" | "o" => stream(file, &found.path, budget, out),
                _ => continue,
            };
            if name.starts_with('\u{3}') {
                captions(&decode(&bytes), out);
            } else {
                let mut text = String::new();
                carve::carve_into(&bytes, &mut text);
                out.text.aside(Area::Metadata, &text);
            }
        } else if storage == project && name == "PROJECT" {
            let bytes = stream(file, &found.path, budget, out);
            captions(&decode(&bytes), out);
        }
    }
}

/// Reads a compound file that is nothing but a project.
pub fn read_file<'a>(bytes: &'a [u8], options: &Options, budget: &mut Budget, out: &mut Document<'a>) {
    if !options.text {
        return;
    }
    match File::open(bytes) {
        Some(mut file) => {
            out.gaps.extend(file.damage());
            super::ole::properties(&mut file, true, budget, out);
            let project = file.streams().iter().find_map(|stream| project_of(&stream.path));
            read(&mut file, &project.unwrap_or_default(), budget, out);
        }
        None => *out = opaque::read(Kind::Ole, bytes, options, budget),
    }
}

/// The storage of the project whose stream `dir` is at `path`.
fn project_of(path: &str) -> Option<String> {
    let storage = path.strip_suffix("/dir")?;
    let project = storage.strip_suffix("VBA")?;
    Some(project.trim_end_matches('/').to_owned())
}

fn stream(file: &mut File<'_>, path: &str, budget: &mut Budget, out: &mut Document<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Err(reason) = file.read(path, budget, &mut bytes) {
        out.gaps.push(Gap::new(reason, super::ole::printable(path), ""));
    }
    bytes
}

/// The source in the stream of a module: at `offset`, else wherever one starts.
fn source(bytes: &[u8], offset: Option<u32>, budget: &mut Budget) -> Result<Vec<u8>, Reason> {
    let mut source = Vec::new();
    let told = offset.and_then(|offset| bytes.get(usize::try_from(offset).ok()?..));
    let end = told.map_or(Err(Reason::Corrupt), |packed| compression::unpack(packed, budget, &mut source));
    if !matches!(end, Err(Reason::Corrupt)) {
        return end.map(|()| source);
    }
    // Every source starts with its attributes: a container whose first run of literals is `Attribut`.
    for at in memchr::memmem::find_iter(bytes, b"\0Attribut").take(STARTS_MAX) {
        let mut other = Vec::new();
        let packed = at.checked_sub(3).and_then(|start| bytes.get(start..));
        let end = packed.map_or(Ok(()), |packed| compression::unpack(packed, budget, &mut other));
        if other.len() > source.len() {
            source = other;
        }
        match end {
            Err(Reason::Corrupt) | Ok(()) => {}
            Err(reason) => return Err(reason),
        }
        if source.len() > 8 {
            return Ok(source);
        }
    }
    if source.is_empty() { Err(Reason::Corrupt) } else { Ok(source) }
}

/// Writes the lines of a module, without the attributes that every module starts with.
fn write(name: &str, source: &str, out: &mut Document<'_>) {
    let before = out.text.position();
    out.text.aside(Area::Macro, name);
    out.text.set_area(Area::Macro);
    out.text.line();
    for line in source.split(['\r', '\n']) {
        let attribute = line.strip_prefix("Attribute ");
        if line.is_empty() || attribute.is_some_and(|rest| !rest.contains("Description")) {
            continue;
        }
        out.text.push(&line.replace(|c: char| c.is_control() && c != '\t', ""));
        out.text.push("\n");
    }
    out.text.set_position(before);
}

/// Texts in a description in lines of names and values: what a person named or wrote.
fn captions(lines: &str, out: &mut Document<'_>) {
    for line in lines.lines() {
        let Some((name, value)) = line.split_once('=') else { continue };
        if matches!(name.trim(), "Caption" | "Description" | "Tag" | "HelpFile") {
            let value = value.trim().trim_matches('"');
            out.text.aside(Area::Metadata, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use super::*;
    use crate::blob::Limits;

    /// A container of one chunk of literals.
    fn packed(text: &[u8]) -> Vec<u8> {
        let mut body = Vec::new();
        for eight in text.chunks(8) {
            body.push(0);
            body.extend_from_slice(eight);
        }
        let header = 0xB000 | u16::try_from(body.len() - 1).unwrap();
        [&[1][..], &header.to_le_bytes(), &body].concat()
    }

    fn record(id: u16, data: &[u8]) -> Vec<u8> {
        [&id.to_le_bytes()[..], &u32::try_from(data.len()).unwrap().to_le_bytes(), data].concat()
    }

    fn project(offset: u32) -> Vec<u8> {
        let dir =
            [record(3, &[0xE3, 4]), record(0x19, b"Mod"), record(0x1A, b"Mod"), record(0x31, &offset.to_le_bytes())];
        let module = [&b"cache"[..], &packed(b"Attribute VB_Name = \"Mod\"\r\nSub A() ' \xcf\xf0 4111\r\nEnd Sub\r\n")];
        let mut out = ::cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
        out.create_storage_all("VBA").unwrap();
        out.create_storage_all("Form1").unwrap();
        let streams: [(&str, Vec<u8>); 5] = [
            ("VBA/dir", packed(&dir.concat())),
            ("VBA/Mod", module.concat()),
            ("VBA/_VBA_PROJECT", b"cached words".to_vec()),
            ("PROJECT", b"ID=\"{1}\"\r\nDescription=\"What it does\"\r\n".to_vec()),
            ("Form1/o", b"\0\x01Account number\0\x02".to_vec()),
        ];
        for (name, bytes) in streams {
            out.create_stream(name).unwrap().write_all(&bytes).unwrap();
        }
        out.into_inner().into_inner()
    }

    fn read_bytes(bytes: &[u8]) -> Document<'_> {
        let mut out = Document::default();
        read_file(bytes, &Options::default(), &mut Budget::new(&Limits::default()), &mut out);
        out
    }

    #[test]
    fn source_and_captions_are_read() {
        // The offset may lie.
        for offset in [5, 0, 3, 9999] {
            let bytes = project(offset);
            assert_eq!(crate::container::kind(&bytes), Kind::Vba);
            let document = read_bytes(&bytes);
            let text = document.text.as_str();
            assert!(text.contains("Mod\nSub A() ' Пр 4111\nEnd Sub\n"), "{offset}: {text}");
            assert!(text.contains("What it does\n") && text.contains("Account number\n"));
            assert!(!text.contains("cached") && !text.contains("VB_Name"));
            assert_eq!(document.gaps, []);
        }
    }

    #[test]
    fn mutations_neither_panic_nor_grow() {
        let good = project(5);
        let mut state = 1u32;
        for _ in 0..400 {
            let mut bytes = good.clone();
            for _ in 0..6 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let at = (state >> 8) as usize % bytes.len();
                bytes[at] = state as u8;
            }
            assert!(read_bytes(&bytes).text.len() < 1 << 20);
        }
    }
}
