//! What workbooks of all formats share: how numbers look, shared strings, codes of page headers, formulas in tokens.

mod date_format;
mod digits;
mod formula;
mod general;
mod number_format;
mod strings;
mod styles;

pub use formula::{Dialect, constants};
pub use general::plain;
pub use number_format::Format;
pub use strings::Strings;
pub use styles::Styles;

/// A number in 30 bits and two switches (MS-XLS 2.5.217, MS-XLSB 2.5.122): a whole number or the upper half of a
/// float, as it is or in hundredths.
pub fn rk(stored: u32) -> f64 {
    let number = match stored & 2 {
        0 => f64::from_bits(u64::from(stored & !3) << 32),
        _ => f64::from(stored.cast_signed() >> 2),
    };
    if stored & 1 == 0 { number } else { number / 100.0 }
}

/// The word that stands for an error in a cell (MS-XLS 2.5.10).
pub const fn error(code: u8) -> &'static str {
    match code {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0F => "#VALUE!",
        0x17 => "#REF!",
        0x1D => "#NAME?",
        0x24 => "#NUM!",
        0x2A => "#N/A",
        0x2B => "#GETTING_DATA",
        _ => "",
    }
}

/// Text of a page header without its codes (ECMA-376 part 1, 18.3.1.39; MS-XLS 2.4.136).
pub fn header_words(coded: &str) -> String {
    let mut out = String::new();
    let mut rest = coded.chars().peekable();
    while let Some(c) = rest.next() {
        if c != '&' {
            out.push(c);
            continue;
        }
        match rest.next() {
            Some('&') => out.push('&'),
            Some('L' | 'C' | 'R') => out.push('\n'),
            Some('"') => while rest.next().is_some_and(|c| c != '"') {},
            Some('K') => (0..6).for_each(|_| {
                let _ = rest.next_if(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-'));
            }),
            Some(c) if c.is_ascii_digit() => while rest.next_if(char::is_ascii_digit).is_some() {},
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_numbers() {
        assert_eq!(rk(0x3FF0_0000), 1.0);
        assert_eq!(rk((1234 << 2) | 2), 1234.0);
        assert_eq!(rk((12345 << 2) | 3), 123.45);
        assert_eq!(rk((-5_i32 << 2).cast_unsigned() | 2), -5.0);
    }
}
