//! Styles (ODF 1.3 part 3, clause 16): of all that they say, only what hides text is kept.

use std::collections::HashMap;

use crate::document::markup::{Event, Tag, Xml};

/// Styles that other styles are built on; more than that is a loop.
const PARENTS_MAX: usize = 16;

/// What the styles of a document hide.
#[derive(Debug, Default)]
pub(super) struct Styles(HashMap<(String, String), Style>);

#[derive(Debug, Default)]
struct Style {
    /// Said by the style itself; none = as its parent.
    hidden: Option<bool>,
    parent: Option<String>,
}

impl Styles {
    /// Takes the styles of a part.
    pub fn read(&mut self, xml: &mut Xml<'_>) {
        let mut open: Option<(String, String)> = None;
        while let Some(event) = xml.next() {
            match event {
                Event::Start(tag) => match tag.name {
                    "style" => open = self.start(&tag),
                    "text-properties" | "table-properties" | "drawing-page-properties" => {
                        let hidden = hides(&tag);
                        if let Some(style) = open.as_ref().and_then(|key| self.0.get_mut(key)) {
                            style.hidden = hidden.or(style.hidden);
                        }
                    }
                    "body" | "master-styles" | "meta" | "settings" | "scripts" | "font-face-decls" => xml.skip(),
                    _ => {}
                },
                Event::End { name: "style", .. } => open = None,
                _ => {}
            }
        }
    }

    fn start(&mut self, tag: &Tag<'_>) -> Option<(String, String)> {
        let key = (tag.attribute("family")?.into_owned(), tag.attribute("name")?.into_owned());
        let parent = tag.attribute("parent-style-name").map(|name| name.into_owned());
        self.0.entry(key.clone()).or_default().parent = parent;
        Some(key)
    }

    /// Whether the style with this name hides what it is used on.
    pub fn hides(&self, family: &str, name: &str) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let mut key = (family.to_owned(), name.to_owned());
        for _ in 0..PARENTS_MAX {
            let Some(style) = self.0.get(&key) else { return false };
            match (style.hidden, &style.parent) {
                (Some(hidden), _) => return hidden,
                (None, Some(parent)) => key.1.clone_from(parent),
                (None, None) => return false,
            }
        }
        false
    }
}

/// What the properties say about hiding; `None` = nothing.
fn hides(tag: &Tag<'_>) -> Option<bool> {
    let value = match tag.name {
        "drawing-page-properties" => return tag.attribute("visibility").map(|value| value == "hidden"),
        _ => tag.attribute("display")?,
    };
    match value.as_ref() {
        "none" | "false" => Some(true),
        "true" => Some(false),
        _ => None,
    }
}
