//! What a user sees in the place of what was stopped: the policy's message, as a page or as a text.

use crate::report::Record;

/// An answer in the place of the original.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockPage {
    /// `text/html; charset=utf-8` or `text/plain; charset=utf-8`.
    pub media_type: &'static str,
    /// The body.
    pub body: Vec<u8>,
}

impl BlockPage {
    /// Of the record that decided. A page where the user looks at one, a text where a file would be stored.
    #[must_use]
    pub fn new(record: Option<&Record>, id: &str, is_page: bool) -> Self {
        let message = record.and_then(|record| record.message.clone());
        let message = message.unwrap_or_else(|| "This is blocked by your organization's security policy.".to_owned());
        if !is_page {
            let body = format!("{message}\n\nReference: {id}\n").into_bytes();
            return Self { media_type: "text/plain; charset=utf-8", body };
        }
        let (message, id) = (escape(&message).replace('\n', "<br>"), escape(id));
        let body = format!(
            "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><meta name=\"robots\" content=\"noindex\"><title>Blocked</title>\n\
             <style>body{{font:16px/1.5 sans-serif;max-width:40em;margin:4em auto;padding:0 1em}}small{{color:#666}}</style></head>\n\
             <body><h1>Blocked</h1><p>{message}</p><p><small>Reference: {id}</small></p></body></html>\n"
        );
        Self { media_type: "text/html; charset=utf-8", body: body.into_bytes() }
    }
}

/// Text as it may stand in HTML.
fn escape(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Input;

    #[test]
    fn names_of_files_are_no_markup() {
        let mut record = Record::new(&Input::named("x"), "r");
        record.message = Some("<script>alert('\"&')</script>.docx is blocked".to_owned());
        let page = BlockPage::new(Some(&record), "<7>", true);
        let text = String::from_utf8(page.body).unwrap();
        assert!(!text.contains("<script") && text.contains("&lt;script&gt;alert(&#39;&quot;&amp;&#39;)"), "{text}");
        assert!(text.contains("&lt;7&gt;"));
        let plain = BlockPage::new(Some(&record), "7", false);
        assert!(plain.body.starts_with(b"<script>"), "a text is told as it is");
        assert_eq!(plain.media_type, "text/plain; charset=utf-8");
    }
}
