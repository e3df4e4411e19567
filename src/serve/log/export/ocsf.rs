//! Open Cybersecurity Schema Framework 1.5.0: a decision as a Data Security Finding (class 2006) with the profile
//! `security_control`. Every decision is one, also those where nothing was found: a reader of the export would
//! otherwise not see what was let pass.

use serde_json::{Map, Value, json};

use crate::find::Level;
use crate::policy::Action;
use crate::serve::log::decision::{Decision, Found};
use crate::serve::log::export::{cef, gap_codes, label_names};

/// Version of the schema.
pub const VERSION: &str = "1.5.0";
/// Data Security Finding.
const CLASS: u32 = 2006;
/// Findings.
const CATEGORY: u32 = 2;
/// Activity "Create".
const CREATE: u32 = 1;

/// The event of a decision.
pub fn event(decision: &Decision) -> Value {
    let level = decision.details.found.iter().filter_map(Found::total).map(|t| t.level).max();
    let severity = severity(decision);
    let (action_id, disposition_id) = control(decision.action);
    object([
        ("class_uid", json!(CLASS)),
        ("class_name", json!("Data Security Finding")),
        ("category_uid", json!(CATEGORY)),
        ("category_name", json!("Findings")),
        ("activity_id", json!(CREATE)),
        ("activity_name", json!("Create")),
        ("type_uid", json!(CLASS * 100 + CREATE)),
        ("time", json!(decision.time.millis())),
        ("severity_id", json!(severity.0)),
        ("severity", json!(severity.1)),
        ("status_id", json!(1)),
        ("status", json!("New")),
        ("is_alert", json!(decision.action.max(decision.would) >= Some(Action::Block))),
        ("action_id", json!(action_id)),
        ("action", named(action_id == 99, decision.action.map(Action::name))),
        ("disposition_id", json!(disposition_id)),
        ("disposition", named(disposition_id == 99, decision.action.map(Action::name))),
        ("confidence_id", level.map_or(Value::Null, |level| json!(confidence(level)))),
        ("confidence_score", level.map_or(Value::Null, |level| json!(level.threshold()))),
        ("metadata", metadata(decision)),
        ("finding_info", finding_info(decision)),
        ("data_security", data_security(decision)),
        ("file", file(decision)),
        ("actor", actor(decision)),
        ("src_endpoint", object([("ip", json!(decision.address))])),
        ("device", device(decision)),
        ("unmapped", unmapped(decision)),
    ])
}

/// An object without the keys that have nothing to say; nothing at all if none has.
fn object<const N: usize>(pairs: [(&str, Value); N]) -> Value {
    let empty = |value: &Value| match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    };
    let map: Map<String, Value> =
        pairs.into_iter().filter(|(_, value)| !empty(value)).map(|(key, value)| (key.to_owned(), value)).collect();
    if map.is_empty() { Value::Null } else { Value::Object(map) }
}

/// The word of ours that stands for "Other" (99).
fn named(other: bool, word: Option<&str>) -> Value {
    if other { json!(word) } else { Value::Null }
}

fn severity(decision: &Decision) -> (u32, &'static str) {
    match cef::severity(decision) {
        7.. => (4, "High"),
        5..=6 => (3, "Medium"),
        2..=4 => (2, "Low"),
        _ => (1, "Informational"),
    }
}

/// `action_id` and `disposition_id` of the profile `security_control`.
fn control(action: Option<Action>) -> (u32, u32) {
    match action {
        Some(Action::Allow) => (1, 1),
        // Allowed, and logged.
        Some(Action::Monitor) => (1, 17),
        Some(Action::Block) => (2, 2),
        Some(Action::Quarantine) => (2, 3),
        Some(_) => (99, 99),
        None => (0, 0),
    }
}

fn confidence(level: Level) -> u32 {
    match level {
        Level::Low => 1,
        Level::Medium => 2,
        Level::High => 3,
    }
}

fn metadata(decision: &Decision) -> Value {
    object([
        ("version", json!(VERSION)),
        ("uid", json!(decision.id)),
        ("log_name", json!("activity")),
        ("profiles", json!(["security_control"])),
        ("product", json!({"name": "frisk", "vendor_name": "frisk", "version": env!("CARGO_PKG_VERSION")})),
    ])
}

fn finding_info(decision: &Decision) -> Value {
    let what = decision.event.as_deref().or(decision.activity.map(|a| a.name())).unwrap_or("file");
    let title = format!("{}: {what}", decision.action.map_or("not decided", Action::name));
    // Rule (1) of a policy; without one it was no rule that decided.
    let analytic = decision.rule.as_ref().map(|rule| json!({"type_id": 1, "type": "Rule", "uid": rule, "name": rule}));
    let mut types: Vec<&str> = decision.details.found.iter().map(|f| f.rule.as_str()).collect();
    types.dedup();
    object([
        ("uid", json!(decision.id)),
        ("title", json!(title)),
        ("created_time", json!(decision.time.millis())),
        ("analytic", json!(analytic)),
        ("types", json!(types)),
    ])
}

fn data_security(decision: &Decision) -> Value {
    let found = &decision.details.found;
    let total = |f: &Found| f.total().map_or(0, |t| t.count);
    let most = found.iter().max_by_key(|f| total(f));
    let details: Vec<Value> = found
        .iter()
        .map(|f| json!({"type": f.name, "count": total(f), "value": first_masked(decision, &f.rule)}))
        .collect();
    let status = match decision.status.as_str() {
        "ok" => json!(1),
        "partial" => json!(2),
        "" => Value::Null,
        _ => json!(3),
    };
    let policy = object([
        ("name", json!(decision.policy)),
        ("uid", json!(decision.policy)),
        ("is_applied", json!(decision.would.is_none())),
    ]);
    object([
        ("category_id", most.map_or(Value::Null, |f| json!(category(&f.category)))),
        // Unknown: whoever knows the tenant's labels can tell.
        ("confidentiality_id", json!(0)),
        ("data_lifecycle_state_id", json!(2)),
        ("data_lifecycle_state", json!("Data in-Transit")),
        ("detection_system_id", json!(if is_proxy(&decision.frontend) { 5 } else { 2 })),
        ("detection_pattern", json!(most.map(|f| &f.rule))),
        ("pattern_match", json!(most.and_then(|f| first_masked(decision, &f.rule)))),
        ("classifier_details", json!(most.map(|f| json!({"type": "Rule", "name": f.name, "uid": f.rule})))),
        ("policy", if decision.policy.is_some() { policy } else { Value::Null }),
        ("discovery_details", json!(details)),
        ("total", json!(found.iter().map(total).sum::<u64>())),
        ("status_id", status),
        ("status_details", json!(gap_codes(decision))),
    ])
}

/// Whether a gateway asked: its words are those of [`crate::serve::decision::Front`].
fn is_proxy(frontend: &str) -> bool {
    frontend.starts_with("icap") || frontend.starts_with("envoy")
}

/// The first value of a rule, masked.
fn first_masked<'d>(decision: &'d Decision, rule: &str) -> Option<&'d str> {
    decision.details.evidence.iter().find(|e| e.rule == rule).map(|e| e.masked.as_str())
}

/// The id of a category, as policies name it.
fn category(name: &str) -> u32 {
    match name {
        "personal" => 1,
        "governmental" => 2,
        "financial" => 3,
        "business" => 4,
        "security" => 6,
        _ => 99,
    }
}

fn file(decision: &Decision) -> Value {
    let Some(name) = &decision.file else { return Value::Null };
    let hashes =
        decision.sha256.as_ref().map(|hash| json!([{"algorithm_id": 3, "algorithm": "SHA-256", "value": hash}]));
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    object([
        ("name", json!(name)),
        ("type_id", json!(1)),
        ("type", json!("Regular File")),
        ("ext", json!(extension)),
        ("size", json!(decision.size)),
        ("mime_type", json!(decision.media_type)),
        ("hashes", json!(hashes)),
        ("is_encrypted", if decision.details.encryption.is_some() { json!(true) } else { Value::Null }),
        ("confidentiality", json!(label_names(decision).join(", "))),
    ])
}

fn actor(decision: &Decision) -> Value {
    let Some(user) = &decision.user else { return Value::Null };
    let groups: Vec<Value> = decision.details.groups.iter().map(|name| json!({"name": name})).collect();
    let address = user.contains('@').then_some(user);
    object([("user", object([("name", json!(user)), ("email_addr", json!(address)), ("groups", json!(groups))]))])
}

fn device(decision: &Decision) -> Value {
    let details = &decision.details;
    let has = |tag: &str| details.device_tags.iter().any(|t| t == tag);
    let os = details.platform.as_deref().map(|platform| {
        let id = match platform {
            "windows" => 100,
            "linux" => 200,
            "android" => 201,
            "macos" => 300,
            "ios" => 301,
            _ => 99,
        };
        json!({"name": platform, "type_id": id})
    });
    // A device has an address or a name (constraint `at_least_one`); what else is known of it is in `unmapped`, too.
    let known = decision.address.filter(|_| os.is_some() || !details.device_tags.is_empty());
    let Some(address) = known else { return Value::Null };
    object([
        ("type_id", json!(0)),
        ("ip", json!(address)),
        ("is_compliant", if has("compliant") { json!(true) } else { Value::Null }),
        ("is_managed", if has("compliant") || has("hybrid-joined") { json!(true) } else { Value::Null }),
        ("os", json!(os)),
    ])
}

/// What the class has no place for.
fn unmapped(decision: &Decision) -> Value {
    let details = &decision.details;
    let suspicions: Vec<&str> = details.suspicions.iter().map(|s| s.code.as_str()).collect();
    object([
        ("frontend", json!(decision.frontend)),
        ("event", json!(decision.event)),
        ("activity", json!(decision.activity.map(|a| a.name()))),
        ("app", json!(decision.app)),
        ("url", json!(decision.url)),
        ("verdict", json!(decision.verdict)),
        ("would_be_action", json!(decision.would.map(Action::name))),
        ("policy_rules", json!(details.rules)),
        ("exceptions", json!(details.exceptions)),
        ("suspicions", json!(suspicions)),
        ("device_tags", json!(details.device_tags)),
        ("platform", json!(details.platform)),
        ("client", json!(details.client)),
        ("location", json!(details.location)),
        ("ruleset", json!(details.ruleset)),
        ("total_us", json!(details.timing.total)),
    ])
}
