//! The package: parts, content types and relationships (ECMA-376 part 2, clauses 6 and 7).

use std::collections::HashMap;

use crate::blob::{Budget, Gap, Kind, Limits, Reason};
use crate::container::zip::{Archive, Entry};
use crate::document::markup::{self, Event, Xml};
use crate::document::percent;

/// Bytes of one part. 512 MiB: a sheet of a million rows and a dozen columns; more is not held in memory at once.
const PART_BYTES_MAX: u64 = 512 << 20;

/// Bytes of one part below which the ratio of part to packed size is only held to the scan's own limit.
const PART_BYTES_FREE: u64 = 64 << 20;

/// Unpacked bytes per packed byte of a part larger than that. Sheets reach about 1:30; 1:150 is five times that.
const PART_RATIO_MAX: u64 = 150;

/// A relationship of a part, or of the package.
#[derive(Clone, Debug)]
pub(super) struct Relationship {
    /// Id inside its source.
    pub id: String,
    /// Last segment of the type, lower case: the same in the transitional and the strict vocabulary.
    pub kind: String,
    /// Part name as [`Package::find`] takes it, or what an external target says.
    pub target: String,
    /// Whether the target lies outside of the package.
    pub external: bool,
}

/// A part, that is, a member of the archive which is not a folder.
#[derive(Debug)]
struct Part {
    entry: Entry,
    key: String,
    done: bool,
}

/// An opened package.
pub(super) struct Package<'a> {
    archive: Archive<'a>,
    oddities_told: usize,
    parts: Vec<Part>,
    index: HashMap<String, Vec<usize>>,
    relationships: HashMap<String, Vec<Relationship>>,
    /// Kinds of the relationships that point at a part.
    pointed_at: HashMap<String, String>,
    defaults: HashMap<String, String>,
    overrides: HashMap<String, String>,
}

impl<'a> Package<'a> {
    /// Reads the directory, the content types and the relationships of `of_parts` (all of them, or the package's own).
    pub fn open(archive: Archive<'a>, all: bool, budget: &mut Budget, gaps: &mut Vec<Gap>) -> Self {
        let mut parts = Vec::new();
        let mut index: HashMap<String, Vec<usize>> = HashMap::new();
        for entry in archive.entries().iter().filter(|e| !e.folder) {
            let key = key(&entry.name);
            index.entry(key.clone()).or_default().push(parts.len());
            parts.push(Part { entry: entry.clone(), key, done: false });
        }
        let mut package = Self {
            archive,
            oddities_told: 0,
            parts,
            index,
            relationships: HashMap::new(),
            pointed_at: HashMap::new(),
            defaults: HashMap::new(),
            overrides: HashMap::new(),
        };
        package.tell_oddities(gaps);
        let mut bytes = Vec::new();
        for part in 0..package.parts.len() {
            let key = package.key(part).to_owned();
            let types = key == "[content_types].xml";
            let source = source_of(&key);
            if !types && source.as_ref().is_none_or(|source| !all && !source.is_empty()) {
                continue;
            }
            bytes.clear();
            package.read(part, budget, gaps, &mut bytes);
            let (text, _) = markup::decode(&bytes);
            let mut xml = Xml::new(&text);
            match source {
                Some(source) => package.add_relationships(source, &mut xml),
                None => package.add_types(&mut xml),
            }
            if xml.flaw().is_some() {
                gaps.push(Gap::new(Reason::Corrupt, package.name(part), "not well-formed XML"));
            }
        }
        package
    }

    fn add_types(&mut self, xml: &mut Xml<'_>) {
        while let Some(event) = xml.next() {
            let Event::Start(tag) = event else { continue };
            let Some(media) = tag.attribute("ContentType").map(|t| t.to_ascii_lowercase()) else {
                continue;
            };
            match tag.name {
                "Default" => {
                    let extension = tag.attribute("Extension").unwrap_or_default().to_ascii_lowercase();
                    self.defaults.insert(extension, media);
                }
                "Override" => {
                    self.overrides.insert(key(&tag.attribute("PartName").unwrap_or_default()), media);
                }
                _ => {}
            }
        }
    }

    fn add_relationships(&mut self, source: String, xml: &mut Xml<'_>) {
        let mut found = Vec::new();
        while let Some(event) = xml.next() {
            let Event::Start(tag) = event else { continue };
            if tag.name != "Relationship" {
                continue;
            }
            let kind = tag.attribute("Type").unwrap_or_default();
            let kind = kind.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
            let target = tag.attribute("Target").unwrap_or_default();
            let external = tag.attribute("TargetMode").is_some_and(|m| m.eq_ignore_ascii_case("external"));
            let target = if external { target.into_owned() } else { self.resolve(&source, &target) };
            if !external {
                self.pointed_at.entry(target.clone()).or_insert_with(|| kind.clone());
            }
            let id = tag.attribute("Id").unwrap_or_default().into_owned();
            found.push(Relationship { id, kind, target, external });
        }
        self.relationships.entry(source).or_default().extend(found);
    }

    /// The part a target names, seen from `source`.
    fn resolve(&self, source: &str, target: &str) -> String {
        let target = target.split('#').next().unwrap_or_default().replace('\\', "/");
        let mut folders: Vec<&str> = match target.starts_with('/') {
            true => Vec::new(),
            false => source.rsplit_once('/').map(|(folder, _)| folder.split('/').collect()).unwrap_or_default(),
        };
        for segment in target.split('/') {
            match segment {
                "" | "." => {}
                ".." => drop(folders.pop()),
                segment => folders.push(segment),
            }
        }
        let name = folders.join("/").to_ascii_lowercase();
        if self.index.contains_key(&name) { name } else { percent::text(&name).to_ascii_lowercase() }
    }

    /// How many parts there are; they are numbered from 0.
    pub fn len(&self) -> usize {
        self.parts.len()
    }

    /// Lower-case name of a part, without a leading slash.
    pub fn key(&self, part: usize) -> &str {
        self.parts.get(part).map_or("", |p| &p.key)
    }

    /// Name of a part as the archive has it.
    pub fn name(&self, part: usize) -> &str {
        self.parts.get(part).map_or("", |p| &p.entry.name)
    }

    /// Whether a part was read or is not wanted.
    pub fn is_done(&self, part: usize) -> bool {
        self.parts.get(part).is_none_or(|p| p.done)
    }

    /// Says that a part needs no (further) reading.
    pub fn set_done(&mut self, part: usize) {
        if let Some(part) = self.parts.get_mut(part) {
            part.done = true;
        }
    }

    /// Parts of this (lower-case) name that were not read yet: one, or several where names are doubled.
    pub fn find(&self, key: &str) -> Vec<usize> {
        let found = self.index.get(key).map(Vec::as_slice).unwrap_or_default();
        found.iter().copied().filter(|part| !self.is_done(*part)).collect()
    }

    /// Relationships of the part with this (lower-case) name; "" = of the package.
    pub fn relationships(&self, key: &str) -> &[Relationship] {
        self.relationships.get(key).map(Vec::as_slice).unwrap_or_default()
    }

    /// Part names that the internal relationships of a part lead to, by relationship id.
    pub fn targets(&self, key: &str) -> HashMap<&str, &str> {
        let internal = self.relationships(key).iter().filter(|r| !r.external);
        internal.map(|r| (r.id.as_str(), r.target.as_str())).collect()
    }

    /// External targets of all relationships, in no particular order.
    pub fn external_targets(&self) -> impl Iterator<Item = &Relationship> {
        self.relationships.values().flatten().filter(|r| r.external)
    }

    /// Kind of a relationship that points at the part, "" if none does.
    pub fn pointed_at(&self, key: &str) -> &str {
        self.pointed_at.get(key).map_or("", String::as_str)
    }

    /// Content type of the part, lower case; "" if none is given.
    pub fn content_type(&self, key: &str) -> &str {
        let extension = || self.defaults.get(key.rsplit_once('.').map_or("", |(_, extension)| extension));
        self.overrides.get(key).or_else(extension).map_or("", String::as_str)
    }

    /// Name of the main part: by relationship, else by content type.
    pub fn main(&self) -> Option<String> {
        let by_relationship = self.relationships("").iter().find(|r| r.kind == "officedocument" && !r.external);
        let by_type = || {
            let found = self.parts.iter().find(|p| super::main_kind(self.content_type(&p.key)).is_some());
            found.map(|p| p.key.clone())
        };
        by_relationship.map(|r| r.target.clone()).filter(|t| self.index.contains_key(t)).or_else(by_type)
    }

    /// Unpacks a part into `bytes` and counts it as read. What cannot be unpacked leaves a gap; what came before stays.
    pub fn read(&mut self, part: usize, budget: &mut Budget, gaps: &mut Vec<Gap>, bytes: &mut Vec<u8>) {
        let Some(Part { entry, done, .. }) = self.parts.get_mut(part) else { return };
        *done = true;
        let end = budget.member().and_then(|()| {
            let mut part_budget = part_budget(budget, entry.packed_bytes_hint);
            let end = self.archive.read(entry, &mut part_budget, bytes);
            budget.unpack(part_budget.unpacked_bytes()).and(end)
        });
        if let Err(reason) = end {
            gaps.push(Gap::new(reason, entry.name.as_str(), ""));
        }
        self.tell_oddities(gaps);
    }

    /// Makes gaps of what turned out to be odd about the archive since the last time.
    fn tell_oddities(&mut self, gaps: &mut Vec<Gap>) {
        let new = self.archive.oddities().get(self.oddities_told..).unwrap_or_default();
        gaps.extend(new.iter().map(|oddity| Gap::new(Reason::Corrupt, &oddity.member, &*oddity.detail)));
        self.oddities_told = self.archive.oddities().len();
    }
}

/// What one part may take: it stands in memory as a whole, so its limits are tighter than those of an archive member.
#[allow(clippy::arithmetic_side_effects, reason = "divided by one at least")]
fn part_budget(budget: &Budget, packed_bytes: u64) -> Budget {
    let limits = budget.limits();
    let left = limits.unpacked_bytes_max.saturating_sub(budget.unpacked_bytes());
    let ratio = (PART_BYTES_FREE / packed_bytes.max(1)).max(PART_RATIO_MAX);
    Budget::new(&Limits {
        unpacked_bytes_max: left.min(PART_BYTES_MAX),
        ratio_max: limits.ratio_max.min(ratio),
        members_max: u64::MAX,
        time_max: budget.limits().time_max,
        ..limits.clone()
    })
}

/// Kind of the package with these content types and package relationships.
pub(super) fn main_of(types: &str, relationships: &str) -> Option<Kind> {
    let mains = mains(relationships);
    let (mut by_default, mut by_any) = (None, None);
    let mut xml = Xml::new(types);
    while let Some(event) = xml.next() {
        let Event::Start(tag) = event else { continue };
        let content_type = tag.attribute("ContentType").unwrap_or_default().to_ascii_lowercase();
        let Some(kind) = super::main_kind(&content_type) else {
            continue;
        };
        match tag.attribute("PartName") {
            Some(name) if mains.iter().any(|main| *main == key(&name)) => return Some(kind),
            Some(_) => by_any = by_any.or(Some(kind)),
            None => by_default = by_default.or(Some(kind)),
        }
    }
    by_default.or(by_any)
}

/// Kind of a package that lost its content types, by the folder of the main part.
pub(super) fn main_by_place(relationships: &str, entries: &[Entry]) -> Option<Kind> {
    let mains = mains(relationships);
    let entries = entries.iter().map(|e| key(&e.name)).filter(|name| mains.is_empty() || mains.contains(name));
    let places = [
        ("word/document", Kind::Docx),
        ("xl/workbook.bin", Kind::Xlsb),
        ("xl/workbook", Kind::Xlsx),
        ("ppt/presentation", Kind::Pptx),
        ("visio/document", Kind::Vsdx),
    ];
    let mut kinds = entries.filter_map(|name| places.iter().find(|(place, _)| name.starts_with(place)));
    kinds.next().map(|(_, kind)| *kind)
}

/// Names of the parts that the package's relationships call its main ones.
fn mains(relationships: &str) -> Vec<String> {
    let mut mains = Vec::new();
    let mut xml = Xml::new(relationships);
    while let Some(event) = xml.next() {
        if let Event::Start(tag) = event
            && tag.attribute("Type").is_some_and(|t| t.to_ascii_lowercase().ends_with("/officedocument"))
        {
            mains.push(key(&tag.attribute("Target").unwrap_or_default()));
        }
    }
    mains
}

/// Part names compare without regard to ASCII case, and archives differ in the leading slash.
fn key(name: &str) -> String {
    name.trim_start_matches('/').to_ascii_lowercase()
}

/// The part whose relationships this part holds: `word/_rels/document.xml.rels` → `word/document.xml`.
fn source_of(key: &str) -> Option<String> {
    let (folder, file) = key.rsplit_once('/')?;
    let source = file.strip_suffix(".rels")?;
    if folder == "_rels" {
        return Some(source.to_owned());
    }
    Some(format!("{}/{source}", folder.strip_suffix("/_rels")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relationship_parts_name_their_source() {
        assert_eq!(source_of("_rels/.rels").as_deref(), Some(""));
        assert_eq!(source_of("word/_rels/document.xml.rels").as_deref(), Some("word/document.xml"));
        assert_eq!(source_of("word/document.xml"), None);
    }
}
