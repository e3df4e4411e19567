//! Lists: values that follow each other under one label.

use std::collections::HashMap;

use super::Survivor;
use crate::find::around::Label;
use crate::find::context::Context;

/// Bytes between two values of a list.
pub(super) const SERIES_BYTES_MAX: usize = 80;

/// Lists: values of one rule that follow each other under one label.
#[derive(Debug, Default)]
pub(super) struct Series {
    /// For each rule where its last labelled value ended, and the label.
    last: HashMap<usize, (usize, String)>,
}

impl Series {
    /// The label of a value, which may be that of the value it follows in a list.
    pub(super) fn go_on(&mut self, context: &Context<'_>, s: &Survivor, label: Label, in_table: bool) -> Label {
        let label = match (label, self.last.get(&s.rule)) {
            (label @ (Label::None | Label::Nearby(_)), Some((end, word))) if !in_table && *end <= s.range.start => {
                match gap(context.folded().get(*end..s.range.start).unwrap_or_default()) {
                    Gap::Marks => Label::Ours(word.clone()),
                    Gap::Words => Label::Shared(word.clone()),
                    Gap::Other => label,
                }
            }
            (label, _) => label,
        };
        if let Label::Ours(word) | Label::Shared(word) = &label {
            self.last.insert(s.rule, (s.range.end, word.clone()));
        }
        label
    }
}

/// What stands between two values.
enum Gap {
    /// Marks and blanks: they are items of one list.
    Marks,
    /// A few words without a label in them: they may be lines of one list.
    Words,
    Other,
}

fn gap(text: &str) -> Gap {
    let paragraph = text.contains("\n\n") || text.contains("\n\r\n");
    if text.len() > SERIES_BYTES_MAX || paragraph || text.contains([':', '=', '{', '}', '<', '>']) {
        return Gap::Other;
    }
    if !text.contains(char::is_alphanumeric) {
        return Gap::Marks;
    }
    let numbers = text.split(|c: char| !c.is_ascii_digit()).any(|n| n.len() > 4);
    // A sentence ends a list; a line each does not.
    if numbers || text.contains(". ") || !text.contains('\n') { Gap::Other } else { Gap::Words }
}
