//! Label properties mirrored in XMP packets (ISO 16684-1), as elements or as attributes, in any namespace.

use quick_xml::events::{BytesStart, Event};

/// A reader that goes on over what strict XML would refuse.
pub(super) fn lenient(xml: &str) -> quick_xml::Reader<&[u8]> {
    let mut reader = quick_xml::Reader::from_str(xml.trim_start_matches('\u{feff}'));
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    reader
}

/// Local names and values of the attributes of an element; entities that are not known stay as they are.
pub(super) fn attributes(element: &BytesStart<'_>) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for attribute in element.attributes().with_checks(false).flatten() {
        let name = attribute.key.local_name().as_ref().to_owned();
        let value =
            quick_xml::escape::unescape(&attribute.value).map_or_else(|_| attribute.value.to_string(), |v| v.into());
        pairs.push((name, value));
    }
    pairs
}

/// Label keys of a packet and their values. Damage ends the list.
pub(super) fn pairs(packet: &str) -> Vec<(String, String)> {
    let mut reader = lenient(packet);
    let mut pairs = Vec::new();
    let mut open: Option<(String, String)> = None;
    loop {
        match reader.read_event() {
            Ok(Event::Start(e)) => {
                pairs.extend(label_attributes(&e));
                let name = e.local_name().as_ref().to_owned();
                if super::properties::is_label_key(&name) {
                    open = Some((name, String::new()));
                }
            }
            Ok(Event::Empty(e)) => pairs.extend(label_attributes(&e)),
            Ok(Event::Text(t)) => {
                if let Some((_, value)) = &mut open {
                    value.push_str(&t.xml10_content());
                }
            }
            Ok(Event::CData(t)) => {
                if let Some((_, value)) = &mut open {
                    value.push_str(&t.xml10_content());
                }
            }
            Ok(Event::GeneralRef(r)) => {
                if let Some((_, value)) = &mut open {
                    value.push_str(&reference(&r));
                }
            }
            Ok(Event::End(e)) => {
                let ends = open.as_ref().is_some_and(|(name, _)| name == e.local_name().as_ref());
                pairs.extend(open.take_if(|_| ends));
            }
            Ok(Event::Eof) | Err(_) => return pairs,
            Ok(_) => {}
        }
    }
}

fn label_attributes(element: &BytesStart<'_>) -> impl Iterator<Item = (String, String)> {
    attributes(element).into_iter().filter(|(name, _)| super::properties::is_label_key(name))
}

/// What a reference stands for: a character, or nothing that is known.
fn reference(reference: &quick_xml::events::BytesRef<'_>) -> String {
    if let Ok(Some(c)) = reference.resolve_char_ref() {
        return c.to_string();
    }
    let name = reference.xml10_content();
    quick_xml::escape::resolve_predefined_entity(&name).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_attributes_and_references() {
        let packet = "\u{feff}<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?><x:xmpmeta xmlns:x='adobe:ns:meta/'>
            <rdf:RDF><rdf:Description rdf:about='' pdfx:MSIP_Label_ab-1_Enabled='true' pdf:Producer='x'>
            <pdfx:MSIP_Label_ab-1_Name>Fish &amp; Chips &#60;internal&gt;</pdfx:MSIP_Label_ab-1_Name>
            <pdfx:Company>Contoso</pdfx:Company><pdfx:MSIP_Label_ab-1_SetDate><![CDATA[2024]]></pdfx:MSIP_Label_ab-1_SetDate>
            </rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end='w'?>";
        let expected = [
            ("MSIP_Label_ab-1_Enabled", "true"),
            ("MSIP_Label_ab-1_Name", "Fish & Chips <internal>"),
            ("MSIP_Label_ab-1_SetDate", "2024"),
        ];
        assert_eq!(pairs(packet), expected.map(|(k, v)| (k.to_owned(), v.to_owned())));
    }

    #[test]
    fn damage_ends_the_list() {
        assert_eq!(pairs("<a MSIP_Label_x_Enabled='true'><b").len(), 1);
        assert!(pairs("<MSIP_Label_x_Enabled>tr").is_empty());
        assert!(pairs("no packet").is_empty());
    }
}
