//! Messages of Outlook (MS-OXMSG): a compound file of properties, one stream each; recipients and attachments are
//! storages of properties (2.1 to 2.4). Bodies are read here; attachments and messages inside are embedded.

mod message;

pub use message::{labels, tell, tell_attachment};

use std::collections::BTreeMap;

use super::{Document, Embedded, Options, carve, mail, ole};
use crate::blob::{Aspect, Budget, Coverage, Gap, Reason};
use crate::container::cfb::File;
use crate::container::mapi::{Properties, Property, Value, id, kind, text16};
use crate::document::Area;

/// What is read of it.
pub const COVERAGE: Coverage = Coverage {
    read: &[Aspect::Body, Aspect::Headers, Aspect::Metadata, Aspect::Names, Aspect::Embedded, Aspect::Labels],
    gap: &[],
    source: "MS-OXMSG 2; MS-OXPROPS; MS-OXRTFCP",
};

/// The stream of properties of fixed size.
const FIXED: &str = "__properties_version1.0";
/// In front of the tag in the name of a stream that is a property.
const STREAM: &str = "__substg1.0_";
/// The storage of names of properties.
const NAMES: &str = "__nameid_version1.0";

/// Reads a document into `out`; what cannot be read becomes gaps.
pub fn read<'a>(bytes: &'a [u8], options: &Options, budget: &mut Budget, out: &mut Document<'a>) {
    let Some(mut file) = File::open(bytes) else {
        out.gaps.push(Gap::new(Reason::Corrupt, "", "tables of the compound file are damaged"));
        if options.text {
            out.text = carve::carve(bytes);
        }
        return;
    };
    out.gaps.extend(file.damage());
    let mut objects = collect(&mut file, options.text, budget, out);
    let mut message = objects.remove("").unwrap_or_default();
    let page = message.code_page().unwrap_or(0);
    message.decode(page);
    labels(&message, out);
    if !options.text {
        return;
    }
    let mut recipients = Vec::new();
    let mut attachments = Vec::new();
    for (storage, mut object) in objects {
        object.decode(page);
        if storage.starts_with("__recip") { recipients.push(object) } else { attachments.push((storage, object)) }
    }
    tell(&message, &recipients, budget, out);
    for (storage, attachment) in attachments {
        attach(&mut file, &storage, attachment, budget, out);
    }
}

/// The properties of the message (`""`), its recipients and its attachments, by their storages. Streams that are no
/// properties are embedded.
fn collect(
    file: &mut File<'_>,
    all: bool,
    budget: &mut Budget,
    out: &mut Document<'_>,
) -> BTreeMap<String, Properties> {
    let names = names(file, budget);
    let mut objects: BTreeMap<String, Properties> = BTreeMap::new();
    for stream in file.streams() {
        if let Err(reason) = budget.time() {
            out.gaps.push(Gap::new(reason, "", "the message was read in part"));
            break;
        }
        let (storage, name) = stream.split();
        let top = storage.split('/').next().unwrap_or_default();
        let own = storage.is_empty() || storage == top && (top.starts_with("__recip") || top.starts_with("__attach"));
        if top.eq_ignore_ascii_case(NAMES) || !storage.is_empty() && !all {
            continue;
        }
        // Objects inside attachments go with them.
        if !own && top.starts_with("__attach") && storage.contains(STREAM) {
            objects.entry(top.to_owned()).or_default();
            continue;
        }
        let tag = name.strip_prefix(STREAM).and_then(|tag| u32::from_str_radix(tag.get(..8)?, 16).ok());
        let mut bytes = Vec::new();
        if let Err(reason) = file.read(&stream.path, budget, &mut bytes) {
            out.gaps.push(Gap::new(reason, ole::printable(&stream.path), "read up to there"));
        }
        if own && name.eq_ignore_ascii_case(FIXED) {
            fixed(&bytes, storage.is_empty(), objects.entry(storage.to_owned()).or_default());
            continue;
        }
        let Some(tag) = tag.filter(|_| own) else {
            if all && !bytes.is_empty() {
                out.embedded.push(Embedded { name: ole::printable(&stream.path), bytes });
            }
            continue;
        };
        let many = name.len() > STREAM.len().saturating_add(8);
        let Some((id, value)) = value(tag, many, bytes) else { continue };
        let name = id.checked_sub(0x8000).and_then(|index| names.get(&index).cloned());
        objects.entry(storage.to_owned()).or_default().0.push(Property { id, name, value });
    }
    objects
}

/// The value in a stream, by its tag; `None` for streams of lengths of many values.
fn value(tag: u32, many: bool, bytes: Vec<u8>) -> Option<(u16, Value)> {
    let [high, low] = [tag >> 16, tag & 0xFFFF].map(|half| u16::try_from(half).unwrap_or(0));
    let multiple = low & kind::MULTIPLE != 0;
    let value = match low & !kind::MULTIPLE {
        kind::STRING if multiple && !many => return None,
        kind::STRING8 if multiple && !many => return None,
        kind::BINARY if multiple && !many => return None,
        kind::STRING => Value::Text(text16(&bytes)),
        kind::STRING8 => Value::Text8(bytes),
        kind::BINARY => Value::Binary(bytes),
        _ if multiple => return None,
        _ => Value::Binary(bytes),
    };
    Some((high, value))
}

/// Properties of fixed size (2.4): 16 bytes each, behind a header whose size tells what the object is.
fn fixed(bytes: &[u8], message: bool, into: &mut Properties) {
    // 32 bytes in a file, 24 in a message inside another, 8 in recipients and attachments.
    let header = match (message, bytes.len() % 16) {
        (true, 8) => 24,
        (true, _) => 32,
        (false, _) => 8,
    };
    for entry in bytes.get(header..).unwrap_or_default().chunks_exact(16) {
        let half = |at: usize| Some(u16::from_le_bytes(*entry.get(at..)?.first_chunk()?));
        let long = entry.get(8..).and_then(|value| value.first_chunk()).map_or(0, |value| u64::from_le_bytes(*value));
        let (Some(of), Some(id)) = (half(0), half(2)) else { continue };
        let number = match of {
            kind::INTEGER16 => long & 0xFFFF,
            kind::INTEGER32 => long & 0xFFFF_FFFF,
            kind::BOOLEAN => long & 1,
            kind::TIME | kind::INTEGER64 => long,
            _ => continue,
        };
        into.push(id, Value::Number(number));
    }
}

/// Names of named properties (2.2.3) by their index: entries of eight bytes, strings in a stream of their own.
#[allow(clippy::arithmetic_side_effects, reason = "a length stands at the place in front")]
fn names(file: &mut File<'_>, budget: &mut Budget) -> BTreeMap<u16, String> {
    let mut stream = |name: &str| {
        let mut bytes = Vec::new();
        // Without names, properties are told without them.
        let _ = file.read(&format!("{NAMES}/{STREAM}{name}"), budget, &mut bytes);
        bytes
    };
    let (entries, strings) = (stream("00030102"), stream("00040102"));
    let mut names = BTreeMap::new();
    for entry in entries.chunks_exact(8) {
        let word = |at: usize| entry.get(at..).and_then(|b| b.first_chunk()).map_or(0, |b| u32::from_le_bytes(*b));
        let (offset, index) = (word(0), word(4));
        // The lowest bit of the index word tells a string from a number.
        if index & 1 == 0 {
            continue;
        }
        let name = usize::try_from(offset).ok().and_then(|at| {
            let length = u32::from_le_bytes(*strings.get(at..)?.first_chunk()?) as usize;
            Some(text16(strings.get(at + 4..(at + 4).checked_add(length.min(512))?)?))
        });
        if let Some(name) = name {
            names.insert(u16::try_from(index >> 16).unwrap_or(0), name);
        }
    }
    names
}

/// One attachment: its names, and its content as a file.
fn attach(file: &mut File<'_>, storage: &str, attachment: Properties, budget: &mut Budget, out: &mut Document<'_>) {
    let name = name_of(&attachment);
    let shown = name.clone().unwrap_or_else(|| "(attachment)".to_owned());
    out.text.aside(Area::Attachment, name.as_deref().unwrap_or_default());
    tell_attachment(&attachment, &shown, out);
    if let Some(bytes) = attachment.binary(id::ATTACH_DATA) {
        embed(&shown, bytes, out);
    }
    let object = format!("{storage}/{STREAM}3701000D");
    if let Err(reason) = budget.time() {
        out.gaps.push(Gap::new(reason, shown, "object in the message"));
    } else if file.has(&object) {
        let is_message = file.has(&format!("{object}/{FIXED}"));
        match file.extract(&object, budget) {
            Ok(bytes) => {
                let name = if is_message && !shown.ends_with(".msg") { format!("{shown}.msg") } else { shown };
                out.embedded.push(Embedded { name, bytes });
            }
            Err(reason) => out.gaps.push(Gap::new(reason, shown, "object in the message")),
        }
    }
}

/// The name of an attachment, the long one first.
pub fn name_of(attachment: &Properties) -> Option<String> {
    let ids = [
        id::ATTACH_LONG_FILENAME,
        id::ATTACH_FILENAME,
        id::DISPLAY_NAME,
        id::ATTACH_LONG_PATHNAME,
        id::ATTACH_PATHNAME,
    ];
    let name = ids.iter().find_map(|id| attachment.text(*id))?;
    Some(name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect())
}

/// Embeds the content of an attachment; what is only signed is unwrapped.
pub fn embed(name: &str, bytes: &[u8], out: &mut Document<'_>) {
    let bytes = mail::signed_content(bytes).unwrap_or_else(|| bytes.to_vec());
    if !bytes.is_empty() {
        out.embedded.push(Embedded { name: name.to_owned(), bytes });
    }
}
