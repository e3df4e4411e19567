//! One decision about one file.

use crate::blob::{Gap, Suspicion};
use crate::label::{Label, State};
use crate::policy::{Action, Content, Facts, Finding, Policy, Rule, Verdict};

/// A rule that applies, and what it is about.
struct Applied<'p, 'a> {
    rule: &'p str,
    action: Action,
    message: Option<&'p str>,
    findings: Vec<&'a Finding<'a>>,
    why: String,
}

impl Policy {
    /// The name under which the key `on-unscannable` (and the table `[gaps]`) is listed among the rules that apply.
    pub const ON_UNSCANNABLE: &'static str = "on-unscannable";

    /// Decides about one file: the most restrictive action of all rules that apply; of several such rules the first.
    pub fn decide(&self, facts: &Facts<'_>) -> Verdict {
        let mut applied: Vec<Applied<'_, '_>> = self.rules.iter().filter_map(|rule| rule.applies(facts)).collect();
        applied.extend(self.unscannable(facts.gaps));
        let mut winner: Option<&Applied<'_, '_>> = None;
        for candidate in &applied {
            if winner.is_none_or(|best| candidate.action > best.action) {
                winner = Some(candidate);
            }
        }
        let Some(winner) = winner else { return Verdict::default() };
        let held_back = self.monitor_only && winner.action > Action::Monitor;
        Verdict {
            action: if held_back { Action::Monitor } else { winner.action },
            would: held_back.then_some(winner.action),
            rule: Some(winner.rule.to_owned()),
            matched_rules: applied.iter().map(|a| a.rule.to_owned()).collect(),
            message: winner.message(facts),
            message_id: Some(format!("{}.{}", self.name, winner.rule)),
            reasons: applied.iter().map(|a| format!("{}: {}", a.rule, a.why)).collect(),
        }
    }

    /// What the gaps alone are worth.
    fn unscannable(&self, gaps: &[Gap]) -> Option<Applied<'_, 'static>> {
        let worth = |gap: &Gap| {
            let named = self.gap_actions.iter().find(|(reason, _)| *reason == gap.reason);
            named.map_or(self.on_unscannable, |(_, action)| *action)
        };
        let action = gaps.iter().map(worth).max()?;
        let first = gaps.iter().find(|gap| worth(gap) == action)?;
        Some(Applied {
            rule: Self::ON_UNSCANNABLE,
            action,
            message: None,
            findings: Vec::new(),
            why: format!("not wholly examined ({})", first.reason),
        })
    }
}

impl Rule {
    /// Whether all conditions hold.
    fn applies<'p, 'a>(&'p self, facts: &Facts<'a>) -> Option<Applied<'p, 'a>> {
        let mut why = Vec::new();
        let findings = match &self.content {
            Some(content) => content.found(facts.findings)?,
            None => Vec::new(),
        };
        if !findings.is_empty() {
            let counts: Vec<String> = findings.iter().map(|f| format!("{} {}", f.rule, f.count)).collect();
            why.push(format!("found {}", counts.join(", ")));
        }
        if let Some(wanted) = &self.labels {
            why.push(label_among(wanted, facts.labels)?);
        }
        if let Some(wanted) = &self.gaps {
            let hit = |gap: &&Gap| wanted.iter().any(|w| w.is_none_or(|reason| reason == gap.reason));
            why.push(format!("gap {}", facts.gaps.iter().find(hit)?.reason));
        }
        if let Some(wanted) = &self.suspicions {
            let hit = |sign: &&Suspicion| wanted.iter().any(|w| w.is_none_or(|wanted| wanted == **sign));
            why.push(format!("suspicion {}", facts.suspicions.iter().find(hit)?));
        }
        if let Some(kinds) = &self.kinds {
            if !kinds.iter().any(|k| k.matches(facts.kind)) {
                return None;
            }
            why.push(format!("kind {}", facts.kind.media_type()));
        }
        if let Some(extensions) = &self.extensions {
            let (_, extension) = facts.name.rsplit_once('.')?;
            let extension = extension.to_lowercase();
            if !extensions.contains(&extension) {
                return None;
            }
            why.push(format!("extension .{extension}"));
        }
        if self.size_min.is_some_and(|min| facts.size < min) || self.size_max.is_some_and(|max| facts.size > max) {
            return None;
        }
        if self.size_min.or(self.size_max).is_some() {
            why.push(format!("{} bytes", facts.size));
        }
        let message = self.message.as_deref();
        Some(Applied { rule: &self.id, action: self.action, message, findings, why: why.join("; ") })
    }
}

impl Content {
    /// What was found of what must have been; `None` if that is not enough.
    fn found<'a>(&self, findings: &'a [Finding<'a>]) -> Option<Vec<&'a Finding<'a>>> {
        let enough =
            |f: &&Finding<'_>| f.level == self.level_min && f.count >= self.count_min && f.unique >= self.unique_min;
        let named = |f: &Finding<'_>| self.selectors.iter().any(|(s, _)| s.matches(f.rule, f.category));
        let hits: Vec<_> = findings.iter().filter(enough).filter(|f| named(f)).collect();
        let whole = self.selectors.iter().all(|(s, _)| hits.iter().any(|f| s.matches(f.rule, f.category)));
        (!hits.is_empty() && (whole || !self.all)).then_some(hits)
    }
}

/// The first label condition that holds, in words.
fn label_among(wanted: &[String], labels: &[Label]) -> Option<String> {
    let active = || labels.iter().filter(|label| label.state == State::Active);
    wanted.iter().find_map(|word| match word.as_str() {
        "none" => active().next().is_none().then(|| "no label".to_owned()),
        "any" => active().next().map(|label| format!("label {}", label.id)),
        word => active()
            .find(|label| {
                label.id.eq_ignore_ascii_case(word)
                    || label.name.as_deref().is_some_and(|name| name.to_lowercase() == word.to_lowercase())
            })
            .map(|label| format!("label {}", label.id)),
    })
}

impl Applied<'_, '_> {
    /// The rule's message with its placeholders filled in; a plain sentence where a file is stopped without one.
    fn message(&self, facts: &Facts<'_>) -> Option<String> {
        let template = match self.message {
            Some(template) => template,
            None if self.action >= Action::Block => "{file} is blocked by policy rule {rule}.",
            None => return None,
        };
        let count: u64 = self.findings.iter().map(|f| f.count).sum();
        let names: Vec<&str> = self.findings.iter().map(|f| f.name).collect();
        // One pass from left to right: a file name that looks like a placeholder stays as it is.
        let mut out = String::with_capacity(template.len() + 32);
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            out.push_str(before);
            match name {
                "file" => out.push_str(facts.name),
                "rules" => out.push_str(&names.join(", ")),
                "count" => out.push_str(&count.to_string()),
                _ => out.push_str(self.rule),
            }
            rest = after;
        }
        out.push_str(rest);
        Some(out)
    }
}
