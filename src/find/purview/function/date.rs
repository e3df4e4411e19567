//! Dates as people write them in the United States and in Europe, and dates of expiry on cards.

/// Names and abbreviations of months in English.
const ENGLISH: &str = "january|february|march|april|may|june|july|august|september|october|november|december\
    |jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec";
/// Dutch, French, German, Italian, Portuguese and Spanish, with and without their diacritics.
const EUROPEAN: &str = "januari|februari|maart|mei|juni|juli|augustus|oktober|ocktober|okt|mrt\
    |janvier|f[eé]vrier|mars|avril|mai|juin|juillet|ao[uû]t|septembre|octobre|novembre|d[eé]cembre\
    |janv|f[eé]vr|juil|d[eé]c\
    |januar|j[aä]nner|j[aä]nuar|februar|m[aä]rz|maerz|dezember|j[aä]n|m[aä]r|dez\
    |gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|settembre|ottobre|dicembre\
    |genn|gen|febbr|magg|mag|giugno|giu|luglio|lug|ag|sett|set|ott|dic\
    |janeiro|fevereiro|mar[cç]o|abril|maio|junho|julho|setembro|outubro|novembro|dezembro|fev|abr|ago|out\
    |enero|febrero|mayo|junio|julio|septiembre|setiembre|octubre|noviembre|diciembre|ene|febr";

const DAY: &str = "(?:0?[1-9]|[12]\\d|3[01])";
const MONTH: &str = "(?:0?[1-9]|1[0-2])";
const YEAR: &str = "(?:\\d{4}|\\d{2})";

/// Not inside a longer number, series or word.
fn apart(expression: &str) -> String {
    format!("(?i)(?<![\\p{{L}}\\d/.-])(?:{expression})(?![\\p{{L}}\\d/-])")
}

/// `12/2/2016`, `Dec 2, 2016`.
pub(super) fn us() -> String {
    let numbers = ["/", "-"].map(|s| format!("{MONTH}{s}{DAY}{s}{YEAR}")).join("|");
    let named = format!("(?:{ENGLISH})\\.?[ -]{{1,2}}{DAY}(?:st|nd|rd|th)?(?:,? {{1,2}}|-){YEAR}");
    apart(&format!("{numbers}|{named}"))
}

/// `2/12/2016`, `2 Dec 2016`, `2. Dezember 2016`, `2 de enero de 2016`.
pub(super) fn eu() -> String {
    let numbers = ["/", "-", "\\.", " "].map(|s| format!("{DAY}{s}{MONTH}{s}{YEAR}")).join("|");
    let named = format!(
        "{DAY}(?:\\.|er|st|nd|rd|th)?(?: {{1,2}}|-)?(?:de )?(?:{ENGLISH}|{EUROPEAN})\\.?(?:,? {{1,2}}|-)?(?:de |del )?{YEAR}"
    );
    apart(&format!("{numbers}|{named}"))
}

/// `01/27`, `1-2027`, `Jan 27`, `January2027`.
pub(super) fn expiration() -> String {
    let numbers = format!("{MONTH}[/-]{YEAR}");
    apart(&format!("{numbers}|(?:{ENGLISH})\\.?[/ -]?{YEAR}"))
}
