//! Literals that begin expressions: a thousand token prefixes and names of secrets, in any letter case.
//!
//! Three and four bytes at every place of the text are looked up in bit filters; only where one says yes are the
//! literals that begin so compared. An automaton of all of them is slower: its states do not fit the nearest cache.

/// Bits of each filter, as a power of two: 4 KB.
const FILTER_BITS: u32 = 15;
/// Lists of literals, as a power of two.
const BUCKET_BITS: u32 = 12;

/// A compiled list of literals, each with what it belongs to.
#[derive(Debug)]
pub(crate) struct Literals<T> {
    /// For literals of three bytes, and for longer ones.
    filters: [Vec<u64>; 2],
    /// By the hash of their first bytes: the folded bytes, the literal, and its owner.
    buckets: Vec<Vec<(u32, String, T)>>,
}

impl<T: Copy> Literals<T> {
    /// Compiles `literals` of three bytes or more; shorter ones are left out.
    pub(crate) fn new(literals: impl Iterator<Item = (String, T)>) -> Self {
        let empty = || vec![0; 1 << (FILTER_BITS - 6)];
        let mut out = Self { filters: [empty(), empty()], buckets: Vec::new() };
        out.buckets.resize_with(1 << BUCKET_BITS, Vec::new);
        for (literal, owner) in literals {
            let bytes = literal.as_bytes();
            if bytes.len() < 3 {
                continue;
            }
            let key = bytes.iter().take(4).fold(0, |key, byte| key << 8 | u32::from(byte | 0x20));
            let [short, long] = &mut out.filters;
            let (bit, word) = place(key);
            if let Some(slot) = if bytes.len() == 3 { short.get_mut(word) } else { long.get_mut(word) } {
                *slot |= bit;
            }
            if let Some(bucket) = out.buckets.get_mut(bucket(key)) {
                bucket.push((key, literal, owner));
            }
        }
        out
    }

    /// Calls `found` with where each literal starts in `text`, and its owner.
    pub(crate) fn find(&self, text: &str, mut found: impl FnMut(usize, T)) {
        let bytes = text.as_bytes();
        let [short, long] = &self.filters;
        let says = |filter: &[u64], key: u32| {
            let (bit, word) = place(key);
            filter.get(word).is_some_and(|slot| slot & bit != 0)
        };
        let mut key = 0_u32;
        for (at, byte) in bytes.iter().enumerate() {
            key = key << 8 | u32::from(byte | 0x20);
            if says(long, key) && at >= 3 {
                self.compare(bytes, at - 3, key, &mut found);
            }
            if says(short, key & 0xFF_FFFF) && at >= 2 {
                self.compare(bytes, at - 2, key & 0xFF_FFFF, &mut found);
            }
        }
    }

    fn compare(&self, bytes: &[u8], start: usize, key: u32, found: &mut impl FnMut(usize, T)) {
        for (of, literal, owner) in self.buckets.get(bucket(key)).into_iter().flatten() {
            let there = bytes.get(start..start + literal.len());
            if *of == key && there.is_some_and(|there| there.eq_ignore_ascii_case(literal.as_bytes())) {
                found(start, *owner);
            }
        }
    }
}

/// The bit of a key in a filter, and the word it is in.
fn place(key: u32) -> (u64, usize) {
    let hash = key.wrapping_mul(0x9E37_79B1) >> (32 - FILTER_BITS);
    (1 << (hash % 64), (hash / 64) as usize)
}

fn bucket(key: u32) -> usize {
    (key.wrapping_mul(0x85EB_CA6B) >> (32 - BUCKET_BITS)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_found_in_any_case_and_over_each_other() {
        let list = ["ghp_", "password", "pass", "-----BEGIN", "пароль", "://"];
        let literals = Literals::new(list.iter().enumerate().map(|(i, l)| ((*l).to_owned(), i)));
        let mut found = Vec::new();
        literals.find("GHP_ my_PassWord -----begin пароль http://", |at, i| found.push((at, list[i])));
        let expected = [(0, "ghp_"), (8, "password"), (8, "pass"), (17, "-----BEGIN"), (28, "пароль"), (45, "://")];
        found.sort_unstable_by_key(|(at, literal)| (*at, std::cmp::Reverse(literal.len())));
        assert_eq!(found, expected);
        found.clear();
        literals.find("pa ss", |at, i| found.push((at, list[i])));
        assert!(found.is_empty());
    }
}
