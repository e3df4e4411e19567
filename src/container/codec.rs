//! Decoders by the names that formats give them, behind one kind of reader that is bounded and keeps what was decoded
//! in front of a fault. The algorithms are crates' work; what they may allocate is decided here.

use std::cell::Cell;
use std::io::{self, BufRead, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use lzma_rust2::filter::{bcj::BcjReader, bcj2::Bcj2Reader, delta::DeltaReader};
use lzma_rust2::{Lzma2Reader, LzmaReader};

use crate::blob::{Budget, RATIO_FREE_BYTES, ReadEnd, Reason};

/// Bytes that the dictionary or model of one decoder may take: the largest that common tools write by default is
/// 128 MiB (`zstd --ultra`, 7-Zip's ultra setting has 64 MiB); 256 MiB is twice that.
pub const MEMORY_BYTES_MAX: u64 = 256 << 20;

/// The same in the unit that XZ decoders want, with room for what they need beside the dictionary.
pub const MEMORY_KIB_MAX: u32 = (MEMORY_BYTES_MAX >> 10) as u32 + 1024;

/// A decoder.
pub type Decoder<'a> = Box<dyn Read + 'a>;

/// Appends everything that `decoder` gives to `out`. What was decoded before a limit or a fault is kept.
pub fn read(decoder: &mut dyn Read, packed_bytes: u64, budget: &mut Budget, out: &mut Vec<u8>) -> Result<(), Reason> {
    let mut careful = Careful { inner: decoder, fault: None, given: 0 };
    // Decoders are other people's code: one that panics has read damaged data.
    let end = catch_unwind(AssertUnwindSafe(|| budget.read(&mut careful, packed_bytes, out)));
    match end {
        Ok(ReadEnd::Whole) => careful.fault.map_or(Ok(()), |error| Err(reason(&error))),
        Ok(ReadEnd::Limit(reason)) => Err(reason),
        Ok(ReadEnd::Failed(error)) => Err(reason(&error)),
        Err(_) => Err(Reason::Corrupt),
    }
}

/// The same for a decoder that reads from an [`Input`]: the ratio is held against what it has consumed, so that a bomb
/// stops early.
#[allow(clippy::arithmetic_side_effects, reason = "output only grows")]
pub fn read_counted(
    decoder: &mut dyn Read,
    consumed: &Cell<usize>,
    budget: &mut Budget,
    out: &mut Vec<u8>,
) -> Result<(), Reason> {
    /// Bytes of output between two looks at the ratio.
    const STEP_BYTES: u64 = 1 << 20;
    let before = out.len();
    loop {
        let at = out.len();
        read(&mut (&mut *decoder).take(STEP_BYTES), u64::MAX, budget, out)?;
        if ((out.len() - at) as u64) < STEP_BYTES {
            return Ok(());
        }
        let allowed = (consumed.get() as u64).saturating_mul(budget.limits().ratio_max).max(RATIO_FREE_BYTES);
        if (out.len() - before) as u64 > allowed {
            return Err(Reason::RatioExceeded);
        }
    }
}

/// Bytes for a decoder, which are counted as it takes them.
pub struct Input<'a, 'c> {
    rest: &'a [u8],
    consumed: &'c Cell<usize>,
}

impl<'a, 'c> Input<'a, 'c> {
    /// All of `bytes`; `consumed` tells how many were taken.
    pub fn new(bytes: &'a [u8], consumed: &'c Cell<usize>) -> Self {
        consumed.set(0);
        Self { rest: bytes, consumed }
    }
}

impl Read for Input<'_, '_> {
    #[allow(clippy::arithmetic_side_effects, reason = "never more than the bytes there are")]
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let got = self.rest.read(buffer)?;
        self.consumed.set(self.consumed.get() + got);
        Ok(got)
    }
}

impl BufRead for Input<'_, '_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        Ok(self.rest)
    }

    #[allow(clippy::arithmetic_side_effects, reason = "never more than the bytes there are")]
    fn consume(&mut self, count: usize) {
        self.rest = self.rest.get(count..).unwrap_or_default();
        self.consumed.set(self.consumed.get() + count);
    }
}

/// What the fault of a decoder means.
pub fn reason(error: &io::Error) -> Reason {
    match error.kind() {
        io::ErrorKind::OutOfMemory => Reason::Memory,
        io::ErrorKind::Unsupported => Reason::UnsupportedType,
        _ => Reason::Corrupt,
    }
}

/// A fault with this meaning.
pub fn fault(kind: io::ErrorKind) -> io::Error {
    kind.into()
}

/// A reader that tells of a fault only after everything that was decoded in front of it: many decoders forget about
/// what they have put into the buffer when they fail, so the buffer is handed to them in small pieces.
struct Careful<'d> {
    inner: &'d mut dyn Read,
    fault: Option<io::Error>,
    given: usize,
}

impl Read for Careful<'_> {
    #[allow(clippy::arithmetic_side_effects, reason = "never more than the buffer asked for")]
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        /// What may be lost in front of a fault. At 64 bytes the calls cost less than a tenth of the decoding.
        const PIECE_BYTES: usize = 64;
        /// Where every byte counts: a short text that is cut off.
        const START_BYTES: usize = 4096;
        if let Some(fault) = self.fault.take() {
            return Err(fault);
        }
        let mut done = 0;
        while let Some(rest) = buffer.get_mut(done..).filter(|rest| !rest.is_empty()) {
            let piece = if self.given < START_BYTES { 1 } else { rest.len().min(PIECE_BYTES) };
            match self.inner.read(rest.get_mut(..piece).unwrap_or_default()) {
                Ok(0) => break,
                Ok(got) => {
                    done += got;
                    self.given = self.given.saturating_add(got);
                }
                Err(error) if done == 0 => return Err(error),
                Err(error) => {
                    self.fault = Some(error);
                    break;
                }
            }
        }
        Ok(done)
    }
}

/// LZMA with its five bytes of properties; `length` is that of the output, `None` if an end marker tells it.
pub fn lzma<'a>(
    properties: &[u8],
    data: impl Read + 'a,
    length: Option<u64>,
) -> io::Result<LzmaReader<impl Read + 'a>> {
    let [first, dictionary @ ..] = properties else { return Err(fault(io::ErrorKind::InvalidData)) };
    let dictionary = dictionary.get(..4).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes);
    let dictionary = dictionary.ok_or(io::ErrorKind::InvalidData)?;
    let dictionary = bounded(u64::from(dictionary), length)?;
    LzmaReader::new_with_props(data, length.unwrap_or(u64::MAX), *first, dictionary, None)
}

/// LZMA2 with its one byte of properties, the size of the dictionary.
#[allow(clippy::arithmetic_side_effects, reason = "a property of at most 40 shifts by at most 31")]
pub fn lzma2<'a>(property: u8, data: impl Read + 'a, length: Option<u64>) -> io::Result<Decoder<'a>> {
    if property > 40 {
        return Err(fault(io::ErrorKind::Unsupported));
    }
    let size = (2 | u64::from(property) & 1) << (property / 2 + 11);
    Ok(Box::new(Lzma2Reader::new(data, bounded(size, length)?, None)))
}

/// The size of a dictionary: never more than the output, and not too much.
fn bounded(dictionary_bytes: u64, length: Option<u64>) -> io::Result<u32> {
    /// Smallest dictionary of LZMA.
    const LEAST: u64 = 4096;
    let wanted = dictionary_bytes.min(length.unwrap_or(u64::MAX)).max(LEAST);
    if wanted > MEMORY_BYTES_MAX {
        return Err(fault(io::ErrorKind::OutOfMemory));
    }
    u32::try_from(wanted).map_err(|_| fault(io::ErrorKind::OutOfMemory))
}

/// PPMd variant H, as 7z uses it. The end of the output is not in the data.
pub fn ppmd7<'a>(order: u32, memory_bytes: u32, data: impl Read + 'a, length: u64) -> io::Result<Decoder<'a>> {
    if u64::from(memory_bytes) > MEMORY_BYTES_MAX {
        return Err(fault(io::ErrorKind::OutOfMemory));
    }
    let decoder = ppmd_rust::Ppmd7Decoder::new(data, order, memory_bytes);
    Ok(Box::new(decoder.map_err(|_| io::ErrorKind::InvalidData)?.take(length)))
}

/// PPMd variant I rev. 1 with the two bytes of parameters that zip puts in front of it (APPNOTE 5.10).
#[allow(clippy::arithmetic_side_effects, reason = "fields of four and of eight bits")]
pub fn ppmd8<'a>(data: &'a [u8], length: u64) -> io::Result<Decoder<'a>> {
    let parameters = data.get(..2).and_then(|b| b.try_into().ok()).map(u16::from_le_bytes);
    let parameters = u32::from(parameters.ok_or(io::ErrorKind::UnexpectedEof)?);
    let restore = match parameters >> 12 {
        0 => ppmd_rust::RestoreMethod::Restart,
        1 => ppmd_rust::RestoreMethod::CutOff,
        _ => return Err(fault(io::ErrorKind::InvalidData)),
    };
    let (order, memory) = ((parameters & 15) + 1, ((parameters >> 4 & 0xFF) + 1) << 20);
    let data = data.get(2..).unwrap_or_default();
    let decoder = ppmd_rust::Ppmd8Decoder::new(data, order, memory, restore);
    Ok(Box::new(decoder.map_err(|_| io::ErrorKind::InvalidData)?.take(length)))
}

/// The data of a zip member (APPNOTE 4.4.5), for methods other than stored and deflated. `length` is that of the output
/// as declared, `marked` says that an end marker tells it instead (bit 1 of the flags, LZMA only).
pub fn zip<'a>(method: u16, data: &'a [u8], length: u64, marked: bool) -> io::Result<Decoder<'a>> {
    match method {
        9 => Ok(Box::new(deflate64::Deflate64Decoder::new(data))),
        12 => Ok(Box::new(bzip2::read::MultiBzDecoder::new(data))),
        14 => {
            // Two bytes of version, two that tell the length of the properties, properties.
            let size = data.get(2..4).and_then(|b| b.try_into().ok()).map_or(0, u16::from_le_bytes);
            let properties = data.get(4..4 + usize::from(size)).ok_or(io::ErrorKind::UnexpectedEof)?;
            let packed = data.get(4 + usize::from(size)..).unwrap_or_default();
            Ok(Box::new(lzma(properties, packed, Some(length).filter(|_| !marked))?))
        }
        20 | 93 => zstd(data),
        95 => Ok(Box::new(lzma_rust2::XzReader::new_mem_limit(data, true, MEMORY_KIB_MAX))),
        98 => ppmd8(data, length),
        _ => Err(fault(io::ErrorKind::Unsupported)),
    }
}

/// One frame of Zstandard.
pub fn zstd<'a>(data: impl Read + 'a) -> io::Result<Decoder<'a>> {
    let decoder = ruzstd::decoding::StreamingDecoder::new_with_max_window_size(data, MEMORY_BYTES_MAX);
    Ok(Box::new(decoder.map_err(|error| fault(zstd_fault(&error)))?))
}

/// What a fault in the header of a Zstandard frame means.
pub fn zstd_fault(error: &ruzstd::decoding::errors::FrameDecoderError) -> io::ErrorKind {
    use ruzstd::decoding::errors::FrameDecoderError as Fault;
    match error {
        Fault::WindowSizeTooBig { .. } => io::ErrorKind::OutOfMemory,
        Fault::DictNotProvided { .. } => io::ErrorKind::Unsupported,
        _ => io::ErrorKind::InvalidData,
    }
}

/// Whether [`zip`] knows the method.
pub const fn is_zip_method(method: u16) -> bool {
    matches!(method, 9 | 12 | 14 | 20 | 93 | 95 | 98)
}

/// A filter for machine code or tables of numbers: output of the same length.
pub fn filter<'a>(name: Filter, data: Decoder<'a>) -> Decoder<'a> {
    match name {
        Filter::Delta(distance) => Box::new(DeltaReader::new(data, distance)),
        Filter::X86 => Box::new(BcjReader::new_x86(data, 0)),
        Filter::PowerPc => Box::new(BcjReader::new_ppc(data, 0)),
        Filter::Ia64 => Box::new(BcjReader::new_ia64(data, 0)),
        Filter::Arm => Box::new(BcjReader::new_arm(data, 0)),
        Filter::ArmThumb => Box::new(BcjReader::new_arm_thumb(data, 0)),
        Filter::Arm64 => Box::new(BcjReader::new_arm64(data, 0)),
        Filter::Sparc => Box::new(BcjReader::new_sparc(data, 0)),
        Filter::RiscV => Box::new(BcjReader::new_riscv(data, 0)),
    }
}

/// A filter, by what it is for.
#[derive(Clone, Copy, Debug)]
pub enum Filter {
    /// Differences of bytes at this distance.
    Delta(usize),
    /// Branches of x86 programs.
    X86,
    /// Branches of PowerPC programs.
    PowerPc,
    /// Branches of Itanium programs.
    Ia64,
    /// Branches of ARM programs.
    Arm,
    /// Branches of ARM Thumb programs.
    ArmThumb,
    /// Branches of ARM64 programs.
    Arm64,
    /// Branches of SPARC programs.
    Sparc,
    /// Branches of RISC-V programs.
    RiscV,
}

/// Branches of x86 programs in four streams.
pub fn bcj2<'a>(streams: Vec<Decoder<'a>>, length: u64) -> io::Result<Decoder<'a>> {
    Ok(Box::new(Bcj2Reader::try_new(streams, length)?))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::blob::Limits;

    fn read_all(mut decoder: Decoder<'_>) -> (Vec<u8>, Result<(), Reason>) {
        let mut out = Vec::new();
        let result = read(&mut decoder, 1 << 20, &mut Budget::new(&Limits::default()), &mut out);
        (out, result)
    }

    #[test]
    fn ppmd_of_both_kinds_is_read() {
        let text = b"Card 4111 1111 1111 1111, and Card 4111 1111 1111 1111 again".repeat(20);
        let mut encoder = ppmd_rust::Ppmd7Encoder::new(Vec::new(), 6, 1 << 20).unwrap();
        encoder.write_all(&text).unwrap();
        let packed = encoder.finish(false).unwrap();
        let decoder = ppmd7(6, 1 << 20, &packed[..], text.len() as u64).unwrap();
        assert_eq!(read_all(decoder), (text.clone(), Ok(())));
        let restore = ppmd_rust::RestoreMethod::Restart;
        let mut encoder = ppmd_rust::Ppmd8Encoder::new(Vec::new(), 6, 1 << 20, restore).unwrap();
        encoder.write_all(&text).unwrap();
        // Order 6, one megabyte, restart.
        let packed = [&[5, 0][..], &encoder.finish(false).unwrap()].concat();
        assert_eq!(read_all(zip(98, &packed, text.len() as u64, false).unwrap()), (text, Ok(())));
        assert!(ppmd7(6, 1 << 30, &packed[..], 1).is_err());
    }

    #[test]
    fn what_was_decoded_in_front_of_a_fault_is_kept() {
        struct Faulty(usize);
        impl Read for Faulty {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                for byte in buffer.iter_mut() {
                    self.0 -= 1;
                    if self.0 == 0 {
                        return Err(io::ErrorKind::InvalidData.into());
                    }
                    *byte = b'x';
                }
                Ok(buffer.len())
            }
        }
        assert_eq!(read_all(Box::new(Faulty(100))), (vec![b'x'; 99], Err(Reason::Corrupt)));
        let (out, _) = read_all(Box::new(Faulty(100_000)));
        assert!(out.len() > 99_900);
    }
}
