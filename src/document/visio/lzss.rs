//! The packing of streams: LZSS with a window of 4,096 bytes. A flag byte tells, from its lowest bit, which of the next
//! eight items are bytes (1) and which are pairs (0): twelve bits of place, four of length less three.
#![allow(clippy::arithmetic_side_effects, reason = "places in a window of four kilobytes behind what is in memory")]

/// Where the window stands when nothing is in it: places are counted from 18 bytes in front of its end.
const SHIFT: usize = 18;
const WINDOW: usize = 4096;

/// Unpacks a stream; where it is cut off, so is the result. One byte gives 9 at most.
pub(super) fn unpack(packed: &[u8]) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::with_capacity(packed.len() * 2);
    let mut rest = packed.iter().copied();
    'all: while let Some(flags) = rest.next() {
        for bit in 0..8 {
            let Some(first) = rest.next() else { break 'all };
            if flags >> bit & 1 == 1 {
                out.push(first);
                continue;
            }
            let Some(second) = rest.next() else { break 'all };
            let place = usize::from(first) | usize::from(second & 0xF0) << 4;
            let from = (place + SHIFT) % WINDOW;
            for step in 0..usize::from(second & 0x0F) + 3 {
                // The byte that stands at this place of the window: the last one written there, or none yet.
                let at = (from + step) % WINDOW;
                let back = (out.len() + WINDOW - at - 1) % WINDOW + 1;
                let byte = out.len().checked_sub(back).and_then(|at| out.get(at)).copied().unwrap_or(0);
                out.push(byte);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_repeat_what_the_window_holds() {
        // "abc", then three bytes from the start of the window (place 4078 + 18 = 4096).
        let packed = [0b0000_0111, b'a', b'b', b'c', 0xEE, 0xF0];
        assert_eq!(unpack(&packed), b"abcabc");
        // A pair may run into what it writes.
        assert_eq!(unpack(&[0b0000_0001, b'x', 0xEE, 0xF2]), b"xxxxxx");
        assert_eq!(unpack(&[0, 0x00, 0x00]), [0, 0, 0]);
        assert_eq!(unpack(&[0xFF, b'a']), b"a");
        assert_eq!(unpack(&[0, 1]), b"");
    }

    #[test]
    fn any_bytes_unpack_to_nine_times_as_many_at_most() {
        for seed in 0..200u32 {
            let bytes: Vec<u8> = (0..seed * 7).map(|i| (i.wrapping_mul(2_654_435_761 ^ seed) >> 13) as u8).collect();
            assert!(unpack(&bytes).len() <= bytes.len() * 9);
        }
    }
}
