//! The walk through one file: what is it, unpack it, read it, and the same for whatever is inside.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::course::Course;
use super::window::{self, Sizes};
use crate::blob::{Budget, Family, Gap, Kind, Large, Reason, Suspicion, Suspicions};
use crate::container::{self, Encoded};
use crate::document::{self, Area, Document, Options, Text};

/// What a walk reports to.
pub(super) trait Visit {
    /// A document on the way, with its kind and the path of members down to it.
    fn document(&mut self, path: &str, kind: Kind, document: &Document<'_>);

    /// How texts are cut into windows; `None`: not at all.
    fn windows(&self) -> Option<Sizes> {
        None
    }

    /// Reads windows of a text, as many as it likes, and says what stood encoded in them. Asked again until it is done.
    fn text(&mut self, _path: &str, course: &mut Course<'_>) -> Vec<Encoded> {
        course.done = true;
        Vec::new()
    }

    /// Whether nothing that is still to come can change anything.
    fn is_decided(&self) -> bool {
        false
    }
}

/// One walk.
pub(super) struct Walk<'w, 'v> {
    pub(super) budget: &'w mut Budget,
    pub(super) options: &'w Options,
    /// Everything that was not examined, with places from the outermost file down.
    pub(super) gaps: Vec<Gap>,
    pub(super) visit: &'w mut (dyn Visit + 'v),
    /// Signs that something was meant not to be seen.
    pub(super) suspicions: Suspicions,
    /// Encodings that were undone on the way here.
    decoded: u32,
}

impl<'w, 'v> Walk<'w, 'v> {
    /// A walk that starts with these gaps.
    pub(super) fn new(
        budget: &'w mut Budget,
        options: &'w Options,
        gaps: Vec<Gap>,
        visit: &'w mut (dyn Visit + 'v),
    ) -> Self {
        Self { budget, options, gaps, visit, suspicions: Suspicions::default(), decoded: 0 }
    }

    /// Walks through `bytes`, which stand at `path` ("" = the file itself), and says what they are.
    pub(super) fn blob(&mut self, bytes: &[u8], path: &str) -> Kind {
        if let Ok(Some(kind)) = self.windows(&bytes, path) {
            return kind;
        }
        let kind = document::kind(bytes, self.budget);
        if self.visit.is_decided() {
            self.decided(path);
            return kind;
        }
        let before = self.gaps.len();
        match kind.family() {
            Family::Empty => {}
            Family::Container => self.container(kind, bytes, path),
            _ => self.document(kind, bytes, path),
        }
        if self.options.text && !self.visit.is_decided() {
            let mut corrupt = self.gaps.iter().skip(before).filter(|gap| gap.reason == Reason::Corrupt).peekable();
            let is_corrupt = corrupt.peek().is_some();
            let tells = corrupt.any(|gap| gap.place == path);
            if let Some(detail) = container::missing_end(kind, bytes)
                && !tells
            {
                self.gap(path, Gap::new(Reason::Corrupt, "", detail));
            }
            // Whatever contradicts itself has left a gap: others need not be asked.
            if is_corrupt && container::contradicts_itself(kind, bytes) {
                self.suspicions.add(Suspicion::HeaderMismatch, path);
            }
            self.overlays(kind, bytes, path);
        }
        kind
    }

    /// Walks through a large text at `path` in windows, and says what it is; `None`: it is none that is read so.
    ///
    /// # Errors
    /// It could not be read at all.
    pub(super) fn windows(&mut self, file: &dyn Large, path: &str) -> io::Result<Option<Kind>> {
        let Some(sizes) = self.visit.windows().filter(|_| self.options.text) else { return Ok(None) };
        let Some((kind, windows)) = window::windows(file, sizes)? else { return Ok(None) };
        let decode = self.decoded < self.options.decode;
        let mut course = Course::new(file, windows, sizes, decode, self.budget.deadline());
        while !course.done {
            let encoded = self.visit.text(path, &mut course);
            self.encoded(encoded, path);
        }
        for gap in course.gaps() {
            self.gap(path, gap);
        }
        Ok(Some(kind))
    }

    /// Walks through what stands beside the thing that the blob is: two files may be one.
    fn overlays(&mut self, kind: Kind, bytes: &[u8], path: &str) {
        for overlay in container::overlays(kind, bytes) {
            let place = join(path, overlay.name);
            // A program with an archive behind it unpacks it: that is how they are made.
            if kind != Kind::Executable {
                self.suspicions.add(Suspicion::TrailingData, &place);
            }
            if let Err(reason) = self.budget.member().and_then(|()| self.budget.enter()) {
                return self.gap(&place, Gap::new(reason, "", "not looked at"));
            }
            self.blob(bytes.get(overlay.range).unwrap_or_default(), &place);
            self.budget.leave();
        }
    }

    fn container(&mut self, kind: Kind, bytes: &[u8], path: &str) {
        if !self.options.text && path.contains('!') {
            return;
        }
        if let Err(reason) = self.budget.enter() {
            let detail = format!("{} levels", self.budget.limits().depth_max);
            return self.gap(path, Gap::new(reason, "", detail));
        }
        // The budget and the gaps go down with the parts and come back up with them.
        let mut gaps = Vec::new();
        let mut names = Document::default();
        names.text.set_area(Area::Filename);
        let mut budget = std::mem::replace(self.budget, Budget::new(self.budget.limits()));
        let options = self.options;
        container::unpack(kind, bytes, &options.passwords, &mut budget, &mut gaps, &mut |part, budget| {
            names.text.push(part.name);
            names.text.push("\n");
            std::mem::swap(self.budget, budget);
            self.member(part.bytes, &join(path, part.name), part.name);
            std::mem::swap(self.budget, budget);
        });
        *self.budget = budget;
        self.budget.leave();
        self.visit.document(path, kind, &names);
        for gap in gaps {
            self.gap(path, gap);
        }
    }

    /// Walks through a member of a container or an attachment, which stands at `path` and is called `name`.
    fn member(&mut self, bytes: &[u8], path: &str, name: &str) -> Kind {
        let kind = self.blob(bytes, path);
        if name.starts_with("(behind the ") && !name.ends_with("damage)") {
            self.suspicions.add(Suspicion::TrailingData, path);
        } else if kind.contradicts_name(name) {
            self.suspicions.add(Suspicion::ExtensionMismatch, path);
        }
        kind
    }

    fn document(&mut self, kind: Kind, bytes: &[u8], path: &str) {
        let (options, budget) = (self.options, &mut *self.budget);
        let read = catch_unwind(AssertUnwindSafe(|| document::read(kind, bytes, options, budget)));
        let Ok(mut document) = read else {
            return self.gap(path, Gap::new(Reason::Crashed, "", "the reader died"));
        };
        for gap in std::mem::take(&mut document.gaps) {
            self.gap(path, gap);
        }
        let embedded = std::mem::take(&mut document.embedded);
        // Logos and photographs are in most documents: their pixels count where there is nothing else to be read.
        // What is attached to a mail, or packed in an archive, is a file of its own.
        let tells_pictures = options.ocr.is_some() || is_mail(kind) || !embedded.is_empty() && !document.shows_text();
        for sign in std::mem::take(&mut document.suspicions) {
            self.suspicions.add(sign, path);
        }
        if document.text.has_text_in(Area::Hidden) {
            self.suspicions.add(Suspicion::HiddenText, path);
        }
        self.visit.document(path, kind, &document);
        if self.visit.is_decided() {
            if document.decrypted.is_some() || !embedded.is_empty() || self.options.decode > 0 {
                self.decided(path);
            }
            return;
        }
        let encoded = match self.options.text && self.decoded < self.options.decode {
            true => container::encoded(document.text.as_str()),
            false => Vec::new(),
        };
        // The text of the outer document is no longer needed while its embedded files are read.
        document.text = Text::default();
        let decrypted = document.decrypted.take();
        self.encoded(encoded, path);
        if decrypted.is_none() && (embedded.is_empty() || !self.options.text) {
            return;
        }
        if let Err(reason) = self.budget.enter() {
            let detail = format!("{} levels", self.budget.limits().depth_max);
            return self.gap(path, Gap::new(reason, "", detail));
        }
        if let Some(bytes) = decrypted {
            // It is read in the place of the file that it was.
            self.blob(&bytes, path);
        }
        for part in embedded.into_iter().filter(|_| self.options.text) {
            let place = join(path, &part.name);
            let before = self.gaps.len();
            let inner = match is_mail(kind) || part.name.starts_with("(behind the ") {
                true => self.member(&part.bytes, &place, &part.name),
                // Objects are called as their writer pleases.
                false => self.blob(&part.bytes, &place),
            };
            if !tells_pictures && inner.family() == Family::Media {
                let own = |gap: &Gap| gap.reason == Reason::ImageOnly && gap.place == place;
                let rest = self.gaps.split_off(before);
                self.gaps.extend(rest.into_iter().filter(|gap| !own(gap)));
            }
        }
        self.budget.leave();
    }

    /// Nothing more is looked at, here and in whatever this stands in.
    fn decided(&mut self, path: &str) {
        self.budget.end(Reason::Decided);
        self.gap(path, Gap::new(Reason::Decided, "", "not all was looked at"));
    }

    /// Walks through what stood encoded in a text.
    fn encoded(&mut self, parts: Vec<container::Encoded>, path: &str) {
        self.decoded += 1;
        for part in parts {
            let place = join(path, part.name);
            if let Err(reason) = self.budget.member().and_then(|()| self.budget.enter()) {
                self.gap(&place, Gap::new(reason, "", "not looked at"));
                break;
            }
            self.blob(&part.bytes, &place);
            self.budget.leave();
        }
        self.decoded -= 1;
    }

    fn gap(&mut self, path: &str, mut gap: Gap) {
        gap.place = match (path.is_empty(), gap.place.is_empty()) {
            (true, _) => gap.place,
            (false, true) => path.to_owned(),
            (false, false) => join(path, &gap.place),
        };
        if !self.gaps.contains(&gap) {
            self.gaps.push(gap);
        }
    }
}

/// Whether files inside are attachments, that is, documents of their own.
fn is_mail(kind: Kind) -> bool {
    matches!(kind, Kind::Mail | Kind::Msg | Kind::Tnef)
}

/// The path of member `name`; never empty, which would be the file itself.
fn join(path: &str, name: &str) -> String {
    let name = if name.is_empty() { "(no name)" } else { name };
    if path.is_empty() { name.to_owned() } else { format!("{path}!{name}") }
}
