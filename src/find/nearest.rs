//! The nearest known name, for messages about unknown ones.
#![allow(clippy::arithmetic_side_effects, reason = "places in names of at most eighty characters")]

/// The name of `known` that `given` was most likely meant to be: at most a third of its letters differ.
pub fn nearest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let given: Vec<char> = given.to_lowercase().chars().take(NAME_CHARS_MAX).collect();
    let most = (given.len() / 3).max(2);
    let ranked = known.into_iter().map(|name| (distance(&given, name), name));
    ranked.filter(|(d, _)| *d <= most).min().map(|(_, name)| name)
}

/// Characters compared; longer names are no typing errors of ours.
const NAME_CHARS_MAX: usize = 80;

/// Levenshtein distance, one row at a time.
fn distance(a: &[char], b: &str) -> usize {
    let b: Vec<char> = b.to_lowercase().chars().take(NAME_CHARS_MAX).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (cell, to) in row.iter_mut().skip(1).zip(&b) {
            let above = *cell;
            left = (above + 1).min(left + 1).min(diagonal + usize::from(from != to));
            diagonal = above;
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        let d = |a: &str, b: &str| distance(&a.chars().collect::<Vec<_>>(), b);
        assert_eq!([d("", "abc"), d("abc", "abc"), d("kitten", "sitting"), d("flaw", "lawn")], [3, 0, 3, 2]);
    }

    #[test]
    fn the_nearest_name_or_none() {
        let known = ["action", "min-count", "min-confidence"];
        assert_eq!(nearest("min_count", known), Some("min-count"));
        assert_eq!(nearest("acton", known), Some("action"));
        assert_eq!(nearest("zebra", known), None);
    }
}
