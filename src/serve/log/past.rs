//! Past decisions as a policy wants them, so that another policy can be asked what it would have said.

use crate::blob::{Gap, Kind, Reason, Suspicion};
use crate::label::{Label, State};
use crate::policy::{Action, Facts, Finding, Situation};
use crate::serve::log::decision::{Decision, LabelRow};
use crate::serve::log::error::LogError;
use crate::serve::log::moment::Moment;
use crate::serve::log::query::{Filter, Reader};

/// What a policy needs to decide again, and what was decided then.
///
/// What the log does not have is unknown here, too: fields with credentials, and what [`Details::cut`] names.
///
/// [`Details::cut`]: crate::serve::log::Details::cut
#[derive(Clone, Debug, PartialEq)]
pub struct PastDecision {
    /// When it was.
    pub time: Moment,
    /// Correlation id.
    pub id: String,
    /// Kind of an event that was told without content.
    pub event: Option<String>,
    /// Who, where, what, with which device; its time is set.
    pub situation: Situation,
    /// Name of the file.
    pub name: String,
    /// What it was, by content.
    pub kind: Kind,
    /// Bytes of it.
    pub size: u64,
    /// Labels.
    pub labels: Vec<Label>,
    /// What was not examined.
    pub gaps: Vec<Gap>,
    /// Signs of concealment.
    pub suspicions: Vec<Suspicion>,
    /// What was done then.
    pub action: Option<Action>,
    /// What would have been done then.
    pub would: Option<Action>,
    /// Policy that decided then.
    pub policy: Option<String>,
    /// Policy rule that decided then.
    pub rule: Option<String>,
    /// All policy rules that applied then.
    pub rules: Vec<String>,
    /// Exceptions that were used then.
    pub exceptions: Vec<String>,
    /// Fields and lists of which a part is missing.
    pub cut: Vec<String>,
    found: Vec<super::Found>,
}

impl PastDecision {
    /// What was found, as [`Facts`] wants it.
    pub fn findings(&self) -> Vec<Finding<'_>> {
        let of_rule = |found: &'_ super::Found| found.levels.clone();
        let mut findings = Vec::new();
        for found in &self.found {
            for level in of_rule(found) {
                findings.push(Finding {
                    rule: &found.rule,
                    name: &found.name,
                    category: &found.category,
                    level: level.level,
                    count: level.count,
                    unique: level.unique_count,
                });
            }
        }
        findings
    }

    /// What a policy decides about. `findings` are those of [`PastDecision::findings`].
    pub fn facts<'a>(&'a self, findings: &'a [Finding<'a>]) -> Facts<'a> {
        Facts {
            name: &self.name,
            kind: self.kind,
            size: self.size,
            findings,
            labels: &self.labels,
            gaps: &self.gaps,
            suspicions: &self.suspicions,
        }
    }
}

impl From<Decision> for PastDecision {
    fn from(decision: Decision) -> Self {
        let details = decision.details;
        let kind = decision.media_type.as_deref().and_then(kind_of).unwrap_or(Kind::Unknown);
        let gap = |gap: super::GapRow| Some(Gap::new(Reason::from_code(&gap.code)?, gap.place, gap.detail));
        Self {
            time: decision.time,
            id: decision.id,
            event: decision.event,
            situation: Situation {
                activity: decision.activity,
                app: decision.app,
                user: decision.user,
                groups: details.groups,
                external: details.external,
                device_tags: details.device_tags,
                platform: details.platform,
                client: details.client,
                address: decision.address,
                location: details.location,
                time: Some(decision.time.into()),
                url: decision.url,
                fields: details.fields,
            },
            name: decision.file.unwrap_or_default(),
            kind,
            size: decision.size.unwrap_or(0),
            labels: details.labels.into_iter().map(label).collect(),
            gaps: details.gaps.into_iter().filter_map(gap).collect(),
            suspicions: details.suspicions.iter().filter_map(|s| Suspicion::from_code(&s.code)).collect(),
            action: decision.action,
            would: decision.would,
            policy: decision.policy,
            rule: decision.rule,
            rules: details.rules,
            exceptions: details.exceptions,
            cut: details.cut,
            found: details.found,
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
