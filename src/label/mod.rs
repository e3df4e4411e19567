//! Labels: which sensitivity labels a document carries, and whether it is protected.
//!
//! Sensitivity labels of Microsoft Purview (MIP) are stored as key/value properties, as a `LabelInfo` part, or as both
//! at once; [`read`] merges them by the reading rule of MS-OFFCRYPTO 2.6.3. Names, parents and priorities that a file
//! does not store belong to the tenant's label list: a map from [`Label::id`] to them is the caller's to apply.
//!
//! `label/` never reads text, never decides, and is blind to `find/`.
#![warn(clippy::indexing_slicing)]
#![cfg_attr(not(test), warn(clippy::arithmetic_side_effects))]

mod label_info;
mod properties;
mod protection;
mod xmp;

pub use label_info::LABEL_INFO_BYTES_MAX;
pub use protection::{Protection, protection};

/// A sensitivity label that a document carries or carried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Identifier of the label, lower case, without braces: a GUID, or any token that stands in its place.
    pub id: String,
    /// Internal name, where the file stores one (`LabelInfo` does not).
    pub name: Option<String>,
    /// Tenant that the label belongs to: a GUID, lower case, without braces.
    pub tenant: Option<String>,
    /// How it came to be: `Standard` (default, automatic), `Privileged` (chosen by a person), or another word as stored.
    pub method: Option<String>,
    /// When it was set, ISO 8601 as stored.
    pub set_date: Option<String>,
    /// What applying it did to the file: 1 header, 2 footer, 4 watermark, 8 encryption.
    pub content_bits: Option<u32>,
    /// Whether it applies.
    pub state: State,
    /// Where it was read from: `label_info`, `custom_properties`, `pdf_info` or `xmp`.
    pub source: &'static str,
}

/// Whether a label applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// The label applies.
    Active,
    /// It was removed or disabled: the document is unlabelled, but was labelled once.
    Removed,
    /// A stronger source says something else of the same tenant: a leftover, told so that nobody has to guess.
    Superseded,
}

impl State {
    /// The word used in records.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Removed => "removed",
            Self::Superseded => "superseded",
        }
    }
}

/// Labels of a document of `kind`, those of the strongest source first.
///
/// Sources are asked in order: `LabelInfo`, then properties (custom properties, PDF information dictionary), then XMP.
/// What the tenant's policy says is not known here, so each tenant is decided on its own: the first source that says
/// anything of a tenant, be it that its label was removed, is believed, and stale leftovers in later sources are not.
/// They still give the name and date of the very label that was believed.
pub fn read(properties: &crate::document::Properties, kind: crate::blob::Kind) -> Vec<Label> {
    let properties_source = if kind == crate::blob::Kind::Pdf { "pdf_info" } else { "custom_properties" };
    let mut sources: Vec<Vec<Label>> = properties.label_info.iter().map(|xml| label_info::read(xml)).collect();
    let own = properties.custom.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    sources.push(properties::read(own, properties_source));
    for packet in &properties.xmp {
        let pairs = xmp::pairs(packet);
        sources.push(properties::read(pairs.iter().map(|(key, value)| (key.as_str(), value.as_str())), "xmp"));
    }
    let mut labels = Vec::new();
    for source in sources {
        add_source(&mut labels, source);
    }
    // A list may repeat a label, and what later sources add may make two alike.
    let mut told: Vec<Label> = Vec::with_capacity(labels.len());
    for label in labels {
        if !told.contains(&label) {
            told.push(label);
        }
    }
    told
}

/// Adds what a weaker source says of tenants that no stronger one knows; what it says of the others is superseded.
fn add_source(labels: &mut Vec<Label>, source: Vec<Label>) {
    let known = labels.len();
    for label in source {
        let stronger = labels.get_mut(..known).unwrap_or_default();
        let same_tenant = |l: &Label| l.tenant.is_none() || label.tenant.is_none() || l.tenant == label.tenant;
        if let Some(same) = stronger.iter_mut().find(|l| l.id == label.id && same_tenant(l)) {
            same.name = same.name.take().or(label.name);
            same.set_date = same.set_date.take().or(label.set_date);
            same.tenant = same.tenant.take().or(label.tenant);
            continue;
        }
        // A label without its (mandatory) tenant cannot be told from a leftover once another source has spoken.
        let decided = match &label.tenant {
            None => !stronger.is_empty(),
            tenant => stronger.iter().any(|l| l.tenant == *tenant),
        };
        if !decided {
            labels.push(label);
        } else if label.state == State::Active {
            labels.push(Label { state: State::Superseded, ..label });
        }
    }
}

/// An identifier as [`Label`] has it: without white space and braces around it, lower case.
fn identifier(text: &str) -> String {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '{' | '}' | '\0')).to_lowercase()
}

/// A truth value as writers put it: `true`, `True`, `1`, `-1`, `yes`.
fn is_true(text: &str) -> bool {
    let text = text.trim();
    ["true", "1", "-1", "yes"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// A bit mask, decimal or `0x` hexadecimal.
fn bits(text: &str) -> Option<u32> {
    let text = text.trim();
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok(),
        None => text.parse().ok(),
    }
}

/// A stored word, if there is one.
fn word(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob::Kind;
    use crate::document::Properties;

    const A: &str = "11111111-2222-3333-4444-555555555555";
    const B: &str = "22222222-2222-3333-4444-555555555555";
    const TENANT: &str = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";
    const OTHER: &str = "bbbbbbbb-bbbb-cccc-dddd-eeeeeeeeeeee";

    fn custom(id: &str, tenant: &str, enabled: &str, name: &str) -> Vec<(String, String)> {
        [("Enabled", enabled), ("SiteId", tenant), ("Name", name), ("SetDate", "2024-03-05T09:12:44Z")]
            .map(|(k, v)| (format!("MSIP_Label_{id}_{k}"), v.to_owned()))
            .to_vec()
    }

    fn info(labels: &[(&str, &str, &str)]) -> String {
        let labels = labels.iter().map(|(id, tenant, state)| {
            format!(r#"<clbl:label id="{{{id}}}" enabled="1" method="Standard" siteId="{{{tenant}}}" {state}/>"#)
        });
        let space = "http://schemas.microsoft.com/office/2020/mipLabelMetadata";
        format!(r#"<clbl:labelList xmlns:clbl="{space}">{}</clbl:labelList>"#, labels.collect::<String>())
    }

    fn shown(labels: &[Label]) -> Vec<(&str, &str, Option<&str>, &str)> {
        labels.iter().map(|l| (l.id.as_str(), l.state.name(), l.name.as_deref(), l.source)).collect()
    }

    #[test]
    fn custom_properties_alone() {
        let p = Properties { custom: custom(A, TENANT, "true", "General"), ..Properties::default() };
        assert_eq!(shown(&read(&p, Kind::Docx)), [(A, "active", Some("General"), "custom_properties")]);
        assert_eq!(shown(&read(&p, Kind::Pdf)), [(A, "active", Some("General"), "pdf_info")]);
    }

    #[test]
    fn label_info_alone() {
        let p = Properties { label_info: vec![info(&[(A, TENANT, "")])], ..Properties::default() };
        assert_eq!(shown(&read(&p, Kind::Docx)), [(A, "active", None, "label_info")]);
    }

    #[test]
    fn both_agree_and_the_name_is_borrowed() {
        let p = Properties {
            custom: custom(&A.to_uppercase(), TENANT, "true", "General"),
            label_info: vec![info(&[(A, TENANT, "")])],
            ..Properties::default()
        };
        let labels = read(&p, Kind::Docx);
        assert_eq!(shown(&labels), [(A, "active", Some("General"), "label_info")]);
        assert_eq!(labels[0].set_date.as_deref(), Some("2024-03-05T09:12:44Z"));
    }

    #[test]
    fn label_info_wins_over_another_label_of_the_tenant() {
        let p = Properties {
            custom: custom(B, TENANT, "true", "General"),
            label_info: vec![info(&[(A, TENANT, "")])],
            ..Properties::default()
        };
        let expected = [(A, "active", None, "label_info"), (B, "superseded", Some("General"), "custom_properties")];
        assert_eq!(shown(&read(&p, Kind::Docx)), expected);
    }

    #[test]
    fn a_removed_label_does_not_come_back_from_stale_properties() {
        // On removal the id is the tenant's.
        let p = Properties {
            custom: custom(A, TENANT, "true", "General"),
            label_info: vec![info(&[(TENANT, TENANT, r#"removed="1""#)])],
            ..Properties::default()
        };
        let expected =
            [(TENANT, "removed", None, "label_info"), (A, "superseded", Some("General"), "custom_properties")];
        assert_eq!(shown(&read(&p, Kind::Docx)), expected);
    }

    #[test]
    fn tenants_are_decided_one_by_one() {
        let mut both = custom(A, TENANT, "true", "Stale");
        both.extend(custom(B, OTHER, "True", "Theirs"));
        let p = Properties {
            custom: both,
            label_info: vec![info(&[(TENANT, TENANT, r#"removed="true""#)])],
            ..Properties::default()
        };
        let expected = [
            (TENANT, "removed", None, "label_info"),
            (A, "superseded", Some("Stale"), "custom_properties"),
            (B, "active", Some("Theirs"), "custom_properties"),
        ];
        assert_eq!(shown(&read(&p, Kind::Docx)), expected);
    }

    #[test]
    fn a_property_without_tenant_counts_only_when_nothing_stronger_speaks() {
        let lone = vec![(format!("MSIP_Label_{A}_Enabled"), "true".to_owned())];
        let p = Properties { custom: lone.clone(), ..Properties::default() };
        assert_eq!(read(&p, Kind::Docx).len(), 1);
        let p = Properties {
            custom: lone,
            label_info: vec![info(&[(B, TENANT, r#"removed="1""#)])],
            ..Properties::default()
        };
        let expected = [(B, "removed", None, "label_info"), (A, "superseded", None, "custom_properties")];
        assert_eq!(shown(&read(&p, Kind::Docx)), expected);
    }

    #[test]
    fn the_outer_label_info_beats_the_inner_one() {
        let p = Properties {
            label_info: vec![info(&[(A, TENANT, "")]), info(&[(B, TENANT, "")])],
            ..Properties::default()
        };
        let expected = [(A, "active", None, "label_info"), (B, "superseded", None, "label_info")];
        assert_eq!(shown(&read(&p, Kind::SealedOffice)), expected);
    }

    #[test]
    fn a_damaged_or_huge_label_info_leaves_the_properties() {
        for broken in ["", "<labelList", "not xml at all", &" ".repeat(LABEL_INFO_BYTES_MAX + 1)] {
            let p = Properties {
                custom: custom(A, TENANT, "true", "General"),
                label_info: vec![broken.to_owned()],
                ..Properties::default()
            };
            assert_eq!(read(&p, Kind::Docx).len(), 1);
        }
    }

    #[test]
    fn pdf_information_first_xmp_as_its_mirror() {
        let packet = |enabled: &str| {
            format!(
                r#"<rdf:RDF><rdf:Description><pdfx:MSIP_Label_{A}_Enabled>{enabled}</pdfx:MSIP_Label_{A}_Enabled>
                <pdfx:MSIP_Label_{A}_SiteId>{TENANT}</pdfx:MSIP_Label_{A}_SiteId></rdf:Description></rdf:RDF>"#
            )
        };
        let alone = Properties { xmp: vec![packet("true")], ..Properties::default() };
        assert_eq!(shown(&read(&alone, Kind::Pdf)), [(A, "active", None, "xmp")]);
        let both = Properties { custom: custom(A, TENANT, "false", "Old"), ..alone };
        assert_eq!(shown(&read(&both, Kind::Pdf)), [(A, "removed", Some("Old"), "pdf_info")]);
    }

    #[test]
    fn values_as_writers_put_them() {
        assert_eq!(["0x2", "0X10", " 9 ", "x", ""].map(bits), [Some(2), Some(16), Some(9), None, None]);
        assert_eq!(["True", " 1", "yes", "false", "0", ""].map(is_true), [true, true, true, false, false, false]);
        assert_eq!(identifier(" {ABC-1} "), "abc-1");
    }
}
