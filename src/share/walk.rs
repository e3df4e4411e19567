//! Which files there are: folders in the order of their names, links and special files listed but never followed.

use std::collections::{HashSet, VecDeque};
use std::ffi::OsStr;
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::blob::{Gap, Reason};
use crate::report::Input;
use crate::share::path::{FilePath, failed};

/// One file of a share, or what stands in its place.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Where it is.
    pub place: FilePath,
    /// What its record says about it.
    pub input: Input,
    /// Why it is not to be opened.
    pub gap: Option<Gap>,
    /// Whether it is a root of the run: one that cannot be read fails the run, not only its record.
    pub root: bool,
}

/// Device and inode of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FileId(u64, u64);

/// Which files to pass over.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    include: Option<Gitignore>,
    exclude: Option<Gitignore>,
    own: HashSet<FileId>,
}

impl Filter {
    /// Globs in gitignore syntax: with `include`, only what one of them matches is opened; what `exclude` matches is not.
    ///
    /// # Errors
    /// A glob that does not parse, in its own words.
    pub fn new(include: &[String], exclude: &[String]) -> Result<Self, String> {
        Ok(Self { include: globs(include)?, exclude: globs(exclude)?, own: HashSet::new() })
    }

    /// Leaves out a file the run itself writes. Such files get no record.
    pub fn add_own(&mut self, metadata: &Metadata) {
        self.own.extend(file_id(metadata));
    }

    fn is_own(&self, metadata: &Metadata) -> bool {
        !self.own.is_empty() && file_id(metadata).is_some_and(|id| self.own.contains(&id))
    }

    /// Whether globs exclude a path below a root (or a named file, by its name).
    fn excludes(&self, path: &Path, folder: bool) -> bool {
        let matches = |globs: &Gitignore| globs.matched_path_or_any_parents(path, folder).is_ignore();
        self.exclude.as_ref().is_some_and(matches)
            || !folder && self.include.as_ref().is_some_and(|globs| !matches(globs))
    }
}

fn globs(list: &[String]) -> Result<Option<Gitignore>, String> {
    if list.is_empty() {
        return Ok(None);
    }
    let mut builder = GitignoreBuilder::new("");
    for glob in list {
        builder.add_line(None, glob).map_err(|error| error.to_string())?;
    }
    builder.build().map(Some).map_err(|error| error.to_string())
}

#[cfg(unix)]
#[allow(clippy::unnecessary_wraps, reason = "other systems have no such number")]
fn file_id(metadata: &Metadata) -> Option<FileId> {
    use std::os::unix::fs::MetadataExt;
    Some(FileId(metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn file_id(_: &Metadata) -> Option<FileId> {
    None
}

/// Walks files and folders. The order is that of the roots, and of names inside folders.
#[derive(Debug)]
pub struct Walk {
    filter: Filter,
    /// Folders that are not done, each inside the one before it.
    folders: Vec<Folder>,
    roots: VecDeque<PathBuf>,
}

/// What is still to do in a folder.
#[derive(Debug)]
struct Folder {
    place: FilePath,
    /// The next one last.
    names: Vec<Box<OsStr>>,
}

impl Walk {
    /// Walks `roots`: files, and folders with everything below them. A root that is a link is followed, for the caller
    /// named it.
    pub fn new(roots: impl IntoIterator<Item = PathBuf>, filter: Filter) -> Self {
        Self { filter, folders: Vec::new(), roots: roots.into_iter().collect() }
    }

    fn root(&mut self, path: PathBuf) -> Option<Entry> {
        let place = FilePath::named(path);
        match fs::metadata(place.path()) {
            Ok(metadata) if metadata.is_dir() => {
                self.open(&place).map(|gap| Entry { root: true, ..Entry::passed(place, None, gap) })
            }
            Ok(metadata) => {
                let name = PathBuf::from(place.path().file_name().unwrap_or(place.path().as_os_str()));
                let entry = self.file(place, &name, &metadata)?;
                Some(Entry { root: true, ..entry })
            }
            Err(error) => Some(Entry { root: true, ..Entry::passed(place, None, failed(&error)) }),
        }
    }

    /// Puts what is in a folder on the list; `Some` says why it could not be read, or not to its end.
    fn open(&mut self, place: &FilePath) -> Option<Gap> {
        let mut names: Vec<Box<OsStr>> = Vec::new();
        let listed = place.list(&mut |name| names.push(name.into()));
        names.sort_unstable_by(|a, b| b.cmp(a));
        names.shrink_to_fit();
        if !names.is_empty() {
            self.folders.push(Folder { place: place.clone(), names });
        }
        listed.err()
    }

    fn below(&mut self, place: FilePath) -> Option<Entry> {
        let metadata = match place.look() {
            Ok(metadata) => metadata,
            Err(error) => return Some(Entry::passed(place, None, failed(&error))),
        };
        let inside = place.inside();
        if !metadata.is_dir() {
            return self.file(place, &inside, &metadata);
        }
        if self.filter.excludes(&inside, true) {
            let gap = Gap::new(Reason::Excluded, "", "a folder");
            return Some(Entry::passed(place, None, gap));
        }
        self.open(&place).map(|gap| Entry::passed(place, None, gap))
    }

    fn file(&self, place: FilePath, inside: &Path, metadata: &Metadata) -> Option<Entry> {
        if self.filter.is_own(metadata) {
            return None;
        }
        if self.filter.excludes(inside, false) {
            return Some(Entry::passed(place, Some(metadata), Gap::new(Reason::Excluded, "", "")));
        }
        Some(Entry::of(place, metadata))
    }

    /// The next thing in the folder that was opened last.
    fn next_place(&mut self) -> Option<FilePath> {
        while let Some(folder) = self.folders.last_mut() {
            if let Some(name) = folder.names.pop() {
                return Some(folder.place.below(&name));
            }
            self.folders.pop();
        }
        None
    }
}

impl Iterator for Walk {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        loop {
            let entry = match self.next_place() {
                Some(place) => self.below(place),
                None => {
                    let root = self.roots.pop_front()?;
                    self.root(root)
                }
            };
            if entry.is_some() {
                return entry;
            }
        }
    }
}

impl Entry {
    /// A path somebody listed: one entry, whatever it is. Links are not followed, folders not opened.
    pub fn listed(path: PathBuf, filter: &Filter) -> Self {
        let place = FilePath::listed(path);
        match place.look() {
            Ok(metadata) if metadata.is_dir() => {
                let gap = Gap::new(Reason::SpecialFile, "", "a folder; lists name files");
                Self::passed(place, None, gap)
            }
            Ok(metadata) if filter.is_own(&metadata) => {
                let gap = Gap::new(Reason::Excluded, "", "written by this run");
                Self::passed(place, None, gap)
            }
            Ok(metadata) if filter.excludes(relative(place.path()), false) => {
                Self::passed(place, Some(&metadata), Gap::new(Reason::Excluded, "", ""))
            }
            Ok(metadata) => Self::of(place, &metadata),
            Err(error) => Self::passed(place, None, failed(&error)),
        }
    }

    /// The document on standard input, or another one that no path leads to.
    pub fn unplaced(input: Input) -> Self {
        Self { place: FilePath::named(PathBuf::new()), input, gap: None, root: true }
    }

    /// Notes a gap if the file is another one by now than the one that was listed.
    pub fn note_change(&mut self) {
        let same = self.place.look().is_ok_and(|now| {
            let now = if now.is_symlink() { fs::metadata(self.place.path()).unwrap_or(now) } else { now };
            now.is_file() && now.len() == self.input.size && now.modified().ok() == self.input.mtime
        });
        if !same {
            self.input.gaps.push(Gap::new(Reason::ChangedDuringScan, "", ""));
        }
    }

    fn of(place: FilePath, metadata: &Metadata) -> Self {
        let kind = metadata.file_type();
        let gap = if kind.is_file() {
            None
        } else if kind.is_symlink() {
            Some(Gap::new(Reason::Symlink, "", ""))
        } else {
            Some(Gap::new(Reason::SpecialFile, "", ""))
        };
        let size = if kind.is_file() { metadata.len() } else { 0 };
        let input = Input { size, mtime: metadata.modified().ok(), ..input(place.path()) };
        Self { place, input, gap, root: false }
    }

    fn passed(place: FilePath, metadata: Option<&Metadata>, gap: Gap) -> Self {
        let mut input = input(place.path());
        if let Some(metadata) = metadata {
            input.size = metadata.len();
            input.mtime = metadata.modified().ok();
        }
        Self { place, input, gap: Some(gap), root: false }
    }
}

/// A path without a root, as globs want it.
fn relative(path: &Path) -> &Path {
    path.strip_prefix("/").or_else(|_| path.strip_prefix("./")).unwrap_or(path)
}

/// The path, lossless.
fn input(path: &Path) -> Input {
    match path.to_str() {
        Some(text) => Input::named(text),
        None => Input {
            path_bytes: Some(path.as_os_str().as_encoded_bytes().to_vec()),
            ..Input::named(path.to_string_lossy())
        },
    }
}
