//! Edits of a file (2.3.3 to 2.3.5): every time it was saved, what had changed was written behind what was there. The
//! directory of each edit says where its objects are; what no directory points at any more is an earlier state.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "positions of records that are there, and numbers of at most twenty bits"
)]

use std::collections::{BTreeSet, HashMap, HashSet};

use super::records::{Record, wide};
use crate::blob::{Passwords, Reason};
use crate::container::offcrypto::Rc4;
use crate::document::code_page;

const USER_EDIT: u16 = 0x0FF5;
const DIRECTORY: u16 = 0x1772;
const CRYPT_SESSION: u16 = 0x2F14;

/// Objects that are known; a directory entry has a number of 20 bits.
const OBJECTS_MAX: usize = 1 << 20;

/// Where the objects of a file are.
#[derive(Debug, Default)]
pub(super) struct Edits {
    /// Where each object is, in its newest state.
    pub objects: HashMap<u32, usize>,
    /// The number of the document.
    pub document: Option<u32>,
    /// The number of the record that says how the file is encrypted.
    crypt_session: Option<u32>,
    /// Where records start that stand in no other record.
    pub starts: BTreeSet<usize>,
}

impl Edits {
    /// Follows the edits from the newest to the oldest one.
    pub fn of(stream: &[u8], user: &[u8]) -> Self {
        let mut edits = Self::default();
        let mut at = 0;
        let mut last_edit = None;
        while let Some(record) = stream.get(at..).and_then(Record::of) {
            edits.starts.insert(at);
            if record.kind == USER_EDIT {
                last_edit = Some(at);
            }
            at += 8 + record.body.len();
        }
        let told = user.get(16..).and_then(|b| b.first_chunk()).map(|b| u32::from_le_bytes(*b) as usize);
        let is_edit = |at: &usize| stream.get(*at..).and_then(Record::of).is_some_and(|r| r.kind == USER_EDIT);
        let mut next = told.filter(is_edit).or(last_edit);
        let mut seen = HashSet::new();
        // Directories do not lie in one another: together they have no more entries than the stream has places.
        let mut left = stream.len() / 4;
        while let Some(at) = next.filter(|at| seen.insert(*at)) {
            let Some(edit) = stream.get(at..).and_then(Record::of).filter(|r| r.kind == USER_EDIT) else { break };
            let (before, directory) = (edit.u32(8), edit.u32(12));
            edits.document = edits.document.or(edit.u32(16));
            if edit.body.len() >= 32 {
                edits.crypt_session = edits.crypt_session.or(edit.u32(28));
            }
            if let Some(directory) = directory.map(|at| at as usize)
                && seen.insert(directory)
            {
                edits.add(stream.get(directory..).and_then(Record::of), &mut left);
            }
            next = before.map(|at| at as usize).filter(|at| *at != 0);
        }
        edits
    }

    /// Adds a directory: numbers that newer ones have are kept.
    fn add(&mut self, directory: Option<Record<'_>>, left: &mut usize) {
        let Some(directory) = directory.filter(|record| record.kind == DIRECTORY) else { return };
        let mut at = 0;
        while let Some(head) = directory.u32(at) {
            let Some(fewer) = left.checked_sub(1) else { return };
            *left = fewer;
            let (first, count) = (head & 0xF_FFFF, head >> 20);
            at += 4;
            for id in first..first + count {
                let Some(fewer) = left.checked_sub(1) else { return };
                *left = fewer;
                let Some(offset) = directory.u32(at) else { return };
                at += 4;
                if self.objects.len() < OBJECTS_MAX {
                    self.objects.entry(id).or_insert(offset as usize);
                }
            }
        }
    }

    /// Whether the stream is made of records of this version.
    pub fn is_readable(&self) -> bool {
        !self.objects.is_empty() || self.starts.len() > 2
    }

    /// Decrypts the objects in place. Gives whether the password is one that all know; nothing for a file that is not
    /// encrypted.
    pub fn decrypt(&self, stream: &mut [u8], passwords: &Passwords) -> Result<Option<bool>, Reason> {
        let Some(at) = self.crypt_session.and_then(|id| self.objects.get(&id)) else { return Ok(None) };
        let session = stream.get(*at..).and_then(Record::of).filter(|record| record.kind == CRYPT_SESSION);
        let Some(session) = session else { return Ok(None) };
        let key = Rc4::open(session.body, passwords).ok_or(Reason::PasswordProtected)?;
        let mut objects: Vec<_> = self.objects.iter().filter(|(id, _)| self.crypt_session != Some(**id)).collect();
        objects.sort_unstable_by_key(|(id, at)| (**at, **id));
        let mut end = 0;
        for (id, at) in objects {
            // Objects do not lie in one another: each byte is decrypted once.
            let Some(bytes) = stream.get_mut(*at..).filter(|_| *at >= end) else { continue };
            let Some(mut header) = bytes.first_chunk::<8>().copied() else { continue };
            key.apply(*id, &mut header);
            let [.., a, b, c, d] = header;
            let length = (u32::from_le_bytes([a, b, c, d]) as usize).saturating_add(8).min(bytes.len());
            let object = bytes.get_mut(..length).unwrap_or_default();
            key.apply(*id, object);
            end = at + length;
        }
        Ok(Some(key.is_default()))
    }
}

/// The name of who saved the file last (2.3.2).
pub(super) fn user_name(user: &[u8]) -> Option<String> {
    let length = usize::from(u16::from_le_bytes(*user.get(20..)?.first_chunk()?));
    let narrow = user.get(28..28 + length)?;
    let wide_name = user.get(32 + length..32 + length * 3).map(wide);
    Some(wide_name.unwrap_or_else(|| code_page::decode(narrow, 1252))).filter(|name| !name.trim().is_empty())
}
