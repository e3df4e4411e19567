//! Names of elements and attributes: text like any other, as a vocabulary may be somebody's own.

use std::collections::HashMap;

/// Names that are kept. The largest vocabulary in our files has under 1,000.
const NAMES_MAX: usize = 10_000;
/// Bytes of a name below which it says nothing: as for values of attributes.
const NAME_BYTES_MIN: usize = 3;
/// Names met last, by a cheap hash: a document has few, and has them everywhere.
const RECENT: usize = 256;

/// The different local names of a document, in the order in which they came up.
pub struct Names<'a> {
    /// Name, and whether the text has it already.
    list: Vec<(&'a str, bool)>,
    index: HashMap<&'a str, usize>,
    recent: [Option<usize>; RECENT],
    overflow: bool,
}

impl<'a> Names<'a> {
    /// None yet.
    pub fn new() -> Self {
        Self { list: Vec::new(), index: HashMap::new(), recent: [None; RECENT], overflow: false }
    }

    /// Keeps a name and gives its number.
    #[allow(clippy::arithmetic_side_effects, reason = "a name was added in front of it")]
    pub fn add(&mut self, name: &'a str) -> Option<usize> {
        if name.len() < NAME_BYTES_MIN {
            return None;
        }
        let slot = self.recent.get_mut(hash(name))?;
        if let Some(found) = slot.filter(|found| self.list.get(*found).is_some_and(|(known, _)| *known == name)) {
            return Some(found);
        }
        let number = match self.index.get(name) {
            Some(number) => *number,
            None if self.list.len() < NAMES_MAX => {
                self.index.insert(name, self.list.len());
                self.list.push((name, false));
                self.list.len() - 1
            }
            None => {
                self.overflow = true;
                return None;
            }
        };
        *slot = Some(number);
        Some(number)
    }

    /// Says that the text has the name with this number.
    pub fn set_told(&mut self, number: Option<usize>) {
        if let Some((_, told)) = number.and_then(|number| self.list.get_mut(number)) {
            *told = true;
        }
    }

    /// Whether there were too many to keep.
    pub fn is_overflowing(&self) -> bool {
        self.overflow
    }

    /// The names that the text does not have, apart from `common` ones. The bars keep a value from going on in the next
    /// name.
    pub fn untold(&self, common: impl Fn(&str) -> bool) -> String {
        let names = self.list.iter().filter(|(name, told)| !told && !common(name)).map(|(name, _)| *name);
        names.collect::<Vec<_>>().join(" | ")
    }
}

fn hash(name: &str) -> usize {
    let bytes = name.as_bytes();
    let at = |i: usize| usize::from(bytes.get(i).copied().unwrap_or_default());
    let length = bytes.len();
    (length ^ at(0).wrapping_mul(7) ^ at(length / 2).wrapping_mul(31) ^ at(length.wrapping_sub(1)).wrapping_mul(101))
        % RECENT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_counts_once_and_there_is_an_end() {
        let mut names = Names::new();
        assert_eq!(
            [names.add("one"), names.add("two"), names.add("one"), names.add("xy")],
            [Some(0), Some(1), Some(0), None]
        );
        names.set_told(Some(1));
        names.add("span");
        names.add("three");
        assert_eq!(names.untold(|name| name == "span"), "one | three");
        let many: Vec<_> = (0..NAMES_MAX).map(|i| format!("name{i}")).collect();
        let kept = many.iter().filter(|name| names.add(name).is_some()).count();
        assert!(kept == NAMES_MAX - 4 && names.is_overflowing() && names.add("one") == Some(0));
    }
}
