//! The inflater of slices and its checked twin: it gives what zlib gives, whole or damaged.

use std::io::Write;

use frisk::container::deflate::{Deflate, ROOM_BYTES, Stop};
use frisk::scan::oracle::inflating_is_what_zlib_does;

/// Bytes that look random and are the same each time.
fn noise(length: usize, mask: u32) -> Vec<u8> {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        u8::try_from(state >> 24 & mask).unwrap()
    };
    (0..length).map(|_| next()).collect()
}

fn deflated(bytes: &[u8], level: u32) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::new(level));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn inflated(packed: &[u8]) -> (Vec<u8>, Stop) {
    let (mut out, mut at, mut deflate) = (vec![0; 4 << 20], 0, Deflate::new());
    let stop = deflate.run(packed, &mut out, &mut at);
    out.truncate(at);
    (out, stop)
}

fn samples() -> Vec<Vec<u8>> {
    let prose = b"Card number: 4111 1111 1111 1111, expires 12/29.\n".repeat(300);
    let mixed: Vec<u8> =
        (0..40_000_u32).flat_map(|n| format!("<c r=\"A{n}\"><v>{}</v></c>", n * 7).into_bytes()).collect();
    vec![
        Vec::new(),
        b"x".to_vec(),
        prose,
        mixed,
        noise(70_000, 0xFF),
        noise(70_000, 7),
        vec![b'a'; 100_000],
        b"ab".repeat(5000),
    ]
}

#[test]
fn what_was_deflated_comes_out_again() {
    for bytes in samples() {
        for level in [0, 1, 6, 9] {
            let packed = deflated(&bytes, level);
            assert!(inflated(&packed) == (bytes.clone(), Stop::End), "level {level}, {} bytes", bytes.len());
            let behind = [&packed[..], b"PK behind it"].concat();
            let (mut out, mut at, mut deflate) = (vec![0; bytes.len() + 2 * ROOM_BYTES], 0, Deflate::new());
            assert_eq!((deflate.run(&behind, &mut out, &mut at), deflate.consumed()), (Stop::End, packed.len()));
            inflating_is_what_zlib_does(&behind);
        }
    }
}

#[test]
fn damage_is_found_where_zlib_finds_it() {
    let packed: Vec<Vec<u8>> = samples().iter().map(|bytes| deflated(bytes, 6)).collect();
    for packed in packed {
        for (step, at) in (0..packed.len()).step_by(1 + packed.len() / 200).enumerate() {
            inflating_is_what_zlib_does(&packed[..at]);
            let mut bent = packed.clone();
            bent[at] ^= 1 << (step % 8);
            inflating_is_what_zlib_does(&bent);
        }
    }
    for step in 0..2000 {
        inflating_is_what_zlib_does(&noise(step, 0xFF)[step / 2..]);
    }
}
