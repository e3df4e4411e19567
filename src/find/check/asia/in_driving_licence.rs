//! Indian driving licence: state or territory, registering office, year of first issue, serial of seven.
//! No check digit. Source: Central Motor Vehicles Rules 1989, rule 16; Sarathi (MoRTH).

/// As registration plates write them; OR and UA, TG are the older or newer letters of Odisha, Uttarakhand, Telangana.
const STATES: [&str; 41] = [
    "AN", "AP", "AR", "AS", "BR", "CG", "CH", "DD", "DL", "DN", "GA", "GJ", "HP", "HR", "JH", "JK", "KA", "KL", "LA",
    "LD", "MH", "ML", "MN", "MP", "MZ", "NL", "OD", "OR", "PB", "PY", "RJ", "SK", "TG", "TN", "TR", "TS", "UA", "UK",
    "UP", "UT", "WB",
];

pub(crate) fn is_valid(value: &str) -> bool {
    let (Some(state), Some(rest)) = (value.get(..2), value.get(2..)) else { return false };
    let (Some(office), Some(year), Some(serial)) = (rest.get(..2), rest.get(2..6), rest.get(6..)) else { return false };
    STATES.contains(&state)
        && rest.len() == 13
        && rest.bytes().all(|b| b.is_ascii_digit())
        && office != "00"
        && ("1950".."2050").contains(&year)
        && serial != "0000000"
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn states_years_and_lengths_are_looked_at() {
        for good in ["MH1420110062821", "DL0420110149646", "TN7520130008800"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "XX1420110062821",
            "MH0020110062821",
            "MH1418110062821",
            "MH142011006282",
            "MH1420110000000",
            "MH14201100628211",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
