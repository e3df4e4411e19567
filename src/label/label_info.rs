//! Labels as a `LabelInfo` part: `labelList` of `label` elements (MS-OFFCRYPTO 2.6.4).
//!
//! Read leniently: elements and attributes by local name, missing attributes allowed, damage ends the list.

use quick_xml::events::{BytesStart, Event};

use super::{Label, State};

/// Bytes of one `LabelInfo` part that are looked at; larger ones are refused. 1 MiB is our choice: a label takes 250
/// bytes, and honest parts hold one or two.
pub const LABEL_INFO_BYTES_MAX: usize = 1 << 20;

/// Labels in one `labelList`, in file order.
pub(super) fn read(xml: &str) -> Vec<Label> {
    if xml.len() > LABEL_INFO_BYTES_MAX {
        return Vec::new();
    }
    // UTF-16 that was taken for bytes: every other one is zero.
    let plain = if xml.contains('\0') { &xml.replace('\0', "") } else { xml };
    let mut reader = super::xmp::lenient(plain);
    let mut labels = Vec::new();
    loop {
        match reader.read_event() {
            Ok(Event::Start(e) | Event::Empty(e)) if e.local_name().as_ref() == "label" => labels.extend(label(&e)),
            Ok(Event::Eof) | Err(_) => return labels,
            Ok(_) => {}
        }
    }
}

fn label(element: &BytesStart<'_>) -> Option<Label> {
    let (mut enabled, mut removed) = (true, false);
    let mut label = Label {
        id: String::new(),
        name: None,
        tenant: None,
        method: None,
        set_date: None,
        content_bits: None,
        state: State::Removed,
        source: "label_info",
    };
    for (name, value) in super::xmp::attributes(element) {
        match name.to_ascii_lowercase().as_str() {
            "id" => label.id = super::identifier(&value),
            "enabled" => enabled = super::is_true(&value),
            "removed" => removed = super::is_true(&value),
            "siteid" => label.tenant = Some(super::identifier(&value)).filter(|t| !t.is_empty()),
            "method" => label.method = super::word(&value),
            "contentbits" => label.content_bits = super::bits(&value),
            _ => {}
        }
    }
    if enabled && !removed {
        label.state = State::Active;
    }
    (!label.id.is_empty()).then_some(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = r#"<?xml version="1.0" encoding="utf-8" standalone="yes"?>
        <clbl:labelList xmlns:clbl="http://schemas.microsoft.com/office/2020/mipLabelMetadata">
          <clbl:label id="{11111111-2222-3333-4444-55555555ABCD}" enabled="1" method="Privileged"
                      siteId="{AAAAAAAA-bbbb-cccc-dddd-eeeeeeeeeeee}" contentBits="9" removed="0"/>
          <clbl:label id="{99999999-8888-7777-6666-555555555555}" enabled="0" method="Standard"
                      siteId="{99999999-8888-7777-6666-555555555555}" removed="1"></clbl:label>
          <clbl:extLst><clbl:ext uri="x"/></clbl:extLst>
        </clbl:labelList>"#;

    #[test]
    fn two_tenants_one_label_removed() {
        let labels = read(EXAMPLE);
        assert_eq!(labels.len(), 2);
        assert_eq!(labels[0].id, "11111111-2222-3333-4444-55555555abcd");
        assert_eq!(labels[0].tenant.as_deref(), Some("aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"));
        assert_eq!((labels[0].method.as_deref(), labels[0].content_bits), (Some("Privileged"), Some(9)));
        assert_eq!((labels[0].state, labels[1].state), (State::Active, State::Removed));
    }

    #[test]
    fn marks_zeros_prefixes_and_quotes_do_not_matter() {
        let marked = format!("\u{feff}{EXAMPLE}");
        assert_eq!(read(&marked), read(EXAMPLE));
        let wide: String = EXAMPLE.chars().flat_map(|c| [c, '\0']).collect();
        assert_eq!(read(&wide), read(EXAMPLE));
        let bare = EXAMPLE.replace("clbl:", "").replace("xmlns:clbl", "xmlns").replace('"', "'");
        assert_eq!(read(&bare), read(EXAMPLE));
    }

    #[test]
    fn damage_keeps_what_stood_before_it() {
        let cut = EXAMPLE.find("<clbl:ext uri").unwrap();
        assert_eq!(read(&EXAMPLE[..cut + 9]).len(), 2);
        let disabled = r#"<l><label id="A" enabled="0"/><label enabled="1"/><label id="restricted-default"/>"#;
        let states: Vec<_> = read(disabled).into_iter().map(|l| (l.id, l.state)).collect();
        assert_eq!(states, [("a".into(), State::Removed), ("restricted-default".into(), State::Active)]);
    }
}
