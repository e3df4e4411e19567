//! What the author of a policy should know of it although it loads: rules that never decide, ways in which it fails open,
//! exceptions that expired, names that nothing uses.

use std::fmt;

use super::condition::{About, Condition, LabelWord};
use super::{Action, Date, Policy, Rule};
use crate::find::{Level, nearest};

/// Something that is most likely not meant. Displays as a code, the place and a help line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lint {
    /// Stable code: `L001` never applies, `L002` never decides, `L003` fails open, `L004` expired, `L005` unknown label,
    /// `L006` unused name, `L007` only watches.
    pub code: &'static str,
    /// What it is; lower case, no full stop.
    pub message: String,
    /// The file as it was given.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// What to do about it.
    pub help: String,
}

impl fmt::Display for Lint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "warning[{}]: {}\n  --> {}:{}\n  = {}", self.code, self.message, self.file, self.line, self.help)
    }
}

impl Policy {
    /// Everything that is most likely not meant, as of `today` in UTC, in the order of the file.
    pub fn lint(&self, today: Date) -> Vec<Lint> {
        let mut lints = Lints { policy: self, found: Vec::new() };
        lints.of_policy();
        for (at, rule) in self.rules.iter().enumerate() {
            lints.unreachable(&rule.id, rule.line, &rule.conditions);
            lints.shadowed(at, rule);
            lints.open(rule);
        }
        for rate in self.every_rule().skip(self.rules.len()) {
            lints.unreachable(&rate.id, rate.line, &rate.conditions);
        }
        lints.exceptions(today);
        lints.labels();
        lints.names();
        lints.found.sort_by_key(|lint| lint.line);
        lints.found
    }
}

struct Lints<'p> {
    policy: &'p Policy,
    found: Vec<Lint>,
}

impl Lints<'_> {
    fn add(&mut self, code: &'static str, line: usize, message: String, help: &str) {
        let file = self.policy.file.clone();
        self.found.push(Lint { code, message, file, line, help: help.to_owned() });
    }

    /// The line of a key at the top of the file.
    fn line_of(&self, key: &str) -> usize {
        let starts =
            |line: &str| line.trim_start().strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('='));
        self.policy.source.lines().position(starts).map_or(1, |at| at.saturating_add(1))
    }

    fn of_policy(&mut self) {
        let policy = self.policy;
        if policy.on_unscannable == Action::Allow {
            let message = "files that cannot be examined pass without a trace".to_owned();
            self.add(
                "L003",
                self.line_of("on-unscannable"),
                message,
                "write on-unscannable = \"block\", or \"monitor\" to see them",
            );
        }
        if policy.on_overload == Action::Allow {
            let message = "requests that the service has no time for pass without a trace".to_owned();
            self.add(
                "L003",
                self.line_of("on-overload"),
                message,
                "write on-overload = \"block\", or \"monitor\" to see them",
            );
        }
        for (reason, action) in &policy.gap_actions {
            if *action == Action::Allow {
                let message = format!("files with the gap `{reason}` pass without a trace");
                self.add("L003", self.line_of(reason.code()), message, "write \"monitor\" to see them");
            }
        }
        if policy.mode.monitor && policy.mode.enforce_from.is_none() {
            let message = "nothing is stopped: the policy only watches".to_owned();
            self.add(
                "L007",
                self.line_of("mode"),
                message,
                "say from when on it is enforced: enforce-from = 2027-01-01",
            );
        }
    }

    /// Conditions that cannot hold together.
    fn unreachable(&mut self, id: &str, line: usize, conditions: &[Condition]) {
        if let Some(why) = contradiction(conditions) {
            self.add("L001", line, format!("`{id}` never applies: {why}"), "change or remove one of them");
        }
    }

    /// Rules that another one always decides for.
    fn shadowed(&mut self, at: usize, rule: &Rule) {
        if rule.action == Action::Allow {
            let message = format!("`{}` never decides: allow is what happens anyway, and it lifts nothing", rule.id);
            self.add("L002", rule.line, message, "to let somebody off a rule write an [[exception]]");
            return;
        }
        let worst = |rule: &Rule| rule.fallback.unwrap_or(rule.action).min(rule.action);
        let decides = |(other_at, other): &(usize, &Rule)| {
            let stronger = worst(other) > rule.action || worst(other) == rule.action && *other_at < at;
            let covered = other.conditions.iter().all(|a| rule.conditions.iter().any(|b| a.covers(b)));
            *other_at != at && stronger && covered && other.mode == rule.mode
        };
        if let Some((_, other)) = self.policy.rules.iter().enumerate().find(decides) {
            let message = format!("`{}` never decides: wherever it applies `{}` applies, too", rule.id, other.id);
            self.add("L002", rule.line, message, "narrow the other one, or remove this one");
        }
    }

    /// Ways in which a rule that stops something lets something through.
    fn open(&mut self, rule: &Rule) {
        if rule.fallback.unwrap_or(rule.action) == Action::Monitor && rule.action > Action::Monitor {
            let message = format!("`{}` stops nothing where `{}` cannot be carried out", rule.id, rule.action);
            self.add("L003", rule.line, message, "write or-else = \"block\"");
        }
        if rule.action < Action::Block {
            return;
        }
        for condition in &rule.conditions {
            if let Some((why, help)) = lets_through(condition) {
                let message = format!("`{}` lets through: `{}` {why}", rule.id, condition.key());
                self.add("L003", rule.line, message, help);
            }
        }
        if rule.mode.monitor && rule.mode.enforce_from.is_none() {
            let message = format!("`{}` only watches", rule.id);
            self.add("L007", rule.line, message, "say from when on it is enforced: enforce-from = 2027-01-01");
        }
    }

    fn exceptions(&mut self, today: Date) {
        for exception in &self.policy.exceptions {
            let (id, line) = (&exception.id, exception.line);
            if exception.expires < today {
                let message = format!("the exception `{id}` of {} expired on {}", exception.owner, exception.expires);
                let help = format!("remove it, or ask again whether it is still needed: {}", exception.reason);
                self.add("L004", line, message, &help);
            }
            self.unreachable(id, line, &exception.conditions);
            for condition in exception.conditions.iter().filter(|c| c.is_negative() && !c.is_of_file()) {
                let message = format!("the exception `{id}` holds where nothing is known: `{}`", condition.key());
                self.add("L003", line, message, "say whom it is for, not whom it is not for");
            }
        }
    }

    /// Labels that the map does not know: a file may store such a name, most store GUIDs alone.
    fn labels(&mut self) {
        let names = &self.policy.names.labels;
        let mut unknown = Vec::new();
        for (id, condition) in self.policy.all_conditions() {
            let Condition::Labels { wanted, .. } = condition else { continue };
            for label in wanted {
                match label {
                    LabelWord::Is { word, ids, line } if ids.is_empty() && !is_guid(word) => {
                        unknown.push((id.to_owned(), word.clone(), *line));
                    }
                    _ => {}
                }
            }
        }
        for (id, word, line) in unknown {
            let near = nearest(&word, names.iter().map(|(name, ..)| name.as_str()));
            let help = near.map_or_else(
                || "name it in [label-names] with its GUID: many files store no name".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            self.add("L005", line, format!("`{id}`: no label is called `{word}`"), &help);
        }
    }

    /// Names that nothing uses are typing errors somewhere else.
    fn names(&mut self) {
        let names = &self.policy.names;
        let (mut ranges, mut times, mut groups) = (Vec::new(), Vec::new(), Vec::new());
        for (_, condition) in self.policy.all_conditions() {
            match condition {
                Condition::Addresses { wanted, .. } => ranges.extend(wanted.iter().map(|(name, _)| name.as_str())),
                Condition::Times { wanted, .. } => times.extend(wanted.iter().map(|hours| hours.name.as_str())),
                _ => {}
            }
        }
        groups.extend(self.policy.entries().filter_map(|(_, entry)| entry.group.as_deref()));
        let unused = |named: Vec<&str>, used: &[&str]| -> Vec<String> {
            named.into_iter().filter(|name| !used.contains(name)).map(str::to_owned).collect()
        };
        let mut all = unused(names.ranges.iter().map(|(name, _)| name.as_str()).collect(), &ranges);
        all.extend(unused(names.times.iter().map(|hours| hours.name.as_str()).collect(), &times));
        all.extend(unused(names.groups.iter().map(|(name, _)| name.as_str()).collect(), &groups));
        for name in all {
            let line = self.line_of(&name);
            self.add("L006", line, format!("nothing uses `{name}`"), "use or remove it");
        }
    }
}

/// Why conditions cannot hold together, as far as that is easily told.
fn contradiction(conditions: &[Condition]) -> Option<String> {
    let is_event = |c: &Condition| matches!(c, Condition::Words { about: About::Event, .. });
    let of_file = conditions.iter().find(|c| c.is_of_file() && !c.is_negative());
    if let (true, Some(of_file)) = (conditions.iter().any(is_event), of_file) {
        return Some(format!("events have no file, and `{}` asks about one", of_file.key()));
    }
    for condition in conditions {
        match condition {
            Condition::Size { min: Some(min), max: Some(max) } if min > max => {
                return Some("`min-size` is above `max-size`".to_owned());
            }
            Condition::Field(field) if field.min.is_some_and(|min| field.max.is_some_and(|max| min > max)) => {
                return Some(format!("`min` of `{}` is above `max`", field.name));
            }
            Condition::Words { about, wanted, not: true } => {
                let excluded = |other: &Condition| match other {
                    Condition::Words { about: other_about, wanted: others, not: false } => {
                        about == other_about && others.iter().all(|o| wanted.iter().any(|w| w.covers(o)))
                    }
                    _ => false,
                };
                if conditions.iter().any(excluded) {
                    return Some(format!("`{}` excludes all of `{}`", about.key(true), about.key(false)));
                }
            }
            Condition::Devices { wanted, not: true } => {
                let excluded = |other: &Condition| match other {
                    Condition::Devices { wanted: others, not: false } => others.iter().all(|o| wanted.contains(o)),
                    _ => false,
                };
                if conditions.iter().any(excluded) {
                    return Some("`not-devices` excludes all of `devices`".to_owned());
                }
            }
            Condition::Labels { wanted, not: false } if wanted.contains(&LabelWord::None) && wanted.len() == 1 => {
                let none_is_refused = |other: &Condition| match other {
                    Condition::Labels { wanted, not: true } => wanted.contains(&LabelWord::None),
                    _ => false,
                };
                if conditions.iter().any(none_is_refused) {
                    return Some("it wants a file without labels, and with one".to_owned());
                }
            }
            _ => {}
        }
    }
    None
}

/// How a condition of a rule that stops something lets something through.
fn lets_through(condition: &Condition) -> Option<(&'static str, &'static str)> {
    match condition {
        Condition::Words { about: About::Name | About::Extension, not: false, .. } => {
            Some(("goes by the name, which anybody can change", "use `kinds`, which goes by content"))
        }
        Condition::Words { about: About::Name | About::Extension, not: true, .. } => {
            Some(("goes by the name: whoever changes it is not stopped", "use `not-kinds`, which goes by content"))
        }
        Condition::Words { about: About::Activity | About::Event, .. } | Condition::Times { .. } => None,
        Condition::Words { not: false, .. } | Condition::Addresses { not: false, .. } => {
            Some(("does not hold where that is not known", "say whom it is not for instead: `not-` holds then"))
        }
        Condition::External(_) => {
            Some(("does not hold where nobody knows whether the user is external", "see that the front end tells it"))
        }
        Condition::Devices { wanted, not: false } if !wanted.iter().any(|tag| tag == "unmanaged") => {
            Some(("does not hold where nothing is known of the device", "use not-devices, or add unmanaged"))
        }
        Condition::Content(content) if content.level_min == Level::Low => Some((
            "asks for low confidence, which scans leave out unless told otherwise",
            "scan with --min-confidence low",
        )),
        _ => None,
    }
}

/// Whether a word is a GUID, as labels are told by.
fn is_guid(word: &str) -> bool {
    let lengths: Vec<usize> = word.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12] && word.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
}
