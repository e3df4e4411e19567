//! Strings that cells share.

use crate::blob::{Budget, Reason};

/// Bytes from which a shared string is told only once. 4 KiB: longer than any honest text that many cells repeat.
const LONG_BYTES: usize = 4 << 10;

/// Bytes up to which a string may be told any number of times: more than a cell reference takes up, not much.
const SHORT_BYTES: usize = 32;

/// Shared strings in one buffer, and which of them cells have shown.
#[derive(Debug, Default)]
pub struct Strings {
    text: String,
    ends: Vec<usize>,
    used: Vec<bool>,
}

impl Strings {
    /// Where the string being read is written to; [`Strings::end`] ends it.
    pub fn text(&mut self) -> &mut String {
        &mut self.text
    }

    /// Ends a string.
    pub fn end(&mut self) {
        self.ends.push(self.text.len());
        self.used.push(false);
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The string at `index`. A long one is told in full only the first time without asking: twelve thousand cells
    /// may all point at the same megabyte.
    ///
    /// # Errors
    /// The limit that telling it again would break.
    pub fn get(&mut self, index: usize, budget: &mut Budget) -> Result<&str, Reason> {
        let Self { text, ends, used } = self;
        let Some(end) = ends.get(index).copied() else {
            return Ok("");
        };
        let start = index.checked_sub(1).and_then(|i| ends.get(i).copied()).unwrap_or(0);
        let string = text.get(start..end).unwrap_or_default();
        if let Some(used) = used.get_mut(index)
            && std::mem::replace(used, true)
            && string.len() > SHORT_BYTES
        {
            if string.len() > LONG_BYTES {
                return Ok("");
            }
            budget.unpack(string.len() as u64)?;
        }
        Ok(string)
    }

    /// The strings that no cell showed.
    pub fn unused(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let all = starts.zip(&self.ends).zip(&self.used);
        all.filter(|(_, used)| !**used).filter_map(|((start, end), _)| self.text.get(start..*end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob::Limits;

    #[test]
    fn long_strings_are_told_once_and_unused_ones_are_known() {
        let mut strings = Strings::default();
        for text in ["short".to_owned(), "long".repeat(2000), "never".to_owned()] {
            strings.text().push_str(&text);
            strings.end();
        }
        let mut budget = Budget::new(&Limits::default());
        let mut lengths = |index| strings.get(index, &mut budget).unwrap().len();
        assert_eq!([0, 0, 1, 1, 7].map(&mut lengths), [5, 5, 8000, 0, 0]);
        assert_eq!(strings.unused().collect::<Vec<_>>(), ["never"]);
    }
}
