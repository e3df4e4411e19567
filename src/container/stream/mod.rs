//! Files that are one compressed stream: bzip2, XZ and its elders, Zstandard, LZ4, compress. Streams one behind the
//! other are one part, as every tool unpacks them; what follows the last one is another. Damaged data is read up to the
//! damage.

mod bzip2;
mod compress;
mod lz4;
mod xz;
mod zstd;

use super::{Part, Visit};
use crate::blob::{Budget, Gap, Kind, Reason};

/// What reading one stream came to.
struct End {
    /// Bytes it took up.
    consumed: usize,
    result: Result<(), Reason>,
    /// What is wrong, in a few words.
    detail: &'static str,
}

impl End {
    /// The stream was read as far as `result` says.
    fn new(consumed: usize, result: Result<(), Reason>) -> Self {
        let detail = match result {
            Ok(()) => "",
            Err(Reason::Corrupt) => "data is damaged or cut off",
            Err(Reason::Memory) => "declares a dictionary larger than what a decoder may have",
            Err(Reason::UnsupportedType) => "uses something that is not read: a dictionary kept elsewhere, a filter",
            Err(_) => "stopped",
        };
        Self { consumed, result, detail }
    }

    /// The data was read; its checksum says that it is not what it was.
    fn wrong(consumed: usize) -> Self {
        Self { consumed, result: Err(Reason::Corrupt), detail: "checksum is wrong, the data was read" }
    }
}

/// Reads the stream at the start of some bytes; `None` if there is none.
type ReadOne = fn(&[u8], &mut Budget, &mut Vec<u8>) -> Option<End>;

/// Shows what the streams in `bytes` hold.
#[allow(clippy::arithmetic_side_effects, reason = "every stream takes up bytes")]
pub fn unpack(kind: Kind, bytes: &[u8], budget: &mut Budget, gaps: &mut Vec<Gap>, visit: &mut Visit<'_>) {
    let one: ReadOne = match kind {
        Kind::Bzip2 => bzip2::read,
        Kind::Xz => xz::read,
        Kind::Lzma => xz::read_alone,
        Kind::Lzip => xz::read_lzip,
        Kind::Zstd => zstd::read,
        Kind::Lz4 => lz4::read,
        Kind::Compress => compress::read,
        _ => return,
    };
    if let Err(reason) = budget.member() {
        return gaps.push(Gap::new(reason, "", "stopped at the first member"));
    }
    let (mut rest, mut out, mut fault) = (bytes, Vec::new(), None);
    let mut streams = 0u64;
    while let Some(end) = one(rest, budget, &mut out) {
        streams += 1;
        rest = rest.get(end.consumed.max(1)..).unwrap_or_default();
        if let Err(reason) = end.result.and_then(|()| budget.time()) {
            fault = Some((reason, format!("{} after {} bytes", end.detail, out.len())));
            // Behind damage nobody can tell where the stream would have ended.
            rest = if end.detail.starts_with("checksum") { rest } else { &[] };
            if rest.is_empty() {
                break;
            }
        }
    }
    if streams == 0 {
        fault = Some((Reason::Corrupt, "header is damaged".to_owned()));
    }
    if !out.is_empty() || fault.is_some() {
        visit(Part { name: "", bytes: &out }, budget);
    }
    if streams > 0 && rest.iter().any(|b| *b != 0) {
        visit(Part { name: "(behind the data)", bytes: rest }, budget);
    }
    if let Some((reason, detail)) = fault {
        gaps.push(Gap::new(reason, "", detail));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(kind: Kind, bytes: &[u8]) -> (Vec<(String, Vec<u8>)>, Vec<Gap>) {
        crate::container::parts_of(|bytes, budget, gaps, visit| unpack(kind, bytes, budget, gaps, visit), bytes)
    }

    /// Streams that the usual tools wrote of "Card 4111 1111 1111 1111\n" (bzip2 -9, xz, xz --format=lzma, zstd, lz4).
    const SAMPLES: &[(Kind, &str)] = &[
        (
            Kind::Bzip2,
            "425a6839314159265359ba61887200000c5d80401040002400080024001000200031064c40c434696515c890d80f64f177245385090ba6188720",
        ),
        (
            Kind::Xz,
            "fd377a585a000004e6d6b4460200210116000000742fe5a3e0001800115d0021984a4653924e92c1648159e85fc75c0000000000aa2f6a74bc6aa37f00012d190447c7641fb6f37d010000000004595a",
        ),
        (Kind::Lzma, "5d00008000ffffffffffffffff0021984a4653924e92c1648159e860befee7ffff8b900000"),
        (
            Kind::Lzip,
            "4c5a4950010c0021984a4653924e92c1648159e860befee7ffff8b900000ed25558619000000000000003200000000000000",
        ),
        (Kind::Zstd, "28b52ffd04589500006043617264203431313120310a0100388a17d83bd518"),
        (Kind::Lz4, "04224d186440a714000000b54361726420343131312031050050313131310a000000001a379758"),
        (Kind::Compress, "1f9d9043c2c8210382468c83200e22541823a14205"),
    ];

    fn bytes(hex: &str) -> Vec<u8> {
        (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()).collect()
    }

    #[test]
    fn streams_give_their_content_once_or_twice() {
        let text = b"Card 4111 1111 1111 1111\n".to_vec();
        for (kind, hex) in SAMPLES {
            let one = bytes(hex);
            assert_eq!(Kind::of(&one), *kind);
            assert_eq!(parts(*kind, &one), (vec![(String::new(), text.clone())], vec![]), "{kind:?}");
            if !matches!(kind, Kind::Compress | Kind::Lzma) {
                let two = [one.clone(), one].concat();
                assert_eq!(parts(*kind, &two), (vec![(String::new(), text.repeat(2))], vec![]), "{kind:?}");
            }
        }
    }

    #[test]
    fn what_follows_is_shown() {
        for (kind, hex) in SAMPLES.iter().filter(|(kind, _)| *kind != Kind::Compress) {
            let (found, gaps) = parts(*kind, &[bytes(hex), b"hidden behind".to_vec()].concat());
            assert!(found.iter().any(|(_, bytes)| bytes.ends_with(b"hidden behind")), "{kind:?} {found:?}");
            assert_eq!(gaps, [], "{kind:?}");
        }
    }

    #[test]
    fn damage_is_a_gap_and_never_more() {
        let mut state = 3u32;
        let mut next = move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as usize
        };
        for (kind, hex) in SAMPLES {
            let good = bytes(hex);
            for length in 0..good.len() {
                let (_, gaps) = parts(*kind, &good[..length]);
                assert!(!gaps.is_empty() || *kind == Kind::Compress, "{kind:?} cut at {length}");
            }
            for _ in 0..400 {
                let mut bytes = good.clone();
                for _ in 0..1 + next() % 4 {
                    let at = next() % bytes.len();
                    bytes[at] = next() as u8;
                }
                let (found, _) = parts(*kind, &bytes);
                assert!(found.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() < 16 << 20, "{kind:?}");
            }
        }
    }

    #[test]
    fn dictionaries_of_gigabytes_are_not_made() {
        let huge = [&[0x5D, 0, 0, 0, 0x80][..], &[0xFF; 8], &[0; 40]].concat();
        assert_eq!(parts(Kind::Lzma, &huge).1.first().map(|gap| gap.reason), Some(Reason::Memory));
        let huge = [&b"\x28\xB5\x2F\xFD\x00"[..], &[0xA8], &[0; 40]].concat();
        assert_eq!(parts(Kind::Zstd, &huge).1.first().map(|gap| gap.reason), Some(Reason::Memory));
    }
}
