//! Ukrainian taxpayer number whose days from 31 December 1899 end before 2050: people who live.
//! Source: Order of the Ministry of Finance 822 of 29 September 2017.

use super::ua_rntrc;

pub(crate) fn is_valid(value: &str) -> bool {
    let days = value.get(..5).and_then(|days| days.parse::<u32>().ok());
    days.is_some_and(|d| (1..54_789).contains(&d)) && ua_rntrc::is_valid(value)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        assert!(is_valid("1759013776"));
        for bad in ["1759013777", "8239668821", "175901377", "0000000000", "é759013776"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
