//! Tables of strings: names of bookmarks, people, files, variables (MS-DOC 2.2.4 STTB, 2.9.296 StwUser).
#![allow(clippy::arithmetic_side_effects, reason = "lengths of sixteen bits, each behind a place that was read at")]

use std::collections::HashSet;

use super::bytes::{u16_at, wide};
use super::encoding::Encodings;
use super::fib::{Fib, Table, Version};

/// What the tables tell, each once, in order.
pub(super) fn told(fib: &Fib, table: &[u8], encodings: &Encodings) -> Vec<String> {
    let of = |name: Table| list(fib.version, fib.table(name, table), encodings);
    let mut out = of(Table::Bookmarks);
    // Those that programs set have a bar in front.
    out.retain(|name| !name.starts_with('_'));
    out.extend(of(Table::AutoText));
    out.extend(names(fib, table, encodings));
    out.extend(of(Table::Revisers).into_iter().filter(|name| name != "Unknown"));
    out.extend(of(Table::SavedBy));
    // Title, author and such stand in the property sets too, where there are some.
    let known = if fib.version == Version::Word2 { 2 } else { 8 };
    out.extend(of(Table::Associated).into_iter().skip(known));
    out.extend(variables(fib.table(Table::Variables, table)));
    let mut seen = HashSet::new();
    out.retain(|words| words.trim().len() > 1 && seen.insert(words.clone()));
    out
}

/// A table of strings, empty ones included.
fn list(version: Version, stored: &[u8], encodings: &Encodings) -> Vec<String> {
    let narrow = |bytes: &[u8]| {
        let (text, _) = encodings.of(0).decode_without_bom_handling(bytes);
        text.chars().filter(|c| !c.is_control()).collect::<String>()
    };
    let mut out = Vec::new();
    let head = u16_at(stored, 0).unwrap_or(0);
    if version < Version::Word97 {
        let mut rest = stored.get(2..usize::from(head).min(stored.len())).unwrap_or_default();
        while let [length, body @ ..] = rest {
            let Some(words) = body.get(..usize::from(*length)) else { break };
            out.push(narrow(words));
            rest = body.get(words.len()..).unwrap_or_default();
        }
        return out;
    }
    let (count_at, size) = if head == 0xFFFF { (2, 2) } else { (0, 1) };
    let count = u16_at(stored, count_at).unwrap_or(0);
    let extra = usize::from(u16_at(stored, count_at + 2).unwrap_or(0));
    let mut at = count_at + 4;
    for _ in 0..count {
        let length = if size == 2 { u16_at(stored, at) } else { stored.get(at).map(|length| u16::from(*length)) };
        let Some(length) = length.map(|length| usize::from(length) * size) else { break };
        let Some(words) = stored.get(at + size..at + size + length) else { break };
        out.push(if size == 2 { wide(words) } else { narrow(words) });
        at += size + length + extra;
    }
    out
}

/// People who commented: strings one after the other, without a head.
fn names(fib: &Fib, table: &[u8], encodings: &Encodings) -> Vec<String> {
    let mut rest = fib.table(Table::CommentAuthors, table);
    let mut out = Vec::new();
    if fib.version < Version::Word97 {
        while let [length, body @ ..] = rest {
            let Some(words) = body.get(..usize::from(*length)) else { break };
            out.push(encodings.of(0).decode_without_bom_handling(words).0.into_owned());
            rest = body.get(words.len()..).unwrap_or_default();
        }
        return out;
    }
    while let Some(words) = u16_at(rest, 0).and_then(|length| rest.get(2..2 + usize::from(length) * 2)) {
        out.push(wide(words));
        rest = rest.get(2 + words.len()..).unwrap_or_default();
    }
    out
}

/// Variables of the document: a table of names, then as many values.
fn variables(stored: &[u8]) -> Vec<String> {
    let mut out = Vec::new();
    if u16_at(stored, 0) != Some(0xFFFF) {
        return out;
    }
    let count = u16_at(stored, 2).unwrap_or(0);
    let extra = usize::from(u16_at(stored, 4).unwrap_or(0));
    let mut at = 6;
    let mut next = |behind: usize| {
        let length = usize::from(u16_at(stored, at)?) * 2;
        let words = wide(stored.get(at + 2..at + 2 + length)?);
        at += 2 + length + behind;
        Some(words)
    };
    let names: Vec<String> = (0..count).map_while(|_| next(extra)).collect();
    for name in names {
        let value = next(2).unwrap_or_default();
        out.push(format!("{name}: {value}"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(words: &[&str], extra: &[u8]) -> Vec<u8> {
        let mut out = vec![0xFF, 0xFF, words.len() as u8, 0, extra.len() as u8, 0];
        for words in words {
            out.extend((words.encode_utf16().count() as u16).to_le_bytes());
            out.extend(words.encode_utf16().flat_map(u16::to_le_bytes));
            out.extend(extra);
        }
        out
    }

    #[test]
    fn variables_have_names_and_values() {
        let mut stored = table(&["Client", "Rate"], &[0; 4]);
        for value in ["Ärzte", "12"] {
            stored.extend((value.encode_utf16().count() as u16).to_le_bytes());
            stored.extend(value.encode_utf16().chain([0]).flat_map(u16::to_le_bytes));
        }
        assert_eq!(variables(&stored), ["Client: Ärzte", "Rate: 12"]);
        for end in 0..stored.len() {
            assert!(variables(&stored[..end]).len() <= 2);
        }
    }
}
