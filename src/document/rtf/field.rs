//! Instructions of fields (specification 1.9.1, "Fields"): what they show or point at.

/// Texts of a field's instruction that are worth reading: the target of a link, the file or query that is included.
/// The second value is what the field shows where it has no result.
pub(super) fn read(instruction: &str) -> (Vec<String>, Option<String>) {
    let words = words(instruction);
    let Some((name, arguments)) = words.split_first() else { return Default::default() };
    let plain = || arguments.iter().filter(|word| !word.starts_with('\\')).cloned();
    match name.to_ascii_uppercase().as_str() {
        "HYPERLINK" => {
            // `\l` names a bookmark, `\t` a frame; `\o` is what a person reads when pointing at the link.
            let mut before = "";
            let mut found = Vec::new();
            for word in arguments {
                if !word.starts_with('\\') && !matches!(before, "\\l" | "\\t") {
                    found.push(word.clone());
                }
                before = word;
            }
            (found, None)
        }
        "INCLUDETEXT" | "INCLUDEPICTURE" | "INCLUDE" | "IMPORT" | "LINK" | "DDE" | "DDEAUTO" | "DATABASE" | "RD"
        | "FILLIN" | "ASK" | "COMMENTS" => (plain().collect(), None),
        "QUOTE" => (Vec::new(), Some(plain().collect::<Vec<_>>().join(" "))),
        "MACROBUTTON" => (Vec::new(), Some(plain().skip(1).collect::<Vec<_>>().join(" "))),
        _ => Default::default(),
    }
}

/// Words of an instruction; quotes keep blanks inside one, a backslash in quotes keeps the next character.
fn words(instruction: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    let mut characters = instruction.chars();
    while let Some(c) = characters.next() {
        match c {
            '"' | '\u{201C}' | '\u{201D}' => quoted = !quoted,
            '\\' if quoted => {
                if let (Some(last), Some(c)) = (words.last_mut(), characters.next()) {
                    last.push(c);
                }
            }
            c if c.is_whitespace() && !quoted => words.push(String::new()),
            c => {
                if let Some(last) = words.last_mut() {
                    last.push(c);
                }
            }
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_and_shown_texts() {
        let found = |instruction| read(instruction).0;
        assert_eq!(found(" HYPERLINK \"https://a.example/x?y\" \\o \"A tip\" "), ["https://a.example/x?y", "A tip"]);
        assert_eq!(found("HYPERLINK mailto:a@b.example"), ["mailto:a@b.example"]);
        assert_eq!(found("HYPERLINK \\l \"_Toc1\""), [""; 0]);
        assert_eq!(found("INCLUDETEXT \"C:\\\\a b\\\\c.doc\""), ["C:\\a b\\c.doc"]);
        assert_eq!(found("PAGE \\* MERGEFORMAT"), [""; 0]);
        assert_eq!(read("MACROBUTTON NoMacro Click here").1.as_deref(), Some("Click here"));
    }
}
