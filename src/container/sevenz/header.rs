//! The header of a 7z archive: packed streams, folders (groups of files packed together by a chain of coders), files.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "coders, inputs and files are held against limits; a number shifts by at most 48"
)]

/// Things of one kind that one archive may have; everything is held against what is there, too.
const COUNT_MAX: u64 = 1 << 20;
/// Coders of one folder; 7-Zip itself allows 32.
const CODERS_MAX: u64 = 32;

/// What a header says.
#[derive(Debug, Default)]
pub struct Header {
    /// Where the packed streams stand, from the end of the signature header.
    pub packed: Vec<(u64, u64)>,
    /// Folders.
    pub folders: Vec<Folder>,
    /// Files, in the order of their data.
    pub files: Vec<File>,
    /// The comment of the archive.
    pub comment: String,
}

/// A chain of coders, and the files that are packed by it.
#[derive(Clone, Debug, Default)]
pub struct Folder {
    /// Coders.
    pub coders: Vec<Coder>,
    /// Bound streams: an input and the output that it reads from.
    pub pairs: Vec<(usize, usize)>,
    /// Inputs that read from packed streams, in the order of those.
    pub inputs: Vec<usize>,
    /// The first packed stream.
    pub first: usize,
    /// Length of each coder's output.
    pub lengths: Vec<u64>,
    /// Checksum of all it holds.
    pub crc: Option<u32>,
    /// The files: length and checksum.
    pub parts: Vec<(u64, Option<u32>)>,
}

impl Folder {
    /// The output that no input reads: that of the folder.
    pub fn main(&self) -> Option<usize> {
        (0..self.coders.len()).find(|output| self.pairs.iter().all(|(_, bound)| bound != output))
    }
}

/// One coder.
#[derive(Clone, Debug, Default)]
pub struct Coder {
    /// Its number.
    pub method: u64,
    /// Inputs it reads from.
    pub inputs: usize,
    /// Its properties.
    pub properties: Vec<u8>,
}

/// A file or a folder of files.
#[derive(Clone, Debug, Default)]
pub struct File {
    /// Name, `/` between folders.
    pub name: String,
    /// Whether it has data.
    pub has_data: bool,
}

/// Reads a header. What was read in front of a fault is kept, the second value says whether there was one.
pub fn read(bytes: &[u8]) -> (Header, bool) {
    let mut header = Header::default();
    let whole = Reader { rest: bytes }.header(&mut header).is_some();
    (header, whole)
}

/// Reads the streams of a packed header.
pub fn read_streams(bytes: &[u8]) -> Option<Header> {
    let mut header = Header::default();
    Reader { rest: bytes }.streams(&mut header)?;
    Some(header)
}

/// The 64-bit number of `bytes`, lowest first.
fn number_of(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte))
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn take(&mut self, count: u64) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(usize::try_from(count).ok()?)?;
        self.rest = rest;
        Some(taken)
    }

    /// A number of one to nine bytes: the ones at the top of the first tell how many follow.
    fn number(&mut self) -> Option<u64> {
        let first = self.byte()?;
        let more = first.leading_ones();
        let low = number_of(self.take(u64::from(more))?);
        let high = u64::from(first) & (0x7F_u64 >> more);
        Some(if more >= 7 { low } else { high << (8 * more) | low })
    }

    fn count(&mut self, most: u64) -> Option<usize> {
        self.number().filter(|count| *count <= most).and_then(|count| usize::try_from(count).ok())
    }

    fn bits(&mut self, count: usize) -> Option<Vec<bool>> {
        let bytes = self.take(count.div_ceil(8) as u64)?;
        Some((0..count).map(|i| bytes.get(i / 8).is_some_and(|byte| byte << (i % 8) & 0x80 != 0)).collect())
    }

    /// Bits that may all be set without being there.
    fn defined(&mut self, count: usize) -> Option<Vec<bool>> {
        if self.byte()? != 0 { Some(vec![true; count]) } else { self.bits(count) }
    }

    fn digests(&mut self, count: usize) -> Option<Vec<Option<u32>>> {
        let mut out = Vec::new();
        for defined in self.defined(count)? {
            let digest = |bytes: &[u8]| bytes.try_into().ok().map(u32::from_le_bytes);
            out.push(if defined { digest(self.take(4)?) } else { None });
        }
        Some(out)
    }

    fn header(&mut self, header: &mut Header) -> Option<()> {
        loop {
            match self.number()? {
                0 => return Some(()),
                // Properties of the archive: a type and a length each.
                2 => {
                    while self.number()? != 0 {
                        let length = self.number()?;
                        self.take(length)?;
                    }
                }
                3 => self.streams(&mut Header::default())?,
                4 => self.streams(header)?,
                5 => self.files(header)?,
                _ => return None,
            }
        }
    }

    fn streams(&mut self, header: &mut Header) -> Option<()> {
        let mut split = false;
        loop {
            match self.number()? {
                0 => break,
                6 => self.pack_info(header)?,
                7 => self.folders(header)?,
                8 => {
                    split = true;
                    self.parts(header)?;
                }
                _ => return None,
            }
        }
        if !split {
            for folder in &mut header.folders {
                let length = folder.main().and_then(|main| folder.lengths.get(main)).copied().unwrap_or(0);
                folder.parts = vec![(length, folder.crc)];
            }
        }
        Some(())
    }

    fn pack_info(&mut self, header: &mut Header) -> Option<()> {
        let mut at = self.number()?;
        let count = self.count(COUNT_MAX)?;
        loop {
            match self.number()? {
                0 => return Some(()),
                9 => {
                    for _ in 0..count {
                        let length = self.number()?;
                        header.packed.push((at, length));
                        at = at.checked_add(length)?;
                    }
                }
                10 => drop(self.digests(count)?),
                _ => return None,
            }
        }
    }

    fn folders(&mut self, header: &mut Header) -> Option<()> {
        if self.number()? != 11 {
            return None;
        }
        let count = self.count(COUNT_MAX)?;
        // Folders may be told elsewhere; nobody writes that.
        if self.byte()? != 0 {
            return None;
        }
        let mut first = 0;
        for _ in 0..count {
            let folder = self.folder(first)?;
            first += folder.inputs.len();
            header.folders.push(folder);
        }
        if self.number()? != 12 {
            return None;
        }
        for folder in &mut header.folders {
            for _ in 0..folder.coders.len() {
                folder.lengths.push(self.number()?);
            }
        }
        loop {
            match self.number()? {
                0 => return Some(()),
                10 => {
                    let digests = self.digests(header.folders.len())?;
                    header.folders.iter_mut().zip(digests).for_each(|(folder, crc)| folder.crc = crc);
                }
                _ => return None,
            }
        }
    }

    fn folder(&mut self, first: usize) -> Option<Folder> {
        let mut folder = Folder { first, ..Folder::default() };
        let count = self.count(CODERS_MAX)?;
        let mut inputs = 0;
        for _ in 0..count {
            let flags = self.byte()?;
            let method = self.take(u64::from(flags & 15))?.iter().fold(0u64, |id, byte| id << 8 | u64::from(*byte));
            let mut coder = Coder { method, inputs: 1, properties: Vec::new() };
            if flags & 0x10 != 0 {
                coder.inputs = self.count(CODERS_MAX)?;
                // Coders of several outputs do not exist any more.
                if self.number()? != 1 {
                    return None;
                }
            }
            if flags & 0x20 != 0 {
                let length = self.number()?;
                coder.properties = self.take(length)?.to_vec();
            }
            if flags & 0x80 != 0 {
                return None;
            }
            inputs += coder.inputs;
            folder.coders.push(coder);
        }
        for _ in 1..count {
            folder.pairs.push((self.count(CODERS_MAX * CODERS_MAX)?, self.count(CODERS_MAX)?));
        }
        let packed = inputs.checked_sub(folder.pairs.len())?;
        if packed == 1 {
            folder.inputs = (0..inputs).filter(|input| folder.pairs.iter().all(|(bound, _)| bound != input)).collect();
        } else {
            for _ in 0..packed {
                folder.inputs.push(self.count(CODERS_MAX * CODERS_MAX)?);
            }
        }
        Some(folder)
    }

    /// Lengths and checksums of the files of each folder.
    fn parts(&mut self, header: &mut Header) -> Option<()> {
        let mut counts = vec![1; header.folders.len()];
        let mut id = self.number()?;
        if id == 13 {
            for count in &mut counts {
                *count = self.count(COUNT_MAX)?;
            }
            id = self.number()?;
        }
        // The last length of a folder is what is left of it.
        let mut all = 0;
        for (folder, count) in header.folders.iter_mut().zip(&counts) {
            let mut left = folder.main().and_then(|main| folder.lengths.get(main)).copied().unwrap_or(0);
            all += count;
            if all as u64 > COUNT_MAX {
                return None;
            }
            for index in 0..*count {
                let length = if index + 1 == *count {
                    left
                } else if id == 9 {
                    self.number()?
                } else {
                    return None;
                };
                left = left.saturating_sub(length);
                folder.parts.push((length, None));
            }
        }
        if id == 9 {
            id = self.number()?;
        }
        // Checksums of all files whose folder does not tell it already.
        let known = |folder: &Folder| folder.parts.len() == 1 && folder.crc.is_some();
        let unknown = header.folders.iter().filter(|folder| !known(folder)).map(|folder| folder.parts.len()).sum();
        let mut digests = Vec::new();
        while id != 0 {
            match id {
                10 => digests = self.digests(unknown)?,
                _ => return None,
            }
            id = self.number()?;
        }
        let mut digests = digests.into_iter();
        for folder in &mut header.folders {
            if known(folder) {
                folder.parts.iter_mut().for_each(|part| part.1 = folder.crc);
            } else {
                folder.parts.iter_mut().for_each(|part| part.1 = digests.next().flatten());
            }
        }
        Some(())
    }

    fn files(&mut self, header: &mut Header) -> Option<()> {
        let count = self.count(COUNT_MAX)?;
        // A file without properties takes up nothing: there are no more than the header has bits.
        let mut empty = vec![false; count];
        let mut names: Vec<String> = Vec::new();
        loop {
            let id = self.number()?;
            if id == 0 {
                break;
            }
            let length = self.number()?;
            let mut field = Reader { rest: self.take(length)? };
            match id {
                14 => empty = field.bits(count)?,
                17 if field.byte() == Some(0) => {
                    let units: Vec<u16> = field.rest.chunks_exact(2).map(|b| number_of(b) as u16).collect();
                    let all = units.split(|unit| *unit == 0).take(count);
                    names = all.map(|name| String::from_utf16_lossy(name).replace('\\', "/")).collect();
                }
                22 if field.byte() == Some(0) => {
                    let units: Vec<u16> = field.rest.chunks_exact(2).map(|b| number_of(b) as u16).collect();
                    header.comment = String::from_utf16_lossy(&units).trim_matches('\0').to_owned();
                }
                _ => {}
            }
        }
        let names = names.into_iter().chain(std::iter::repeat(String::new()));
        header.files = names.zip(empty).map(|(name, empty)| File { name, has_data: !empty }).collect();
        Some(())
    }
}
