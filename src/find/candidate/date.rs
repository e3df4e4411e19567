//! Dates a person can be born on: day, month and year in figures or with the month's name, in the orders in use.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "positions inside one text, and what is taken off was counted backwards; years have four figures at most"
)]

use std::ops::Range;

use super::run::{glues, next_digit};
use crate::find::byte_set::ByteSet;

/// Years reported.
const YEARS: std::ops::RangeInclusive<u32> = 1900..=2035;
/// What does not stand behind the first figures of a date.
static NO_GAP: ByteSet = ByteSet::of(b":;\"')]}<>=&|*+#%_([{@!?\\~^`$");
/// Bytes of the longest name of a month.
const NAME_MAX: usize = 24;

/// Names of months and what they are cut to, in lower case, by month.
const MONTHS: [&str; 12] = [
    "january jan januar jänner jaenner janvier janv enero ene gennaio gen janeiro januari januarie tammikuu tammikuuta \
     stycznia styczeń sty ledna leden január ianuarie ocak oca января январь янв ιανουαρίου січня leednu siječnja \
     januara janvāris sausio jaanuar януари يناير ינואר",
    "february feb februar feber février fevrier févr fév febrero febbraio febr fevereiro fev februari helmikuu helmikuuta \
     lutego luty února únor február februarie şubat şub февраля февраль фев φεβρουαρίου лютого veljače februara vasario \
     veebruar февруари فبراير פברואר",
    "march mar märz maerz mrz mär mars marzo março marco maart mrt marts maaliskuu maaliskuuta marca marzec března \
     březen március márc martie mart марта март мар μαρτίου березня ožujka kovo märts مارس מרץ",
    "april apr avril avr abril abr aprile apri huhtikuu huhtikuuta kwietnia kwiecień kwi dubna duben apríla április ápr \
     aprilie nisan nis апреля апрель апр απριλίου квітня travnja aprila balandžio aprill април أبريل אפריל",
    "may mai mayo maggio mag maio mei maj maja toukokuu toukokuuta května květen mája május máj mayıs мая май μαΐου травня \
     svibnja gegužės مايو מאי",
    "june jun juni juin junio jun giugno giu junho kesäkuu kesäkuuta czerwca czerwiec cze června červen júna június jún \
     iunie haziran haz июня июнь июн ιουνίου червня lipnja juna birželio juuni юни يونيو יוני",
    "july jul juli juillet juil julio luglio lug julho heinäkuu heinäkuuta lipca lipiec lip července červenec júla július \
     júl iulie temmuz tem июля июль июл ιουλίου липня srpnja jula liepos juuli юли يوليو יולי",
    "august aug août aout agosto ago augustus augusti elokuu elokuuta sierpnia sierpień sie srpna srpen augusta augusztus \
     ağustos ağu августа август авг αυγούστου серпня kolovoza avgusta rugpjūčio أغسطس אוגוסט",
    "september sep sept septembre septiembre setiembre settembre set setembro syyskuu syyskuuta września wrzesień wrz září \
     septembra szeptember szept septembrie eylül eyl сентября сентябрь сен сент σεπτεμβρίου вересня rujna rugsėjo \
     септември سبتمبر ספטמבר",
    "october oct oktober okt octobre octubre ottobre ott outubro out october octombrie lokakuu lokakuuta października \
     październik paź října říjen októbra október ekim eki октября октябрь окт οκτωβρίου жовтня listopada oktobra \
     spalio oktoober октомври أكتوبر אוקטובר",
    "november nov novembre noviembre novembro marraskuu marraskuuta listopad lis listopadu novembra noiembrie kasım kas \
     ноября ноябрь ноя νοεμβρίου листопада studenoga lapkričio ноември نوفمبر נובמבר",
    "december dec dezember dez décembre decembre déc diciembre dic dicembre dezembro desember des joulukuu joulukuuta \
     grudnia grudzień gru prosince prosinec decembra decembrie aralık ara декабря декабрь дек δεκεμβρίου грудня \
     prosinca gruodžio detsember декември ديسمبر דצמבר",
];

/// Reports every date as `yyyy-mm-dd`; dates with a time of day behind them are times of something and are not
/// reported. Where both readings exist, figures with slashes are month, day, and all others day, month.
pub(crate) fn find(text: &str, found: &mut dyn FnMut(Range<usize>, &str)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(digit) = next_digit(bytes, at) {
        at = digit;
        let end = at + bytes.get(at..).unwrap_or_default().iter().take_while(|b| b.is_ascii_digit()).count();
        let mut next = end;
        if matches!(end - at, 1 | 2 | 4 | 8)
            && (end - at == 8 || !bytes.get(end).is_some_and(|b| NO_GAP.has(*b)))
            && !joined_left(text, at)
            && let Some((range, [year, month, day])) = date(text, at, end)
        {
            next = range.end;
            if !joined_right(text, range.end) {
                found(range, &format!("{year:04}-{month:02}-{day:02}"));
            }
        }
        at = next.max(end);
    }
}

/// The date whose first figures are at `start..end`, and where it is.
fn date(text: &str, start: usize, end: usize) -> Option<(Range<usize>, [u32; 3])> {
    let first = text.get(start..end)?;
    let rest = text.get(end..)?;
    match first.len() {
        8 => {
            // Eight figures: year first, or day first.
            let part = |r: Range<usize>| first.get(r).and_then(number);
            let ymd = [part(0..4)?, part(4..6)?, part(6..8)?];
            let dmy = [part(4..8)?, part(2..4)?, part(0..2)?];
            let mdy = [part(4..8)?, part(0..2)?, part(2..4)?];
            [ymd, dmy, mdy].into_iter().find(|d| is_date(*d)).map(|d| (start..end, d))
        }
        6 => None,
        4 => year_first(text, start, number(first)?, end),
        _ => figures(text, start, number(first)?, end)
            .or_else(|| named_after(text, start, number(first)?, rest))
            .or_else(|| named_before(text, start, number(first)?, end)),
    }
}

/// `1980-05-12`, `1980. 5. 12`, `1980年5月12日`, `1980 May 12`.
fn year_first(text: &str, start: usize, year: u32, end: usize) -> Option<(Range<usize>, [u32; 3])> {
    let (gap, month, at) = next_number(text, end, 2)?;
    let (second, day, last) = next_number(text, at, 2)?;
    let signs = gap.trim();
    let same = signs == second.trim() && matches!(signs, "-" | "/" | ".");
    let marks = (signs == "年" && second.trim() == "月") || (signs == "년" && second.trim() == "월");
    let end = if marks {
        last + text.get(last..)?.chars().take_while(|c| matches!(c, '日' | '일')).map(char::len_utf8).sum::<usize>()
    } else {
        last
    };
    let date = [year, month, day];
    ((same || marks) && is_date(date)).then_some((start..end, date))
}

/// `12.05.1980`, `5/12/80`, `12 - 05 - 1980`.
fn figures(text: &str, start: usize, first: u32, end: usize) -> Option<(Range<usize>, [u32; 3])> {
    let (gap, second, at) = next_number(text, end, 2)?;
    let (again, year, last) = next_number(text, at, 4)?;
    let sign = gap.trim();
    let blank = sign.is_empty() && gap == " " && again == " ";
    if sign != again.trim() || !(matches!(sign, "-" | "/" | ".") || blank) {
        return None;
    }
    let long = text.get(at..last)?.trim_start_matches(|c: char| !c.is_ascii_digit()).len();
    let year = match long {
        4 => year,
        // Two figures: nobody is born in the years to come, so they are of the last hundred.
        2 if !blank => {
            if year <= 26 {
                2000 + year
            } else {
                1900 + year
            }
        }
        _ => return None,
    };
    let (dmy, mdy) = ([year, second, first], [year, first, second]);
    let order = if sign == "/" { [mdy, dmy] } else { [dmy, mdy] };
    order.into_iter().find(|d| is_date(*d)).map(|d| (start..last, d))
}

/// `12 May 1980`, `12. Mai 1980`, `12 de mayo de 1980`, `1er janvier 1980`, `12-May-1980`, `12th of May, 1980`.
fn named_after(text: &str, start: usize, day: u32, rest: &str) -> Option<(Range<usize>, [u32; 3])> {
    let tail = ["st", "nd", "rd", "th", "er", "º", "°", "ste", "e"]
        .iter()
        .find_map(|suffix| rest.strip_prefix(suffix).filter(|t| t.starts_with([' ', '-', ','])))
        .unwrap_or(rest);
    let tail = skip(tail, &['.', ' ', '-', '/', ','], 3)?;
    let tail = ["of ", "de ", "d'"].iter().find_map(|word| tail.strip_prefix(word)).unwrap_or(tail);
    let name = word(tail)?;
    let tail = skip(tail.get(name.len()..)?, &['.', ' ', '-', '/', ','], 3)?;
    let tail = ["de ", "del ", "of "].iter().find_map(|word| tail.strip_prefix(word)).unwrap_or(tail);
    let digits = tail.bytes().take(5).take_while(u8::is_ascii_digit).count();
    let year = year_of(tail.get(..digits)?)?;
    let date = [year, month(name)?, day];
    is_date(date).then(|| (start..text.len() - tail.len() + digits, date))
}

/// `May 12, 1980`, `Mai 12 1980`: the name stands in front of the day.
fn named_before(text: &str, start: usize, day: u32, end: usize) -> Option<(Range<usize>, [u32; 3])> {
    let rest = text.get(end..)?;
    let tail = ["st", "nd", "rd", "th"].iter().find_map(|suffix| rest.strip_prefix(suffix)).unwrap_or(rest);
    let tail = skip(tail, &[',', ' ', '-', '.', '/'], 3)?;
    let digits = tail.bytes().take(5).take_while(u8::is_ascii_digit).count();
    if digits != 4 {
        return None;
    }
    let year = year_of(tail.get(..digits)?)?;
    let front = text.get(..start)?;
    let front = front.strip_suffix(' ').or_else(|| front.strip_suffix('-')).or_else(|| front.strip_suffix('/'))?;
    let front = front.strip_suffix('.').unwrap_or(front);
    let letters: usize = front.chars().rev().take(NAME_MAX).take_while(|c| c.is_alphabetic()).map(char::len_utf8).sum();
    let from = front.len() - letters;
    let date = [year, month(front.get(from..)?)?, day];
    is_date(date).then(|| (from..text.len() - tail.len() + digits, date))
}

/// What stands between, the number of at most `figures` figures that follows, and where it ends.
fn next_number(text: &str, at: usize, figures: usize) -> Option<(&str, u32, usize)> {
    let rest = text.get(at..)?;
    let gap: usize = rest.chars().take(4).take_while(|c| !c.is_ascii_digit()).map(char::len_utf8).sum();
    let digits = rest.get(gap..)?.bytes().take(5).take_while(u8::is_ascii_digit).count();
    let end = at + gap + digits;
    let plain = gap > 0 && digits > 0 && digits <= figures;
    plain.then_some((rest.get(..gap)?, number(text.get(at + gap..end)?)?, end))
}

/// `text` without at most `most` of these characters in front, one at least.
fn skip<'t>(text: &'t str, signs: &[char], most: usize) -> Option<&'t str> {
    let count = text.chars().take(most + 1).take_while(|c| signs.contains(c)).count();
    (1..=most).contains(&count).then(|| text.get(count..)).flatten()
}

/// The word of letters in front.
fn word(text: &str) -> Option<&str> {
    let length: usize = text.chars().take(NAME_MAX).take_while(|c| c.is_alphabetic()).map(char::len_utf8).sum();
    text.get(..length).filter(|w| w.len() >= 3)
}

fn month(name: &str) -> Option<u32> {
    let name = name.to_lowercase();
    let place = MONTHS.iter().position(|names| names.split_ascii_whitespace().any(|n| n == name))?;
    u32::try_from(place + 1).ok()
}

/// A year in four figures, or in two.
fn year_of(figures: &str) -> Option<u32> {
    let year = number(figures)?;
    match figures.len() {
        4 => Some(year),
        2 => Some(if year <= 26 { 2000 + year } else { 1900 + year }),
        _ => None,
    }
}

fn number(figures: &str) -> Option<u32> {
    figures.parse().ok()
}

fn is_date([year, month, day]: [u32; 3]) -> bool {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    };
    YEARS.contains(&year) && (1..=days).contains(&day)
}

fn joined_left(text: &str, start: usize) -> bool {
    let mut before = text.get(..start).unwrap_or_default().chars().rev();
    match before.next() {
        None => false,
        Some('_' | '$' | '€' | '#') => true,
        Some('-' | '/' | '.' | ':' | '+') => {
            before.next().is_some_and(|c| c.is_ascii_digit() || c.is_alphabetic()) && !after_label(text, start)
        }
        Some(c) => glues(c),
    }
}

/// Whether the sign in front of `start` ends a label: "geb.12.5.1980", "DOB:1980-05-12".
fn after_label(text: &str, start: usize) -> bool {
    let mut before = text.get(..start).unwrap_or_default().chars().rev();
    matches!(before.next(), Some(':' | '.')) && before.next().is_some_and(char::is_alphabetic)
}

fn joined_right(text: &str, end: usize) -> bool {
    let rest = text.get(end..).unwrap_or_default();
    let mut after = rest.chars();
    let (first, second) = (after.next(), after.next());
    match first {
        None => false,
        Some('_' | '%') => true,
        // "1980-05-12T08:30": a time.
        Some('T' | 't') if second.is_some_and(|c| c.is_ascii_digit()) => !midnight(rest),
        Some('-' | '/' | ':') => second.is_some_and(glues),
        Some('.') => second.is_some_and(|c| c.is_ascii_digit() || c.is_lowercase()),
        // "1980-05-12 08:30": a time, too, except at midnight: that is how tables export dates.
        Some(' ') => is_time(rest.trim_start_matches([' ', ','])) && !midnight(rest),
        Some(',') => is_time(rest.trim_start_matches([' ', ','])),
        // A new sentence stuck to it: its blank was lost.
        Some(c) if c.is_uppercase() && second.is_some_and(char::is_lowercase) => false,
        Some(c) => glues(c),
    }
}

fn midnight(rest: &str) -> bool {
    rest.get(1..).is_some_and(|t| t.starts_with("00:00"))
}

/// Whether a time of day is in front.
fn is_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    let hours = bytes.iter().take(3).take_while(|b| b.is_ascii_digit()).count();
    (1..=2).contains(&hours)
        && matches!(bytes.get(hours), Some(b':' | b'h'))
        && bytes.get(hours + 1).is_some_and(u8::is_ascii_digit)
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

    #[test]
    fn dates_in_figures() {
        for text in [
            "1980-05-12",
            "12.05.1980",
            "12. 5. 1980",
            "05/12/1980",
            "12-05-1980",
            "1980/05/12",
            "1980. 5. 12.",
            "DOB:1980-05-12",
            "geb.12.05.1980",
            "12.05.80",
            "(12.5.1980)",
            "19800512",
            "1980年5月12日生",
            "1980년 5월 12일",
            "12 05 1980",
            "1980-05-12 00:00:00",
            "1980-05-12T00:00:00",
        ] {
            assert_eq!(all(text), ["1980-05-12"], "{text}");
        }
        assert_eq!(all("23/05/1980"), ["1980-05-23"]);
        assert_eq!(all("\"1980-05-12\",\"1981-06-13\";01.02.1990"), ["1980-05-12", "1981-06-13", "1990-02-01"]);
    }

    #[test]
    fn dates_with_names() {
        for text in [
            "12 May 1980",
            "12. Mai 1980",
            "May 12, 1980",
            "12 de mayo de 1980",
            "12 mai 1980",
            "12-May-1980",
            "12th of May, 1980",
            "May 12th, 1980",
            "12 maggio 1980",
            "12 maja 1980",
            "12 мая 1980",
            "12 mei 1980.",
            "12. toukokuuta 1980",
            "12 MAY 80",
            "12 Mayıs 1980",
        ] {
            assert_eq!(all(text), ["1980-05-12"], "{text}");
        }
        assert_eq!(all("né le 1er janvier 1980"), ["1980-01-01"]);
    }

    #[test]
    fn times_versions_parts_and_days_that_do_not_exist_are_none() {
        for text in [
            "1980-05-12T08:30:00Z",
            "1980-05-12 08:30",
            "12.05.1980, 14:30",
            "30.02.1980",
            "13/13/1980",
            "1.2.1980.4",
            "v1.12.1980",
            "1880-05-12",
            "A12-05-1980",
            "12.05.1980-77",
            "12 apples 1980",
            "12/05",
            "0512198012",
            "12.05-1980",
            "x_1980-05-12",
            "May 12",
            "12 05 80",
        ] {
            assert!(all(text).is_empty(), "{text}");
        }
        assert!(all(&"1.".repeat(100_000)).is_empty());
        assert!(all(&"1 ".repeat(100_000)).is_empty());
        assert!(all(&"a1".repeat(100_000)).is_empty());
    }
}
