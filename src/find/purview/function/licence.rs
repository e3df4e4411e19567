//! Driving licences of the states of the United States and the provinces of Canada: each state's own forms, as its
//! motor vehicle office publishes them.

/// Name of the function without its ends, and the forms. Letters in any case; blanks and hyphens as on the card.
const FORMS: &[(&str, &str)] = &[
    ("alabama", r"\d{7,8}"),
    ("alaska_delaware_oregon", r"\d{7}"),
    ("alaska", r"\d{7}"),
    ("alberta", r"\d{6}-?\d{3}|\d{5,9}"),
    ("arizona", r"[A-Z]\d{8}|\d{9}"),
    ("arkansas", r"\d{8,9}"),
    ("british_columbia", r"\d{7}"),
    ("california", r"[A-Z]\d{7}"),
    ("colorado", r"\d{2}-?\d{3}-?\d{4}|[A-Z]\d{6}"),
    ("connecticut", r"\d{9}"),
    ("delaware", r"\d{7}"),
    ("district_of_columbia", r"\d{9}|\d{7}"),
    ("florida", r"[A-Z][ -]?\d{3}[ -]?\d{3}[ -]?\d{2}[ -]?\d{3}[ -]?\d"),
    ("florida_maryland_michigan_minnesota", r"[A-Z](?:[ -]?\d{3}){4}|[A-Z]\d{3}[ -]\d{3}[ -]\d{2}[ -]\d{3}[ -]\d"),
    ("georgia", r"\d{7,9}"),
    ("hawaii", r"[A-Z]\d{8}|\d{9}"),
    ("idaho", r"[A-Z]{2}\d{6}[A-Z]|\d{9}"),
    ("illinois", r"[A-Z]\d{3}[ -]?\d{4}[ -]?\d{4}|[A-Z]\d{12}"),
    ("indiana", r"\d{4}[ -]?\d{2}[ -]?\d{4}|[A-Z]\d{9}|\d{9}"),
    ("iowa", r"\d{3}[A-Z]{2}\d{4}|\d{9}"),
    ("kansas", r"[A-Z]\d{2}[ -]?\d{2}[ -]?\d{4}|[A-Z]\d[A-Z]\d[A-Z]|\d{9}"),
    ("kentucky", r"[A-Z]\d{2}[ -]?\d{3}[ -]?\d{3}|[A-Z]\d{9}|\d{9}"),
    ("kentucky_massachusetts_virginia", r"[A-Z]\d{2}[ -]?\d{3}[ -]?\d{3}|[A-Z]\d{2}[ -]\d{2}[ -]\d{4}"),
    ("louisiana", r"\d{9}"),
    ("maine", r"\d{7}[A-Z]?|\d{8}"),
    ("manitoba", r"[A-Z]{2}-?[A-Z]{2}-?[A-Z]{2}-?[A-Z]\d{3}[A-Z]{2}"),
    ("maryland", r"[A-Z](?:[ -]?\d{3}){4}"),
    ("massachusetts", r"[A-Z]\d{8}|\d{9}"),
    ("michigan", r"[A-Z](?:[ -]?\d{3}){4}|[A-Z]\d{10}"),
    ("michigan_minnesota", r"[A-Z](?:[ -]?\d{3}){4}"),
    ("minnesota", r"[A-Z](?:[ -]?\d{3}){4}"),
    ("mississippi_oklahoma", r"\d{3}[ -]?\d{2}[ -]?\d{4}|[A-Z]\d{9}"),
    ("missouri", r"[A-Z]\d{5,9}R?|\d{8}[A-Z]{2}|\d{9}[A-Z]?|\d{3}[A-Z]\d{6}"),
    ("montana", r"\d{13,14}|\d{9}|[A-Z]\d{8}"),
    ("nebraska", r"[A-Z]\d{6,8}"),
    ("nevada", r"X\d{8}|\d{9,10}|\d{12}"),
    ("new_brunswick", r"\d{5,7}"),
    ("new_hampshire", r"\d{2}[A-Z]{3}\d{5}"),
    ("new_jersey", r"[A-Z]\d{4}[ -]?\d{5}[ -]?\d{5}"),
    ("new_mexico", r"\d{8,9}"),
    ("new_york", r"\d{3}[ -]\d{3}[ -]\d{3}|[A-Z]\d{7}|[A-Z]\d{18}|\d{8,9}|\d{16}"),
    ("newfoundland_labrador", r"[A-Z]\d{9,10}"),
    ("north_carolina", r"\d{7,8}|\d{12}"),
    ("north_dakota", r"[A-Z]{3}-?\d{2}-?\d{4}|\d{9}"),
    ("nova_scotia", r"[A-Z]{5}[ -]?\d{9}"),
    ("ohio", r"[A-Z]{2}\d{6}|[A-Z]\d{4,8}|\d{8}"),
    ("ontario", r"[A-Z]\d{4}[ -]?\d{5}[ -]?\d{5}"),
    ("pennsylvania", r"\d{2}[ -]?\d{3}[ -]?\d{3}"),
    ("prince_edward_island", r"\d{5,6}"),
    ("quebec", r"[A-Z]\d{4}[ -]?\d{6}[ -]?\d{2}"),
    ("rhode_island", r"[A-Z]\d{6}|\d{7}"),
    ("saskatchewan", r"\d{8}"),
    ("south_carolina", r"\d{9,11}"),
    ("south_dakota", r"\d{8,10}|\d{12}"),
    ("tennessee", r"\d{7,9}"),
    ("texas", r"\d{7,8}"),
    ("utah", r"\d{6,10}"),
    ("vermont", r"\d{7}A|\d{8}"),
    ("virginia", r"[A-Z]\d{2}[ -]?\d{2}[ -]?\d{4}|\d{9}"),
    ("washington", r"WDL[A-Z0-9]{9}|[A-Z]{1,7}[A-Z*]{0,6}\d{3}[A-Z0-9]{2}"),
    ("west_virginia", r"[A-Z]{1,2}\d{5,6}|\d{7}"),
    ("wisconsin", r"[A-Z]\d{3}[ -]?\d{4}[ -]?\d{4}[ -]?\d{2}"),
    ("wyoming", r"\d{6}-?\d{3}|\d{10}"),
];

const END: &str = "_drivers_license_number";

/// The forms of the function with this name (without `Func_`).
pub(super) fn expression(name: &str) -> Option<&'static str> {
    let state = name.to_ascii_lowercase();
    let state = state.strip_suffix(END)?;
    FORMS.iter().find(|(name, _)| *name == state).map(|(_, forms)| *forms)
}

/// Every name.
#[cfg(test)]
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    FORMS.iter().map(|(state, _)| &*format!("{state}{END}").leak())
}
