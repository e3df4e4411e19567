//! Past decisions as a policy wants them, so that another policy can be asked what it would have said.

use crate::blob::{Kind, Reason, Suspicion};
use crate::label::{Label, Protection, State};
use crate::policy::{FindingEntry, PastDecision, Situation};
use crate::serve::log::decision::{Decision, LabelRow};
use crate::serve::log::error::LogError;
use crate::serve::log::query::{Filter, Reader};

impl From<Decision> for PastDecision {
    /// What the log does not have is unknown here, too: fields with credentials, and what [`Details::cut`] names.
    ///
    /// [`Details::cut`]: crate::serve::log::Details::cut
    fn from(decision: Decision) -> Self {
        let details = decision.details;
        let kind = decision.media_type.as_deref().and_then(kind_of).unwrap_or(Kind::Unknown);
        let mut findings = Vec::new();
        for found in details.found {
            findings.extend(found.levels.iter().map(|of| FindingEntry {
                rule: found.rule.clone(),
                name: found.name.clone(),
                category: found.category.clone(),
                level: of.level,
                count: of.count,
                unique: of.unique_count,
            }));
        }
        Self {
            situation: Situation {
                activity: decision.activity,
                event: decision.event,
                app: decision.app,
                user: decision.user,
                groups: details.groups,
                external: details.external,
                device_tags: details.device_tags,
                platform: details.platform,
                client: details.client,
                address: decision.address,
                location: details.location,
                position: details.position,
                time: Some(decision.time.into()),
                url: decision.url,
                language: None,
                id: Some(decision.id.clone()),
                carries_out: details.carries_out,
                fields: details.fields,
            },
            id: decision.id,
            name: decision.file.unwrap_or_default(),
            kind,
            size: decision.size.unwrap_or(0),
            findings,
            labels: details.labels.into_iter().map(label).collect(),
            protection: match details.encryption.as_deref() {
                Some("rights_managed") => Protection::RightsManaged,
                Some("password_encrypted") => Protection::PasswordEncrypted,
                Some("encrypted") => Protection::Encrypted,
                _ => Protection::None,
            },
            gaps: details.gaps.iter().filter_map(|gap| Reason::from_code(&gap.code)).collect(),
            suspicions: details.suspicions.iter().filter_map(|s| Suspicion::from_code(&s.code)).collect(),
            action: decision.action,
            rule: decision.rule,
        }
    }
}

impl Reader {
    /// Past decisions in the order of their times.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn past(&self, filter: &Filter) -> Result<impl Iterator<Item = Result<PastDecision, LogError>> + '_, LogError> {
        Ok(self.decisions(filter, None)?.map(|decision| decision.map(PastDecision::from)))
    }
}

/// The kind with this media type. Each kind has one of its own.
fn kind_of(media_type: &str) -> Option<Kind> {
    Kind::ALL.iter().copied().find(|kind| kind.media_type() == media_type)
}

fn label(row: LabelRow) -> Label {
    let state = match row.state.as_str() {
        "removed" => State::Removed,
        "superseded" => State::Superseded,
        _ => State::Active,
    };
    let sources = ["label_info", "custom_properties", "pdf_info", "xmp"];
    Label {
        id: row.id,
        name: row.name,
        tenant: row.tenant,
        method: row.method,
        set_date: row.set_date,
        content_bits: row.content_bits,
        state,
        source: sources.into_iter().find(|s| *s == row.source).unwrap_or("custom_properties"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_known_by_its_media_type() {
        for kind in Kind::ALL {
            assert_eq!(kind_of(kind.media_type()), Some(*kind), "two kinds have one media type");
        }
    }
}
