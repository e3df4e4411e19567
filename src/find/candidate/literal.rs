//! Literals that begin expressions: a thousand token prefixes and names of secrets, in any letter case.
//!
//! Three bytes at every second place of the text are looked up in a bit filter. It knows two such grams of each literal,
//! one place apart from each other, so that one of them is met wherever the literal stands; they are the two that prose
//! has least. An automaton of all literals is slower: its states do not fit the nearest cache.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "positions inside one text, offsets of seven bits, and ranks of three bytes"
)]

/// Bits of the filter, as a power of two: 16 KB.
const FILTER_BITS: u32 = 17;
/// Lists of literals, as a power of two.
const BUCKET_BITS: u32 = 12;
/// Bytes looked up before the answers are looked at.
const BLOCK: usize = 8;
/// Bytes of a gram.
const GRAM: usize = 3;
/// Bytes that are looked at for a block: a gram begins at its last place but one.
const BLOCK_SEEN: usize = BLOCK - 2 + GRAM;
/// Letters differ in this bit from their capitals. Other bytes become others too, in the text as in the literals.
const FOLD: u8 = 0x20;

/// A compiled list of literals, each with what it belongs to.
#[derive(Debug)]
pub(crate) struct Literals<T> {
    filter: Vec<u64>,
    /// By the hash of a gram.
    buckets: Vec<Vec<Entry>>,
    literals: Vec<(String, Vec<T>)>,
    longest: usize,
}

/// A gram of a literal.
#[derive(Clone, Copy, Debug)]
struct Entry {
    gram: u32,
    /// How many bytes the literal begins before the gram; -1 if behind its first byte.
    offset: i8,
    literal: u32,
}

impl<T: Copy> Literals<T> {
    /// Compiles `literals` of three bytes or more; shorter ones are left out.
    pub(crate) fn new(literals: impl Iterator<Item = (String, T)>) -> Self {
        let filter = vec![0; 1 << (FILTER_BITS - 6)];
        let mut out = Self { filter, buckets: Vec::new(), literals: Vec::new(), longest: 0 };
        out.buckets.resize_with(1 << BUCKET_BITS, Vec::new);
        let mut numbers = std::collections::HashMap::new();
        for (literal, owner) in literals.filter(|(literal, _)| literal.len() >= GRAM) {
            let number = *numbers.entry(literal.to_ascii_lowercase()).or_insert(out.literals.len());
            match out.literals.get_mut(number) {
                Some((_, owners)) => owners.push(owner),
                None => {
                    out.longest = out.longest.max(literal.len());
                    out.add(literal.as_bytes(), u32::try_from(number).unwrap_or(u32::MAX));
                    out.literals.push((literal, vec![owner]));
                }
            }
        }
        out
    }

    fn add(&mut self, literal: &[u8], number: u32) {
        let [a, b, c, d @ ..] = literal else { return };
        if d.is_empty() {
            self.note(gram([*a, *b, *c]), 0, number);
            // The place before and the one behind see two bytes of it, and any third.
            let before = [*a, *b].map(rank).iter().sum::<u32>() < [*b, *c].map(rank).iter().sum();
            for any in 0..=u8::MAX {
                let (seen, offset) = if before { ([any, *a, *b], -1) } else { ([*b, *c, any], 1) };
                if any & FOLD != 0 {
                    self.note(gram(seen), offset, number);
                }
            }
            return;
        }
        // Of all pairs of grams the one that is met least.
        let pairs = literal.windows(GRAM + 1).take(usize::try_from(i8::MAX - 1).unwrap_or_default());
        let frequency = |grams: &[u8]| grams.windows(GRAM).map(usage).sum::<u64>();
        let rarest = pairs.enumerate().min_by_key(|(_, grams)| frequency(grams));
        if let Some((at, [a, b, c, d])) = rarest
            && let Ok(offset) = i8::try_from(at)
        {
            self.note(gram([*a, *b, *c]), offset, number);
            self.note(gram([*b, *c, *d]), offset + 1, number);
        }
    }

    fn note(&mut self, gram: u32, offset: i8, literal: u32) {
        let (bit, word) = place(gram);
        if let Some(slot) = self.filter.get_mut(word) {
            *slot |= bit;
        }
        if let Some(bucket) = self.buckets.get_mut(bucket(gram)) {
            bucket.push(Entry { gram, offset, literal });
        }
    }

    /// Bytes of the longest literal.
    pub(crate) fn longest(&self) -> usize {
        self.longest
    }

    /// Calls `found` with where each literal starts in `bytes`, and its owner: each once, in the order of their grams.
    pub(crate) fn find(&self, bytes: &[u8], mut found: impl FnMut(usize, T)) {
        let mut at = 0;
        while let Some(seen) = bytes.get(at..).and_then(|rest| rest.first_chunk::<BLOCK_SEEN>()) {
            let [a, b, c, d, e, f, g, h, i] = *seen;
            let any = self.says(gram([a, b, c]))
                | self.says(gram([c, d, e]))
                | self.says(gram([e, f, g]))
                | self.says(gram([g, h, i]));
            if any {
                (at..at + BLOCK).step_by(2).for_each(|place| self.look(bytes, place, &mut found));
            }
            at += BLOCK;
        }
        (at..bytes.len()).step_by(2).for_each(|place| self.look(bytes, place, &mut found));
    }

    /// Compares the literals that the gram at `place` may belong to.
    fn look(&self, bytes: &[u8], place: usize, found: &mut impl FnMut(usize, T)) {
        let gram = match bytes.get(place..) {
            Some([a, b, c, ..]) => gram([*a, *b, *c]),
            // The last two bytes of a literal of three.
            Some([a, b]) => gram([*a, *b, 0]),
            _ => return,
        };
        if !self.says(gram) {
            return;
        }
        for entry in self.buckets.get(bucket(gram)).into_iter().flatten().filter(|entry| entry.gram == gram) {
            if let Some(start) = place.checked_add_signed(-isize::from(entry.offset)) {
                self.compare(bytes, start, entry.literal, found);
            }
        }
    }

    fn compare(&self, bytes: &[u8], start: usize, literal: u32, found: &mut impl FnMut(usize, T)) {
        let Some((literal, owners)) = self.literals.get(literal as usize) else { return };
        let there = bytes.get(start..start + literal.len());
        if there.is_some_and(|there| there.eq_ignore_ascii_case(literal.as_bytes())) {
            owners.iter().for_each(|owner| found(start, *owner));
        }
    }

    fn says(&self, gram: u32) -> bool {
        let (bit, word) = place(gram);
        self.filter.get(word).is_some_and(|slot| slot & bit != 0)
    }
}

/// Three bytes, folded, the first lowest.
fn gram([a, b, c]: [u8; 3]) -> u32 {
    u32::from_le_bytes([a | FOLD, b | FOLD, c | FOLD, 0])
}

/// How often a gram is met in prose, as a rough measure.
fn usage(gram: &[u8]) -> u64 {
    /// Those that English has most.
    const COMMON: &[u8] = b"the and ing ion tio ent ati for her ter hat tha ere ate his con res ver all ons nce men ith ted \
        ers pro thi wit are ess not ive was ect rea com eve per int est sta cti ica ist ear ain one our iti rat ave our \
        ity age ous ant ort ost red ome ame hei ble abl use get has aut uth ach ose han har ard ike ake out oth ont ";
    let common = COMMON.chunks(GRAM + 1).any(|known| known.get(..GRAM).is_some_and(|k| k.eq_ignore_ascii_case(gram)));
    1 << (gram.iter().copied().map(rank).sum::<u32>() / 2 + if common { 4 } else { 0 })
}

/// How much a byte is used in prose: each step up is about half as often again.
fn rank(byte: u8) -> u32 {
    match byte.to_ascii_lowercase() {
        b' ' => 14,
        b'e' => 13,
        b'a' | b'i' | b'n' | b'o' | b'r' | b's' | b't' => 12,
        b'c' | b'd' | b'h' | b'l' | b'u' => 10,
        b'f' | b'g' | b'm' | b'p' | b'w' | b'y' => 8,
        b'b' | b'k' | b'v' => 6,
        b',' | b'.' => 7,
        b'j' | b'q' | b'x' | b'z' | b'-' | b'\'' => 3,
        b'"' | b':' | b'0'..=b'9' => 3,
        // Letters of other scripts share their first bytes.
        0x80.. => 11,
        _ => 1,
    }
}

/// The bit of a gram in the filter, and the word it is in.
fn place(gram: u32) -> (u64, usize) {
    let hash = gram.wrapping_mul(0x9E37_79B1) >> (32 - FILTER_BITS);
    (1 << (hash % 64), (hash / 64) as usize)
}

fn bucket(gram: u32) -> usize {
    (gram.wrapping_mul(0x85EB_CA6B) >> (32 - BUCKET_BITS)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_found_in_any_case_and_over_each_other() {
        let list = ["ghp_", "password", "pass", "-----BEGIN", "пароль", "://"];
        let literals = Literals::new(list.iter().enumerate().map(|(i, l)| ((*l).to_owned(), i)));
        let mut found = Vec::new();
        literals.find("GHP_ my_PassWord -----begin пароль http://".as_bytes(), |at, i| found.push((at, list[i])));
        let expected = [(0, "ghp_"), (8, "password"), (8, "pass"), (17, "-----BEGIN"), (28, "пароль"), (45, "://")];
        found.sort_unstable_by_key(|(at, literal)| (*at, std::cmp::Reverse(literal.len())));
        assert_eq!(found, expected);
        for pad in 0..20 {
            let text = format!("{}GHP_x pwd {}", "-".repeat(pad), "ab".repeat(pad % 3));
            let literals = Literals::new(["ghp_", "pwd", "bab"].into_iter().map(|l| (l.to_owned(), l)));
            let mut found = Vec::new();
            literals.find(text.as_bytes(), |at, literal| found.push((at, literal)));
            found.sort_unstable();
            let mut expected: Vec<_> = ["ghp_", "pwd", "bab"]
                .into_iter()
                .flat_map(|l| text.to_lowercase().match_indices(l).map(|(at, _)| (at, l)).collect::<Vec<_>>())
                .collect();
            expected.sort_unstable();
            assert_eq!(found, expected, "{text}");
        }
        found.clear();
        literals.find(b"pa ss", |at, i| found.push((at, list[i])));
        assert!(found.is_empty());
    }
}
