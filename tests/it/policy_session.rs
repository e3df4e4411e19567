//! Session policies: who, where, when, with which device; exceptions, messages, modes, rates, travel, events.

use std::time::{Duration, SystemTime};

use frisk::blob::{Gap, Kind, Reason, Suspicion};
use frisk::find::Level;
use frisk::label::{Label, Protection, State};
use frisk::policy::{Action, Activity, Facts, Finding, Policy, Position, Rates, Severity, Situation, Verdict};

const HEAD: &str = "on-unscannable = \"allow\"\non-overload = \"allow\"\ncontact = \"help@example.com\"\n";

fn parse(text: &str) -> Result<Policy, String> {
    Policy::parse("p.toml", text).map_err(|e| e.to_string())
}

fn policy(text: &str) -> Policy {
    parse(&format!("{HEAD}{text}")).unwrap_or_else(|e| panic!("{e}"))
}

fn error(text: &str) -> String {
    parse(&format!("{HEAD}{text}")).expect_err("the policy is wrong")
}

/// A policy of one rule that blocks under some conditions, and what stands in front of it.
fn rule(before: &str, conditions: &str) -> Policy {
    policy(&format!("{before}\n[[rule]]\nid = \"r\"\naction = \"block\"\n{conditions}\n"))
}

fn at(text: &str) -> SystemTime {
    // 2026-11-20 is a Friday; the tests count from its midnight in UTC.
    let (hours, minutes) = text.split_once(':').unwrap();
    let minutes = hours.parse::<u64>().unwrap() * 60 + minutes.parse::<u64>().unwrap();
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_132_800 + minutes * 60)
}

fn decide(policy: &Policy, situation: &Situation) -> Verdict {
    policy.decide(&Facts { kind: Kind::Docx, size: 10, ..Facts::unknown(situation, "Plan.docx") })
}

fn user(name: &str) -> Situation {
    Situation { user: Some(name.to_owned()), ..Situation::default() }
}

#[test]
fn each_filter_and_its_opposite() {
    let some = |text: &str| Some(text.to_owned());
    let lee = Situation {
        activity: Some(Activity::Download),
        app: some("Files"),
        user: some("Lee@Example.com"),
        groups: vec!["Sales".to_owned(), "Berlin".to_owned()],
        external: Some(false),
        device_tags: vec!["compliant".to_owned()],
        platform: some("windows"),
        client: some("browser"),
        address: Some("192.0.2.77".parse().unwrap()),
        location: some("DE"),
        time: Some(at("09:30")),
        url: some("https://files.example.com/a/b.docx"),
        fields: vec![("X-Dept".to_owned(), "42".to_owned())],
        ..Situation::default()
    };
    let names = "[address-ranges]\noffice = [\"192.0.2.0/24\", \"2001:db8::/32\"]\n\
                 [times.work]\nweekdays = \"mon-fri\"\nhours = \"08:00-18:00\"\n\
                 [times.night]\nhours = \"22:00-06:00\"\nzone = \"Europe/Berlin\"";
    let applies =
        |condition: &str, situation: &Situation| decide(&rule(names, condition), situation).action == Action::Block;
    for (key, hit, miss) in [
        ("activities", "[\"upload\", \"download\"]", "[\"upload\"]"),
        ("apps", "\"files\"", "\"mail\""),
        ("users", "\"*@example.com\"", "\"*@example.org\""),
        ("groups", "[\"sales\"]", "[\"legal\"]"),
        ("devices", "[\"compliant\"]", "[\"unmanaged\", \"certificate\"]"),
        ("platforms", "\"Windows\"", "\"ios\""),
        ("clients", "\"browser\"", "\"native\""),
        ("addresses", "\"office\"", "\"198.51.100.0/24\""),
        ("locations", "\"de\"", "\"fr\""),
        ("hosts", "\"*.example.com\"", "\"example.com\""),
        ("urls", "\"*/a/*\"", "\"*/c/*\""),
        ("time", "\"work\"", "\"night\""),
        ("names", "\"plan.*\"", "\"plan\""),
        ("extensions", "\"DOCX\"", "\"pdf\""),
        ("kinds", "\"docx\"", "\"pdf\""),
    ] {
        assert!(applies(&format!("{key} = {hit}"), &lee), "{key} = {hit} holds");
        assert!(!applies(&format!("{key} = {miss}"), &lee), "{key} = {miss} does not hold");
        assert!(!applies(&format!("not-{key} = {hit}"), &lee), "not-{key} = {hit} does not hold");
        assert!(applies(&format!("not-{key} = {miss}"), &lee), "not-{key} = {miss} holds");
        if !["names", "extensions", "kinds", "devices"].contains(&key) {
            let unknown = Situation::default();
            assert!(!applies(&format!("{key} = {hit}"), &unknown), "{key}: what is not known is no reason");
            assert!(applies(&format!("not-{key} = {hit}"), &unknown), "not-{key}: what is not known is none of them");
        }
    }
    assert!(applies("external = false", &lee) && !applies("external = true", &lee));
    assert!(!applies("external = false", &Situation::default()), "nobody knows");
    assert!(applies("devices = \"unmanaged\"", &Situation::default()), "a device nothing is known of is unmanaged");
    assert!(applies("where = [{ field = \"x-dept\", is = \"4?\" }]", &lee));
    assert!(!applies("where = [{ field = \"x-dept\", min = 43 }]", &lee));
    assert!(applies("where = [{ field = \"x-dept\", min = 42, max = 42 }, { field = \"y\", present = false }]", &lee));
    assert!(applies("users = \"lee@*\"\ngroups = \"berlin\"\ntime = \"work\"", &lee), "all of several");
    let late = Situation { time: Some(at("22:30")), ..lee };
    assert!(applies("time = \"night\"\nnot-time = \"work\"", &late));
}

#[test]
fn labels_by_name_parent_tenant_and_removal() {
    let label = |id: &str, tenant: &str, state| Label {
        id: id.to_owned(),
        name: None,
        tenant: Some(tenant.to_owned()),
        method: None,
        set_date: None,
        content_bits: None,
        state,
        source: "label_info",
    };
    let names = "tenants = [\"{AAAA}\"]\n[label-names]\nConfidential = \"c0\"\n\
                 \"Confidential/Partners\" = [\"{C1}\"]\nPublic = \"p0\"";
    let applies = |condition: &str, labels: &[Label]| {
        let situation = Situation::default();
        let facts = Facts { labels, ..Facts::unknown(&situation, "a.docx") };
        rule(names, condition).decide(&facts).action == Action::Block
    };
    let partners = [label("c1", "aaaa", State::Active)];
    assert!(applies("labels = \"Confidential/Partners\"", &partners));
    assert!(applies("labels = \"confidential/*\"", &partners), "a parent and all below it");
    assert!(!applies("labels = \"Confidential\"", &partners), "the parent alone");
    assert!(applies("not-labels = [\"Public\", \"none\"]", &partners));
    assert!(!applies("not-labels = \"Confidential/*\"", &partners));
    assert!(!applies("labels = \"other-tenant\"", &partners));
    assert!(applies("labels = \"other-tenant\"", &[label("x", "bbbb", State::Active)]));
    assert!(applies("labels = \"removed\"", &[label("c1", "aaaa", State::Removed)]));
    assert!(!applies("labels = \"removed\"", &partners) && !applies("labels = \"removed\"", &[]));
    assert!(error("[[rule]]\nid = \"r\"\naction = \"block\"\nlabels = \"other-tenant\"\n").contains("`tenants`"));
    let unknown = error("[[rule]]\nid = \"r\"\naction = \"block\"\nlabels = \"Secret/*\"\n");
    assert!(unknown.contains("does not know `Secret/*`"), "{unknown}");
}

#[test]
fn protection_groups_of_rules_and_what_was_not_found() {
    let finding = |rule: &'static str, count: u64| Finding {
        rule,
        name: rule,
        category: "financial",
        level: Level::Medium,
        count,
        unique: count,
    };
    let groups = "[rule-groups]\nmoney = [\"credit-card-number\", \"iban\"]";
    let applies = |condition: &str, findings: &[Finding<'_>]| {
        let situation = Situation::default();
        let facts = Facts { findings, protection: Protection::Encrypted, ..Facts::unknown(&situation, "a.docx") };
        rule(groups, condition).decide(&facts).action == Action::Block
    };
    let some = [finding("credit-card-number", 3), finding("iban", 2)];
    assert!(!applies("rules = [\"credit-card-number\", \"iban\"]\nmin-count = 5", &some), "each by itself");
    assert!(applies("rules = \"group:money\"\nmin-count = 5\nmin-unique = 5", &some), "together");
    assert!(!applies("rules = \"group:money\"\nmin-count = 6", &some));
    assert!(!applies("rules = [\"group:money\", \"us-ssn\"]\nall = true", &some));
    assert!(applies("rules = [\"group:money\"]\nnot-rules = [\"us-ssn\"]", &some));
    assert!(!applies("rules = \"iban\"\nnot-rules = \"credit-*\"", &some));
    assert!(applies("protection = \"any\"", &[]) && applies("protection = \"encrypted\"", &[]));
    assert!(!applies("protection = [\"none\", \"rights_managed\"]", &[]));
    let wrong =
        error("[[rule]]\nid = \"r\"\naction = \"block\"\nrules = \"group:mony\"\n[rule-groups]\nmoney = \"x\"\n");
    assert!(wrong.contains("did you mean `group:money`?"), "{wrong}");
}

#[test]
fn what_a_front_end_cannot_do_is_done_otherwise() {
    let text = "[[rule]]\nid = \"watch\"\naction = \"monitor\"\nusers = \"*\"\n\
                [[rule]]\nid = \"prove\"\naction = \"step_up\"\nor-else = \"block\"\nusers = \"*\"\n";
    let policy = policy(text);
    let plain = decide(&policy, &user("lee"));
    assert_eq!((plain.action, plain.wanted), (Action::Block, Some(Action::StepUp)));
    let able = Situation { carries_out: vec![Action::StepUp], ..user("lee") };
    let able = decide(&policy, &able);
    assert_eq!((able.action, able.wanted), (Action::StepUp, None));
    for (line, wanted) in [
        ("action = \"quarantine\"", "or-else = \"block\""),
        ("action = \"protect\"\nor-else = \"allow\"", "may not be `allow`"),
        ("action = \"protect\"\nor-else = \"step_up\"", "not carried out everywhere"),
        ("action = \"block\"\nor-else = \"monitor\"", "says nothing"),
    ] {
        let error = error(&format!("[[rule]]\nid = \"r\"\n{line}\nusers = \"*\"\n"));
        assert!(error.contains(wanted), "{line}: {error}");
    }
}

#[test]
fn rules_may_watch_and_begin_to_enforce() {
    let text = "time-zone = \"+01:00\"\n\
                [[rule]]\nid = \"new\"\naction = \"block\"\nusers = \"*\"\nenforce-from = 2026-11-20T10:00:00\n\
                [[rule]]\nid = \"trial\"\naction = \"quarantine\"\nor-else = \"block\"\nusers = \"*\"\nmode = \"monitor\"\n";
    let policy = policy(text);
    let of = |time: Option<SystemTime>| decide(&policy, &Situation { time, ..user("lee") });
    let before = of(Some(at("08:59")));
    assert_eq!(
        (before.action, before.would, before.rule.as_deref()),
        (Action::Monitor, Some(Action::Block), Some("new"))
    );
    let after = of(Some(at("09:00")));
    assert_eq!((after.action, after.would, after.rule.as_deref()), (Action::Block, None, Some("new")));
    assert_eq!(of(None).action, Action::Block, "a policy whose time is not known never fails open");
    let quarantine = Situation { carries_out: vec![Action::Quarantine], time: Some(at("09:00")), ..user("lee") };
    let verdict = decide(&policy, &quarantine);
    assert_eq!(
        (verdict.action, verdict.would, verdict.would_rule.as_deref()),
        (Action::Block, Some(Action::Quarantine), Some("trial"))
    );
    assert!(error("mode = \"enforce\"\nenforce-from = 2026-12-01\n").contains("leave `mode` out"));
    assert!(error("enforce-from = \"2026-12-01\"\n").contains("without quotes"));
    let all =
        parse(&format!("enforce-from = 2026-11-21\n{HEAD}[[rule]]\nid = \"r\"\naction = \"block\"\nusers = \"*\"\n"));
    let verdict = decide(&all.unwrap(), &Situation { time: Some(at("12:00")), ..user("lee") });
    assert_eq!((verdict.action, verdict.would), (Action::Monitor, Some(Action::Block)));
}

#[test]
fn exceptions_lift_rules_until_they_expire() {
    let text = "[[rule]]\nid = \"r\"\naction = \"block\"\nactivities = \"download\"\n\
                [[rule]]\nid = \"s\"\naction = \"monitor\"\nactivities = \"download\"\n\
                [[exception]]\nid = \"audit\"\nowner = \"Kim\"\nreason = \"yearly audit\"\nexpires = 2026-11-20\n\
                lifts = [\"r\", \"on-unscannable\"]\nusers = \"lee\"\n";
    let policy = policy(text);
    let of = |name: &str, time: Option<SystemTime>| {
        decide(&policy, &Situation { activity: Some(Activity::Download), time, ..user(name) })
    };
    let lifted = of("lee", Some(at("23:59")));
    assert_eq!(
        (lifted.action, lifted.matched_rules, lifted.exceptions),
        (Action::Monitor, vec!["s".to_owned()], vec!["audit".to_owned()])
    );
    assert_eq!(of("lee", Some(at("24:00"))).action, Action::Block, "it expired");
    assert_eq!(of("lee", None).action, Action::Block, "nobody knows whether it expired");
    assert_eq!(of("kim", Some(at("12:00"))).action, Action::Block, "it is for somebody else");
    let upload =
        decide(&policy, &Situation { activity: Some(Activity::Upload), time: Some(at("12:00")), ..user("lee") });
    assert!(upload.exceptions.is_empty(), "it lifted nothing");
    let whole = "[[exception]]\nid = \"e\"\nowner = \"Kim\"\nreason = \"r\"\nexpires = 2026-11-20\nlifts = \"on-unscannable\"\nusers = \"lee\"\n";
    for (from, to, wanted) in [
        ("owner = \"Kim\"\n", "", "required key `owner`"),
        ("reason = \"r\"", "reason = \" \"", "required key `reason`"),
        ("expires = 2026-11-20\n", "", "nothing is excepted for ever"),
        ("2026-11-20", "\"2026-11-20\"", "without quotes"),
        ("users = \"lee\"\n", "", "for everybody"),
        ("lifts = \"on-unscannable\"", "lifts = \"on-unscanable\"", "did you mean `on-unscannable`?"),
    ] {
        let error = error(&whole.replace(from, to));
        assert!(error.contains(wanted), "{wanted}: {error}");
    }
}

#[test]
fn messages_by_language_and_activity() {
    let situation = |language: &str| Situation {
        activity: Some(Activity::Download),
        language: (!language.is_empty()).then(|| language.to_owned()),
        id: Some("c-17".to_owned()),
        ..user("lee\n")
    };
    let plain = rule("", "users = \"*\"");
    let told = |policy: &Policy, situation: &Situation| decide(policy, situation).message.unwrap();
    assert_eq!(
        told(&plain, &situation("")),
        "Download blocked. Downloading Plan.docx is blocked by your organization's security policy."
    );
    for activity in Activity::ALL {
        let message = told(&plain, &Situation { activity: Some(*activity), ..situation("") });
        assert!(message.ends_with("is blocked by your organization's security policy."), "{activity}: {message}");
    }
    let spoken = rule(
        "[messages.de]\nr = \"{file}: {user} {id} {contact} {activity}\"\ndownload = \"nie\"\n\
         [messages.fr]\ndownload = \"{file} est bloqué\"\n[messages.es]\ndefault = \"bloqueado\"",
        "users = \"*\"\nmessage = \"no {file}\"",
    );
    assert_eq!(told(&spoken, &situation("de-AT, en;q=0.5")), "Plan.docx: lee\u{fffd} c-17 help@example.com download");
    assert_eq!(told(&spoken, &situation("fr;q=0.3, es;q=0.8")), "bloqueado");
    assert_eq!(told(&spoken, &situation("fr")), "Plan.docx est bloqué");
    assert_eq!(told(&spoken, &situation("nl")), "no Plan.docx", "the policy's own language");
    let header = Situation { fields: vec![("Accept-Language".to_owned(), "fr".to_owned())], ..situation("") };
    assert_eq!(told(&spoken, &header), "Plan.docx est bloqué");
    assert!(error("[messages.de]\ndonload = \"x\"\n").contains("did you mean `download`?"));
    assert!(error("[messages.de]\ndownload = \"{value}\"\n").contains("unknown placeholder"));
    let lacking =
        parse("on-unscannable = \"allow\"\non-overload = \"allow\"\n[messages.en]\ndefault = \"ask {contact}\"\n");
    assert!(lacking.unwrap_err().contains("needs the key `contact`"));
}

#[test]
fn alerts_are_asked_for_by_whatever_applies() {
    let alert = "alert = { severity = \"high\", daily-limit = 3 }";
    let policy = rule("", &format!("users = \"*\"\nmode = \"monitor\"\n{alert}"));
    let verdict = decide(&policy, &user("lee"));
    assert_eq!(verdict.alerts.len(), 1);
    assert_eq!((verdict.alerts[0].severity, verdict.alerts[0].daily_limit), (Severity::High, Some(3)));
    assert!(
        error("[[rule]]\nid = \"r\"\naction = \"block\"\nusers = \"*\"\nalert = { severity = \"huge\" }\n")
            .contains("critical")
    );
}

#[test]
fn overload_has_a_verdict_of_its_own() {
    let text = "on-unscannable = \"allow\"\non-overload = \"block\"\n";
    let situation = Situation { activity: Some(Activity::Upload), ..user("lee") };
    let verdict = parse(text).unwrap().overload(&situation, "a.docx");
    assert_eq!((verdict.action, verdict.rule.as_deref()), (Action::Block, Some("on-overload")));
    assert!(verdict.message.unwrap().starts_with("Upload blocked. Uploading a.docx "));
    let watched = parse(&format!("mode = \"monitor\"\n{text}")).unwrap().overload(&situation, "");
    assert_eq!((watched.action, watched.would), (Action::Monitor, Some(Action::Block)));
    assert!(parse("on-unscannable = \"allow\"\n").unwrap_err().contains("required key `on-overload`"));
}

#[test]
fn events_have_no_file() {
    let situation = Situation {
        event: Some("inbox-rule".to_owned()),
        fields: vec![("forward-to".to_owned(), "\"Kim\" <kim@mail.example.com>; lee@example.org".to_owned())],
        ..user("lee")
    };
    let applies = |condition: &str| {
        let policy = rule("domains = [\"example.com\"]", condition);
        policy.decide(&Facts::unknown(&situation, "")).action == Action::Block
    };
    assert!(applies("event = \"inbox-rule\"\nwhere = [{ field = \"Forward-To\", outside-domains = true }]"));
    assert!(!applies("event = \"inbox-rule\"\nwhere = [{ field = \"forward-to\", outside-domains = false }]"));
    assert!(!applies("event = \"inbox-rule\"\nwhere = [{ field = \"redirect-to\", outside-domains = true }]"));
    assert!(!applies("event = \"consent\""));
    assert!(!applies("max-size = 10") && !applies("labels = \"none\"") && !applies("kinds = \"opaque\""));
    assert!(applies("users = \"lee\""), "a rule about users is about events, too");
    let lacking =
        error("[[rule]]\nid = \"r\"\naction = \"block\"\nwhere = [{ field = \"a\", outside-domains = true }]\n");
    assert!(lacking.contains("domains = ["), "{lacking}");
    assert!(
        error("[[rule]]\nid = \"r\"\naction = \"block\"\nwhere = [{ field = \"a\" }]\n").contains("nothing is said")
    );
}

#[test]
fn more_than_so_many_in_a_minute() {
    let policy = policy(
        "[[rate]]\nid = \"mass\"\naction = \"block\"\nactivities = \"download\"\nwindow = \"1m\"\nmore-than = 50\n\
         alert = { severity = \"high\" }\nmessage = \"slow down\"\n",
    );
    let mut rates = Rates::new();
    let mut download = |name: &str, second: u64| {
        let time = Some(at("10:00") + Duration::from_secs(second));
        let situation = Situation { activity: Some(Activity::Download), time, ..user(name) };
        let mut verdict = decide(&policy, &situation);
        let facts = Facts::unknown(&situation, "a");
        let hits = rates.observe(&policy, &facts, &verdict);
        verdict.join(hits);
        verdict
    };
    for second in 0..50 {
        assert_eq!(download("lee", second).action, Action::Allow, "download {second} is not too many");
    }
    assert_eq!(download("kim", 50).action, Action::Allow, "somebody else");
    let over = download("Lee", 50);
    assert_eq!((over.action, over.rule.as_deref(), over.alerts.len()), (Action::Block, Some("mass"), 1));
    assert_eq!(over.message.as_deref(), Some("slow down"));
    let again = download("lee", 51);
    assert_eq!((again.action, again.alerts.len()), (Action::Block, 0), "one alert, not one a download");
    assert_eq!(download("lee", 180).action, Action::Allow, "later");
}

#[test]
fn a_sudden_share_of_encrypted_files() {
    let policy = policy(
        "[[rate]]\nid = \"ransom\"\naction = \"block\"\nactivities = [\"upload\", \"edit\"]\nwindow = \"5m\"\n\
         share-of = [\"encrypted\", \"renamed\"]\nshare-above = 50\nat-least = 10\n",
    );
    let mut rates = Rates::new();
    let mut upload = |sealed: bool, renamed: bool, second: u64| {
        let time = Some(at("10:00") + Duration::from_secs(second));
        let situation = Situation { activity: Some(Activity::Upload), time, ..user("lee") };
        let gaps: &[Gap] = if sealed { &[Gap::new(Reason::Encrypted, "", "")] } else { &[] };
        let suspicions: &[Suspicion] = if renamed { &[Suspicion::ExtensionMismatch] } else { &[] };
        let facts = Facts { gaps, suspicions, ..Facts::unknown(&situation, "a") };
        !rates.observe(&policy, &facts, &Verdict::default()).is_empty()
    };
    for second in 0..9 {
        assert!(!upload(true, false, second), "fewer than ten say nothing");
    }
    assert!(upload(false, true, 9), "ten, all of them sealed or renamed");
    for second in 10..19 {
        upload(false, false, second);
    }
    assert!(!upload(false, false, 19), "half of twenty is not above half");
}

#[test]
fn nobody_is_so_fast() {
    let policy = policy(
        "[[travel]]\nid = \"travel\"\naction = \"step_up\"\nor-else = \"block\"\nactivities = \"login\"\nmax-speed = 900\n",
    );
    let mut rates = Rates::new();
    let mut login = |name: &str, place: (f64, f64), minute: u64| {
        let situation = Situation {
            activity: Some(Activity::Login),
            position: Position::new(place.0, place.1),
            time: Some(at("10:00") + Duration::from_secs(minute * 60)),
            ..user(name)
        };
        rates.observe(&policy, &Facts::unknown(&situation, ""), &Verdict::default())
    };
    let (berlin, potsdam, sydney) = ((52.52, 13.405), (52.39, 13.06), (-33.87, 151.21));
    assert!(login("lee", berlin, 0).is_empty());
    assert!(login("lee", potsdam, 0).is_empty(), "as near as two look-ups of one address");
    assert!(login("kim", sydney, 1).is_empty(), "somebody else");
    let hits = login("lee", sydney, 60);
    assert_eq!((hits.len(), hits[0].action, hits[0].wanted), (1, Action::Block, Some(Action::StepUp)));
    assert!(hits[0].reason.ends_with("km in 60 minutes"), "{}", hits[0].reason);
    assert!(login("lee", berlin, 60 + 24 * 60).is_empty(), "a day later he may be back");
}

#[test]
fn the_memory_of_rates_is_bounded_and_outlives_a_reload() {
    let text = "[[rate]]\nid = \"a\"\naction = \"monitor\"\nwindow = \"1h\"\nmore-than = 1\nmax-keys = 100\nper = \"address\"\nactivities = \"view\"\n";
    let (policy, other) = (policy(text), policy("[[rule]]\nid = \"r\"\naction = \"block\"\nusers = \"*\"\n"));
    let mut rates = Rates::new();
    let view = |rates: &mut Rates, address: u32| {
        let address = Some(std::net::IpAddr::from(address.to_be_bytes()));
        let situation =
            Situation { activity: Some(Activity::View), address, time: Some(at("10:00")), ..Situation::default() };
        rates.observe(&policy, &Facts::unknown(&situation, ""), &Verdict::default()).len()
    };
    for address in 0..10_000 {
        assert_eq!(view(&mut rates, address), 0, "each address comes once");
    }
    assert_eq!(rates.keys(), 100);
    assert_eq!(view(&mut rates, 9_999), 1, "the last ones are remembered");
    assert_eq!(view(&mut rates, 1), 0, "the first ones are not");
    rates.keep(&policy);
    assert_eq!(view(&mut rates, 9_999), 1, "the same rate goes on");
    rates.keep(&other);
    assert_eq!(rates.keys(), 0);
    for (line, wanted) in [
        ("window = \"1m\"", "either more-than"),
        ("window = \"1x\"\nmore-than = 1", "`window` is no time"),
        ("window = \"1m\"\nshare-of = \"renamed\"\nshare-above = 100", "percentage"),
        ("window = \"1m\"\nmore-than = 1\nper = \"planet\"", "`per` is user"),
        ("window = \"1m\"\nmore-than = 1\nmax-keys = 1000000000", "at most"),
    ] {
        let error = error(&format!("[[rate]]\nid = \"r\"\naction = \"block\"\n{line}\n"));
        assert!(error.contains(wanted), "{line}: {error}");
    }
}

#[test]
fn what_is_settled_without_the_file_is_what_the_whole_file_gives() {
    let text = "name = \"p\"\non-unscannable = \"monitor\"\non-overload = \"block\"\n[[rule]]\nid = \"d\"\naction = \"block\"\n\
        devices = [\"unmanaged\"]\nalert = { severity = \"high\" }\nmessage = \"{file}: {rules}, {count}\"\n";
    let policy = parse(text).unwrap();
    let situation = Situation { activity: Some(Activity::Download), ..Situation::default() };
    let early = policy.settled(&situation, "a.txt").unwrap();
    let scanner = frisk::scan::Scanner::builder().policy(policy).build().unwrap();
    let input = frisk::report::Input { situation, ..frisk::report::Input::named("a.txt") };
    for bytes in [&b"Card number: 4539 5787 6362 1486"[..], b"nothing", b"PK\x03\x04 cut off"] {
        let whole = scanner.scan(bytes, &input);
        assert_eq!(Some(early.action), whole.action);
        assert_eq!((&early.message, &early.rule), (&whole.message, &whole.policy_rule));
        assert_eq!(early.alerts.len(), whole.alerts.len());
    }
}
