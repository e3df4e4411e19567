//! Right-to-left text, which stands in a file as it stands on paper: from the order of glyphs to the order of reading.

/// Appends glyphs, given from left to right, in reading order: a simplified inverse of the Unicode bidirectional
/// algorithm with two levels.
#[allow(clippy::arithmetic_side_effects, reason = "a position in a list")]
pub(super) fn logical(glyphs: &[&str], out: &mut String) {
    let first = |glyph: &&str| glyph.chars().next().unwrap_or(' ');
    let strong_left = |glyph: &&str| {
        let c = first(glyph);
        c.is_alphanumeric() && !is_right_to_left(c)
    };
    let right = glyphs.iter().filter(|g| is_right_to_left(first(g))).count();
    let letters = glyphs.iter().filter(|g| strong_left(g) && first(g).is_alphabetic()).count();
    let base_right = right >= letters;
    // Runs of one direction; what is neutral between two of the minority direction belongs to it.
    let minority = |glyph: &&str| {
        if base_right { strong_left(glyph) } else { is_right_to_left(first(glyph)) }
    };
    let mut runs: Vec<(bool, std::ops::Range<usize>)> = Vec::new();
    for (at, glyph) in glyphs.iter().enumerate() {
        let is = minority(glyph);
        let ended = if base_right { is_right_to_left(first(glyph)) } else { strong_left(glyph) };
        match runs.last_mut() {
            Some((kind, range)) if is && *kind => range.end = at + 1,
            _ if is => runs.push((true, at..at + 1)),
            Some((false, range)) => range.end = at + 1,
            Some((true, _))
                if !ended
                    && glyphs.iter().skip(at).find(|g| minority(g) || !neutral(first(g))).is_some_and(minority) =>
            {
                if let Some((_, range)) = runs.last_mut() {
                    range.end = at + 1;
                }
            }
            _ => runs.push((false, at..at + 1)),
        }
    }
    if base_right {
        runs.reverse();
    }
    for (is_minority, range) in runs {
        let run = glyphs.get(range).unwrap_or_default();
        if is_minority == base_right {
            run.iter().for_each(|g| out.push_str(g));
        } else {
            run.iter().rev().for_each(|g| out.push_str(mirrored(g)));
        }
    }
}

fn neutral(c: char) -> bool {
    !c.is_alphanumeric()
}

fn mirrored(glyph: &str) -> &str {
    match glyph {
        "(" => ")",
        ")" => "(",
        "[" => "]",
        "]" => "[",
        "<" => ">",
        ">" => "<",
        "«" => "»",
        "»" => "«",
        other => other,
    }
}

/// Vowel signs and other marks of Hebrew and Arabic.
pub(super) fn is_mark(c: char) -> bool {
    matches!(c, '\u{591}'..='\u{5BD}' | '\u{5BF}' | '\u{5C1}' | '\u{5C2}' | '\u{5C4}' | '\u{5C5}' | '\u{5C7}')
        || matches!(c, '\u{610}'..='\u{61A}' | '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{6D6}'..='\u{6DC}')
}

/// Whether a character belongs to a right-to-left script (Hebrew to Arabic Extended-A, and presentation forms).
/// Arabic digits read from left to right.
pub(super) fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{65F}' | '\u{66A}'..='\u{6EF}' | '\u{6FA}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFE}')
}
