//! Cell styles, as far as they say how numbers look.

use std::collections::HashMap;

use super::Format;

/// How each cell style shows numbers.
#[derive(Debug, Default)]
pub struct Styles {
    /// An index into `formats`, `None` = as General.
    styles: Vec<Option<usize>>,
    formats: Vec<Format>,
    known: HashMap<u32, Option<usize>>,
}

impl Styles {
    /// Adds the next style: it shows numbers by the format `id`, one of `custom` or a built-in one.
    #[allow(clippy::arithmetic_side_effects, reason = "a format was added in front of it")]
    pub fn add(&mut self, id: u32, custom: &HashMap<u32, String>) {
        let Self { styles, formats, known } = self;
        let index = *known.entry(id).or_insert_with(|| {
            let code = custom.get(&id).map(String::as_str).or_else(|| Format::builtin(id))?;
            let format = Format::parse(code);
            if format.is_general() {
                return None;
            }
            formats.push(format);
            Some(formats.len() - 1)
        });
        styles.push(index);
    }

    /// How many styles there are.
    pub fn len(&self) -> usize {
        self.styles.len()
    }

    /// The number format of a cell style; none = as General.
    pub fn format(&self, style: usize) -> Option<&Format> {
        self.formats.get((*self.styles.get(style)?)?)
    }
}
