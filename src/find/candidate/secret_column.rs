//! Columns of passwords: a line of field names of which one is a word for a password, and the fields below it.
//!
//! Lists of accounts are kept in sheets and exported as text. The label of such a value is a line away, and there is no
//! shape that tells a password from any other word, so the column is followed from its head.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "positions inside one text, and what is taken off them was counted backwards from there"
)]

use std::ops::Range;
use std::sync::OnceLock;

use aho_corasick::AhoCorasick;

/// Bytes of one field name, and of one password.
const FIELD_BYTES_MAX: usize = 48;
/// Rows followed below one head.
const ROWS_MAX: usize = 20_000;

/// Words for a password without their first letter, which may be a capital.
const WORDS: &[&str] = &[
    "assword",
    "ASSWORD",
    "asswort",
    "ASSWORT",
    "asswd",
    "ASSWD",
    "assphrase",
    "asscode",
    "ennwort",
    "ENNWORT",
    "e passe",
    "E PASSE",
    "ontrase",
    "ONTRASE",
    "enha",
    "achtwoord",
    "ösenord",
    "dgangskode",
    "assord",
    "alasana",
    "asło",
    "aslo",
    "eslo",
    "elszó",
    "arola",
    "ifre",
    "pwd",
    "Pwd",
    "PWD",
    "ароль",
    "ароль",
    "パスワード",
    "密码",
    "密碼",
    "비밀번호",
];

/// Whole field names, in small letters, that the shorter of the words above are parts of.
const NAMES: &[&str] =
    &["senha", "hasło", "haslo", "heslo", "geslo", "jelszó", "parola", "parolă", "şifre", "sifre", "pwd"];

/// Finds the fields below the name of a password column; the value is as written, without quotes around it.
pub(crate) fn find(text: &str, found: &mut dyn FnMut(Range<usize>, &str)) {
    static AUTOMATON: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    let Some(automaton) = AUTOMATON.get_or_init(|| AhoCorasick::new(WORDS).ok()) else { return };
    let mut done = 0;
    for hit in automaton.find_iter(text) {
        if hit.start() < done {
            continue;
        }
        let start = text.get(..hit.start()).and_then(|t| t.rfind('\n')).map_or(0, |i| i + 1);
        let line = line_at(text, start);
        done = start + line.len();
        for delimiter in ['\t', ';', '|', ','] {
            if line.contains(delimiter) && follow(text, start, line, delimiter, found) {
                break;
            }
        }
    }
}

/// Follows the columns of the head `line`. `false`: it is none, or nothing is below.
fn follow(text: &str, start: usize, line: &str, delimiter: char, found: &mut dyn FnMut(Range<usize>, &str)) -> bool {
    let names: Vec<Range<usize>> = fields(line, delimiter).collect();
    let name = |range: &Range<usize>| line.get(range.clone()).unwrap_or_default();
    let last = names.len().saturating_sub(1);
    let heads = |(i, n): (usize, &Range<usize>)| {
        // Tables drawn with bars have one at each end.
        let edge = n.is_empty() && delimiter == '|' && (i == 0 || i == last);
        edge || is_head_name(name(n))
    };
    // "password, Role Attributes" is an entry of an index: a table has no blank behind its commas, or more of them.
    let prose = delimiter == ',' && names.len() == 2 && line.contains(", ");
    if prose || names.len() < 2 || !names.iter().enumerate().all(heads) {
        return false;
    }
    let columns: Vec<usize> = (0..names.len()).filter(|i| names.get(*i).is_some_and(|n| is_name(name(n)))).collect();
    if columns.is_empty() || columns.len() == names.len() {
        return false;
    }
    let mut at = start + line.len() + 1;
    let mut values: Vec<Range<usize>> = Vec::new();
    for _ in 0..ROWS_MAX {
        if at >= text.len() {
            break;
        }
        let row = line_at(text, at);
        let cells: Vec<Range<usize>> = fields(row, delimiter).collect();
        if cells.len() != names.len() {
            break;
        }
        for cell in columns.iter().filter_map(|column| cells.get(*column)) {
            let value = row.get(cell.clone()).unwrap_or_default();
            if (4..=FIELD_BYTES_MAX).contains(&value.len()) && !value.contains(char::is_whitespace) {
                values.push(at + cell.start..at + cell.end);
            }
        }
        at += row.len() + 1;
    }
    // Numbers, versions, paths and one word over and over are no passwords, whatever the head says.
    let plain = |value: &str| value.contains(['/', '\\']) || !value.contains(char::is_alphabetic);
    let doubtful = |range: &&Range<usize>| {
        let value = text.get((*range).clone()).unwrap_or_default();
        plain(value) || values.first().is_some_and(|first| values.len() > 2 && text.get(first.clone()) == Some(value))
    };
    if values.iter().filter(doubtful).count() * 2 > values.len() {
        return false;
    }
    for range in values {
        let value = text.get(range.clone()).unwrap_or_default();
        found(range, value);
    }
    true
}

/// Whether a field can be the name of a column: no number, address, path or piece of code.
fn is_head_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= FIELD_BYTES_MAX
        && !name.contains(['=', '{', '(', ':', '/', '\\', '@', '<', '.'])
        && !name.starts_with(|c: char| c.is_ascii_digit() || "+-".contains(c))
        && name.split_whitespace().count() <= 4
}

/// Whether a field's name says that passwords are in it, and nothing of what is kept about them.
fn is_name(name: &str) -> bool {
    let lower = name.to_lowercase();
    let about =
        ["hash", "date", "change", "expir", "age", "length", "policy", "reset", "last", "hint", "min", "max", "count"];
    // The words lack their first letter, so one more stands in front of them; "1password" and "TrustedPassword" do not.
    let starts = |part: &str, w: &str| {
        part.char_indices().nth(1).is_some_and(|(i, _)| part.get(i..).is_some_and(|p| p.starts_with(w)))
    };
    let word = |w: &str| {
        let w = w.to_lowercase();
        let parts = lower.split(|c: char| !c.is_alphanumeric() && c != ' ');
        w.len() > 5
            && parts
                .flat_map(|p| [p, p.rsplit(' ').next().unwrap_or(p)])
                .any(|p| starts(p, &w) || p.starts_with(&w) || p.ends_with(&w))
    };
    (NAMES.contains(&lower.as_str()) || lower.ends_with("pwd") || WORDS.iter().any(|w| word(w)))
        && lower.chars().count() <= 30
        && !about.iter().any(|a| lower.contains(a))
}

fn line_at(text: &str, start: usize) -> &str {
    let rest = text.get(start..).unwrap_or_default();
    rest.get(..rest.find('\n').unwrap_or(rest.len())).unwrap_or_default()
}

/// The fields of a line, without the blanks and quotes around them. A delimiter within quotes is none.
fn fields(line: &str, delimiter: char) -> impl Iterator<Item = Range<usize>> {
    let mut quoted = false;
    let mut borders = Vec::new();
    let mut start = 0;
    for (i, c) in line.char_indices() {
        if c == '"' {
            quoted = !quoted;
        } else if c == delimiter && !quoted {
            borders.push(start..i);
            start = i + 1;
        }
    }
    borders.push(start..line.len());
    borders.into_iter().map(|range| {
        let field = line.get(range.clone()).unwrap_or_default();
        let ahead = field.trim_start_matches([' ', '"', '`']);
        let from = range.start + field.len() - ahead.len();
        from..from + ahead.trim_end_matches([' ', '"', '`', '\r']).len()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        let mut out = Vec::new();
        find(text, &mut |range, value| {
            assert_eq!(&text[range], value);
            out.push(value.to_owned());
        });
        out
    }

    #[test]
    fn columns_are_followed() {
        assert_eq!(all("User\tPassword\nbo\tHarbor-92xQ\nal\tMeadow_x9\n\nx\ty\n"), ["Harbor-92xQ", "Meadow_x9"]);
        assert_eq!(all("id;Passwort;Name\r\n1;\"a;b-92xQ\";Bo\r\n2;Meadow_x9;Al"), ["a;b-92xQ", "Meadow_x9"]);
        assert_eq!(all("| user | password |\n| --- | --- |\n| bo | Harbor-92xQ |\n"), ["---", "Harbor-92xQ"][1..]);
        assert_eq!(all("login,contraseña\nbo,Harbor-92xQ\n"), ["Harbor-92xQ"]);
    }

    #[test]
    fn what_is_no_head_of_passwords_is_not() {
        for text in [
            "user, password and more\nnothing of that kind here",
            "User\tPassword changed at\nbo\t2025-11-22\n",
            "Password\nHarbor-92xQ\n",
            "a = f(user, password);\nb = g(user, Harbor92);\n",
            "user\tpassword\n",
            "é,Password",
        ] {
            assert!(all(text).is_empty(), "{text}");
        }
    }
}
