//! Telephone numbers: international (ITU-T E.164) with `+` or `00`, and the national forms people write.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "positions inside one text, and digits and groups in it that are counted"
)]

use std::ops::Range;

use super::run::{glues, next_digit};

/// Groups beyond which a series is no telephone number.
const GROUPS_MAX: usize = 9;
/// Groups of a series that are held at once. Longer series come in pieces.
const PIECE_GROUPS: usize = 1024;
/// Groups that two pieces share.
const SHARED_GROUPS: usize = 64;
/// Groups that both pieces show and the first one tells of: what begins there has all its neighbours in it.
const SEAM_GROUPS: usize = 2 * GROUPS_MAX;
/// Bytes between two groups: `) - `.
const GAP_MAX: usize = 3;

/// Country codes with the fewest and the most digits of a national number (ITU-T E.164 list of country codes and the
/// national numbering plans; short numbers of services left out).
const COUNTRIES: [&str; 10] = [
    "",
    "1:10-10",
    "20:8-10 211:9-9 212:9-9 213:8-9 216:8-8 218:8-9 220:7-7 221:9-9 222:8-8 223:8-8 224:8-9 225:8-10 226:8-8 \
     227:8-8 228:8-8 229:8-10 230:7-8 231:7-9 232:8-8 233:9-9 234:8-10 235:8-8 236:8-8 237:8-9 238:7-7 239:7-7 \
     240:9-9 241:7-8 242:9-9 243:9-9 244:9-9 245:7-9 246:7-7 248:7-7 249:9-9 250:9-9 251:9-9 252:7-9 253:8-8 \
     254:9-10 255:9-9 256:9-9 257:8-8 258:8-9 260:9-9 261:9-9 262:9-9 263:8-10 264:8-9 265:7-9 266:8-8 267:7-8 \
     268:8-8 269:7-7 27:9-9 290:4-5 291:7-7 297:7-7 298:6-6 299:6-6",
    "30:10-10 31:9-9 32:8-9 33:9-9 34:9-9 350:8-8 351:9-9 352:6-9 353:7-9 354:7-7 355:8-9 356:8-8 357:8-8 \
     358:6-11 359:7-9 36:8-9 370:8-8 371:8-8 372:7-8 373:8-8 374:8-8 375:9-9 376:6-9 377:8-9 378:6-10 379:6-10 \
     380:9-9 381:8-9 382:8-9 383:8-8 385:8-9 386:8-8 387:8-8 389:8-8 39:8-11",
    "40:9-9 41:9-9 420:9-9 421:9-9 423:7-7 43:7-13 44:9-10 45:8-8 46:7-10 47:8-8 48:9-9 49:7-12",
    "500:5-5 501:7-7 502:8-8 503:8-8 504:8-8 505:8-8 506:8-8 507:7-8 508:6-6 509:8-8 51:8-9 52:10-11 53:8-8 \
     54:10-11 55:10-11 56:9-9 57:8-10 58:10-10 590:9-9 591:8-8 592:7-7 593:8-9 594:9-9 595:9-9 596:9-9 597:6-7 \
     598:8-8 599:7-8",
    "60:8-10 61:9-9 62:8-12 63:8-10 64:8-10 65:8-8 66:8-9 670:7-8 672:6-6 673:7-7 674:7-7 675:7-8 676:5-7 677:5-7 \
     678:5-7 679:7-7 680:7-7 681:6-6 682:5-5 683:4-7 685:5-7 686:5-8 687:6-6 688:5-7 689:6-8 690:4-7 691:7-7 \
     692:7-7",
    "7:10-10",
    "800:8-8 81:9-10 82:8-10 84:9-10 850:8-10 852:8-8 853:8-8 855:8-9 856:8-10 86:10-11 870:9-9 880:8-10 881:8-9 \
     882:8-12 883:9-12 886:8-9 888:8-12",
    "90:10-10 91:10-10 92:9-10 93:9-9 94:9-9 95:7-10 960:7-7 961:7-8 962:8-9 963:8-9 964:8-10 965:8-8 966:9-9 \
     967:7-9 968:8-8 970:8-9 971:8-9 972:8-9 973:8-8 974:8-8 975:8-8 976:8-8 977:8-10 98:10-10 992:9-9 993:8-8 \
     994:9-9 995:9-9 996:9-9 998:9-9",
];

/// Area codes of the North American numbering plan that are in use, by their first digit (NANPA).
const AREAS: [&str; 8] = [
    "01 02 03 04 05 06 07 08 09 10 12 13 14 15 16 17 18 19 20 23 24 25 26 27 28 29 31 34 35 36 39 40 42 46 48 49 50 51 52 53 54 56 \
     57 60 62 63 64 67 68 69 70 72 74 76 79 81 83 84 89",
    "01 02 03 04 05 06 07 08 09 10 12 13 14 15 16 17 18 19 20 21 23 24 25 27 29 30 31 32 34 36 37 39 40 41 43 45 46 47 49 50 51 52 \
     53 54 57 60 61 63 64 65 66 67 68 69 80 82 85 86 87",
    "01 02 03 04 05 06 07 08 09 10 12 13 14 15 16 17 18 19 23 24 25 28 30 31 32 34 35 37 38 40 41 42 43 45 47 48 49 50 56 58 63 64 \
     65 68 69 70 72 73 74 75 78 79 80 84 87",
    "01 02 03 04 05 06 07 08 09 10 12 13 14 15 16 17 18 19 20 30 31 34 39 40 41 48 51 57 59 61 62 63 64 67 70 71 72 73 74 75 80 81 \
     82 84 85 86 87",
    "00 01 02 03 04 05 06 07 08 09 10 12 13 14 15 16 17 18 19 20 21 22 23 26 28 29 30 31 36 39 40 41 45 46 47 49 50 51 56 57 58 60 \
     61 62 67 69 71 72 78 79 80 81 82 83 84 89",
    "01 02 03 04 05 06 07 08 09 10 12 13 14 15 16 17 18 19 20 24 25 26 27 28 29 30 31 32 34 37 40 42 43 47 49 53 54 57 58 60 62 63 \
     65 67 69 70 71 72 73 74 75 78 79 80 81 82 84 85 86 87",
    "00 01 02 03 04 05 06 07 08 09 10 12 13 14 15 16 17 18 19 20 25 26 28 29 30 31 32 33 35 38 39 40 43 44 45 47 48 49 50 54 55 56 \
     57 58 59 60 61 62 63 64 65 66 67 68 70 72 73 76 77 78 79",
    "00 01 02 03 04 05 06 07 08 09 10 12 13 14 15 16 17 18 19 20 25 28 29 30 31 34 35 36 37 38 39 40 41 42 43 45 47 48 49 51 52 54 \
     56 59 70 71 72 73 75 78 79 80 83 84 85 86 89",
];

/// Groupings of national numbers with a leading 0 that nothing else is written in, beginning with the digits given.
const GROUPINGS: &[(&str, &[usize])] = &[
    ("0", &[2, 2, 2, 2, 2]),  // France, Belgium
    ("0", &[3, 3, 2, 2]),     // Switzerland, Ukraine, Sweden
    ("0", &[4, 3, 2, 2]),     // Turkey
    ("04", &[4, 2, 2, 2]),    // Belgium, mobile
    ("07", &[5, 6]),          // United Kingdom, mobile
    ("01", &[5, 6]),          // United Kingdom
    ("07", &[5, 3, 3]),       // United Kingdom
    ("01", &[5, 3, 3]),       // United Kingdom
    ("02", &[3, 4, 4]),       // United Kingdom
    ("01", &[4, 3, 4]),       // United Kingdom, Germany
    ("07", &[4, 3, 4]),       // United Kingdom, Pakistan
    ("0", &[2, 4, 4]),        // Japan, Australia
    ("01", &[3, 4, 4]),       // Korea
    ("07", &[3, 4, 4]),       // Japan
    ("08", &[3, 4, 4]),       // Japan
    ("09", &[3, 4, 4]),       // Japan
    ("04", &[4, 3, 3]),       // Australia, mobile
    ("07", &[4, 3, 3]),       // Romania, Kenya, Sweden
    ("06", &[2, 8]),          // Netherlands, mobile
    ("06", &[2, 2, 3, 4]),    // Hungary
    ("06", &[2, 1, 3, 4]),    // Hungary
    ("06", &[2, 2, 2, 2, 2]), // Netherlands
    ("08", &[2, 3, 3, 2]),    // Sweden
    ("015", &[4, 7]),         // Germany, mobile
    ("016", &[4, 7]),         // Germany, mobile
    ("017", &[4, 7]),         // Germany, mobile
    ("015", &[4, 8]),         // Germany, mobile
    ("016", &[4, 8]),         // Germany, mobile
    ("017", &[4, 8]),         // Germany, mobile
    ("04", &[3, 3, 4]),       // Finland
    ("05", &[3, 3, 4]),       // Finland, Israel
    ("08", &[3, 3, 4]),       // South Africa, Ireland
    ("066", &[4, 3, 4]),      // Austria
    ("03", &[3, 3, 4]),       // Italy and others with the 0 of a trunk
    ("01", &[3, 3, 4]),       // Korea
    ("09", &[4, 3, 3]),       // Taiwan, Slovakia, Croatia
    ("09", &[4, 3, 4]),       // Philippines
];

/// What stands between two groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gap {
    Blank,
    Dash,
    Dot,
    Slash,
    /// `(`, `)` and blanks or a hyphen next to them.
    Bracket,
}

#[derive(Clone, Copy, Debug)]
struct Group {
    start: usize,
    end: usize,
    /// What stands in front of it in the series.
    gap: Option<Gap>,
    /// Whether it stands in brackets.
    bracketed: bool,
}

impl Group {
    fn len(&self) -> usize {
        self.end - self.start
    }
}

/// How sure a form is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// Written as telephone numbers are and little else is.
    Plain,
    /// Could be any number: reported with a value that begins with `?`.
    Weak,
}

/// Reports every number: `+` and digits for international ones, digits for the others. A form that other numbers have
/// as well (digits without separators, groups that no plan prescribes) is reported with a value that begins with `?`.
pub(crate) fn find(text: &str, found: &mut dyn FnMut(Range<usize>, &str)) {
    let bytes = text.as_bytes();
    let mut series = Series::default();
    let mut value = String::new();
    let mut at = 0;
    while let Some(digit) = next_digit(bytes, at) {
        at = digit;
        at = read_series(bytes, at, &mut series);
        numbers(text, &series, &mut value, found);
    }
}

/// Groups of digits that stand together.
#[derive(Debug, Default)]
struct Series {
    groups: Vec<Group>,
    /// Whether it goes on in front of the first group: its beginning was the piece before.
    cut_left: bool,
    /// Whether it goes on behind the last group.
    cut_right: bool,
}

/// Reads the groups of digits that stand together from `start` on; returns where to go on. A `+` begins a new series.
fn read_series(bytes: &[u8], start: usize, series: &mut Series) -> usize {
    let Series { groups, cut_left, cut_right } = series;
    let resumed = groups.get(PIECE_GROUPS - SHARED_GROUPS).filter(|group| *cut_right && group.start == start);
    let mut gap = resumed.and_then(|group| group.gap);
    *cut_left = resumed.is_some();
    *cut_right = false;
    groups.clear();
    let mut at = start;
    let mut open = start > 0 && bytes.get(start - 1) == Some(&b'(');
    loop {
        let digits = bytes.get(at..).unwrap_or_default().iter().take_while(|b| b.is_ascii_digit()).count();
        let end = at + digits;
        let bracketed = open && bytes.get(end) == Some(&b')');
        groups.push(Group { start: at, end, gap, bracketed });
        let rest = bytes.get(end..).unwrap_or_default();
        let width =
            rest.iter().take(GAP_MAX + 2).take_while(|b| matches!(b, b' ' | b'-' | b'.' | b'/' | b'(' | b')')).count();
        if width == 0 || !rest.get(width).is_some_and(u8::is_ascii_digit) {
            return end;
        }
        if groups.len() >= PIECE_GROUPS {
            *cut_right = true;
            return groups.get(PIECE_GROUPS - SHARED_GROUPS).map_or(end, |group| group.start);
        }
        let between = rest.get(..width).unwrap_or_default();
        open = between.contains(&b'(');
        gap = match between {
            b" " => Some(Gap::Blank),
            b"-" | b" - " => Some(Gap::Dash),
            b"." => Some(Gap::Dot),
            b"/" | b" / " => Some(Gap::Slash),
            b"(" | b" (" | b")" | b") " | b")-" | b")/" | b"-(" | b")(" | b") - " | b") (" | b".(" | b")." => {
                Some(Gap::Bracket)
            }
            _ => return end,
        };
        at = end + width;
    }
}

/// Reports the numbers in a series of groups.
fn numbers(text: &str, series: &Series, value: &mut String, found: &mut dyn FnMut(Range<usize>, &str)) {
    let bytes = text.as_bytes();
    let groups = series.groups.as_slice();
    let from_seam = if series.cut_left { SEAM_GROUPS } else { 0 };
    let to_seam = if series.cut_right { PIECE_GROUPS - SHARED_GROUPS + SEAM_GROUPS } else { groups.len() };
    let Some(first) = groups.first().filter(|_| groups.iter().map(Group::len).sum::<usize>() >= 7) else { return };
    let plus = first.start.checked_sub(1).is_some_and(|i| bytes.get(i) == Some(&b'+'))
        || bytes.get(..first.start).is_some_and(|front| front.ends_with(b"+("));
    let (mut from, mut any) = (0, false);
    while let Some(rest) = groups.get(from..).filter(|rest| !rest.is_empty()) {
        let window = rest.get(..GROUPS_MAX.min(rest.len())).unwrap_or_default();
        // A number begins where the series does or behind a blank, a bracket or a slash.
        let begins = window.first().is_some_and(|first| {
            from == 0 || matches!(first.gap, Some(Gap::Blank | Gap::Bracket | Gap::Slash)) && !is_index(bytes, first)
        });
        let taken = if begins { number(text, window, from == 0 && plus, from > 0, value) } else { None };
        match taken.and_then(|(count, form)| Some((count, form, window.get(..count)?))) {
            Some((count, form, used)) if is_free(text, groups, from, count, used) => {
                if (from_seam..to_seam).contains(&from) {
                    report(text, used, from == 0 && plus, form, value, found);
                }
                any = true;
                from += count;
            }
            _ => from += 1,
        }
    }
    // Groups of no plan: the whole series can still be a number that only its label tells.
    let whole = !series.cut_left && !series.cut_right;
    if whole
        && !any
        && !is_negative(text, groups)
        && weak(text, groups)
        && is_free(text, groups, 0, groups.len(), groups)
    {
        digits_of(text, groups, plus, value);
        report(text, groups, plus, Form::Weak, value, found);
    }
}

/// The number at the beginning of `groups`: how many groups it takes, and how sure it is. Leaves its digits in `value`.
fn number(text: &str, groups: &[Group], plus: bool, inner: bool, value: &mut String) -> Option<(usize, Form)> {
    let first = groups.first()?;
    let digits = text.get(first.start..first.end)?;
    if plus {
        return international(text, groups, digits, 0, value);
    }
    if let Some(code) = digits.strip_prefix("00")
        && !code.starts_with('0')
        && let Some(taken) = international(text, groups, code, 2, value)
    {
        return Some(taken);
    }
    let candidates = [american(text, groups, value), bracketed(text, groups, value), national(text, groups, value)];
    let found = candidates.into_iter().flatten().next()?;
    // Inside a series only what ends where the series does or before a blank counts; `is_free` sees to that.
    (!inner || found.1 == Form::Plain).then_some(found)
}

/// A country code and the national number behind it, as many groups as the country's plan allows.
fn international(
    text: &str,
    groups: &[Group],
    first: &str,
    prefix: usize,
    value: &mut String,
) -> Option<(usize, Form)> {
    let (code, low, high) = country(first)?;
    // Some write the 0 for callers inside the country without brackets: one digit more.
    let trunk = usize::from(trunk_zero(text, groups, code + prefix));
    let mut best = None;
    let mut count = 0;
    for (i, group) in groups.iter().enumerate() {
        // "+44 (0)20": the 0 is for callers inside the country.
        let digits =
            if group.bracketed && i > 0 && text.get(group.start..group.end) == Some("0") { 0 } else { group.len() };
        count += digits;
        let national = count.saturating_sub(code + prefix);
        if national > high + trunk {
            break;
        }
        if national >= low {
            best = Some((i + 1, national));
        }
    }
    let (taken, _) = best?;
    let used = groups.get(..taken)?;
    digits_of(text, used, true, value);
    if prefix > 0 {
        // `00` is the prefix of a call, `+` the same in writing.
        *value = value.replacen("+00", "+", 1);
    }
    let grouped = taken > 1 || prefix == 0;
    // Dots stand everywhere or nowhere; area codes of North America begin with 2.
    let dots = used.iter().skip(1).filter(|g| g.gap == Some(Gap::Dot)).count();
    let odd = dots > 0 && (dots + 1 < taken || taken == 2) || code == 1 && value.get(2..3) < Some("2");
    let plain = grouped && !odd && !is_position(text, used, prefix) && !is_row(text, used, prefix);
    Some((taken, if plain { Form::Plain } else { Form::Weak }))
}

/// Whether two groups are a place on the earth or in the sky (`+4612-05957`, `+394421-1045903`, degrees and minutes), or
/// the ends of a range (`002304-002305`).
fn is_position(text: &str, used: &[Group], prefix: usize) -> bool {
    let [latitude, longitude] = used else { return false };
    if longitude.gap != Some(Gap::Dash) {
        return false;
    }
    let west = text.get(longitude.start..longitude.end).unwrap_or_default().starts_with(['0', '1']);
    let degrees = matches!((latitude.len(), longitude.len()), (4, 5) | (6, 7)) && west;
    prefix == 0 && degrees || prefix == 2 && latitude.len() == longitude.len()
}

/// Whether groups that begin with 00 are a row of numbers with noughts in front: `0020 0308 0301`.
fn is_row(text: &str, used: &[Group], prefix: usize) -> bool {
    let begins = |zeros: &str| {
        used.iter()
            .skip(1)
            .filter(|g| text.get(g.start..g.end).is_some_and(|d| d.len() > 2 && d.starts_with(zeros)))
            .count()
    };
    // "0062024454 33181": places of objects in a PDF; nobody writes so many digits at once and then a blank.
    let long = used.len() > 1 && used.first().is_some_and(|g| g.len() > 8);
    prefix > 0 && (long || begins("00") > 0 || begins("0") > 1)
}

/// Whether a group is an index or a year in brackets that is stuck to a number: `S0009-2614(00)00158-5`.
fn is_index(bytes: &[u8], group: &Group) -> bool {
    let before = group.start.checked_sub(2).and_then(|i| bytes.get(i));
    group.bracketed && before.is_some_and(u8::is_ascii_alphanumeric)
}

/// Whether a number without groups has a sign: `=-2147450880`.
fn is_negative(text: &str, groups: &[Group]) -> bool {
    let [only] = groups else { return false };
    let front = text.get(..only.start).and_then(|front| front.strip_suffix('-'));
    front.is_some_and(|front| front.ends_with(['=', '(', ',', '[', '<', '>', '*', '/', '|', '&']))
}

/// Whether the national number begins with 0 though a country code stands in front.
fn trunk_zero(text: &str, groups: &[Group], code: usize) -> bool {
    let digits = groups.iter().take(3).flat_map(|g| text.get(g.start..g.end).unwrap_or_default().bytes());
    digits.clone().nth(code) == Some(b'0') && !groups.iter().any(|g| g.bracketed && g.len() == 1)
}

/// The country code that `first` begins with: its length, and the fewest and most digits of a national number.
fn country(first: &str) -> Option<(usize, usize, usize)> {
    let digit = first.chars().next().and_then(|c| c.to_digit(10))?;
    let countries = COUNTRIES.get(digit as usize)?;
    (1..=3).find_map(|length| {
        let code = first.get(..length)?;
        let plan = countries.split_ascii_whitespace().find_map(|entry| entry.strip_prefix(code)?.strip_prefix(':'))?;
        let (low, high) = plan.split_once('-')?;
        Some((length, low.parse().ok()?, high.parse().ok()?))
    })
}

/// Whether ten digits are a number of the North American plan: area code in use, exchange from 200, not N11.
fn is_american(digits: &str) -> bool {
    let Some(exchange) = digits.get(3..6) else { return false };
    digits.len() == 10 && is_area(digits.get(..3).unwrap_or_default()) && exchange >= "200" && !exchange.ends_with("11")
}

fn is_area(area: &str) -> bool {
    let Some((first, rest)) = area.split_at_checked(1) else { return false };
    let place = first.parse::<usize>().ok().and_then(|n| n.checked_sub(2));
    place.and_then(|n| AREAS.get(n)).is_some_and(|list| list.split_ascii_whitespace().any(|a| a == rest))
}

/// `(212) 555-0123`, `212-555-0123`, `212.555.0123`, `212 555 0123`, `1-212-555-0123`.
fn american(text: &str, groups: &[Group], value: &mut String) -> Option<(usize, Form)> {
    let trunk = groups.first().is_some_and(|g| text.get(g.start..g.end) == Some("1"));
    let body = groups.get(usize::from(trunk)..)?;
    let (area, exchange, line) = match body {
        [a, b, c, ..] => (a, b, c),
        _ => return None,
    };
    if (area.len(), exchange.len(), line.len()) != (3, 3, 4) {
        // "(212)5550123" is in no plan's groups: `bracketed` takes it.
        return None;
    }
    let used = groups.get(..3 + usize::from(trunk))?;
    digits_of(text, used, false, value);
    let digits = value.get(usize::from(trunk)..)?;
    if !(is_american(digits) || area.bracketed && digits.get(..3).is_some_and(is_area)) {
        return None;
    }
    let gaps = (exchange.gap?, line.gap?);
    let plain = match gaps {
        (Gap::Bracket, Gap::Dash | Gap::Dot | Gap::Blank) => area.bracketed,
        (Gap::Dash, Gap::Dash) | (Gap::Dot, Gap::Dot) => true,
        (Gap::Slash | Gap::Blank, Gap::Dash) => true,
        (Gap::Blank, Gap::Blank) => trunk,
        _ => false,
    };
    Some((used.len(), if plain { Form::Plain } else { Form::Weak }))
}

/// An area code in brackets: `(030) 1234567`, `(11) 91234-5678`, `8 (495) 123-45-67`.
fn bracketed(text: &str, groups: &[Group], value: &mut String) -> Option<(usize, Form)> {
    let first = groups.first()?;
    let trunk = usize::from(matches!(text.get(first.start..first.end), Some("8" | "7" | "1" | "0")));
    let body = groups.get(trunk..)?;
    let area = body.first().filter(|g| g.bracketed && (2..=6).contains(&g.len()))?;
    let zero = text.as_bytes().get(area.start) == Some(&b'0');
    let mut subscriber = 0;
    let mut taken = 0;
    for (i, group) in body.iter().enumerate().skip(1) {
        let joined = i == 1 && group.gap == Some(Gap::Bracket)
            || i > 1 && matches!(group.gap, Some(Gap::Blank | Gap::Dash | Gap::Dot));
        if !joined || group.bracketed || subscriber + group.len() > 9 || i > 5 {
            break;
        }
        subscriber += group.len();
        taken = i;
    }
    let used = groups.get(..=trunk + taken)?;
    let total = area.len() + subscriber;
    let likely =
        if zero { (8..=13).contains(&total) } else { matches!(total, 10 | 11) && (trunk == 1 || area.len() <= 3) };
    if taken == 0 || subscriber < 5 || !likely {
        return None;
    }
    digits_of(text, used, false, value);
    // Three and three and four in North America: area codes begin with 2. A bare subscriber number behind brackets
    // without a 0 is a citation or a table as well.
    let area_of_none = !zero && trunk == 0 && total == 10 && area.len() == 3 && !value.starts_with(|c| c >= '2');
    let grouped = taken > 1 || zero;
    Some((used.len(), if grouped && !area_of_none { Form::Plain } else { Form::Weak }))
}

/// A number in a grouping of some country's plan.
fn national(text: &str, groups: &[Group], value: &mut String) -> Option<(usize, Form)> {
    let first = groups.first()?;
    let digits = text.get(first.start..first.end)?;
    if !digits.starts_with(['0', '1', '7', '8']) {
        return None;
    }
    let lengths: Vec<usize> = groups.iter().map(Group::len).collect();
    let gap = |i: usize| groups.get(i).and_then(|g| g.gap);
    let uniform = |count: usize| (2..count).all(|i| gap(i) == gap(1)) || (3..count).all(|i| gap(i) == gap(2));
    let simple = |count: usize| {
        let dots = (1..count).filter(|i| gap(*i) == Some(Gap::Dot)).count();
        let others = (1..count).filter(|i| matches!(gap(*i), Some(Gap::Blank | Gap::Dash))).count();
        // Dots stand everywhere, and in three groups at least, or nowhere.
        others + 1 == count || dots + 1 == count && count > 2
    };
    let slash =
        |count: usize| gap(1) == Some(Gap::Slash) && (2..count).all(|i| matches!(gap(i), Some(Gap::Blank | Gap::Dash)));
    // China: mobile numbers as 3-4-4 that begin with 13 to 19. Russia: 8 495 123-45-67.
    let china = digits.len() == 3
        && digits.starts_with('1')
        && digits.get(1..2) >= Some("3")
        && lengths.starts_with(&[3, 4, 4]);
    let russia = matches!(digits, "8" | "7") && lengths.starts_with(&[1, 3, 3, 2, 2]) && gap(3) == Some(Gap::Dash);
    for (matches, count) in [(china, 3), (russia, 5)] {
        if matches && simple(count) {
            digits_of(text, groups.get(..count)?, false, value);
            return Some((count, Form::Plain));
        }
    }
    if !digits.starts_with('0') || digits.starts_with("00") {
        return None;
    }
    for (start, grouping) in GROUPINGS {
        let count = grouping.len();
        if digits.starts_with(start)
            && lengths.starts_with(grouping)
            && (simple(count) && uniform(count) || slash(count))
        {
            digits_of(text, groups.get(..count)?, false, value);
            // Two and two and two: numbers that count up are a list.
            let pairs = grouping.iter().all(|n| *n == 2);
            let list = pairs && (counts_up(value) || is_dump(text, groups.get(..count)?));
            return Some((count, if list { Form::Weak } else { Form::Plain }));
        }
    }
    // Sweden, Germany: area code, hyphen, short groups with blanks: 08-411 77 15, 0969-35 04 92, 0711-123 45 67.
    let short = lengths.iter().skip(1).take_while(|n| (2..=4).contains(*n)).count();
    let blanks = (2..lengths.len()).take_while(|i| gap(*i) == Some(Gap::Blank)).count();
    let count = 1 + short.min(blanks + 1);
    let total: usize = lengths.iter().take(count).sum();
    if gap(1) == Some(Gap::Dash) && count >= 3 && (2..=5).contains(&digits.len()) && (8..=12).contains(&total) {
        digits_of(text, groups.get(..count)?, false, value);
        return Some((count, Form::Plain));
    }
    // Germany and Austria: area code, slash or hyphen, subscriber: 030/1234567, 089-12345678, 0711/123 45 67.
    let subscriber: usize = lengths.iter().skip(1).take(4).sum();
    let cities = ["030", "040", "069", "089", "0711", "0221", "0211", "0351", "0341", "0511", "0911", "01"];
    if slash(lengths.len()) && lengths.len() <= 5 && (5..=9).contains(&subscriber) && (3..=5).contains(&digits.len()) {
        digits_of(text, groups, false, value);
        let known = cities.iter().any(|c| digits.starts_with(c));
        return Some((groups.len(), if known { Form::Plain } else { Form::Weak }));
    }
    None
}

/// Whether pairs of digits stand in a row of bytes: `7f 01 09 81 01 39 ba`.
fn is_dump(text: &str, used: &[Group]) -> bool {
    let (Some(first), Some(last)) = (used.first(), used.last()) else { return false };
    let bytes = text.as_bytes();
    let byte = |from: Option<usize>| {
        let word = from.and_then(|from| bytes.get(from..from + 2)).filter(|w| w.iter().all(u8::is_ascii_hexdigit));
        let alone = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_none_or(|b| !b.is_ascii_alphanumeric());
        word.filter(|_| alone(from.and_then(|f| f.checked_sub(1))) && alone(from.map(|f| f + 2)))
    };
    let blank = |at: Option<usize>| at.and_then(|at| bytes.get(at)) == Some(&b' ');
    let before = byte(first.start.checked_sub(3)).filter(|_| blank(first.start.checked_sub(1)));
    let after = byte(Some(last.end + 1)).filter(|_| blank(Some(last.end)));
    let numbered = |word: Option<&[u8]>| word.is_some_and(|w| w.iter().any(u8::is_ascii_digit));
    numbered(before) || numbered(after) || (before.is_some() && after.is_some())
}

/// Whether pairs of digits are a row of numbers: each one more than the one before.
fn counts_up(value: &str) -> bool {
    let pairs: Vec<u32> =
        value.as_bytes().chunks(2).filter_map(|p| std::str::from_utf8(p).ok()?.parse().ok()).collect();
    pairs.windows(2).all(|pair| matches!(pair, [a, b] if b >= a && b - a <= 6))
}

/// Whether a whole series could be a telephone number if a label said so.
fn weak(text: &str, groups: &[Group]) -> bool {
    let digits: usize = groups.iter().map(Group::len).sum();
    if groups.len() > 6 || !(7..=15).contains(&digits) {
        return false;
    }
    let lengths: Vec<usize> = groups.iter().map(Group::len).collect();
    let dots = groups.iter().skip(1).all(|g| g.gap == Some(Gap::Dot));
    let written = groups.first().and_then(|g| text.get(g.start..g.end)).unwrap_or_default();
    // Addresses and versions; dates; amounts in thousands; times since 1970 in seconds, milliseconds and microseconds.
    let address = dots && groups.len() == 4 && lengths.iter().all(|n| *n <= 3);
    let date = matches!(
        lengths.as_slice(),
        [4, 1 | 2, 1 | 2, ..] | [1 | 2, 1 | 2, 4, ..] | [.., 1 | 2, 1 | 2, 4] | [.., 4, 1 | 2, 1 | 2]
    ) && digits <= 8;
    let thousands = dots
        && groups.len() > 1
        && lengths.first() <= Some(&3)
        && !written.starts_with('0')
        && lengths.iter().skip(1).all(|n| *n == 3)
        && lengths.len() != 3;
    // A decimal, also with a number beside it (`3.003 251215`), and a version with what follows it (`0.2.357-30`).
    let gaps = |gap: Gap| groups.iter().filter(|g| g.gap == Some(gap)).count();
    let area = written.starts_with('0') && written.len() > 1;
    let decimal = gaps(Gap::Dot) == 1 && (gaps(Gap::Dot) + gaps(Gap::Blank) + 1 == groups.len() || !area);
    let version = lengths.first() == Some(&1) && gaps(Gap::Dot) > 0 && gaps(Gap::Dash) > 0;
    let is_year = |g: &Group| text.get(g.start..g.end).is_some_and(|y| y.starts_with("19") || y.starts_with("20"));
    let years = lengths == [4, 4] && groups.iter().all(is_year);
    let list = groups.len() > 2 && gaps(Gap::Slash) + 1 == groups.len() && !written.starts_with('0');
    let time = groups.len() == 1 && matches!(digits, 10 | 13 | 16) && written.starts_with('1');
    // Thirteen digits and more without groups are a book, a device or a card, unless a prefix of 0 or 00 begins them.
    let long = groups.len() == 1 && digits > if written.starts_with('0') { 14 } else { 12 };
    let single = groups.len() > 1 && lengths.iter().filter(|n| **n == 1).count() > 2;
    !(address || date || thousands || decimal || version || years || list || time || long || single)
}

/// Leaves the digits of `groups` in `value`, without the 0 in brackets that follows a country code.
fn digits_of(text: &str, groups: &[Group], plus: bool, value: &mut String) {
    value.clear();
    if plus {
        value.push('+');
    }
    for (i, group) in groups.iter().enumerate() {
        let digits = text.get(group.start..group.end).unwrap_or_default();
        if !(plus && i > 0 && group.bracketed && digits == "0") {
            value.push_str(digits);
        }
    }
}

fn report(text: &str, used: &[Group], plus: bool, form: Form, value: &str, found: &mut dyn FnMut(Range<usize>, &str)) {
    let (Some(first), Some(last)) = (used.first(), used.last()) else { return };
    let front = text.get(..first.start).unwrap_or_default();
    let mut start = first.start;
    if plus {
        start -= if front.ends_with("+(") { 2 } else { 1 };
    } else if first.bracketed {
        start -= 1;
    }
    // All alike: a placeholder.
    let mut digits = value.bytes().filter(u8::is_ascii_digit).skip(if plus { 2 } else { 1 });
    let one = digits.next();
    if digits.all(|d| Some(d) == one) {
        return;
    }
    let range = start..last.end;
    if form == Form::Plain { found(range, value) } else { found(range, &format!("?{value}")) }
}

/// Whether these groups are not part of something longer: a word, a decimal, a path, a longer series.
fn is_free(text: &str, groups: &[Group], from: usize, count: usize, used: &[Group]) -> bool {
    let (Some(first), Some(last)) = (used.first(), used.last()) else { return false };
    let inside = |gap: Gap| used.iter().skip(1).any(|g| g.gap == Some(gap));
    // Another group behind: only a blank, a slash or a bracket can divide two numbers, and no blank if the number has some.
    let next = groups.get(from + count);
    let right = match next.and_then(|g| g.gap) {
        None => next.is_none() && !joined_right(text, last.end),
        Some(Gap::Blank) => !inside(Gap::Blank) || next.is_some_and(|g| g.bracketed) || is_international(text, first),
        Some(Gap::Slash) => !inside(Gap::Slash) && is_international(text, first) || next.is_some_and(|g| g.len() >= 3),
        Some(Gap::Bracket) => next.is_some_and(|g| g.bracketed || g.len() <= 5),
        Some(Gap::Dash) => is_international(text, first) && next.is_some_and(|g| g.len() <= 4) && !inside(Gap::Dash),
        Some(Gap::Dot) => false,
    };
    let left = if from == 0 {
        !joined_left(text, first.start)
    } else {
        match first.gap {
            Some(Gap::Blank) => !inside(Gap::Blank) || first.bracketed,
            Some(Gap::Bracket) => first.bracketed,
            Some(Gap::Slash) => inside(Gap::Dash) || inside(Gap::Bracket),
            _ => false,
        }
    };
    left && right
}

fn is_international(text: &str, first: &Group) -> bool {
    first.start > 0 && matches!(text.as_bytes().get(first.start - 1), Some(b'+'))
}

fn joined_left(text: &str, start: usize) -> bool {
    let front = text.get(..start).unwrap_or_default();
    let front = front.strip_suffix('(').unwrap_or(front);
    let plus = front.ends_with('+');
    let front = front.strip_suffix('+').unwrap_or(front);
    let front = front.strip_suffix('(').filter(|_| plus).unwrap_or(front);
    let mut before = front.chars().rev();
    match before.next() {
        None => false,
        Some('_' | '@' | '#' | '$' | '€' | '£' | '¥' | '%' | '&' | '+' | '^' | '\\') => true,
        Some('-' | '.' | ',' | ':') => {
            let farther = before.next();
            // "Tel.030/...", "Tel:0301...": a label; "1:2125550123", "3,2125550123" are fields or decimals.
            farther.is_some_and(|c| c.is_ascii_digit()) && !front.ends_with(',')
                || front.ends_with('-') && farther.is_some_and(glues)
                // A decimal without its nought.
                || front.ends_with('.') && farther.is_none_or(|c| c.is_whitespace() || "-+,;=([{\"".contains(c))
                // "024b.0020.0002": more of a series; "tel.030.1234567" is not.
                || front.ends_with('.') && numbered(front)
        }
        Some('/') => before.next().is_some_and(glues),
        Some(')') => plus,
        Some(c) => glues(c),
    }
}

/// Whether the word in front of a dot has a digit in it.
fn numbered(front: &str) -> bool {
    let word = front.trim_end_matches('.').bytes().rev().take(8).take_while(u8::is_ascii_alphanumeric);
    word.into_iter().any(|b| b.is_ascii_digit())
}

fn joined_right(text: &str, end: usize) -> bool {
    let mut after = text.get(end..).unwrap_or_default().chars();
    let (first, second, third) = (after.next(), after.next(), after.next());
    match first {
        None => false,
        Some('_' | '@' | '%' | '€' | '$' | '+' | '^' | '\u{b0}') => true,
        // "x12", "ext 12": an extension.
        Some('x' | 'X') => !second.is_some_and(|c| c.is_ascii_digit() || c == ' ' || c == '.'),
        Some('e') if second == Some('x') && third == Some('t') => false,
        Some('.') => second.is_some_and(|c| c.is_ascii_digit() || c.is_lowercase()),
        // A field of a table may follow a comma; three digits behind one are thousands only after few digits.
        Some(',') => false,
        Some(':') => second.is_some_and(|c| c.is_ascii_digit()),
        Some('-' | '/') => second.is_some_and(glues),
        // A new sentence stuck to the number: its blank was lost.
        Some(c) if c.is_uppercase() && second.is_some_and(char::is_lowercase) => false,
        Some(c) => glues(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        let mut out = Vec::new();
        find(text, &mut |range, value| {
            assert!(text.get(range).is_some());
            out.push(value.to_owned());
        });
        out
    }

    /// What is reported without a doubt.
    fn sure(text: &str) -> Vec<String> {
        all(text).into_iter().filter(|v| !v.starts_with('?')).collect()
    }

    #[test]
    fn a_long_series_comes_in_pieces_and_every_number_is_reported_once() {
        let text = "212-555-0123 ".repeat(3000);
        assert_eq!(sure(&text).len(), 3000);
    }

    #[test]
    fn international_numbers() {
        for (text, value) in [
            ("+1 212-555-0123", "+12125550123"),
            ("+1 (212) 555-0123", "+12125550123"),
            ("+1-212-555-0123x123", "+12125550123"),
            ("001-212-555-0123", "+12125550123"),
            ("+44 20 7946 0958", "+442079460958"),
            ("+44 (0)20 7946 0958", "+442079460958"),
            ("+44(0)2079460958", "+442079460958"),
            ("+49 30 1234567", "+49301234567"),
            ("+49 (30) 1234567", "+49301234567"),
            ("+49(0)30 1234567", "+49301234567"),
            ("0049 30 1234567", "+49301234567"),
            ("+33 1 42 68 53 00", "+33142685300"),
            ("+34 912 345 678", "+34912345678"),
            ("+34912345678", "+34912345678"),
            ("+46 8 512 345 67", "+46851234567"),
            ("+81 3-5123-4567", "+81351234567"),
            ("+86 138 1234 5678", "+8613812345678"),
            ("+7 (495) 123-45-67", "+74951234567"),
            ("(+49) 30 1234567", "+49301234567"),
            ("+91 98765 43210", "+919876543210"),
            ("+39 06 1234 5678", "+390612345678"),
        ] {
            assert_eq!(sure(text), [value], "{text}");
            assert_eq!(sure(&format!("call {text}, or mail.")), [value], "{text}");
            assert_eq!(sure(&format!("\"{text}\"")), [value], "{text}");
        }
    }

    #[test]
    fn national_numbers() {
        for (text, value) in [
            ("(212) 555-0123", "2125550123"),
            ("212-555-0123", "2125550123"),
            ("212.555.0123", "2125550123"),
            ("1-212-555-0123", "12125550123"),
            ("01 42 68 53 00", "0142685300"),
            ("01.42.68.53.00", "0142685300"),
            ("(030) 1234567", "0301234567"),
            ("030/1234567", "0301234567"),
            ("0171 1234567", "01711234567"),
            ("020 7946 0958", "02079460958"),
            ("07700 900123", "07700900123"),
            ("079 123 45 67", "0791234567"),
            ("0532 123 45 67", "05321234567"),
            ("090-1234-5678", "09012345678"),
            ("138 1234 5678", "13812345678"),
            ("8 (495) 123-45-67", "84951234567"),
            ("(11) 91234-5678", "11912345678"),
            ("070-123 45 67", "0701234567"),
            ("06-12345678", "0612345678"),
        ] {
            assert_eq!(sure(text), [value], "{text}");
            assert_eq!(sure(&format!("Tel: {text}.")), [value], "{text}");
        }
        assert_eq!(sure("212-555-0123 312-555-0188"), ["2125550123", "3125550188"]);
        assert_eq!(sure("212-555-0123 2 times"), ["2125550123"]);
        assert_eq!(sure("12 (212) 555-0123"), ["2125550123"]);
    }

    #[test]
    fn forms_that_only_a_label_tells() {
        for text in [
            "2125550123",
            "212 555 0123",
            "912 345 678",
            "0301234567",
            "030 1234567",
            "555-0123",
            "98765 43210",
            "0049301234567",
        ] {
            let values = all(text);
            assert!(matches!(values.as_slice(), [v] if v.starts_with('?')), "{text}: {values:?}");
        }
    }

    #[test]
    fn positions_ranges_and_decimals_need_a_label() {
        for text in [
            "+4612-05957",
            "+394421-1045903",
            "002304-002305",
            "+65.34963517",
            "+290525.6",
            "0020 0308 0301",
            "0062024454 33181",
            "4e 5f 01 09 81 01 39 ba 97",
            "0063 0063 0073",
            "[.42DA.0020.0011.0002]",
            "S0009-2614(00)00158-5",
        ] {
            assert!(sure(text).is_empty(), "{text}: {:?}", sure(text));
        }
        assert_eq!(sure("+4989-123456"), ["+4989123456"]);
        assert_eq!(sure("de 01 42 68 53 00 ou"), ["0142685300"]);
        assert_eq!(sure("0049 30 1234567"), ["+49301234567"]);
        for text in [
            "3.003 251215",
            "13 20.4972534",
            "0.2.357-30",
            "1980-2099",
            "14/15/16/17",
            "0.10.1 - 2025-08-25",
            "2.11-20080614-0",
            "1003.1-2001",
            "x=-2147450880,",
            "-.03636742",
        ] {
            assert!(all(text).is_empty(), "{text}: {:?}", all(text));
        }
        assert!(!all("+1.2025550143").is_empty());
        assert!(!all("01/42/68/53/00").is_empty());
    }

    #[test]
    fn other_numbers_are_none() {
        for text in [
            "2024-01-02 12:30:45",
            "2024-01-02T12:30:45+0200",
            "12.05.2024",
            "192.168.100.200",
            "1234567890123456",
            "536-22-8467",
            "111-555-0123",
            "212-155-0123",
            "INV-212-555-0123",
            "212-555-0123-77",
            "1.212-555-0123.4",
            "3.14159265",
            "550e8400-e29b-41d4-a716-446655440000",
            "$2125550123",
            "4111 1111 1111 1111",
            "978-3-16-148410-0",
            "+12",
            "a+4930123456",
            "1700000000",
            "1700000000000",
            "/212-555-0123/a",
            "x212-555-0123",
            "01 02 03 04 05",
            "1 2 3 4 5 6 7 8",
            "000-000-0000",
            "GB29 NWBK 6016 1331 9268 19",
        ] {
            assert!(sure(text).is_empty(), "{text}: {:?}", sure(text));
        }
        assert!(all("1700000000").is_empty());
        assert!(all(&"1 ".repeat(100_000)).is_empty());
        assert!(all(&"1".repeat(100_000)).is_empty());
        assert!(all(&"+".repeat(100_000)).is_empty());
        let _ = all(&"012-".repeat(100_000));
        let _ = all(&"+1 (".repeat(100_000));
    }
}
