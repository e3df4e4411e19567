//! State and ZIP code of an address in the United States: the code must belong to the state.
//!
//! ZIP codes: the first three digits by state, USPS Publication 65 (sectional centre facilities).

/// Postal code, name, and ranges of the first three digits of ZIP codes.
type State = (&'static str, &'static str, &'static [(u32, u32)]);

const STATES: [State; 53] = [
    ("AL", "alabama", &[(350, 369)]),
    ("AK", "alaska", &[(995, 999)]),
    ("AZ", "arizona", &[(850, 865)]),
    ("AR", "arkansas", &[(716, 729), (755, 755)]),
    ("CA", "california", &[(900, 961)]),
    ("CO", "colorado", &[(800, 816)]),
    ("CT", "connecticut", &[(60, 69)]),
    ("DE", "delaware", &[(197, 199)]),
    ("DC", "district of columbia", &[(200, 205), (569, 569)]),
    ("FL", "florida", &[(320, 349)]),
    ("GA", "georgia", &[(300, 319), (398, 399)]),
    ("GU", "guam", &[(969, 969)]),
    ("HI", "hawaii", &[(967, 968)]),
    ("ID", "idaho", &[(832, 838)]),
    ("IL", "illinois", &[(600, 629)]),
    ("IN", "indiana", &[(460, 479)]),
    ("IA", "iowa", &[(500, 528)]),
    ("KS", "kansas", &[(660, 679)]),
    ("KY", "kentucky", &[(400, 427)]),
    ("LA", "louisiana", &[(700, 714)]),
    ("ME", "maine", &[(39, 49)]),
    ("MD", "maryland", &[(206, 219)]),
    ("MA", "massachusetts", &[(10, 27), (55, 55)]),
    ("MI", "michigan", &[(480, 499)]),
    ("MN", "minnesota", &[(550, 567)]),
    ("MS", "mississippi", &[(386, 397)]),
    ("MO", "missouri", &[(630, 658)]),
    ("MT", "montana", &[(590, 599)]),
    ("NE", "nebraska", &[(680, 693)]),
    ("NV", "nevada", &[(889, 898)]),
    ("NH", "new hampshire", &[(30, 38)]),
    ("NJ", "new jersey", &[(70, 89)]),
    ("NM", "new mexico", &[(870, 884)]),
    ("NY", "new york", &[(100, 149), (5, 5), (63, 63)]),
    ("NC", "north carolina", &[(270, 289)]),
    ("ND", "north dakota", &[(580, 588)]),
    ("OH", "ohio", &[(430, 459)]),
    ("OK", "oklahoma", &[(730, 732), (734, 749)]),
    ("OR", "oregon", &[(970, 979)]),
    ("PA", "pennsylvania", &[(150, 196)]),
    ("PR", "puerto rico", &[(6, 7), (9, 9)]),
    ("RI", "rhode island", &[(28, 29)]),
    ("SC", "south carolina", &[(290, 299)]),
    ("SD", "south dakota", &[(570, 577)]),
    ("TN", "tennessee", &[(370, 385)]),
    ("TX", "texas", &[(733, 733), (750, 799), (885, 885)]),
    ("UT", "utah", &[(840, 847)]),
    ("VT", "vermont", &[(50, 59)]),
    ("VA", "virginia", &[(201, 201), (220, 246)]),
    ("WA", "washington", &[(980, 994)]),
    ("WV", "west virginia", &[(247, 268)]),
    ("WI", "wisconsin", &[(530, 549)]),
    ("WY", "wyoming", &[(820, 831), (834, 834)]),
];

/// State, blanks, ZIP code with or without its four more digits.
pub(super) fn expression() -> String {
    // Codes in upper case only: "in 46201" is a preposition. Longer names first, or Virginia ends West Virginia.
    let codes = STATES.map(|(code, ..)| code).join("|");
    let mut names = STATES.map(|(_, name, _)| name);
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    let names = names.map(|name| name.replace(' ', " +")).join("|");
    format!("(?<![\\p{{L}}\\d])(?:(?:{codes})|(?i:{names}))\\s+\\d{{5}}(?:-\\d{{4}})?(?![\\p{{L}}\\d])")
}

/// Whether the ZIP code belongs to the state.
pub(super) fn is_valid(address: &str) -> bool {
    let Some(digits) = address.find(|c: char| c.is_ascii_digit()) else { return false };
    let (state, zip) = address.split_at(digits);
    let state = state.split_whitespace().collect::<Vec<_>>().join(" ");
    let prefix = zip.get(..3).and_then(|p| p.parse::<u32>().ok());
    STATES.iter().any(|(code, name, ranges)| {
        (state == *code || state.eq_ignore_ascii_case(name))
            && prefix.is_some_and(|p| ranges.iter().any(|(low, high)| (*low..=*high).contains(&p)))
    })
}
