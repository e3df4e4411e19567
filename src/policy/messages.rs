//! What users are told: templates by language, rule and activity, filled in; never a value.

use super::error::PolicyError;
use super::keys;
use super::names::names_of;
use super::table::{Place, Table};
use super::{Action, Activity, Facts, Finding};

/// Placeholders of a message.
pub(super) const PLACEHOLDERS: &[&str] =
    &["file", "rules", "count", "contact", "id", "app", "user", "policy", "rule", "activity"];

/// The templates of a policy.
#[derive(Clone, Debug)]
pub(super) struct Messages {
    /// Language of the messages that stand in rules.
    language: String,
    contact: Option<String>,
    /// Language, and rule, activity or `default` with its template.
    by_language: Vec<(String, Vec<(String, String)>)>,
}

/// The key of a template for whatever has none of its own.
const DEFAULT: &str = "default";

impl Default for Messages {
    fn default() -> Self {
        Self { language: "en".to_owned(), contact: None, by_language: Vec::new() }
    }
}

/// What a message is about.
pub(super) struct Subject<'m> {
    pub(super) policy: &'m str,
    pub(super) rule: &'m str,
    pub(super) action: Action,
    /// The rule's own message.
    pub(super) own: Option<&'m str>,
    pub(super) findings: &'m [&'m Finding<'m>],
}

impl Messages {
    /// Reads them. `rules` are the ids that messages may be for.
    pub(super) fn read(place: Place<'_>, table: &Table<'_, '_>, rules: &[String]) -> Result<Self, PolicyError> {
        let mut messages = Self { contact: table.string("contact")?.map(str::to_owned), ..Self::default() };
        if let Some(language) = table.string("language")? {
            messages.language = language.to_lowercase();
        }
        let Some((entries, span)) = table.table("messages")? else { return Ok(messages) };
        let known = names_of(entries);
        let languages = Table::new(place, "messages", entries, span, &known)?;
        for language in known {
            let Some((entries, span)) = languages.table(language)? else { continue };
            let mut known: Vec<&str> = rules.iter().map(String::as_str).collect();
            known.extend(keys::activities());
            known.push(DEFAULT);
            let table = Table::new(place, "[messages]", entries, span, &known)?;
            let mut templates = Vec::new();
            for (key, _) in table.entries() {
                if let Some(text) = template(&table, key)? {
                    messages.needs_contact(&table, key, &text)?;
                    templates.push((key.to_owned(), text));
                }
            }
            messages.by_language.push((language.to_lowercase(), templates));
        }
        Ok(messages)
    }

    /// A message that names a contact which the policy lacks would tell users nothing.
    pub(super) fn needs_contact(&self, table: &Table<'_, '_>, key: &str, text: &str) -> Result<(), PolicyError> {
        match table.get(key) {
            Some(value) if self.contact.is_none() && text.contains("{contact}") => {
                let help = "add contact = \"it-help@example.com\" at the top of the policy".to_owned();
                Err(table.wrong(value, format!("`{key}` needs the key `contact`"), Some(help)))
            }
            _ => Ok(()),
        }
    }

    /// The message for one decision: the first of the user's languages that has one, then the policy's. Of a language
    /// the rule's comes first, then the activity's, then the default.
    pub(super) fn of(&self, subject: &Subject<'_>, facts: &Facts<'_>) -> Option<String> {
        let situation = facts.situation;
        let header = situation.field("accept-language").next();
        let mut languages = accepted(situation.language.as_deref().or(header).unwrap_or_default());
        languages.push(self.language.clone());
        let stopped = subject.action >= Action::Block;
        let template = languages.iter().find_map(|language| self.template(language, subject, facts, stopped));
        let template = match template {
            Some(template) => template,
            None if stopped => sentence(situation.activity),
            None => return None,
        };
        Some(self.fill(&template, subject, facts))
    }

    fn template(&self, language: &str, subject: &Subject<'_>, facts: &Facts<'_>, stopped: bool) -> Option<String> {
        let of_language = self.by_language.iter().find(|(known, _)| known == language);
        let get = |key: &str| {
            let (_, templates) = of_language?;
            templates.iter().find(|(known, _)| known == key).map(|(_, text)| text.clone())
        };
        let own = || if language == self.language { subject.own.map(str::to_owned) } else { None };
        let activity = facts.situation.activity.map_or(DEFAULT, Activity::name);
        let general = || if stopped { get(activity).or_else(|| get(DEFAULT)) } else { None };
        get(subject.rule).or_else(own).or_else(general)
    }

    /// One pass from left to right: a file name that looks like a placeholder stays as it is.
    fn fill(&self, template: &str, subject: &Subject<'_>, facts: &Facts<'_>) -> String {
        let situation = facts.situation;
        let names: Vec<&str> = subject.findings.iter().map(|f| f.name).collect();
        let count = subject.findings.iter().map(|f| f.count).fold(0, u64::saturating_add);
        let known = |value: &Option<String>, else_: &str| plain(value.as_deref().unwrap_or(else_));
        let mut out = String::with_capacity(template.len().saturating_add(32));
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            out.push_str(before);
            out.push_str(&match name {
                "file" if facts.name.is_empty() => "this content".to_owned(),
                "file" => plain(facts.name),
                "rules" if names.is_empty() => "no sensitive data by name".to_owned(),
                "rules" => names.join(", "),
                "count" => count.to_string(),
                "contact" => known(&self.contact, "your administrator"),
                "id" => known(&situation.id, "-"),
                "app" => known(&situation.app, "this app"),
                "user" => known(&situation.user, "this user"),
                "policy" => plain(subject.policy),
                "activity" => situation.activity.map_or("-", Activity::name).to_owned(),
                _ => plain(subject.rule),
            });
            rest = after;
        }
        out.push_str(rest);
        out
    }
}

/// The sentence for what a policy has no words for.
fn sentence(activity: Option<Activity>) -> String {
    let words = match activity {
        // At rest, nobody is doing anything.
        None => return "{file} is blocked by policy rule {rule}.".to_owned(),
        Some(Activity::Download) => ("Download", "Downloading {file}"),
        Some(Activity::Upload) => ("Upload", "Uploading {file}"),
        Some(Activity::Paste) => ("Paste", "Pasting this content"),
        Some(Activity::Copy) => ("Copy", "Copying this content"),
        Some(Activity::Cut) => ("Cut", "Cutting this content"),
        Some(Activity::Print) => ("Print", "Printing {file}"),
        Some(Activity::Message) => ("Message", "Sending this message"),
        Some(Activity::Share) => ("Share", "Sharing {file}"),
        Some(Activity::Unshare) => ("Unshare", "Unsharing {file}"),
        Some(Activity::View) => ("View", "Viewing {file}"),
        Some(Activity::Create) => ("Create", "Creating {file}"),
        Some(Activity::Edit) => ("Edit", "Editing {file}"),
        Some(Activity::Delete) => ("Delete", "Deleting {file}"),
        Some(Activity::Login) => ("Sign-in", "Signing in"),
        Some(Activity::Consent) => ("Consent", "Giving an app these permissions"),
        Some(Activity::Configure) => ("Change", "Changing these settings"),
    };
    format!("{} blocked. {} is blocked by your organization's security policy.", words.0, words.1)
}

/// The template under a key, if all its placeholders are known.
pub(super) fn template(table: &Table<'_, '_>, key: &str) -> Result<Option<String>, PolicyError> {
    let (Some(text), Some(value)) = (table.string(key)?, table.get(key)) else { return Ok(None) };
    for piece in text.split('{').skip(1) {
        let name = piece.split('}').next().unwrap_or(piece);
        if !piece.contains('}') || !PLACEHOLDERS.contains(&name) {
            let known: Vec<String> = PLACEHOLDERS.iter().map(|name| format!("{{{name}}}")).collect();
            let problem = format!("`{key}` has the unknown placeholder `{{{name}}}`");
            return Err(table.wrong(value, problem, Some(format!("known placeholders: {}", known.join(", ")))));
        }
    }
    Ok(Some(text.to_owned()))
}

/// Languages of `Accept-Language`, the most wanted first, each with its family behind it (`de-at`, `de`).
fn accepted(header: &str) -> Vec<String> {
    let mut wanted: Vec<(u32, String)> = Vec::new();
    for item in header.split(',').take(LANGUAGES_MAX) {
        let mut parts = item.split(';').map(str::trim);
        let tag = parts.next().unwrap_or_default().to_lowercase();
        let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1.0), |q| q.parse::<f32>().ok());
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
        let weight = (weight.unwrap_or(0.0).clamp(0.0, 1.0) * 1000.0) as u32;
        if !tag.is_empty() && tag != "*" && weight > 0 {
            wanted.push((weight, tag));
        }
    }
    wanted.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    let mut languages: Vec<String> = Vec::new();
    for (_, tag) in wanted {
        let family = tag.split('-').next().unwrap_or_default().to_owned();
        for language in [tag, family] {
            if !languages.contains(&language) {
                languages.push(language);
            }
        }
    }
    languages
}

/// Entries of `Accept-Language` that are looked at; browsers send five or so.
const LANGUAGES_MAX: usize = 32;

/// A name as it may stand in a message: on one line, and in the order it is written.
fn plain(text: &str) -> String {
    let steers = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
    };
    text.chars().map(|c| if steers(c) { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_by_weight_with_their_families() {
        assert_eq!(accepted("de-AT, en;q=0.5, fr;q=0.9"), ["de-at", "de", "fr", "en"]);
        assert_eq!(accepted("*, x;q=0, ;;, fr;q=nonsense"), Vec::<String>::new());
    }

    #[test]
    fn names_steer_nothing() {
        assert_eq!(plain("a\nb\u{202e}c"), "a\u{fffd}b\u{fffd}c");
    }
}
