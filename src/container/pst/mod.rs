//! Stores of Outlook (PST and OST, MS-PST): folders of messages. Every message is shown as what it would be in transport
//! (TNEF, which keeps all of its properties), its attachments as files, both under the names of their folders.
//!
//! All message nodes are read, whether or not a folder still lists them. A damaged page or block is a gap at its message;
//! the others are read.

mod cipher;
mod heap;
mod store;

use std::collections::HashMap;

use heap::Heap;
use store::{Node, Store};

use super::mapi::{Properties, Value, id, text16, tnef};
use super::{Part, Visit};
use crate::blob::le::{u16_at, u32_at};
use crate::blob::{Budget, Gap, Reason};

/// Types of nodes (2.2.2.1).
mod node {
    pub const MESSAGE: u32 = 0x04;
    pub const ATTACHMENT: u32 = 0x05;
    pub const ASSOCIATED: u32 = 0x08;
    pub const RECIPIENTS: u32 = 0x12;
    /// The node of names of named properties.
    pub const NAMES: u32 = 0x61;
}

/// Folders in folders.
const FOLDERS_MAX: usize = 32;
/// Messages in messages.
const DEPTH_MAX: u32 = 8;

/// Shows every message and attachment of a store.
pub fn unpack(bytes: &[u8], budget: &mut Budget, gaps: &mut Vec<Gap>, visit: &mut Visit<'_>) {
    let Some(store) = Store::open(bytes, budget) else {
        return gaps.push(Gap::new(Reason::Corrupt, "", "the header is damaged"));
    };
    if store.damaged {
        gaps.push(Gap::new(Reason::Corrupt, "", "some pages of the store are damaged"));
    }
    let by_id: HashMap<u32, Node> = store.nodes.iter().map(|node| (node.id, *node)).collect();
    let mut reader = Reader { names: names(&store, by_id.get(&node::NAMES)), store, folders: HashMap::new(), by_id };
    let messages: Vec<Node> = reader.store.nodes.clone();
    for message in messages.iter().filter(|n| matches!(n.id & 0x1F, node::MESSAGE | node::ASSOCIATED)) {
        let folder = reader.folder(message.parent);
        // Only limits stop it; damage stays with its message.
        if let Err(reason) = reader.message(message, &folder, 0, budget, gaps, visit) {
            gaps.push(Gap::new(reason, folder, "stopped in this folder"));
            return;
        }
    }
}

struct Reader<'a> {
    store: Store<'a>,
    names: HashMap<u16, String>,
    by_id: HashMap<u32, Node>,
    folders: HashMap<u32, String>,
}

impl Reader<'_> {
    /// The path of a folder, without the root.
    fn folder(&mut self, id: u32) -> String {
        if let Some(path) = self.folders.get(&id) {
            return path.clone();
        }
        let mut names = Vec::new();
        let mut at = id;
        while let Some(node) = self.by_id.get(&at).filter(|_| names.len() < FOLDERS_MAX) {
            let properties = Heap::open(&self.store, node).properties(&self.names);
            names.extend(text(&properties, id::DISPLAY_NAME));
            if node.parent == at {
                break;
            }
            at = node.parent;
        }
        names.reverse();
        let path = names.join("/");
        self.folders.insert(id, path.clone());
        path
    }

    fn message(
        &self,
        node: &Node,
        path: &str,
        depth: u32,
        budget: &mut Budget,
        gaps: &mut Vec<Gap>,
        visit: &mut Visit<'_>,
    ) -> Result<(), Reason> {
        budget.member()?;
        let mut heap = Heap::open(&self.store, node);
        let message = heap.properties(&self.names);
        let subject = text(&message, id::SUBJECT).unwrap_or_else(|| "(no subject)".to_owned());
        let place = if path.is_empty() { subject } else { format!("{path}/{subject}") };
        let tables = heap.nodes.iter().filter(|node| node.id & 0x1F == node::RECIPIENTS);
        let recipients: Vec<Properties> =
            tables.flat_map(|table| Heap::open(&self.store, table).rows(&self.names)).collect();
        if heap.damaged {
            gaps.push(Gap::new(Reason::Corrupt, place.clone(), "blocks of the message are damaged"));
        }
        if !message.0.is_empty() {
            let written = tnef(&message, &recipients);
            budget.unpack(written.len() as u64)?;
            visit(Part { name: &place, bytes: &written }, budget);
        }
        let attachments: Vec<Node> = heap.nodes.iter().filter(|n| n.id & 0x1F == node::ATTACHMENT).copied().collect();
        for attachment in &attachments {
            self.attachment(attachment, &place, depth, budget, gaps, visit)?;
        }
        Ok(())
    }

    #[allow(clippy::arithmetic_side_effects, reason = "held against a limit")]
    fn attachment(
        &self,
        node: &Node,
        message: &str,
        depth: u32,
        budget: &mut Budget,
        gaps: &mut Vec<Gap>,
        visit: &mut Visit<'_>,
    ) -> Result<(), Reason> {
        let mut heap = Heap::open(&self.store, node);
        let properties = heap.properties(&self.names);
        let named = [id::ATTACH_LONG_FILENAME, id::ATTACH_FILENAME, id::DISPLAY_NAME];
        let name = named.iter().find_map(|id| text(&properties, *id)).unwrap_or_else(|| "(attachment)".to_owned());
        let place = format!("{message}/{name}");
        if heap.damaged {
            gaps.push(Gap::new(Reason::Corrupt, place.clone(), "blocks of the attachment are damaged"));
        }
        if let Some(bytes) = properties.binary(id::ATTACH_DATA) {
            budget.member()?;
            budget.unpack(bytes.len() as u64)?;
            visit(Part { name: &place, bytes }, budget);
        }
        let Some(object) = heap.object(id::ATTACH_DATA) else { return Ok(()) };
        if object.id & 0x1F == node::MESSAGE {
            if depth >= DEPTH_MAX {
                gaps.push(Gap::new(Reason::DepthExceeded, place, "messages inside messages"));
                return Ok(());
            }
            return self.message(&object, &place, depth + 1, budget, gaps, visit);
        }
        let (blocks, whole) = self.store.data(object.data);
        let bytes = blocks.concat();
        budget.member()?;
        budget.unpack(bytes.len() as u64)?;
        if !whole {
            gaps.push(Gap::new(Reason::Corrupt, place.clone(), "blocks of the attachment are damaged"));
        }
        visit(Part { name: &place, bytes: &bytes }, budget);
        Ok(())
    }
}

/// A text as a piece of a path.
fn text(properties: &Properties, id: u16) -> Option<String> {
    let text = properties.0.iter().filter(|property| property.id == id).find_map(|property| match &property.value {
        Value::Text(text) => Some(text.clone()),
        Value::Text8(bytes) => Some(super::mapi::text8(bytes, properties.code_page().unwrap_or(0))),
        Value::Binary(_) | Value::Number(_) => None,
    })?;
    // A subject begins with a mark and the length of its prefix.
    let mut text = text.as_str();
    if let Some(rest) = text.strip_prefix('\u{1}') {
        text = rest.get(rest.chars().next().map_or(0, char::len_utf8)..).unwrap_or_default();
    }
    let shown: String = text.chars().map(|c| if c.is_control() || c == '/' { ' ' } else { c }).collect();
    Some(shown.trim().to_owned()).filter(|shown| !shown.is_empty())
}

/// Names of named properties (2.4.7): entries of eight bytes, strings one after the other.
#[allow(clippy::arithmetic_side_effects, reason = "a length of at most 512 behind a place that was read")]
fn names(store: &Store<'_>, node: Option<&Node>) -> HashMap<u16, String> {
    let mut names = HashMap::new();
    let Some(node) = node else { return names };
    let properties = Heap::open(store, node).properties(&HashMap::new());
    let (entries, strings) =
        (properties.binary(0x0003).unwrap_or_default(), properties.binary(0x0004).unwrap_or_default());
    for entry in entries.chunks_exact(8) {
        let (Some(offset), Some(guid), Some(index)) = (u32_at(entry, 0), u16_at(entry, 4), u16_at(entry, 6)) else {
            continue;
        };
        if guid & 1 == 0 {
            continue;
        }
        let name = usize::try_from(offset).ok().and_then(|at| {
            let length = u32_at(strings, at)?.min(512) as usize;
            strings.get(at + 4..at + 4 + length).map(text16)
        });
        if let Some(name) = name {
            names.insert(index.saturating_add(0x8000), name);
        }
    }
    names
}
