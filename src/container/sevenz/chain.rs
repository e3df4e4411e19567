//! Chains of coders, from the packed streams to the files.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "coders, inputs and folders are counted when they are read: at most 2^30"
)]

use std::io::Read;

use super::header::{Coder, Folder};
use crate::blob::{Budget, Passwords, Reason};
use crate::container::codec::{self, Decoder, Filter};
use crate::container::crypto::SevenZipAes;

use super::START_BYTES;

/// The number of the AES coder.
const AES: u64 = 0x06F1_0701;

/// Keys that were worked out from the passwords; each takes a tenth of a second.
pub struct Keys<'p> {
    passwords: Vec<&'p str>,
    made: Vec<(SevenZipAes, usize, [u8; 32])>,
}

impl<'p> Keys<'p> {
    pub fn new(passwords: &'p Passwords) -> Self {
        Self { passwords: passwords.iter().collect(), made: Vec::new() }
    }

    /// Whether a folder is encrypted.
    pub fn needed(&self, folder: &Folder) -> bool {
        aes(folder).is_some()
    }

    /// How many keys there are to try.
    pub fn count(&self, folder: &Folder) -> usize {
        if self.needed(folder) { self.passwords.len() } else { 1 }
    }

    /// The key number `index` for a folder; zeros if it needs none.
    pub fn get(&mut self, folder: &Folder, index: usize, budget: &Budget) -> Result<[u8; 32], Reason> {
        let Some(coder) = aes(folder) else { return Ok([0; 32]) };
        let told = SevenZipAes::read(&coder.properties).ok_or(Reason::Corrupt)?;
        // The vector has no part in the key.
        if let Some((_, _, key)) = self.made.iter().find(|(aes, i, _)| aes.same_key(&told) && *i == index) {
            return Ok(*key);
        }
        let password = self.passwords.get(index).copied().unwrap_or_default();
        let key = told.key(password, budget)?;
        self.made.push((told, index, key));
        Ok(key)
    }

    /// Puts the password that was right in front of the others.
    pub fn remember(&mut self, index: usize) {
        if index < self.passwords.len() && index > 0 {
            self.passwords.swap(0, index);
            self.made.iter_mut().for_each(|(_, made, _)| {
                *made = match *made {
                    0 => index,
                    made if made == index => 0,
                    made => made,
                }
            });
        }
    }
}

fn aes(folder: &Folder) -> Option<&Coder> {
    folder.coders.iter().find(|coder| coder.method == AES)
}

/// Opens the output of a folder.
pub fn open<'a>(
    bytes: &'a [u8],
    folder: &'a Folder,
    packed: &[(u64, u64)],
    key: [u8; 32],
) -> Result<Decoder<'a>, Reason> {
    let main = folder.main().ok_or(Reason::Corrupt)?;
    Chain { bytes, folder, packed, key }.output(main, 0)
}

struct Chain<'c, 'a> {
    bytes: &'a [u8],
    folder: &'a Folder,
    packed: &'c [(u64, u64)],
    key: [u8; 32],
}

impl<'a> Chain<'_, 'a> {
    /// The output of coder `index`, `depth` coders in front of the last one.
    fn output(&self, index: usize, depth: usize) -> Result<Decoder<'a>, Reason> {
        // Streams that are bound in a ring have no start.
        if depth >= self.folder.coders.len() {
            return Err(Reason::Corrupt);
        }
        let coder = self.folder.coders.get(index).ok_or(Reason::Corrupt)?;
        let length = self.folder.lengths.get(index).copied().ok_or(Reason::Corrupt)?;
        let first: usize = self.folder.coders.iter().take(index).map(|coder| coder.inputs).sum();
        let mut inputs = Vec::new();
        for input in first..first + coder.inputs {
            inputs.push(self.input(input, depth)?);
        }
        decoder(coder, inputs, length, &self.key)
    }

    fn input(&self, input: usize, depth: usize) -> Result<Decoder<'a>, Reason> {
        if let Some((_, output)) = self.folder.pairs.iter().find(|(bound, _)| *bound == input) {
            return self.output(*output, depth + 1);
        }
        let stream = self.folder.inputs.iter().position(|packed| *packed == input).ok_or(Reason::Corrupt)?;
        let (start, length) = self.packed.get(self.folder.first + stream).copied().ok_or(Reason::Corrupt)?;
        let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).saturating_add(START_BYTES);
        let data = self.bytes.get(place(start)..).ok_or(Reason::Corrupt)?;
        // What is cut off is read up to there.
        Ok(Box::new(data.get(..usize::try_from(length).unwrap_or(usize::MAX)).unwrap_or(data)))
    }
}

/// One coder over its inputs.
fn decoder<'a>(coder: &Coder, inputs: Vec<Decoder<'a>>, length: u64, key: &[u8; 32]) -> Result<Decoder<'a>, Reason> {
    let properties = coder.properties.as_slice();
    if coder.method == 0x0303_011B {
        return codec::bcj2(inputs, length).map_err(|_| Reason::Corrupt);
    }
    let mut inputs = inputs.into_iter();
    let (Some(data), None) = (inputs.next(), inputs.next()) else { return Err(Reason::Corrupt) };
    let made = match coder.method {
        0 => Ok(data),
        0x21 => codec::lzma2(properties.first().copied().unwrap_or(40), data, Some(length)),
        0x03_0101 => codec::lzma(properties, data, Some(length)).map(|decoder| Box::new(decoder) as Decoder<'a>),
        0x03_0401 => {
            let memory = properties.get(1..5).and_then(|b| b.try_into().ok()).map_or(0, u32::from_le_bytes);
            codec::ppmd7(u32::from(properties.first().copied().unwrap_or(0)), memory, data, length)
        }
        0x04_0108 => Ok(Box::new(flate2::read::DeflateDecoder::new(data)) as Decoder<'a>),
        0x04_0109 => Ok(Box::new(deflate64::Deflate64Decoder::new(data)) as Decoder<'a>),
        0x04_0202 => Ok(Box::new(bzip2::read::MultiBzDecoder::new(data)) as Decoder<'a>),
        0x04F7_1101 => codec::zstd(data),
        AES => {
            let told = SevenZipAes::read(properties).ok_or(Reason::Corrupt)?;
            // The last block is filled up; the next coder must not see that.
            Ok(Box::new(told.decrypt(key, data).take(length)) as Decoder<'a>)
        }
        method => match filter(method, properties) {
            Some(name) => Ok(codec::filter(name, data)),
            None => return Err(Reason::UnsupportedType),
        },
    };
    made.map_err(|error| codec::reason(&error))
}

fn filter(method: u64, properties: &[u8]) -> Option<Filter> {
    Some(match method {
        3 => Filter::Delta(usize::from(properties.first().copied().unwrap_or(0)) + 1),
        4 | 0x0303_0103 => Filter::X86,
        5 | 0x0303_0205 => Filter::PowerPc,
        6 | 0x0303_0401 => Filter::Ia64,
        7 | 0x0303_0501 => Filter::Arm,
        8 | 0x0303_0701 => Filter::ArmThumb,
        9 | 0x0303_0805 => Filter::Sparc,
        0xA => Filter::Arm64,
        0xB => Filter::RiscV,
        _ => return None,
    })
}
