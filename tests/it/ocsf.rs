//! What `frisk log --format ocsf` writes, against the schema: class 2006 of OCSF 1.5.0 (`events/findings/` and `objects/`
//! of the published schema, tag 1.5.0).

use std::net::IpAddr;

use frisk::policy::{Action, Situation};
use frisk::report::{Masker, Show};
use frisk::scan::{Context, Scanner};
use frisk::serve::log::{Decision, Format, Moment, Request};
use serde_json::Value;

/// Attributes whose requirement is "required", by the path of their object.
const REQUIRED: &[(&str, &[&str])] = &[
    ("", &["activity_id", "category_uid", "class_uid", "finding_info", "metadata", "severity_id", "time", "type_uid"]),
    // Of the profile `security_control`.
    ("", &["action_id", "disposition_id"]),
    ("/metadata", &["product", "version"]),
    ("/finding_info", &["uid"]),
    ("/finding_info/analytic", &["type_id"]),
    ("/data_security/classifier_details", &["type"]),
    ("/file", &["name", "type_id"]),
    ("/file/hashes/0", &["algorithm_id", "value"]),
    ("/device", &["type_id"]),
    ("/device/os", &["name", "type_id"]),
];

/// Constraints `at_least_one`.
const AT_LEAST_ONE: &[(&str, &[&str])] = &[
    ("/metadata/product", &["name", "uid"]),
    ("/finding_info/analytic", &["name", "uid"]),
    ("/data_security", &["data_lifecycle_state_id", "detection_pattern", "detection_system_id", "policy"]),
    ("/data_security/policy", &["name", "uid"]),
    ("/file", &["name", "uid"]),
    ("/actor", &["process", "user", "invoked_by", "session", "app_name", "app_uid"]),
    ("/actor/user", &["account", "name", "uid"]),
    ("/actor/user/groups/0", &["name", "uid"]),
    ("/device", &["ip", "uid", "name", "hostname", "instance_uid", "interface_uid", "interface_name"]),
    ("/src_endpoint", &["ip", "uid", "name", "hostname", "svc_name", "instance_uid", "interface_uid", "domain"]),
];

/// Values of enumerations.
const VALUES: &[(&str, &[u64])] = &[
    ("/activity_id", &[1, 2, 3]),
    ("/category_uid", &[2]),
    ("/class_uid", &[2006]),
    ("/type_uid", &[200_601, 200_602, 200_603]),
    ("/severity_id", &[0, 1, 2, 3, 4, 5, 6, 99]),
    ("/status_id", &[0, 1, 2, 3, 4, 5, 99]),
    ("/action_id", &[0, 1, 2, 99]),
    ("/disposition_id", &[0, 1, 2, 3, 15, 17, 18, 27, 99]),
    ("/confidence_id", &[0, 1, 2, 3, 99]),
    ("/data_security/category_id", &[0, 1, 2, 3, 4, 5, 6, 99]),
    ("/data_security/confidentiality_id", &[0, 1, 2, 3, 4, 5, 6, 99]),
    ("/data_security/data_lifecycle_state_id", &[0, 1, 2, 3, 99]),
    ("/data_security/detection_system_id", &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 99]),
    ("/data_security/status_id", &[0, 1, 2, 3, 99]),
    ("/file/type_id", &[0, 1, 2, 3, 4, 5, 6, 7, 99]),
    ("/file/hashes/0/algorithm_id", &[0, 1, 2, 3, 4, 5, 6, 7, 99]),
    ("/finding_info/analytic/type_id", &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 99]),
    ("/device/os/type_id", &[0, 99, 100, 101, 200, 201, 300, 301, 302, 400, 401, 402]),
];

/// Every attribute of the class, with `unmapped` for what it has none for.
const KNOWN: &[&str] = &[
    "action",
    "action_id",
    "activity_id",
    "activity_name",
    "actor",
    "category_name",
    "category_uid",
    "class_name",
    "class_uid",
    "confidence_id",
    "confidence_score",
    "data_security",
    "device",
    "disposition",
    "disposition_id",
    "file",
    "finding_info",
    "is_alert",
    "metadata",
    "severity",
    "severity_id",
    "src_endpoint",
    "status",
    "status_id",
    "time",
    "type_uid",
    "unmapped",
];

fn check(event: &Value) {
    let object = event.as_object().expect("an event is an object");
    for key in object.keys() {
        assert!(KNOWN.contains(&key.as_str()), "`{key}` is no attribute of the class");
    }
    for (path, keys) in REQUIRED {
        let Some(inner) = event.pointer(path) else { continue };
        for key in *keys {
            assert!(inner.get(key).is_some_and(|v| !v.is_null()), "{path}/{key} is required: {event}");
        }
    }
    for (path, keys) in AT_LEAST_ONE {
        let Some(inner) = event.pointer(path) else { continue };
        assert!(keys.iter().any(|key| inner.get(key).is_some()), "{path} needs one of {keys:?}: {event}");
    }
    for (path, values) in VALUES {
        let Some(value) = event.pointer(path) else { continue };
        assert!(value.as_u64().is_some_and(|v| values.contains(&v)), "{path} is {value}");
    }
    assert_eq!(event["type_uid"], event["class_uid"].as_u64().unwrap() * 100 + event["activity_id"].as_u64().unwrap());
    assert_eq!(event["metadata"]["version"], "1.5.0");
    assert!(event["time"].as_i64().is_some_and(|ms| ms > 1_600_000_000_000), "milliseconds");
}

#[test]
fn every_decision_is_an_event_of_its_class() {
    let scanner = Scanner::builder().masker(Masker::new(Show::Last4, b"")).build().unwrap();
    let full = Situation {
        user: Some("ann@example.com".to_owned()),
        groups: vec!["staff".to_owned()],
        device_tags: vec!["compliant".to_owned()],
        platform: Some("windows".to_owned()),
        address: Some(IpAddr::from([192, 0, 2, 7])),
        ..Situation::default()
    };
    let no_address = Situation { address: None, ..full.clone() };
    let texts: [&[u8]; 3] = [b"Card number: 4539 5787 6362 1486, expires 12/29", b"nothing", b"PK\x03\x04 cut off"];
    for situation in [&full, &no_address, &Situation::default()] {
        for text in texts {
            let mut record = scanner.scan(text, &Context { situation: situation.clone(), ..Context::named("a.txt") });
            record.sha256 = Some("00".repeat(32));
            for action in Action::ALL.iter().copied().map(Some).chain([None]) {
                record.action = action;
                let request = Request { id: "7".to_owned(), action, ..Request::default() };
                let decision = Decision::new(situation, &record, &request);
                check(&serde_json::from_str(&Format::Ocsf.line(&decision)).unwrap());
            }
        }
    }
    let event =
        Decision { id: "7".to_owned(), time: Moment::now(), event: Some("sign-in".to_owned()), ..Decision::default() };
    check(&serde_json::from_str(&Format::Ocsf.line(&event)).unwrap());
}
