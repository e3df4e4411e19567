//! Filters: values that are no matches after all, by themselves or by what stands next to them.

use std::ops::Range;

use super::keyword;
use super::regex::{Pattern, Refused};
use super::schema::{Direction, Term};

/// Bytes next to a value that a prefix or suffix is looked for in. Terms have 100 characters at most.
const BESIDE_BYTES: usize = 1024;

/// A filter that is ready.
#[derive(Debug)]
pub(super) enum Filter {
    /// Leaves out values whose digits are all the same.
    AllDigitsSame,
    /// Leaves out values that a text stands in or next to, or those that it does not.
    Text { direction: Direction, include: bool, text: Matcher },
}

/// What a filter looks for.
#[derive(Debug)]
pub(super) enum Matcher {
    Terms(Vec<Term>),
    /// Anchored to where the filter looks.
    Expression(Box<Pattern>),
}

impl Matcher {
    /// An expression, for one direction.
    pub(super) fn expression(text: &str, direction: Direction) -> Result<Self, Refused> {
        // The expression alone first: what is wrong with it must not be hidden by the anchors.
        Pattern::new(text)?;
        let anchored = match direction {
            Direction::StartsWith => format!("\\A(?:{text})"),
            Direction::EndsWith => format!("(?:{text})\\z"),
            Direction::Full => format!("\\A(?:{text})\\z"),
            Direction::Prefix => format!("(?:{text})\\s*\\z"),
            Direction::Suffix => format!("\\A\\s*(?:{text})"),
        };
        Ok(Self::Expression(Box::new(Pattern::new(&anchored)?)))
    }
}

impl Filter {
    /// Whether the value at `range` stays.
    #[allow(clippy::arithmetic_side_effects, reason = "a few bytes behind a position in a text")]
    pub(super) fn keeps(&self, text: &str, range: &Range<usize>, value: &str) -> bool {
        match self {
            Self::AllDigitsSame => {
                let mut digits = value.chars().filter_map(|c| c.to_digit(10));
                let Some(first) = digits.next() else { return true };
                !digits.all(|d| d == first)
            }
            Self::Text { direction, include, text: matcher } => {
                let holds = match direction {
                    Direction::Prefix => {
                        let from = (range.start.saturating_sub(BESIDE_BYTES)..=range.start)
                            .find(|at| text.is_char_boundary(*at))
                            .unwrap_or(range.start);
                        matcher.holds(*direction, text.get(from..range.start).unwrap_or_default())
                    }
                    Direction::Suffix => {
                        let to = (range.end..=(range.end + BESIDE_BYTES).min(text.len()))
                            .rev()
                            .find(|at| text.is_char_boundary(*at))
                            .unwrap_or(range.end);
                        matcher.holds(*direction, text.get(range.end..to).unwrap_or_default())
                    }
                    _ => matcher.holds(*direction, value),
                };
                holds == *include
            }
        }
    }
}

impl Matcher {
    fn holds(&self, direction: Direction, text: &str) -> bool {
        match self {
            Self::Expression(pattern) => !pattern.find(text).places.is_empty(),
            Self::Terms(terms) => {
                // Lists say `4111111111111111`, texts say `4111 1111 1111 1111`.
                let plain: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
                terms.iter().any(|term| {
                    stands(term, direction, text)
                        || (!matches!(direction, Direction::Prefix | Direction::Suffix)
                            && stands(term, direction, &plain))
                })
            }
        }
    }
}

/// Whether a term stands where the filter looks.
#[allow(clippy::arithmetic_side_effects, reason = "a text ends with what is taken off, or starts with it")]
fn stands(term: &Term, direction: Direction, text: &str) -> bool {
    let fold = |text: &str| {
        let one = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if term.case_sensitive { one } else { keyword::fold(&one) }
    };
    let (text, wanted) = (fold(text), fold(&term.text));
    let at = match direction {
        Direction::Full => return text == wanted,
        Direction::StartsWith | Direction::Suffix => text.starts_with(&wanted).then_some(0),
        Direction::EndsWith | Direction::Prefix => text.ends_with(&wanted).then(|| text.len() - wanted.len()),
    };
    at.is_some_and(|at| !term.word || keyword::is_word(&text, &(at..at + wanted.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keeps(direction: Direction, include: bool, terms: &[&str], text: &str, value: &str) -> bool {
        let term = |t: &&str| Term { text: (*t).to_owned(), word: false, case_sensitive: false };
        let text_of = Matcher::Terms(terms.iter().map(term).collect());
        let start = text.find(value).unwrap();
        Filter::Text { direction, include, text: text_of }.keeps(text, &(start..start + value.len()), value)
    }

    #[test]
    fn all_digits_same() {
        let keeps = |value: &str| Filter::AllDigitsSame.keeps(value, &(0..value.len()), value);
        assert!(!keeps("111-111-111") && !keeps("1") && keeps("111-112") && keeps("abc"));
    }

    #[test]
    fn every_direction() {
        use Direction::{EndsWith, Full, Prefix, StartsWith, Suffix};
        let starts = ["0500", "91", "091", "0100"];
        for (value, stays) in [
            ("0500-4500-027", false),
            ("91564721450", false),
            ("91-8523697410", false),
            ("700-8956-7844", true),
            ("1000-3265", true),
        ] {
            assert_eq!(keeps(StartsWith, false, &starts, value, value), stays, "{value}");
            assert_eq!(keeps(StartsWith, true, &starts, value, value), !stays, "{value}");
        }
        assert!(!keeps(EndsWith, false, &["0091"], "1234-5678-0091", "1234-5678-0091"));
        assert!(!keeps(Full, false, &["4111111111111111"], "4111 1111 1111 1111", "4111 1111 1111 1111"));
        assert!(keeps(Full, false, &["411111111111111"], "4111 1111 1111 1111", "4111 1111 1111 1111"));
        assert!(!keeps(Prefix, false, &["phone number"], "é Phone  number 091-8974", "091-8974"));
        assert!(keeps(Prefix, false, &["phone number"], "Phone 091-8974", "091-8974"));
        assert!(!keeps(Suffix, false, &["/xuid"], "1234-5678 /xuid", "1234-5678"));
        assert!(
            keeps(Suffix, true, &["cvv"], "1234 cvv 966", "1234") && !keeps(Suffix, true, &["cvv"], "1234", "1234")
        );
    }

    #[test]
    fn expressions_are_anchored() {
        let run = |direction, expression: &str, text: &str, value: &str| {
            let matcher = Matcher::expression(expression, direction).unwrap();
            let start = text.find(value).unwrap();
            let filter = Filter::Text { direction, include: true, text: matcher };
            filter.keeps(text, &(start..start + value.len()), value)
        };
        assert!(
            run(Direction::StartsWith, "9[12]", "9134", "9134") && !run(Direction::StartsWith, "9[12]", "1913", "1913")
        );
        assert!(run(Direction::EndsWith, "a|34", "1234", "1234") && !run(Direction::Full, "a|34", "1234", "1234"));
        assert!(run(Direction::Suffix, r"(?: \d{4}){2,}", "12 4500 9870", "12"));
        assert!(run(Direction::Prefix, r"ref\.?", "ref. 12", "12") && !run(Direction::Prefix, "ref", "ref a 12", "12"));
        assert!(Matcher::expression("a)(b", Direction::Full).is_err());
    }
}
