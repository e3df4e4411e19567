//! Classes of characters: `[...]` with its POSIX names, `\d` and its kin, and characters by their numbers.

use super::parse::Parser;
use super::{Node, Refused};

/// Reads a bracket expression, of which `[` is read already.
pub(super) fn bracket(parser: &mut Parser<'_>) -> Result<Node, Refused> {
    let unclosed = || Refused::new("`[` without its `]`", "write \\[ for the character");
    let negated = parser.take("^");
    let mut written = String::from(if negated { "[^" } else { "[" });
    let mut first = true;
    loop {
        // A bracket that comes first is one of the characters.
        if !first && parser.take("]") {
            written.push(']');
            return Ok(Node::Class { written, negated });
        }
        first = false;
        if let Some(class) = posix(parser)? {
            written.push_str(&class);
            continue;
        }
        if parser.peek() == Some('\\') {
            let mut ahead = Parser::new(parser.rest.get(1..).unwrap_or_default());
            if let Some((class, _)) = shorthand(&mut ahead)? {
                parser.rest = ahead.rest;
                written.push_str(&class);
                continue;
            }
        }
        let low = member(parser)?.ok_or_else(unclosed)?;
        let ranged = parser.rest.starts_with('-') && !parser.rest.starts_with("-]");
        if !ranged {
            push(&mut written, low);
            continue;
        }
        parser.next();
        let high = member(parser)?.ok_or_else(unclosed)?;
        if high < low {
            return Err(Refused::new(format!("{low}-{high}"), "the range ends before it begins"));
        }
        push(&mut written, low);
        written.push('-');
        push(&mut written, high);
    }
}

/// One character of a bracket expression. Inside, `\b` is a backspace.
fn member(parser: &mut Parser<'_>) -> Result<Option<char>, Refused> {
    if !parser.take("\\") {
        return Ok(parser.next());
    }
    if parser.take("b") {
        return Ok(Some('\u{8}'));
    }
    character(parser).map(Some)
}

/// Appends a character so that it stands for itself inside brackets.
fn push(written: &mut String, c: char) {
    if matches!(c, '[' | ']' | '\\' | '^' | '-' | '&' | '~') {
        written.push('\\');
    }
    written.push(c);
}

/// `[:alpha:]` inside brackets, as the class it is; names are Boost's, for all of Unicode.
fn posix(parser: &mut Parser<'_>) -> Result<Option<String>, Refused> {
    for sign in [".", "="] {
        let end = format!("{sign}]");
        if let Some((inside, _)) = parser.rest.strip_prefix('[').and_then(|r| r.strip_prefix(sign)?.split_once(&end)) {
            return Err(Refused::new(format!("[[{sign}{inside}{sign}]]"), "write the characters themselves"));
        }
    }
    let Some((inside, rest)) = parser.rest.strip_prefix("[:").and_then(|r| r.split_once(":]")) else { return Ok(None) };
    let (name, negated) = inside.strip_prefix('^').map_or((inside, false), |name| (name, true));
    let Some(class) = named(name) else {
        return Err(Refused::new(format!("[[:{inside}:]]"), "no class of characters has this name"));
    };
    parser.rest = rest;
    Ok(Some(if negated { format!("[^{class}]") } else { class.to_owned() }))
}

/// The class that Boost calls `name`, to stand inside brackets.
fn named(name: &str) -> Option<&'static str> {
    Some(match name {
        "alpha" => "\\p{Alphabetic}",
        "alnum" => "\\p{Alphabetic}\\p{Nd}",
        "digit" | "d" => "\\d",
        "upper" | "u" => "\\p{Uppercase}",
        "lower" | "l" => "\\p{Lowercase}",
        "space" | "s" => "\\s",
        "blank" | "h" => "\\t\\p{Zs}",
        "v" => "\\n-\\r\\x{85}\\x{2028}\\x{2029}",
        "punct" => "\\p{P}\\p{S}",
        "cntrl" => "\\p{Cc}",
        "graph" => "\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}",
        "print" => "\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}\\p{Zs}",
        "word" | "w" => "\\w",
        "xdigit" => "0-9A-Fa-f",
        "unicode" => "\\x{100}-\\x{10FFFF}",
        _ => return None,
    })
}

/// `\d`, `\W`, `\h`, `\pL`, `\p{Lu}`, `\N`: a class, and whether it says what must not stand there. The backslash is
/// read already; nothing is read when it is none of these.
pub(super) fn shorthand(parser: &mut Parser<'_>) -> Result<Option<(String, bool)>, Refused> {
    let Some(c) = parser.peek() else { return Ok(None) };
    let class = match c {
        'd' => "\\d",
        'D' => "\\D",
        's' => "\\s",
        'S' => "\\S",
        'w' => "\\w",
        'W' => "\\W",
        'h' => "[\\t\\p{Zs}]",
        'H' => "[^\\t\\p{Zs}]",
        'v' => "[\\n-\\r\\x{85}\\x{2028}\\x{2029}]",
        'V' => "[^\\n-\\r\\x{85}\\x{2028}\\x{2029}]",
        'l' => "\\p{Lowercase}",
        'L' => "\\P{Lowercase}",
        'u' => "\\p{Uppercase}",
        'U' => "\\P{Uppercase}",
        'N' if !parser.rest.starts_with("N{") => "[^\\n]",
        'C' => "[\\s\\S]",
        'p' | 'P' => return property(parser, c == 'P').map(Some),
        _ => return Ok(None),
    };
    parser.next();
    Ok(Some((class.to_owned(), matches!(c, 'D' | 'S' | 'W' | 'H' | 'V' | 'L' | 'U' | 'N'))))
}

/// `\pL`, `\p{Lu}`, `\p{alpha}`: Boost's names, then those of Unicode.
fn property(parser: &mut Parser<'_>, negated: bool) -> Result<(String, bool), Refused> {
    let letter = parser.next().unwrap_or('p');
    let name = if parser.take("{") { parser.until("}").map(str::to_owned) } else { parser.next().map(String::from) };
    let name = name.unwrap_or_default();
    let (bare, flipped) = name.strip_prefix('^').map_or((name.as_str(), false), |bare| (bare, true));
    let negated = negated != flipped;
    let sign = if negated { "^" } else { "" };
    let class = match named(bare) {
        Some(class) => format!("[{sign}{class}]"),
        None => format!("[{sign}\\p{{{bare}}}]"),
    };
    let plain = bare.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '=' | ' ' | '-'));
    if !plain || regex::Regex::new(&class).is_err() {
        return Err(Refused::new(format!("\\{letter}{{{name}}}"), "no class of characters has this name"));
    }
    Ok((class, negated))
}

/// The character that an escape stands for; the backslash is read already.
pub(super) fn character(parser: &mut Parser<'_>) -> Result<char, Refused> {
    let Some(c) = parser.next() else {
        return Err(Refused::new("a backslash at the end", "write \\\\ for the character"));
    };
    let number = |digits: &str, radix, written: String| {
        let c = u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
        c.ok_or_else(|| Refused::new(written, "no character has this number"))
    };
    match c {
        't' => Ok('\t'),
        'n' => Ok('\n'),
        'r' => Ok('\r'),
        'f' => Ok('\u{C}'),
        'a' => Ok('\u{7}'),
        'e' => Ok('\u{1B}'),
        '0' => {
            let digits = digits(parser, 3, |c| c.is_digit(8));
            if digits.is_empty() { Ok('\0') } else { number(digits, 8, format!("\\0{digits}")) }
        }
        'x' if parser.take("{") => {
            let inside = parser.until("}").unwrap_or_default();
            number(inside, 16, format!("\\x{{{inside}}}"))
        }
        'x' => {
            let digits = digits(parser, 2, |c| c.is_ascii_hexdigit());
            number(digits, 16, format!("\\x{digits}"))
        }
        'c' => match parser.next() {
            Some(letter) if letter.is_ascii() => Ok(char::from((letter as u8) & 0x1F)),
            _ => Err(Refused::new("\\c", "a letter must follow")),
        },
        c if c.is_ascii_alphanumeric() => Err(Refused::new(format!("\\{c}"), "Boost gives it no meaning")),
        c => Ok(c),
    }
}

fn digits<'t>(parser: &mut Parser<'t>, most: usize, holds: impl Fn(char) -> bool) -> &'t str {
    let end = parser.rest.char_indices().take(most).find(|(_, c)| !holds(*c)).map(|(at, _)| at);
    // Digits are one byte each.
    let end = end.unwrap_or_else(|| parser.rest.chars().take(most).map(char::len_utf8).sum());
    let (digits, rest) = parser.rest.split_at(end);
    parser.rest = rest;
    digits
}
