//! Combs: numbers of forms with a box for each digit.
#![allow(clippy::arithmetic_side_effects, reason = "signs of one line are counted")]

/// Signs that make a comb.
pub(super) const SIGNS_MIN: usize = 6;
/// Distance of neighbouring signs, in ems: closer ones are set as words, wider ones are columns.
const PITCH_EM: std::ops::Range<f32> = 0.75..4.0;
/// How much one distance may differ from another.
const SLACK: f32 = 0.15;
/// Width of a gap between groups, in distances.
const GROUP_MAX: f32 = 2.6;

/// A piece of a line without a gap inside: its text, its middle along the line, and whether a gap is in front of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece<'t> {
    pub(super) text: &'t str,
    pub(super) middle: f32,
}

/// Whether enough signs stand alone in a line, between gaps.
pub(super) fn may_be_in(line: &str) -> bool {
    let gap = |b: &u8| *b == b' ' || *b == b'\t';
    let bytes = line.as_bytes();
    let triples = bytes.iter().zip(bytes.iter().skip(1)).zip(bytes.iter().skip(2));
    // Without branches: most lines are words.
    let alone = triples.map(|((a, b), c)| usize::from(gap(a) & gap(c) & (b.is_ascii_digit() | b.is_ascii_uppercase())));
    // The first and the last have no neighbour on one side.
    alone.sum::<usize>() + 2 >= SIGNS_MIN
}

/// Where combs stand among the pieces of a line: first piece, and behind the last.
pub(super) fn find(pieces: &[Piece<'_>], em: f32) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut from = 0;
    while from < pieces.len() {
        let rest = pieces.get(from..).unwrap_or_default();
        let count = length(rest, em);
        let comb = rest.get(..count).unwrap_or_default();
        let digits = comb.iter().filter(|piece| piece.text.bytes().all(|b| b.is_ascii_digit())).count();
        if count >= SIGNS_MIN && digits * 2 > count {
            found.push((from, from + count));
        }
        from += count.max(1);
    }
    found
}

/// Signs from the first piece on that stand at equal distances, but for gaps between groups.
fn length(pieces: &[Piece<'_>], em: f32) -> usize {
    let is_sign = |piece: &Piece<'_>| matches!(piece.text.as_bytes(), [b'0'..=b'9' | b'A'..=b'Z']);
    let signs = pieces.iter().take_while(|piece| is_sign(piece)).count();
    let mut pitch: Option<f32> = None;
    let mut even = 0;
    for (number, pair) in pieces.get(..signs).unwrap_or_default().windows(2).enumerate() {
        let [left, right] = pair else { break };
        let step = right.middle - left.middle;
        let usual = *pitch.get_or_insert(step);
        if (step - usual).abs() <= SLACK * usual && PITCH_EM.contains(&(step / em)) {
            even += 1;
        } else if step < usual || step > GROUP_MAX * usual || even < 1 {
            return number + 1;
        }
    }
    // Groups of two or more.
    if even * 2 >= signs { signs } else { signs.min(1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set<'t>(signs: &[(&'t str, f32)]) -> Vec<Piece<'t>> {
        signs.iter().map(|(text, middle)| Piece { text, middle: *middle }).collect()
    }

    #[test]
    fn digits_at_equal_distances_are_a_comb() {
        let comb: Vec<(&str, f32)> =
            "453913".split("").filter(|s| !s.is_empty()).zip([5.0, 7.0, 9.0, 11.0, 13.0, 15.0]).collect();
        assert_eq!(find(&set(&comb), 1.0), [(0, 6)]);
        let label = [&[("Card", 0.0)], &comb[..]].concat();
        assert_eq!(find(&set(&label), 1.0), [(1, 7)]);
        assert_eq!(find(&set(&comb[1..]), 1.0), []);
        let grouped: Vec<(&str, f32)> = comb.iter().map(|(s, x)| (*s, if *x > 10.0 { x + 1.5 } else { *x })).collect();
        assert_eq!(find(&set(&grouped), 1.0), [(0, 6)]);
        let uneven: Vec<(&str, f32)> = comb.iter().map(|(s, x)| (*s, x * x / 5.0)).collect();
        assert_eq!(find(&set(&uneven), 1.0), []);
        let wide: Vec<(&str, f32)> = comb.iter().map(|(s, x)| (*s, x * 5.0)).collect();
        assert_eq!(find(&set(&wide), 1.0), []);
    }
}
