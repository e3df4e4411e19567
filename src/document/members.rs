//! Zip packages whose reader asks for members by name: OpenDocument, EPUB. What it does not ask for is given as files
//! of their own.

use std::collections::HashMap;

use super::{Document, Embedded};
use crate::blob::{Budget, Gap, Limits, Reason};
use crate::container::zip::{Archive, Entry};

/// Bytes of one member that is read as text. 512 MiB, as for parts of Office packages.
const MEMBER_BYTES_MAX: u64 = 512 << 20;

/// An opened package.
pub(super) struct Members<'a> {
    archive: Archive<'a>,
    list: Vec<Member>,
    /// Numbers of members by their names in lower case.
    index: HashMap<String, Vec<usize>>,
    oddities_told: usize,
}

#[derive(Debug)]
struct Member {
    entry: Entry,
    done: bool,
}

impl<'a> Members<'a> {
    /// Opens the package; what is wrong with it is a gap.
    pub fn open(bytes: &'a [u8], gaps: &mut Vec<Gap>) -> Option<Self> {
        match Archive::open(bytes) {
            Ok(archive) => {
                let files = archive.entries().iter().filter(|entry| !entry.folder);
                let list: Vec<Member> = files.map(|entry| Member { entry: entry.clone(), done: false }).collect();
                let mut index: HashMap<String, Vec<usize>> = HashMap::new();
                for (number, member) in list.iter().enumerate() {
                    index.entry(key(&member.entry.name)).or_default().push(number);
                }
                Some(Self { archive, list, index, oddities_told: 0 })
            }
            Err(error) => {
                gaps.push(Gap::new(Reason::Corrupt, "", error.to_string()));
                None
            }
        }
    }

    /// Number and name of every member.
    pub fn names(&self) -> impl Iterator<Item = (usize, &str)> {
        self.list.iter().enumerate().map(|(i, member)| (i, member.entry.name.as_str()))
    }

    /// The first unread member with this name; case counts only where two differ in nothing else.
    pub fn find(&self, name: &str) -> Option<usize> {
        let name = name.trim_start_matches("./").trim_start_matches('/');
        let alike = self.index.get(&key(name)).map(Vec::as_slice).unwrap_or_default();
        let mut open = alike.iter().copied().filter(|i| !self.is_done(*i));
        let same = open.clone().find(|i| self.name(*i).trim_start_matches('/') == name);
        same.or_else(|| open.next())
    }

    /// Name of a member.
    pub fn name(&self, member: usize) -> &str {
        self.list.get(member).map_or("", |m| m.entry.name.as_str())
    }

    /// Whether a member was read or is not wanted.
    pub fn is_done(&self, member: usize) -> bool {
        self.list.get(member).is_none_or(|m| m.done)
    }

    /// Says that a member needs no (further) reading.
    pub fn set_done(&mut self, member: usize) {
        if let Some(member) = self.list.get_mut(member) {
            member.done = true;
        }
    }

    /// Unpacks a member and counts it as read. What cannot be unpacked leaves a gap; what came before stays.
    pub fn read(&mut self, member: usize, budget: &mut Budget, gaps: &mut Vec<Gap>) -> Vec<u8> {
        let mut bytes = Vec::new();
        let Some(Member { entry, done }) = self.list.get_mut(member) else { return bytes };
        *done = true;
        let end = budget.member().and_then(|()| {
            let limits = budget.limits();
            let left = limits.unpacked_bytes_max.saturating_sub(budget.unpacked_bytes()).min(MEMBER_BYTES_MAX);
            let own = Limits { unpacked_bytes_max: left, members_max: u64::MAX, ..limits.clone() };
            let mut own = Budget::new(&own);
            let end = self.archive.read(entry, &mut own, &mut bytes);
            budget.unpack(own.unpacked_bytes()).and(end)
        });
        if let Err(reason) = end {
            gaps.push(Gap::new(reason, entry.name.as_str(), ""));
        }
        bytes
    }

    /// Gives every member that was not read as a file of its own, and makes gaps of what is odd about the package.
    pub fn rest(&mut self, budget: &mut Budget, out: &mut Document<'_>) {
        for member in 0..self.list.len() {
            if self.is_done(member) {
                continue;
            }
            let bytes = self.read(member, budget, &mut out.gaps);
            if !bytes.is_empty() {
                out.embedded.push(Embedded { name: self.name(member).to_owned(), bytes });
            }
        }
        if !self.archive.comment().trim_ascii().is_empty() {
            let bytes = self.archive.comment().to_vec();
            out.embedded.push(Embedded { name: "(comment)".to_owned(), bytes });
        }
        for stray in self.archive.strays() {
            out.embedded.push(Embedded { name: "(between members)".to_owned(), bytes: stray.to_vec() });
        }
        let new = self.archive.oddities().get(self.oddities_told..).unwrap_or_default();
        out.gaps.extend(new.iter().map(|oddity| Gap::new(Reason::Corrupt, &oddity.member, &*oddity.detail)));
        self.oddities_told = self.archive.oddities().len();
    }
}

fn key(name: &str) -> String {
    name.trim_start_matches('/').to_ascii_lowercase()
}
