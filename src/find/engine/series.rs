//! Lists: values that follow each other under one label.

use super::Survivor;
use crate::find::around::Label;
use crate::find::context::Context;

/// Bytes between two values of a list.
pub(super) const SERIES_BYTES_MAX: usize = 80;

/// Lists: values of one rule that follow each other under one label.
#[derive(Debug, Default)]
pub(super) struct Series {
    /// For each rule where its last labelled value ended, and the label.
    last: Vec<Option<(usize, String)>>,
}

impl Series {
    /// The label of a value, which may be that of the value it follows in a list.
    pub(super) fn go_on(&mut self, context: &Context<'_>, s: &Survivor, label: Label, in_table: bool) -> Label {
        let label = match (label, self.last.get(s.rule).and_then(Option::as_ref)) {
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
            if self.last.len() <= s.rule {
                self.last.resize(s.rule.saturating_add(1), None);
            }
            if let Some(last) = self.last.get_mut(s.rule) {
                *last = Some((s.range.end, word.clone()));
            }
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
