//! French national identity card: twelve digits (before 2021: year and month of issue, département, serial; 2A and 2B
//! for Corsica), or nine letters and digits (since 2021). Without the machine-readable zone neither has a check digit;
//! nine characters must be mixed, as a word or a number of nine is not one.
//! Source: Décret n° 55-1397; Ministère de l'Intérieur, nouvelle carte nationale d'identité (2021).

use super::super::arithmetic;

pub(crate) fn is_valid(value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let letters = value.bytes().filter(u8::is_ascii_uppercase).count();
    match value.len() {
        9 => digits >= 2 && letters >= 1 && digits + letters == 9,
        12 => {
            let corsican = value.get(5..6).is_some_and(|c| matches!(c, "A" | "B"));
            !arithmetic::is_uniform(value) && (digits == 12 || (digits == 11 && corsican))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn specimens_pass_and_words_do_not() {
        for good in ["880692310285", "X4RTBPFW4", "D2H6862M2", "09022A300123"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in
            ["000000000000", "88069231028", "8806923102851", "IDENTITES", "123456789", "X4RTBPFé", "0902CA300123"]
        {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
