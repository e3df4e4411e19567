//! Validators: what the value of an expression must pass.

use super::function;
use super::schema;
use crate::find::check;

/// A validator that is ready.
#[derive(Debug)]
pub(super) enum Validator {
    /// Weighted sum of the digits.
    Checksum { weights: Vec<u64>, modulus: u64, check_digit: usize, alphabets: bool },
    /// A date at a place of the value.
    Date { order: Order, start: usize },
    /// One of frisk's checks, after the value is brought into its form.
    Check { accepts: fn(&str) -> bool },
}

/// Order of the digits of a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Order {
    /// `D`, `M`, `Y` in their order.
    fields: [u8; 3],
    year_digits: usize,
}

impl Validator {
    /// What a `Validator` element says. The error names what is wrong with it.
    pub(super) fn read(source: &schema::Validator) -> Result<Self, String> {
        let param = |name: &str| {
            let found = source.params.iter().find(|(n, _)| n.to_ascii_lowercase().contains(name));
            found.map(|(_, value)| value.as_str()).filter(|v| !v.is_empty())
        };
        match source.kind.to_ascii_lowercase().as_str() {
            "checksum" => checksum(param),
            "datesimple" => date(param),
            _ => Self::named(&source.kind),
        }
    }

    /// A validator that goes by its name: Luhn, or a predefined function.
    pub(super) fn named(name: &str) -> Result<Self, String> {
        if matches!(name.to_ascii_lowercase().as_str(), "luhn" | "func_luhn" | "luhncheck") {
            return Self::check("luhn");
        }
        match function::validator(name) {
            Some(function::Check::Named(check)) => Self::check(check),
            Some(function::Check::Own(accepts)) => Ok(Self::Check { accepts }),
            None if function::is_known(name) => Err(format!("`{name}` is no validator; use it as IdMatch or Match")),
            None => Err(format!("unknown validator `{name}`")),
        }
    }

    fn check(name: &str) -> Result<Self, String> {
        let check = check::by_name(name).ok_or_else(|| format!("this build has no check `{name}`"))?;
        Ok(Self::Check { accepts: check.accepts })
    }

    /// Whether `value` passes.
    #[allow(
        clippy::arithmetic_side_effects,
        reason = "a place of at least one, digits times weights of at most a million, and a modulus of at least two"
    )]
    pub(super) fn accepts(&self, value: &str) -> bool {
        match self {
            Self::Checksum { weights, modulus, check_digit, alphabets } => {
                let digits: Vec<u64> = value.chars().filter_map(|c| digit(c, *alphabets)).collect();
                let Some(check) = digits.get(check_digit - 1) else { return false };
                let sum: u64 = weights.iter().zip(&digits).map(|(w, d)| w * d).sum();
                digits.len() >= weights.len() && sum % modulus == *check
            }
            Self::Date { order, start } => order.holds(value, *start),
            Self::Check { accepts } => {
                let plain = value.chars().filter(char::is_ascii_alphanumeric);
                accepts(&plain.map(|c| c.to_ascii_uppercase()).collect::<String>())
            }
        }
    }
}

/// A digit, or with `alphabets` a letter from A = 10 to Z = 35.
fn digit(c: char, alphabets: bool) -> Option<u64> {
    c.to_digit(if alphabets { 36 } else { 10 }).map(u64::from)
}

fn checksum<'p>(param: impl Fn(&str) -> Option<&'p str>) -> Result<Validator, String> {
    let need = |name: &str| param(&name.to_ascii_lowercase()).ok_or_else(|| format!("Checksum has no {name}"));
    let number = |name: &str, value: &str| {
        let number = value.trim().parse::<u64>().ok().filter(|n| *n <= 1_000_000);
        number.ok_or_else(|| format!("Checksum: {name} is `{value}`"))
    };
    let weights = need("Weights")?;
    let weights = weights.split(',').map(|w| number("Weights", w)).collect::<Result<Vec<_>, _>>()?;
    let modulus = number("Mod", need("Mod")?)?;
    let check_digit = number("CheckDigit", need("CheckDigit")?)?;
    if modulus < 2 {
        return Err(format!("Checksum: Mod is `{modulus}`"));
    }
    let check_digit = usize::try_from(check_digit).unwrap_or(0);
    if check_digit == 0 {
        return Err("Checksum: CheckDigit is `0`; the first digit is 1".to_owned());
    }
    let alphabets = param("allowalphabets").is_some_and(|a| a == "1" || a.eq_ignore_ascii_case("true"));
    Ok(Validator::Checksum { weights, modulus, check_digit, alphabets })
}

fn date<'p>(param: impl Fn(&str) -> Option<&'p str>) -> Result<Validator, String> {
    let pattern = param("pattern").or_else(|| param("format")).ok_or("DateSimple has no Pattern")?;
    let order = Order::read(pattern).ok_or_else(|| format!("DateSimple: Pattern is `{pattern}`"))?;
    let start = match param("offset").or_else(|| param("start")) {
        None => 0,
        Some(value) => value.parse().map_err(|_| format!("DateSimple: the offset is `{value}`"))?,
    };
    Ok(Validator::Date { order, start })
}

impl Order {
    /// `DDMMYYYY` and the seven others.
    fn read(pattern: &str) -> Option<Self> {
        let (fields, year_digits) = match pattern.to_ascii_uppercase().as_str() {
            "DDMMYYYY" => (*b"DMY", 4),
            "MMDDYYYY" => (*b"MDY", 4),
            "YYYYDDMM" => (*b"YDM", 4),
            "YYYYMMDD" => (*b"YMD", 4),
            "DDMMYY" => (*b"DMY", 2),
            "MMDDYY" => (*b"MDY", 2),
            "YYDDMM" => (*b"YDM", 2),
            "YYMMDD" => (*b"YMD", 2),
            _ => return None,
        };
        Some(Self { fields, year_digits })
    }

    /// Whether the digits from the character at `start` are a date. What stands between them is passed over.
    #[allow(clippy::arithmetic_side_effects, reason = "four digits")]
    fn holds(self, value: &str, start: usize) -> bool {
        let mut digits = value.chars().skip(start).filter_map(|c| c.to_digit(10));
        let (mut year, mut month, mut day) = (0, 0, 0);
        for field in self.fields {
            let count = if field == b'Y' { self.year_digits } else { 2 };
            let mut number = 0;
            for _ in 0..count {
                let Some(digit) = digits.next() else { return false };
                number = number * 10 + digit;
            }
            match field {
                b'Y' => year = number,
                b'M' => month = number,
                _ => day = number,
            }
        }
        // Of two digits nobody knows the century: 1900 was no leap year, 2000 was.
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0 || self.year_digits == 2);
        (self.year_digits == 2 || year > 0) && (1..=days(month, leap)).contains(&day)
    }
}

/// Days of a month; 0 of one that does not exist.
#[allow(clippy::arithmetic_side_effects, reason = "one more day")]
pub(super) fn days(month: u32, leap: bool) -> u32 {
    match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: &str, params: &[(&str, &str)]) -> Result<Validator, String> {
        let params = params.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        Validator::read(&schema::Validator { kind: kind.to_owned(), line: 1, params })
    }

    #[test]
    fn checksums() {
        let weights = ("Weights", "7, 3, 1, 7, 3, 1, 0");
        let badge = read("Checksum", &[weights, ("Mod", "10"), ("CheckDigit", "7")]).unwrap();
        assert!(badge.accepts("1234565") && badge.accepts("12-34 565") && badge.accepts("0000000"));
        assert!(!badge.accepts("1234566") && !badge.accepts("123456") && !badge.accepts(""));
        let first = read("Checksum", &[("Weights", "0,1,1"), ("Mod", "9"), ("CheckDigit", "1")]).unwrap();
        assert!(first.accepts("523") && !first.accepts("623"));
        let letters = [("Weights", "1,1,0"), ("Mod", "10"), ("CheckDigit", "3"), ("AllowAlphabets", "1")];
        assert!(read("Checksum", &letters).unwrap().accepts("A22"));
        for (params, says) in [
            (vec![("Mod", "10"), ("CheckDigit", "7")], "Checksum has no Weights"),
            (vec![weights, ("CheckDigit", "7")], "Checksum has no Mod"),
            (vec![weights, ("Mod", "10")], "Checksum has no CheckDigit"),
            (vec![weights, ("Mod", "0"), ("CheckDigit", "7")], "Checksum: Mod is `0`"),
            (vec![("Weights", "7,x"), ("Mod", "9"), ("CheckDigit", "1")], "Checksum: Weights is `x`"),
        ] {
            assert_eq!(read("Checksum", &params).unwrap_err(), says);
        }
        assert!(read("Checksum", &[weights, ("Mod", "10"), ("CheckDigit", "0")]).unwrap_err().contains("first digit"));
    }

    #[test]
    fn dates_in_every_order() {
        for (pattern, good, bad) in [
            ("DDMMYYYY", "29022024", "29022023"),
            ("MMDDYYYY", "02292024", "29022024"),
            ("YYYYDDMM", "20243112", "20241231"),
            ("YYYYMMDD", "20241231", "20243112"),
            ("DDMMYY", "310199", "320199"),
            ("MMDDYY", "013199", "310199"),
            ("YYDDMM", "993101", "990131"),
            ("YYMMDD", "000229", "010229"),
        ] {
            let date = read("DateSimple", &[("Pattern", pattern)]).unwrap();
            assert!(date.accepts(good) && !date.accepts(bad) && !date.accepts("12"), "{pattern}");
        }
        let later = read("DateSimple", &[("Pattern", "DDMMYY"), ("StartOffset", "3")]).unwrap();
        assert!(later.accepts("AB-31.01.99") && !later.accepts("AB-32.01.99"));
        assert_eq!(read("DateSimple", &[("Pattern", "DD")]).unwrap_err(), "DateSimple: Pattern is `DD`");
    }

    #[test]
    fn names() {
        assert!(read("Luhn", &[]).unwrap().accepts("4111 1111-1111 1111"));
        assert!(Validator::named("Func_ssn").unwrap().accepts("536-22-8467"));
        assert!(!Validator::named("Func_ssn").unwrap().accepts("666-22-8467"));
        assert!(Validator::named("Func_iban").unwrap().accepts("gb82 west 1234 5698 7654 32"));
        assert!(Validator::named("Func_us_date").unwrap_err().contains("no validator"));
        assert_eq!(Validator::named("Func_nope").unwrap_err(), "unknown validator `Func_nope`");
    }
}
