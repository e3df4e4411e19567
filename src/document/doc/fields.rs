//! Instructions of fields (ECMA-376 part 1, 17.16, which names the same ones): what of them is worth reading.

/// Fields whose instruction says nothing but how to work out the result.
const SILENT: &[&str] = &[
    "=",
    "ADVANCE",
    "AUTHOR",
    "AUTONUM",
    "AUTONUMLGL",
    "AUTONUMOUT",
    "BIDIOUTLINE",
    "COMMENTS",
    "CREATEDATE",
    "DATE",
    "EDITTIME",
    "EMBED",
    "FILENAME",
    "FILESIZE",
    "FORMCHECKBOX",
    "FORMDROPDOWN",
    "FORMTEXT",
    "INDEX",
    "KEYWORDS",
    "LASTSAVEDBY",
    "LISTNUM",
    "MERGEREC",
    "MERGESEQ",
    "NEXT",
    "NUMCHARS",
    "NUMPAGES",
    "NUMWORDS",
    "PAGE",
    "PRINTDATE",
    "REVNUM",
    "SAVEDATE",
    "SECTION",
    "SECTIONPAGES",
    "SEQ",
    "SHAPE",
    "SUBJECT",
    "SYMBOL",
    "TEMPLATE",
    "TIME",
    "TITLE",
    "TOA",
    "TOC",
    "USERADDRESS",
    "USERINITIALS",
    "USERNAME",
];
/// Fields that name a bookmark; those that Word made have names with a bar in front.
const REFERENCES: &[&str] = &["GOTOBUTTON", "NOTEREF", "PAGEREF", "REF", "STYLEREF"];

/// What to tell of an instruction: targets of links, names of data fields, conditions and their texts.
pub(super) fn told(instruction: &str) -> Option<String> {
    let mut words = instruction.split_ascii_whitespace();
    let name = words.next()?.to_ascii_uppercase();
    let silent = SILENT.contains(&name.as_str()) || name.starts_with('=');
    let reference = REFERENCES.contains(&name.as_str()) && words.next().is_none_or(|word| word.starts_with('_'));
    // A link to a place in the same document that Word marked.
    let inside = name == "HYPERLINK" && words_inside(instruction);
    (!silent && !reference && !inside).then(|| instruction.trim().to_owned())
}

/// Whether a link has nothing but the name of a bookmark that programs set.
fn words_inside(instruction: &str) -> bool {
    let mut words = instruction.split_ascii_whitespace().skip(1);
    words.next() == Some("\\l")
        && words.next().is_some_and(|word| word.trim_matches('"').starts_with('_'))
        && words.all(|word| word == "\\h")
}

/// What a field without a result shows: the text of a button, the characters that an equation puts together.
pub(super) fn shown(instruction: &str) -> Option<String> {
    let instruction = instruction.trim();
    let (name, rest) = instruction.split_once(|c: char| c.is_ascii_whitespace() || c == '\\')?;
    match name.to_ascii_uppercase().as_str() {
        "MACROBUTTON" | "GOTOBUTTON" => Some(rest.trim().split_once(' ')?.1.to_owned()),
        "QUOTE" => Some(rest.trim().trim_matches('"').to_owned()),
        "EQ" => Some(equation(instruction.get(2..)?)),
        _ => None,
    }
}

/// The characters of an equation, without what tells how to set them. Text with its reading (`\s\up`) is told as it is
/// written, then the reading in brackets, as it was typed.
#[allow(clippy::arithmetic_side_effects, reason = "two quotes around a position in a text")]
fn equation(instruction: &str) -> String {
    let mut out = String::new();
    let mut rest = instruction;
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..).unwrap_or_default();
        if c != '\\' {
            if !(c == ' ' && (out.is_empty() || out.ends_with(' '))) {
                out.push(c);
            }
            rest = after;
            continue;
        }
        let letters = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
        rest = match after.chars().next() {
            // A general switch has an argument: a font, an alignment, a size.
            Some('*') => {
                let argument = after.get(1..).unwrap_or_default().trim_start();
                let end = if let Some(quoted) = argument.strip_prefix('"') {
                    quoted.find('"').map_or(argument.len(), |at| at + 2)
                } else {
                    argument.find([' ', '\\']).unwrap_or(argument.len())
                };
                argument.get(end..).unwrap_or_default()
            }
            Some(c) if !c.is_ascii_alphabetic() => {
                out.push(c);
                after.get(c.len_utf8()..).unwrap_or_default()
            }
            // A switch and its number.
            _ => {
                let tail = after.get(letters..).unwrap_or_default();
                let number = tail.trim_start();
                let digits = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
                if digits > 0 { number.get(digits..).unwrap_or_default() } else { tail }
            }
        };
    }
    out.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instructions_that_people_wrote_are_told() {
        for (instruction, expected) in [
            (
                " HYPERLINK \"https://files.test/a\" \\o \"tip\" ",
                Some("HYPERLINK \"https://files.test/a\" \\o \"tip\""),
            ),
            ("PAGEREF _Toc123 \\h", None),
            ("HYPERLINK \\l \"_Toc1\"", None),
            ("HYPERLINK \\l \"Account\"", Some("HYPERLINK \\l \"Account\"")),
            ("REF Account \\h", Some("REF Account \\h")),
            ("TOC \\o \"1-3\"", None),
            ("page", None),
            ("=SUM(ABOVE)", None),
            ("MERGEFIELD Salary", Some("MERGEFIELD Salary")),
            ("", None),
        ] {
            assert_eq!(told(instruction).as_deref(), expected, "{instruction}");
        }
    }

    #[test]
    fn fields_without_a_result_show_their_text() {
        for (instruction, expected) in [
            ("MACROBUTTON NoMacro [Click here and type]", Some("[Click here and type]")),
            ("EQ \\* jc2 \\* \"Font:MS Mincho\" \\* hps10 \\o\\ad(\\s\\up 9(かん),漢)", Some("((かん),漢)")),
            ("PAGE", None),
        ] {
            assert_eq!(shown(instruction).as_deref(), expected, "{instruction}");
        }
    }
}
