//! Numbers as a worksheet shows them: number formats (ECMA-376 part 1, 18.8.30 and 18.8.31).
//!
//! A nine-digit number with the format `000-00-0000` is a social security number on screen and `219099999` in the
//! file, so cells are told as displayed; [`Format::show`] says when the stored number must be told too.

use std::borrow::Cow;

use super::date_format;
use super::digits::{literals, number};
use super::general::{DIGITS, exact, general, is_short, tell_stored};

/// A parsed format code.
#[derive(Clone, Debug, Default)]
pub struct Format {
    sections: Vec<Section>,
}

#[derive(Clone, Debug, Default)]
struct Section {
    condition: Option<(Comparison, f64)>,
    tokens: Vec<Token>,
    kind: SectionKind,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum SectionKind {
    /// Only literals.
    #[default]
    Literal,
    General,
    Number,
    Date,
    Text,
}

#[derive(Clone, Copy, Debug)]
enum Comparison {
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Equal,
    NotEqual,
}

/// A piece of a section.
#[derive(Clone, Debug, PartialEq)]
pub enum Token {
    /// Shown as it is.
    Literal(String),
    /// `0`, `#` or `?`.
    Digit(char),
    /// Decimal point.
    Point,
    /// `,` between or behind digits.
    Comma,
    /// `%`.
    Percent,
    /// `E+` or `E-`.
    Exponent,
    /// `/` of a fraction.
    Slash,
    /// `General`.
    General,
    /// `@`.
    Text,
    /// Run of `y`, `m`, `d`, `h`, `s` (lower case) and its length.
    Date(char, usize),
    /// `[h]`, `[m]`, `[s]`: elapsed time.
    Elapsed(char),
    /// `AM/PM` or `A/P`.
    AmPm,
}

impl Format {
    /// Parses a format code; anything is accepted.
    pub fn parse(code: &str) -> Self {
        let mut sections = Vec::new();
        let mut rest = code;
        loop {
            let (section, after) = Section::parse(rest);
            sections.push(section);
            match after {
                // More than four sections mean nothing.
                Some(after) if sections.len() < 4 => rest = after,
                _ => return Self { sections },
            }
        }
    }

    /// The built-in format with this id, as an English Excel has it (18.8.30); `None` = General.
    pub fn builtin(id: u32) -> Option<&'static str> {
        Some(match id {
            1 => "0",
            2 => "0.00",
            3 => "#,##0",
            4 => "#,##0.00",
            5..=8 => "$#,##0.00;($#,##0.00)",
            9 => "0%",
            10 => "0.00%",
            11 => "0.00E+00",
            12 => "# ?/?",
            13 => "# ??/??",
            14 | 27..=31 | 34..=36 | 50..=58 => "m/d/yyyy",
            15 => "d-mmm-yy",
            16 => "d-mmm",
            17 => "mmm-yy",
            18 => "h:mm AM/PM",
            19 => "h:mm:ss AM/PM",
            20 | 32 => "h:mm",
            21 | 33 => "h:mm:ss",
            22 => "m/d/yyyy h:mm",
            37 | 38 => "#,##0;(#,##0)",
            39 | 40 => "#,##0.00;(#,##0.00)",
            41 | 42 => "#,##0",
            43 | 44 => "#,##0.00",
            45 => "mm:ss",
            46 => "[h]:mm:ss",
            47 => "mm:ss.0",
            48 => "##0.0E+0",
            49 => "@",
            _ => return None,
        })
    }

    /// Whether numbers are shown as General shows them.
    pub fn is_general(&self) -> bool {
        self.sections.iter().all(|s| matches!(s.kind, SectionKind::General | SectionKind::Text) && s.tokens.len() == 1)
    }

    /// Appends a stored number as displayed, and behind it, if the display hides digits, as stored.
    pub fn show(&self, stored: &str, epoch_1904: bool, out: &mut String) {
        let Ok(value) = stored.parse::<f64>() else { return out.push_str(stored) };
        let start = out.len();
        let section = self.section(value);
        let shown = match section.map(|(s, _)| s.kind) {
            None | Some(SectionKind::General | SectionKind::Text) => false,
            Some(SectionKind::Literal) => {
                section.into_iter().for_each(|(s, _)| literals(&s.tokens, out));
                true
            }
            Some(SectionKind::Number) => section.is_some_and(|(s, sign)| number(&s.tokens, value, sign, out)),
            Some(SectionKind::Date) => {
                if section.is_some_and(|(s, _)| date_format::show(&s.tokens, value, epoch_1904, out)) {
                    // 1,000,000 is in the year 4637: no date, but a number in the wrong format.
                    if value >= 1e6 {
                        tell_stored(stored, start, out);
                    }
                    return;
                }
                false
            }
        };
        if !shown {
            out.truncate(start);
            let tokens = section.map(|(s, _)| s.tokens.as_slice()).unwrap_or_default();
            if !tokens.iter().any(|t| matches!(t, Token::General | Token::Text)) {
                return general(value, out);
            }
            for token in tokens {
                match token {
                    Token::Literal(text) => out.push_str(text),
                    Token::General | Token::Text => general(value, out),
                    _ => {}
                }
            }
            return;
        }
        if is_short(stored) {
            return tell_stored(stored, start, out);
        }
        let mut all = String::new();
        exact(value, &mut all);
        tell_stored(&all, start, out);
        // A writer that keeps more digits than a float holds means them all.
        let is_long = stored.len() > DIGITS && stored.bytes().all(|b| b.is_ascii_digit());
        if is_long && !out.get(start..).is_some_and(|shown| shown.contains(stored)) {
            out.push_str("  ");
            out.push_str(stored);
        }
    }

    /// Appends a text cell as displayed: the `@` section may put literals around it.
    pub fn show_text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let section = self.sections.get(3).or(self.sections.last()).filter(|s| s.kind == SectionKind::Text);
        match section {
            Some(section) if section.tokens.len() > 1 => {
                let mut out = String::new();
                for token in &section.tokens {
                    match token {
                        Token::Literal(literal) => out.push_str(literal),
                        Token::Text => out.push_str(text),
                        _ => {}
                    }
                }
                Cow::Owned(out)
            }
            _ => Cow::Borrowed(text),
        }
    }

    /// The section for `value`, and whether a minus sign is to be shown.
    fn section(&self, value: f64) -> Option<(&Section, bool)> {
        let numeric = self.sections.get(..self.sections.len().min(3)).unwrap_or_default();
        let numeric = match numeric {
            [head @ .., last] if head.len() == 2 && last.kind == SectionKind::Text => head,
            all => all,
        };
        if numeric.iter().any(|s| s.condition.is_some()) {
            let holds = |s: &&Section| s.condition.as_ref().is_none_or(|(how, than)| how.holds(value, *than));
            let found = numeric.iter().find(holds).or(numeric.last())?;
            return Some((found, value < 0.0));
        }
        match numeric {
            [only] => Some((only, value < 0.0)),
            [positive, negative, ..] if value < 0.0 => Some(match negative.tokens.is_empty() {
                true if numeric.len() == 2 => (positive, true),
                _ => (negative, false),
            }),
            [_, _, zero] if value == 0.0 => Some((zero, false)),
            [positive, ..] => Some((positive, false)),
            [] => None,
        }
    }
}

impl Comparison {
    fn holds(self, value: f64, than: f64) -> bool {
        match self {
            Self::Less => value < than,
            Self::LessEqual => value <= than,
            Self::Greater => value > than,
            Self::GreaterEqual => value >= than,
            Self::Equal => value == than,
            Self::NotEqual => value != than,
        }
    }
}

impl Section {
    /// Parses up to the next `;` and gives what is behind it.
    fn parse(code: &str) -> (Self, Option<&str>) {
        let mut section = Self::default();
        let mut rest = code;
        while let Some(c) = rest.chars().next() {
            if c == ';' {
                section.finish();
                return (section, rest.get(1..));
            }
            let used = section.token(rest, c).max(c.len_utf8());
            rest = rest.get(used..).unwrap_or_default();
        }
        section.finish();
        (section, None)
    }

    /// Takes one token from the front of `rest` and gives its length in bytes.
    #[allow(clippy::arithmetic_side_effects, reason = "positions inside the code of a format")]
    fn token(&mut self, rest: &str, c: char) -> usize {
        let after = rest.get(c.len_utf8()..).unwrap_or_default();
        let next = after.chars().next();
        let starts = |word: &str| rest.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word));
        match c {
            '"' => {
                let end = after.find('"').unwrap_or(after.len());
                self.literal(after.get(..end).unwrap_or_default());
                end + 2
            }
            '\\' | '!' => {
                next.into_iter().for_each(|n| self.literal(n.encode_utf8(&mut [0; 4])));
                1 + next.map_or(0, char::len_utf8)
            }
            '_' => {
                self.literal(" ");
                1 + next.map_or(0, char::len_utf8)
            }
            '*' => 1 + next.map_or(0, char::len_utf8),
            '[' => {
                let end = after.find(']').unwrap_or(after.len());
                self.bracket(after.get(..end).unwrap_or_default());
                end + 2
            }
            '0' | '#' | '?' => self.push(Token::Digit(c), 1),
            '.' => self.push(Token::Point, 1),
            ',' => self.push(Token::Comma, 1),
            '%' => self.push(Token::Percent, 1),
            '@' => self.push(Token::Text, 1),
            '/' => self.push(Token::Slash, 1),
            'E' | 'e' if matches!(next, Some('+' | '-')) => self.push(Token::Exponent, 2),
            'G' | 'g' if starts("general") => self.push(Token::General, 7),
            'A' | 'a' if starts("am/pm") => self.push(Token::AmPm, 5),
            'A' | 'a' if starts("a/p") => self.push(Token::AmPm, 3),
            'y' | 'Y' | 'm' | 'M' | 'd' | 'D' | 'h' | 'H' | 's' | 'S' => {
                let length = rest.chars().take_while(|n| n.eq_ignore_ascii_case(&c)).count();
                self.push(Token::Date(c.to_ascii_lowercase(), length), length)
            }
            _ => {
                self.literal(c.encode_utf8(&mut [0; 4]));
                c.len_utf8()
            }
        }
    }

    fn push(&mut self, token: Token, length: usize) -> usize {
        self.tokens.push(token);
        length
    }

    fn literal(&mut self, text: &str) {
        match self.tokens.last_mut() {
            Some(Token::Literal(last)) => last.push_str(text),
            _ => self.tokens.push(Token::Literal(text.to_owned())),
        }
    }

    /// What stands in brackets: currency, elapsed time, a condition; colours and calendars are dropped.
    fn bracket(&mut self, inside: &str) {
        if let Some(currency) = inside.strip_prefix('$') {
            return self.literal(currency.split('-').next().unwrap_or_default());
        }
        let unit = inside.chars().next().map(|c| c.to_ascii_lowercase());
        if let Some(unit @ ('h' | 'm' | 's')) = unit
            && inside.chars().all(|c| c.eq_ignore_ascii_case(&unit))
        {
            return self.tokens.push(Token::Elapsed(unit));
        }
        let signs = [
            ("<=", Comparison::LessEqual),
            (">=", Comparison::GreaterEqual),
            ("<>", Comparison::NotEqual),
            ("<", Comparison::Less),
            (">", Comparison::Greater),
            ("=", Comparison::Equal),
        ];
        let condition = signs.into_iter().find_map(|(sign, how)| Some((how, inside.strip_prefix(sign)?)));
        if let Some((how, than)) = condition.and_then(|(how, than)| Some((how, than.trim().parse().ok()?))) {
            self.condition = Some((how, than));
        }
    }

    fn finish(&mut self) {
        let has = |wanted: fn(&Token) -> bool| self.tokens.iter().any(wanted);
        self.kind = if has(|t| matches!(t, Token::Date(..) | Token::Elapsed(_) | Token::AmPm)) {
            SectionKind::Date
        } else if has(|t| matches!(t, Token::General)) {
            SectionKind::General
        } else if has(|t| matches!(t, Token::Digit(_))) {
            SectionKind::Number
        } else if has(|t| matches!(t, Token::Text)) {
            SectionKind::Text
        } else {
            SectionKind::Literal
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(code: &str, value: f64) -> String {
        let mut out = String::new();
        Format::parse(code).show(&value.to_string(), false, &mut out);
        out
    }

    #[test]
    fn displayed_and_stored() {
        let cases = [
            ("000-00-0000", 219_099_999.0, "219-09-9999  219099999"),
            ("000-00-0000", 1_234_567.0, "001-23-4567  1234567"),
            ("0000 0000 0000 0000", 4_111_111_111_111_110.0, "4111 1111 1111 1110  4111111111111110"),
            ("00000", 501.0, "00501"),
            ("00000-0000", 5_010_001.0, "00501-0001  5010001"),
            ("#,##0.00", 1234.5, "1,234.50  1234.5"),
            ("#,##0", 1_234_567.0, "1,234,567  1234567"),
            ("0.00%", 0.125, "12.50%  0.125"),
            ("0.00E+00", 4.111_11e15, "4.11E+15  4111110000000000"),
            ("\"ID \"0000;-0", 12.0, "ID 0012"),
            ("0;(0)", -5.0, "(5)"),
            ("0.0", -5.25, "-5.3"),
            (";;;", 42.0, "42"),
            ("\"yes\";;\"no\"", 1.0, "yes"),
            ("[Red][<=9999999]###-####;(###) ###-####", 5_551_234.0, "555-1234  5551234"),
            ("[<=9999999]###-####;(###) ###-####", 2_065_551_234.0, "(206) 555-1234  2065551234"),
            ("[$€-407] #,##0.00", 3.0, "€ 3.00"),
            ("0.0,,\"M\"", 12_345_678.0, "12.3M  12345678"),
            ("# ?/?", 0.5, "0.5"),
            ("General\" kg\"", 7.0, "7 kg"),
            ("#", 0.0, "0"),
            ("0.00", 1.005, "1.01  1.005"),
            ("_(* #,##0_);_(* (#,##0);_(* \"-\"_);_(@_)", 1000.0, " 1,000   1000"),
        ];
        for (code, value, text) in cases {
            assert_eq!(shown(code, value), text, "{code} {value}");
        }
        assert_eq!(Format::parse("0;0;0;\"No \"@").show_text("7"), "No 7");
        assert!(Format::parse("General").is_general() && Format::parse("@").is_general());
    }

    #[test]
    fn dates() {
        let cases = [
            ("yyyy-mm-dd", 45_356.0, "2024-03-05"),
            ("m/d/yyyy h:mm", 45_356.75, "3/5/2024 18:00"),
            ("d-mmm-yy", 45_356.0, "5-Mar-24"),
            ("dddd, mmmm d", 45_356.0, "Tuesday, March 5"),
            ("h:mm AM/PM", 0.75, "6:00 PM"),
            ("[h]:mm:ss", 1.5, "36:00:00"),
            ("mm:ss.0", 0.000_5, "00:43.2"),
            ("yyyy\"年\"m\"月\"", 1.0, "1900年1月"),
            ("yyyy-mm-dd", 60.0, "1900-02-29"),
            ("yyyy-mm-dd", 61.0, "1900-03-01"),
            ("yyyy-mm-dd", 1e12, "1000000000000"),
            ("hh:mm", 45_356.999_999_9, "00:00"),
        ];
        for (code, value, text) in cases {
            assert_eq!(shown(code, value), text, "{code} {value}");
        }
    }

    #[test]
    fn odd_codes_do_no_harm() {
        for code in
            ["", ";", "[", "\"", "\\", "_", "*", "[$", "E+", "0.0.0E+0E-0", "////", "@@@@", "AM/P", "é\"ü", ".", ",,,"]
        {
            for value in [0.0, -1.5, 1e300, f64::NAN, f64::INFINITY, 219_099_999.0] {
                shown(code, value);
            }
        }
    }
}
