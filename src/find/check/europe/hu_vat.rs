//! Hungarian tax number of companies (adószám): eight digits, weights 9 7 3 1 9 7 3 1, mod 10 = 0; as VAT number with
//! HU in front, at home followed by the kind of taxation (1 to 5) and the county of the tax office.
//! Source: 2017. évi CL. törvény (Art.); NAV, Az adószám felépítése.

use super::super::arithmetic;

pub(crate) fn is_valid(value: &str) -> bool {
    let number = value.strip_prefix("HU").unwrap_or(value);
    let (Some(core), Some(rest)) = (number.get(..8), number.get(8..)) else { return false };
    let domestic = arithmetic::digits::<3>(rest)
        .is_some_and(|[kind, c1, c2]| (1..=5).contains(&kind) && matches!(c1 * 10 + c2, 2..=20 | 22..=44 | 51));
    let Some(all) = arithmetic::digits::<8>(core) else { return false };
    (rest.is_empty() || domestic)
        && !arithmetic::is_uniform(core)
        && arithmetic::weighted(&all, &[9, 7, 3, 1, 9, 7, 3, 1]).is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["12892312", "HU12892312", "57428031", "12892312244"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in
            ["12892313", "12892321", "12892312999", "12892312044", "00000000", "1289231", "128923122", "HU1289231é"]
        {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
