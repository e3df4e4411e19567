//! The presentation: slides in their order, notes, masters, lists of the document, earlier states.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "depth is held against a limit, and slides, rows and records are counted, which take up bytes"
)]

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::persist::Edits;
use super::records::{C_STRING, Record, TEXT_BYTES, TEXT_CHARS};
use super::shapes::{DEPTH_MAX, strings};
use crate::blob::{Budget, Gap, Reason};
use crate::document::{Area, Document, Text, Unit};

const DOCUMENT: u16 = 0x03E8;
const SLIDE: u16 = 0x03EE;
const NOTES: u16 = 0x03F0;
const MASTER: u16 = 0x03F8;
const HANDOUT: u16 = 0x0FC9;
const LIST_WITH_TEXT: u16 = 0x0FF0;
const SLIDE_PERSIST: u16 = 0x03F3;
const OLE_STORAGE: u16 = 0x1011;

/// A slide, master or page of notes as the document lists it (2.4.14.5).
struct Entry {
    /// The number of its object.
    object: u32,
    /// The number that slides and notes know each other by.
    id: u32,
    outline: Vec<Outline>,
}

/// A piece of the outline, which stands in the list and not on the slide.
pub(super) struct Outline {
    text: String,
    used: bool,
}

/// What is being read: a slide, a page of notes, a master, the document.
pub(super) struct Page<'p> {
    pub area: Area,
    pub is_master: bool,
    /// Whether it is the document itself, whose lists of slides are read apart.
    is_document: bool,
    outline: &'p mut [Outline],
}

impl<'p> Page<'p> {
    fn of(area: Area) -> Self {
        Self { area, is_master: false, is_document: false, outline: &mut [] }
    }

    /// A piece of the outline, the first time it is asked for.
    pub fn outline(&mut self, index: usize) -> Option<String> {
        let piece = self.outline.get_mut(index).filter(|piece| !piece.used)?;
        piece.used = true;
        Some(std::mem::take(&mut piece.text))
    }
}

/// What is at hand while a presentation is read.
pub(super) struct Show<'s, 'b, 'd> {
    stream: &'s [u8],
    text: &'b mut Text<'d>,
    budget: &'b mut Budget,
    /// Texts that were told, by their hashes.
    told: HashSet<u64>,
    /// Whether an earlier state is being read: only what is new is told.
    is_earlier: bool,
    /// Where the records start that were read.
    done: BTreeSet<usize>,
    /// Bytes that may still be walked through: objects that overlap would be read over and over.
    walk_bytes: usize,
    /// Headers and footers, told at the end if no slide shows them.
    headers: Vec<(Area, String)>,
    stopped: Option<Reason>,
    /// Whether something lies deeper than is followed.
    pub is_too_deep: bool,
    records: u32,
}

/// Reads a presentation. Gives the embedded objects, each with whether it is packed.
pub(super) fn read<'s>(
    stream: &'s [u8],
    edits: &Edits,
    budget: &mut Budget,
    out: &mut Document<'_>,
) -> Vec<(bool, &'s [u8])> {
    let mut show = Show {
        stream,
        text: &mut out.text,
        budget,
        told: HashSet::new(),
        is_earlier: false,
        done: BTreeSet::new(),
        walk_bytes: stream.len().saturating_mul(3),
        headers: Vec::new(),
        stopped: None,
        is_too_deep: false,
        records: 0,
    };
    show.newest(edits);
    let objects = show.earlier(edits);
    if show.is_too_deep {
        out.gaps.push(Gap::new(Reason::DepthExceeded, "", format!("{DEPTH_MAX} groups in groups")));
    }
    if let Some(reason) = show.stopped {
        out.gaps.push(Gap::new(reason, "", ""));
    }
    objects
}

impl<'s> Show<'s, '_, '_> {
    /// The object of that number, if it was not read yet.
    fn object(&mut self, edits: &Edits, id: u32) -> Option<Record<'s>> {
        let at = *edits.objects.get(&id)?;
        let record = self.stream.get(at..).and_then(Record::of)?;
        if !self.done.insert(at) {
            return None;
        }
        self.take(record.body.len())?;
        Some(record)
    }

    /// Takes bytes from what may be walked through.
    fn take(&mut self, bytes: usize) -> Option<()> {
        match self.walk_bytes.checked_sub(bytes) {
            Some(left) => {
                self.walk_bytes = left;
                Some(())
            }
            None => {
                self.stopped = self.stopped.or(Some(Reason::Corrupt));
                None
            }
        }
    }

    /// The newest state: what a person sees.
    fn newest(&mut self, edits: &Edits) {
        let document = edits.document.and_then(|id| self.object(edits, id)).filter(|record| record.kind == DOCUMENT);
        let Some(document) = document else { return };
        let list = |instance| {
            let mut lists = document.children().filter(|r| r.kind == LIST_WITH_TEXT && r.instance == instance);
            lists.next().map(entries).unwrap_or_default()
        };
        let (mut slides, masters, mut notes) = (list(0), list(1), list(2));
        let by_id: HashMap<u32, usize> = notes.iter().enumerate().rev().map(|(at, entry)| (entry.id, at)).collect();
        for (number, entry) in slides.iter_mut().enumerate() {
            self.text.set_unit(Unit::Slide(u32::try_from(number + 1).unwrap_or(u32::MAX)));
            let slide = self.object(edits, entry.object);
            let area = if slide.is_some_and(is_hidden) { Area::Hidden } else { Area::Body };
            let mut page = Page { outline: &mut entry.outline, ..Page::of(area) };
            if let Some(slide) = slide {
                self.walk_children(slide, &mut page, 0);
            }
            for piece in entry.outline.iter_mut().filter(|piece| !piece.used) {
                self.say(area, &std::mem::take(&mut piece.text));
            }
            let noted = slide.and_then(|slide| slide.children().find(|r| r.kind == 0x03EF)?.u32(16));
            let of_slide = noted.filter(|id| *id != 0).and_then(|id| notes.get_mut(*by_id.get(&id)?));
            if let Some(entry) = of_slide {
                self.notes(edits, entry);
            }
            self.text.set_unit(Unit::None);
        }
        for entry in &mut notes {
            self.notes(edits, entry);
        }
        let numbers = document.children().find(|r| r.kind == 0x03E9).map(|atom| [atom.u32(24), atom.u32(28)]);
        let others = numbers.into_iter().flatten().flatten();
        for id in masters.iter().map(|entry| entry.object).chain(others) {
            if let Some(master) = self.object(edits, id) {
                self.walk_children(master, &mut Page { is_master: true, ..Page::of(Area::Body) }, 0);
            }
        }
        self.walk_children(document, &mut Page { is_document: true, ..Page::of(Area::Body) }, 0);
        for (area, text) in std::mem::take(&mut self.headers) {
            if self.is_new(&text) {
                self.aside(area, &text);
            }
        }
    }

    fn notes(&mut self, edits: &Edits, entry: &mut Entry) {
        let notes = self.object(edits, entry.object);
        let mut page = Page { outline: &mut entry.outline, ..Page::of(Area::Notes) };
        if let Some(notes) = notes {
            self.walk_children(notes, &mut page, 0);
        }
    }

    /// Everything that the newest state does not lead to: earlier states, of which only what is new is told. Embedded
    /// objects stand here too.
    fn earlier(&mut self, edits: &Edits) -> Vec<(bool, &'s [u8])> {
        let live: HashSet<usize> = edits.objects.values().copied().collect();
        // Without a directory, this is all there is.
        self.is_earlier = !self.done.is_empty();
        let mut objects = Vec::new();
        let mut number = 0;
        let all: BTreeSet<usize> = edits.starts.iter().chain(&live).copied().collect();
        for at in all {
            if !self.done.insert(at) {
                continue;
            }
            let Some(record) = self.stream.get(at..).and_then(Record::of) else { continue };
            if record.kind == OLE_STORAGE {
                if self.take(record.body.len()).is_some() {
                    objects.push((record.instance == 1, record.body));
                }
                continue;
            }
            if !matches!(record.kind, DOCUMENT | SLIDE | NOTES | MASTER | HANDOUT)
                || self.take(record.body.len()).is_none()
            {
                continue;
            }
            let area = match record.kind {
                _ if self.is_earlier => Area::TrackedChange,
                NOTES => Area::Notes,
                _ => Area::Body,
            };
            if record.kind == SLIDE && !self.is_earlier {
                number += 1;
                self.text.set_unit(Unit::Slide(number));
            }
            let is_master = matches!(record.kind, MASTER | HANDOUT);
            self.walk_children(record, &mut Page { is_master, ..Page::of(area) }, 0);
            self.text.set_unit(Unit::None);
        }
        for (_, text) in std::mem::take(&mut self.headers) {
            if self.is_new(&text) {
                self.aside(Area::TrackedChange, &text);
            }
        }
        objects
    }

    /// Reads the records in a container.
    pub fn walk_children(&mut self, record: Record<'_>, page: &mut Page<'_>, depth: usize) {
        if depth > DEPTH_MAX {
            self.is_too_deep |= !record.body.is_empty();
            return;
        }
        for child in record.children() {
            // The name of a slide, where somebody gave it one.
            if child.kind == C_STRING && child.instance == 3 && depth == 0 && !page.is_master && !page.is_document {
                let name = child.text().unwrap_or_default();
                self.aside(Area::Metadata, &name);
            } else {
                self.walk(child, page, depth + 1);
            }
            if self.stopped.is_some() {
                return;
            }
        }
    }

    /// Reads one record.
    pub fn walk(&mut self, record: Record<'_>, page: &mut Page<'_>, depth: usize) {
        self.records = self.records.wrapping_add(1);
        if self.records.is_multiple_of(1024)
            && let Err(reason) = self.budget.time()
        {
            self.stopped = Some(reason);
        }
        match record.kind {
            0xF004 => self.shape(record, page, depth),
            0xF003 => self.group(record, page, depth),
            TEXT_CHARS | TEXT_BYTES => self.say(page.area, &record.text().unwrap_or_default()),
            LIST_WITH_TEXT if page.is_document => {}
            // Fonts and styles, sounds, pictures, names of embedded programs, switches of the show.
            0x03F2 | 0x07E4 | 0x040B | 0x0FCC | 0x0FEE | 0x1772 | 0x0401 => {}
            0x0FD9 => {
                for (instance, text) in strings(record) {
                    self.headers.push((if instance == 1 { Area::Header } else { Area::Footer }, text));
                }
            }
            // Links, linked files and films: what they are called, where they lead.
            0x0FD7 | 0x0FCE | 0x1005 | 0x1006 | 0x1007 | 0x100E | 0x100F | 0x1010 | 0x0FEA | 0x1017 => {
                for (_, text) in strings(record) {
                    self.aside(Area::Metadata, &text);
                }
                self.walk_containers(record, page, depth);
            }
            // A comment: author, text, initials.
            0x2EE0 => {
                let words: Vec<_> = strings(record).collect();
                for (_, author) in words.iter().filter(|(instance, _)| *instance == 0) {
                    if self.is_new(author) {
                        self.aside(Area::Metadata, author);
                    }
                }
                for (_, text) in words.iter().filter(|(instance, _)| *instance == 1) {
                    self.say(Area::Comment, text);
                }
            }
            // A word that a program left, under a name; the name of a show of its own.
            0x1389 | 0x0411 => {
                for (instance, text) in strings(record) {
                    if instance == 1 || record.kind == 0x0411 {
                        self.aside(Area::Metadata, &text);
                    }
                }
            }
            // It holds records, though it does not say so.
            0x138B => self.walk_children(record, page, depth.max(1)),
            _ if record.is_container => self.walk_children(record, page, depth.max(1)),
            _ => {}
        }
    }

    fn walk_containers(&mut self, record: Record<'_>, page: &mut Page<'_>, depth: usize) {
        for child in record.children().filter(|child| child.is_container && depth < DEPTH_MAX) {
            self.walk(child, page, depth + 1);
        }
    }

    // ---- telling -------------------------------------------------------------------------------------------------

    /// Whether a text was not told before; now it is.
    fn is_new(&mut self, text: &str) -> bool {
        let mut hasher = DefaultHasher::new();
        text.trim().hash(&mut hasher);
        self.told.insert(hasher.finish())
    }

    /// Tells a text of one or more paragraphs.
    pub fn say(&mut self, area: Area, text: &str) {
        let text = text.trim_end();
        // A star stands for a date or a number that the show puts in.
        if text.trim().is_empty() || text == "*" || !self.is_new(text) && self.is_earlier {
            return;
        }
        let area = if self.is_earlier { Area::TrackedChange } else { area };
        self.aside_whole(area, text);
    }

    /// Tells words that stand beside the text.
    pub fn aside(&mut self, area: Area, text: &str) {
        if self.is_new(text) || !self.is_earlier {
            self.text.aside(area, text);
        }
    }

    fn aside_whole(&mut self, area: Area, text: &str) {
        let before = self.text.position();
        self.text.line();
        self.text.set_area(area);
        self.text.push(text);
        self.text.push("\n");
        self.text.set_position(before);
    }

    /// Tells the cells of a table (top, left, text; in this order), rows as lines.
    pub fn table(&mut self, cells: &[(i32, i32, &str)], columns: &[i32], area: Area) {
        let before = self.text.position();
        self.text.line();
        self.text.start_table();
        let (mut row, mut last): (u32, Option<i32>) = (0, None);
        for (top, left, text) in cells {
            if !self.is_new(text) && self.is_earlier {
                continue;
            }
            match last {
                Some(last) if last == *top => self.text.push("\t"),
                Some(_) => {
                    self.text.line();
                    row += 1;
                }
                None => {}
            }
            last = Some(*top);
            let column = columns.binary_search(left).unwrap_or(0);
            self.text.set_area(if self.is_earlier { Area::TrackedChange } else { area });
            self.text.set_cell(row, u32::try_from(column).unwrap_or(0));
            self.text.push(text.trim_end());
        }
        self.text.line();
        self.text.set_position(before);
    }
}

/// Whether a slide is left out of the show (2.4.22.7).
fn is_hidden(slide: Record<'_>) -> bool {
    let info = slide.children().find(|record| record.kind == 0x03F9);
    info.and_then(|info| info.body.get(10).copied()).is_some_and(|flags| flags & 4 != 0)
}

/// The entries of a list, each with its piece of the outline.
fn entries(list: Record<'_>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for record in list.children() {
        match record.kind {
            SLIDE_PERSIST => {
                let (object, id) = (record.u32(0).unwrap_or(0), record.u32(12).unwrap_or(0));
                entries.push(Entry { object, id, outline: Vec::new() });
            }
            0x0F9F => {
                let pieces = entries.last_mut().map(|entry| &mut entry.outline);
                pieces.into_iter().for_each(|pieces| pieces.push(Outline { text: String::new(), used: false }));
            }
            TEXT_CHARS | TEXT_BYTES => {
                let piece = entries.last_mut().and_then(|entry| entry.outline.last_mut());
                if let (Some(piece), Some(text)) = (piece, record.text()) {
                    piece.text.push_str(&text);
                }
            }
            _ => {}
        }
    }
    entries
}
