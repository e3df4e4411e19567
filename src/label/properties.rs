//! Labels as key/value properties: `MSIP_Label_<id>_<Attribute>` = value.
//!
//! Microsoft Information Protection SDK, "Label metadata". Read leniently: keys without regard to case, identifiers that
//! are no GUIDs, attributes of later versions (`EnabledV2`) and of applications passed over.

use super::{Label, State};

/// Labels in `pairs`, in their order, except that a label that another one names as its parent comes last: the legacy
/// client wrote both, and the child is the one that was applied.
#[allow(clippy::arithmetic_side_effects, reason = "a draft was added in front of it")]
pub(super) fn read<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>, source: &'static str) -> Vec<Label> {
    let mut drafts: Vec<Draft> = Vec::new();
    for (key, value) in pairs {
        let Some((id, attribute)) = split(key) else {
            continue;
        };
        let id = super::identifier(id);
        // Nothing but braces and blanks is left of some.
        if id.is_empty() {
            continue;
        }
        let at = drafts.iter().position(|d| d.id == id).unwrap_or_else(|| {
            drafts.push(Draft { id, ..Draft::default() });
            drafts.len() - 1
        });
        if let Some(draft) = drafts.get_mut(at) {
            draft.set(attribute, value);
        }
    }
    let parents: Vec<String> = drafts.iter().filter_map(|d| d.parent.clone()).collect();
    drafts.sort_by_key(|d| parents.contains(&d.id));
    drafts.into_iter().map(|d| d.label(source)).collect()
}

/// What the attributes of one label say.
#[derive(Default)]
struct Draft {
    id: String,
    enabled: Option<bool>,
    enabled_later_version: Option<bool>,
    removed: bool,
    tenant: Option<String>,
    name: Option<String>,
    method: Option<String>,
    method_extended: Option<String>,
    set_date: Option<String>,
    content_bits: Option<u32>,
    parent: Option<String>,
}

impl Draft {
    fn set(&mut self, attribute: &str, value: &str) {
        match attribute.to_ascii_lowercase().as_str() {
            "enabled" => self.enabled = Some(super::is_true(value)),
            "removed" => self.removed = super::is_true(value),
            "siteid" => self.tenant = Some(super::identifier(value)).filter(|t| !t.is_empty()),
            "name" => self.name = super::word(value),
            "method" => self.method = super::word(value),
            "extended_msft_method" => self.method_extended = super::word(value),
            "setdate" => self.set_date = super::word(value),
            "contentbits" => self.content_bits = super::bits(value),
            "parent" => self.parent = Some(super::identifier(value)),
            later if later.starts_with("enabledv") => self.enabled_later_version = Some(super::is_true(value)),
            _ => {}
        }
    }

    fn label(self, source: &'static str) -> Label {
        // `Enabled` is mandatory: without it, attributes are what a removal left behind.
        let enabled = self.enabled.or(self.enabled_later_version).unwrap_or(false);
        Label {
            id: self.id,
            name: self.name,
            tenant: self.tenant,
            method: self.method.or(self.method_extended),
            set_date: self.set_date,
            content_bits: self.content_bits,
            state: if enabled && !self.removed { State::Active } else { State::Removed },
            source,
        }
    }
}

/// Identifier and attribute of a key, if it is a label's.
#[allow(clippy::arithmetic_side_effects, reason = "the rest ends with what is taken off")]
fn split(key: &str) -> Option<(&str, &str)> {
    const PREFIX: &str = "MSIP_Label_";
    /// Attributes looked for from the end when the identifier is no GUID and may itself hold underscores.
    const KNOWN: [&str; 9] = [
        "_extended_msft_method",
        "_enabled",
        "_siteid",
        "_actionid",
        "_method",
        "_setdate",
        "_name",
        "_contentbits",
        "_parent",
    ];
    let key = key.trim();
    let rest = key.get(PREFIX.len()..).filter(|_| is_prefix(PREFIX, key))?;
    let (id, attribute) = rest.split_once('_')?;
    if !is_guid(id) {
        let lower = rest.to_ascii_lowercase();
        if let Some(known) = KNOWN.iter().find(|k| lower.ends_with(**k)) {
            let at = rest.len() - known.len();
            return rest.get(..at).zip(rest.get(at + 1..)).filter(|(id, _)| !id.is_empty());
        }
    }
    (!id.is_empty() && !attribute.is_empty()).then_some((id, attribute))
}

fn is_prefix(prefix: &str, text: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix))
}

/// Whether the key is a label's; for readers that pick keys out of other metadata.
pub(super) fn is_label_key(key: &str) -> bool {
    split(key).is_some()
}

fn is_guid(text: &str) -> bool {
    let text = text.trim_matches(['{', '}']);
    text.len() == 36 && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "f42aa342-8706-4288-bd11-ebb85995028c";

    fn one(pairs: &[(&str, &str)]) -> Label {
        let pairs: Vec<_> = pairs.iter().map(|(k, v)| (format!("MSIP_Label_{ID}_{k}"), *v)).collect();
        let mut labels = read(pairs.iter().map(|(k, v)| (k.as_str(), *v)), "custom_properties");
        assert_eq!(labels.len(), 1);
        labels.remove(0)
    }

    #[test]
    fn every_attribute_is_read_and_unknown_ones_do_no_harm() {
        let label = one(&[
            ("Enabled", "True"),
            ("SiteId", "72F988BF-86F1-41AF-91AB-2D7CD011DB47"),
            ("Owner", "someone@example.com"),
            ("ActionId", "62ef033e-3855-4cb7-a42c-be2c5ab126b2"),
            ("SetDate", "2017-09-03T17:18:39.7680656+03:00"),
            ("Name", "General"),
            ("Method", "Standard"),
            ("ContentBits", "0x9"),
            ("Contoso_Extra_Attribute", "kept out"),
            ("EnabledV2", "false"),
        ]);
        let expected = Label {
            id: ID.into(),
            name: Some("General".into()),
            tenant: Some("72f988bf-86f1-41af-91ab-2d7cd011db47".into()),
            method: Some("Standard".into()),
            set_date: Some("2017-09-03T17:18:39.7680656+03:00".into()),
            content_bits: Some(9),
            state: State::Active,
            source: "custom_properties",
        };
        assert_eq!(label, expected);
    }

    #[test]
    fn disabled_removed_and_left_over_are_removed() {
        assert_eq!(one(&[("Enabled", "FALSE"), ("Name", "General")]).state, State::Removed);
        assert_eq!(one(&[("Enabled", "true"), ("Removed", "True")]).state, State::Removed);
        assert_eq!(one(&[("Name", "General")]).state, State::Removed);
        assert_eq!(one(&[("EnabledV2", "true")]).state, State::Active);
        assert_eq!(one(&[("Enabled", "true"), ("Removed", "False")]).state, State::Active);
    }

    #[test]
    fn the_child_comes_before_its_parent() {
        let (parent, child) = ("074e257c-5848-4582-9a6f-34a182080e71", "1a19d03a-48bc-4359-8038-5b5f6d5847c3");
        let keys = [
            (format!("MSIP_Label_{parent}_Enabled"), "True"),
            (format!("MSIP_Label_{child}_Enabled"), "True"),
            (format!("MSIP_Label_{child}_Parent"), parent),
            (format!("MSIP_Label_{child}_Extended_MSFT_Method"), "Automatic"),
        ];
        let labels = read(keys.iter().map(|(k, v)| (k.as_str(), *v)), "pdf_info");
        assert_eq!(labels.iter().map(|l| l.id.as_str()).collect::<Vec<_>>(), [child, parent]);
        assert_eq!(labels[0].method.as_deref(), Some("Automatic"));
    }

    #[test]
    fn keys_split_whatever_the_identifier_is() {
        assert_eq!(split("MSIP_Label_restricted-default_Enabled"), Some(("restricted-default", "Enabled")));
        assert_eq!(split("msip_label_two_words_SetDate"), Some(("two_words", "SetDate")));
        assert_eq!(split("MSIP_Label_{AB}_Enabled").map(|(id, _)| super::super::identifier(id)).as_deref(), Some("ab"));
        for other in ["MSIP_Label_", "MSIP_Label_x", "MSIP_Label__Enabled", "Sensitivity", "", "MSIP_Läbel_x_Enabled"]
        {
            assert_eq!(split(other), None, "{other}");
        }
    }
}
