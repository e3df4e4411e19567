//! Belgian enterprise and VAT number: 0 or 1 and nine digits, the last two are 97 minus the others mod 97. Numbers
//! from before 2005 were written without the leading zero.
//! Source: Arrêté royal of 24 June 2003 (Banque-Carrefour des Entreprises); Arrêté royal no. 56 on VAT.

use super::super::arithmetic;

pub(crate) fn is_valid(value: &str) -> bool {
    let prefixed = value.strip_prefix("BE");
    let number = prefixed.unwrap_or(value);
    let long = number.len() == 10 && (number.starts_with('0') || number.starts_with('1'));
    let old = number.len() == 9 && prefixed.is_some() && !number.starts_with('0');
    let Some((front, check)) = number.len().checked_sub(2).and_then(|at| number.split_at_checked(at)) else {
        return false;
    };
    let (Some(front), Some(check)) = (arithmetic::remainder(front, 97), arithmetic::remainder(check, 100)) else {
        return false;
    };
    (long || old) && check == 97 - front && !number.starts_with("00000")
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["BE0428759497", "0403019261", "0737471697", "BE428759497"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in
            ["BE0428759498", "BE0428754997", "0000000097", "428759497", "2428759497", "BE04287594970", "BE042875949é"]
        {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
