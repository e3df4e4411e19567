//! Past decisions as a policy wants them, so that another policy can be asked what it would have said.

use crate::blob::{Reason, Suspicion};
use crate::label::Label;
use crate::policy::past::{kind_of, protection_of, state_of};
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
            kind: kind_of(decision.media_type.as_deref()),
            size: decision.size.unwrap_or(0),
            findings,
            labels: details.labels.into_iter().map(label).collect(),
            protection: protection_of(details.encryption.as_deref()),
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

fn label(row: LabelRow) -> Label {
    let sources = ["label_info", "custom_properties", "pdf_info", "xmp"];
    Label {
        id: row.id,
        name: row.name,
        tenant: row.tenant,
        method: row.method,
        set_date: row.set_date,
        content_bits: row.content_bits,
        state: state_of(&row.state),
        source: sources.into_iter().find(|s| *s == row.source).unwrap_or("custom_properties"),
    }
}
