//! Numbers without a format of their own: as General shows them, and with all the digits that are stored.

use std::borrow::Cow;
use std::fmt::Write;

/// Digits a worksheet keeps of a number.
pub(super) const DIGITS: usize = 15;

/// Appends a number in full: 15 digits that count (whole numbers exactly), no exponent below 10^21.
#[allow(clippy::arithmetic_side_effects, reason = "powers of ten of a float: at most 308")]
pub(super) fn general(value: f64, out: &mut String) {
    if !value.is_finite() || value == 0.0 {
        return out.push('0');
    }
    // 2^53: whole numbers below are exact, and what the file holds counts more than the 15 digits Excel would show.
    if value.abs() < 9_007_199_254_740_992.0 && value.fract() == 0.0 {
        let _ = write!(out, "{value:.0}");
        return;
    }
    let text = format!("{:.*e}", DIGITS - 1, value.abs());
    let (mantissa, power) = text.split_once('e').unwrap_or((&text, "0"));
    let digits: String = mantissa.bytes().filter(u8::is_ascii_digit).map(char::from).collect();
    let digits = digits.trim_end_matches('0');
    let power: i32 = power.parse().unwrap_or(0);
    if value < 0.0 {
        out.push('-');
    }
    let whole = usize::try_from(power + 1).unwrap_or(0);
    if (0..21).contains(&power) {
        out.push_str(digits.get(..whole.min(digits.len())).unwrap_or_default());
        out.extend(std::iter::repeat_n('0', whole.saturating_sub(digits.len())));
        if let Some(fraction) = digits.get(whole..).filter(|f| !f.is_empty()) {
            let _ = write!(out, ".{fraction}");
        }
    } else if (-10..0).contains(&power) {
        out.push_str("0.");
        out.extend(std::iter::repeat_n('0', usize::try_from(-power - 1).unwrap_or(0)));
        out.push_str(digits);
    } else {
        let (first, rest) = digits.split_at_checked(1).unwrap_or((digits, ""));
        let point = if rest.is_empty() { "" } else { "." };
        let sign = if power < 0 { '-' } else { '+' };
        let _ = write!(out, "{first}{point}{rest}E{sign}{:02}", power.unsigned_abs());
    }
}

/// A stored number as General shows it; anything else as it is.
pub fn plain(stored: &str) -> Cow<'_, str> {
    if is_short(stored) || !stored.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '.') {
        return Cow::Borrowed(stored);
    }
    // More digits than a float holds, and no exponent: a writer that keeps them all means them all.
    let digits = stored.strip_prefix('-').unwrap_or(stored);
    if digits.bytes().all(|b| b.is_ascii_digit()) && digits.len() <= 40 {
        return Cow::Borrowed(stored);
    }
    match stored.trim().parse::<f64>() {
        Ok(value) => {
            let (mut out, mut all) = (String::new(), String::new());
            general(value, &mut out);
            exact(value, &mut all);
            tell_stored(&all, 0, &mut out);
            Cow::Owned(out)
        }
        Err(_) => Cow::Borrowed(stored),
    }
}

/// Whether a stored number is written as anybody would write it: no exponent, no digits that only binary makes.
pub(super) fn is_short(stored: &str) -> bool {
    let trailing_zero = stored.ends_with('0') && stored.contains('.');
    stored.len() <= DIGITS && !trailing_zero && !stored.bytes().any(|b| b == b'E' || b == b'e')
}

/// Appends all digits of a stored number: the fewest that mean the same float. From 10^15 on the digits behind the
/// 15th are not ones that anybody wrote, unless the number is whole.
pub(super) fn exact(value: f64, out: &mut String) {
    let size = value.abs();
    if (1e-10..1e15).contains(&size) {
        let _ = write!(out, "{value}");
    } else {
        general(value, out);
    }
}

/// Appends the stored number to the display that starts at `start`, if that hides digits of it, groups them or turns
/// them into something else. Two spaces keep both apart: groups of one number have a single one between them.
pub(super) fn tell_stored(stored: &str, start: usize, out: &mut String) {
    /// Digits from which a number is worth telling twice: fewer identify nothing.
    const WORTH_DIGITS: usize = 4;
    let displayed = out.get(start..).unwrap_or_default();
    let blank = displayed.trim().is_empty();
    let digits = stored.bytes().filter(u8::is_ascii_digit).count();
    if !displayed.contains(stored) && (blank || digits >= WORTH_DIGITS) {
        out.push_str(if blank { "" } else { "  " });
        out.push_str(stored);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn general_numbers() {
        let cases = [
            ("4.1111111111111107E+15", "4111111111111110"),
            ("1E-3", "0.001"),
            ("219099999.0", "219099999"),
            ("0.10000000000000001", "0.1"),
            ("0.30000000000000004", "0.3  0.30000000000000004"),
            ("219099999.00000003", "219099999  219099999.00000003"),
            ("3.1400000000000001", "3.14"),
            ("4111111111111111", "4111111111111111"),
            ("-1.5E+3", "-1500"),
            ("1.2E+30", "1.2E+30"),
            ("2.5E-12", "2.5E-12"),
            ("6.0221407599999999E+23", "6.02214076E+23"),
            ("not a number at all", "not a number at all"),
        ];
        for (stored, general) in cases {
            assert_eq!(plain(stored), general, "{stored}");
        }
    }
}
