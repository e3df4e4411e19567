//! Whole packages: what they find, what they are refused for, and that no damage to one does harm.

use super::*;
use crate::find::{Category, Ruleset};

const EXAMPLE: &str = include_str!("testdata/badge.xml");
const EVERYTHING: &[u8] = include_bytes!("testdata/every-construct-utf-16.xml");

fn set(package: &[u8]) -> Ruleset {
    let package = Package::read("pack.xml", package).unwrap_or_else(|e| panic!("{e:?}"));
    Ruleset::builder().builtin().unwrap().package(package).unwrap().build().unwrap()
}

/// Rule id, level and value of everything found by a package's own rules.
fn found(set: &Ruleset, text: &str) -> Vec<(String, u8, String)> {
    let text = Text::owned(text.to_owned());
    let found = set.find(&text, usize::MAX);
    assert!(!found.capped);
    let own = found.matches.into_iter().filter(|m| set.rules()[m.rule].category == Category::Business);
    own.map(|m| (set.rules()[m.rule].id.clone(), m.score.get(), m.value.reveal().to_owned())).collect()
}

fn levels(set: &Ruleset, text: &str) -> Vec<u8> {
    found(set, text).into_iter().map(|(_, level, _)| level).collect()
}

#[test]
fn the_worked_example() {
    let set = set(EXAMPLE.as_bytes());
    for (text, expected) in [
        ("badge NW-1234565", vec![85]),
        ("NW-1234565", vec![65]),
        ("invoice NW-1234565, badge", vec![65]),
        ("NW-1234566", vec![]),
        ("badge NW-1234566", vec![]),
        ("NW-0000000", vec![]),
        ("badge NW-0000000", vec![]),
        ("hybrid NW-1234565", vec![65]),
        ("ID NW-1234565", vec![85]),
        ("id NW-1234565", vec![65]),
        ("NW-1234565 on 2 Dec 2016", vec![85]),
        ("XNW-1234565 NW-12345650", vec![]),
    ] {
        assert_eq!(levels(&set, text), expected, "{text}");
    }
    let found = found(&set, "NW-1234565 NW-1234565\nNW-1234565");
    assert_eq!(found.len(), 3);
    assert!(found.iter().all(|f| *f == ("badge-number".to_owned(), 65, "1234565".to_owned())), "one value: {found:?}");
}

#[test]
fn the_window_is_counted_in_characters_and_holds_all_of_the_keyword() {
    let set = set(EXAMPLE.as_bytes());
    for filler in ["x", "é", "日"] {
        // 115 characters and the keyword's five are 120.
        for fill in [0, 100, 113, 114, 119, 121, 400] {
            let between = format!(" {} ", filler.repeat(fill));
            let expected = if fill + 2 <= 115 { 85 } else { 65 };
            assert_eq!(levels(&set, &format!("é badge{between}NW-1234565")), [expected], "{fill} of {filler} before");
            assert_eq!(levels(&set, &format!("é NW-1234565{between}badge")), [expected], "{fill} of {filler} after");
        }
    }
}

#[test]
fn a_match_names_its_value_its_place_and_what_held() {
    let set = set(EXAMPLE.as_bytes());
    let text = Text::owned("é badge NW-1234565".to_owned());
    let found = set.find(&text, 10).matches;
    let m = found.iter().find(|m| set.rules()[m.rule].id == "badge-number").unwrap();
    assert_eq!(&text.as_str()[m.range.clone()], "1234565");
    assert_eq!(m.evidence[0].what, "Regex_badge with Keyword_badge");
    assert_eq!(set.rules()[m.rule].sit_guid.as_deref(), Some("0d3c6a52-6f5e-4d0e-9d0a-1f3f6b1c0003"));
    assert!(set.explain(&text).iter().any(|t| t.rule == "badge-number" && t.score.get() == 85));
    assert!(set.find(&text, 0).capped, "a limit that is reached is told");
}

#[test]
fn every_construct_in_utf_16() {
    let set = set(EVERYTHING);
    let project = "7c1e0b5a-21d4-4c5b-9f0a-51b2d2a90011";
    let member = "mitgliedsnummer-fur-gaste";
    for (text, expected) in [
        // Number of hits, and of different ones.
        ("M-1234", vec![(member, 65)]),
        ("M-1234 member", vec![(member, 65)]),
        ("M-1234 member Member", vec![(member, 75)]),
        ("M-1234 member, Mitglied & Gast", vec![(member, 85)]),
        ("XM-1234 M-12345", vec![]),
        // Any counts the elements inside; the inner one must hold exactly once.
        ("ORION 12/2/2016", vec![]),
        ("orion 12/2/2016 member", vec![]),
        ("ORION 12/2/2016 member", vec![(project, 75), ("merger-talk", 0)]),
        ("ORION 12/2/2016 IL 62704", vec![(project, 75), ("merger-talk", 0)]),
        ("Akestrels IL 62704 member", vec![(project, 75)]),
        // Functions, with filters of the entity and of the pattern.
        ("536-22-8467", vec![("us-ssn", 0), ("us-ssn-guid", 75)]),
        ("sample: 536-22-8467", vec![("us-ssn", 0)]),
        ("899-22-8467", vec![("us-ssn", 0)]),
        ("536228467 member", vec![("us-ssn", 0), ("us-ssn-guid", 65)]),
        // Validators.
        ("H310199-001", vec![("staff-numbers", 75)]),
        ("H320199-001", vec![]),
        ("card 4539578763621486", vec![("staff-numbers", 85)]),
        ("card 4539578763621487", vec![]),
        // Evidence of the whole document: 1 - 0.5 * 0.4.
        ("merger ... Synergy", vec![]),
        ("merger ... synergy ... ORION 12/2/2016", vec![("merger-talk", 80)]),
    ] {
        let mut own: Vec<(String, u8)> = found(&set, text).into_iter().map(|(id, level, _)| (id, level)).collect();
        own.retain(|(id, _)| id != "us-ssn");
        let mut wanted: Vec<(String, u8)> = expected.iter().map(|(id, level)| ((*id).to_owned(), *level)).collect();
        wanted.retain(|(_, level)| *level > 0);
        for (id, _) in &mut wanted {
            if id == "us-ssn-guid" {
                // The name is a built-in rule's id, so the type goes by its GUID.
                *id = "7c1e0b5a-21d4-4c5b-9f0a-51b2d2a90012".to_owned();
            }
        }
        own.sort();
        wanted.sort();
        assert_eq!(own, wanted, "{text}");
    }
    let far = format!("merger synergy {} ORION 12/2/2016", "x ".repeat(100));
    assert_eq!(found(&set, &far).len(), 1, "each evidence has a window of its own");
    let apart = format!("merger {} synergy ORION 12/2/2016", "x ".repeat(100));
    assert!(found(&set, &apart).is_empty());
}

#[test]
fn a_package_tells_what_it_holds() {
    let package = Package::read("pack.xml", EVERYTHING).unwrap();
    assert_eq!(package.title(), "Fabrikam Typen by Fabrikam AG, version 2.1.0.3");
    assert_eq!(package.warnings(), [] as [&str; 0]);
    let types = package.types();
    assert_eq!(types.len(), 5);
    assert_eq!(types[0].levels, [85, 75, 65]);
    assert_eq!((types[1].proximity, types[1].functions.join(" ")), (None, "Func_us_address Func_us_date".to_owned()));
    assert!(types[4].affinity && types[4].recommended == 70);
    let plain = package.to_utf8();
    assert!(plain.starts_with("<?xml version=\"1.0\" encoding=\"utf-8\"?>"));
    assert_eq!(Package::read("again.xml", plain.as_bytes()).unwrap().types(), types);
}

#[test]
fn packages_live_beside_rules_and_each_other() {
    let read = || Package::read("pack.xml", EXAMPLE.as_bytes()).unwrap();
    let twice = Ruleset::builder().package(read()).unwrap().package(read());
    assert_eq!(twice.err().unwrap().code, "R006");
    let off = Ruleset::builder().builtin().unwrap().package(read()).unwrap().disable("badge").build().unwrap();
    assert!(found(&off, "badge NW-1234565").is_empty());
    let on = Ruleset::builder().builtin().unwrap().package(read()).unwrap().enable("badge").build().unwrap();
    assert_eq!(levels(&on, "badge NW-1234565"), [85]);
    assert!(on.check().is_empty(), "a customer's types come without examples");
    let other = Ruleset::builder().builtin().unwrap().build().unwrap();
    assert_ne!(on.id(), other.id());
}

/// Everything that is refused, by what replaces what in the example: the line, and words of the message.
#[test]
fn what_is_refused_is_named_with_its_type_and_line() {
    let badge = "entity `Badge number`: ";
    for (from, to, line, says) in [
        ("Func_eu_date", "Func_moon_date", 14, "Match: unknown function `Func_moon_date`"),
        ("idRef=\"Keyword_badge\"", "idRef=\"Keyword_bagde\"", 14, "Match: `Keyword_bagde` is not in the package"),
        ("idRef=\"Keyword_badge\"", "idRef=\"1d3c6a52-6f5e-4d0e-9d0a-1f3f6b1c0003\"", 14, "is not in the package"),
        ("validators=\"badge_check\"", "validators=\"bagde_check\"", 19, "unknown validator `bagde_check`"),
        ("validators=\"badge_check\"", "validators=\"Func_us_date\"", 19, "`Func_us_date` is no validator"),
        ("type=\"Checksum\"", "type=\"Checkers\"", 20, "unknown validator `Checkers`"),
        ("name=\"Mod\"", "name=\"Rest\"", 20, "Checksum has no Mod"),
        ("filters=\"no_dummies\"", "filters=\"no_dummy\"", 11, "Filters `no_dummy` are not in the package"),
        ("textProcessorId=\"Keyword_dummy\"", "textProcessorId=\"Keyword_dumy\"", 23, "`Keyword_dumy` is not"),
        (r"\bNW-(\d{7})\b", r"\bNW-(\d{7})(?R)", 19, "Regex `Regex_badge`: (?R...)"),
        (r"\bNW-(\d{7})\b", r"(?&lt;=a+)b", 19, "no fixed length"),
        (r"\bNW-(\d{7})\b", "", 19, "Regex `Regex_badge` is empty"),
        ("<Term>invoice</Term>", "", 25, "Keyword `Keyword_invoice` has no Term"),
        (
            "<Keyword id=\"Keyword_invoice\">",
            "<ExtendedKeyword id=\"Keyword_invoice\"/><Keyword id=\"k\">",
            25,
            "ExtendedKeyword `Keyword_invoice` cannot be honoured",
        ),
        (
            "<Keyword id=\"Keyword_invoice\">",
            "<Fingerprint id=\"Keyword_invoice\" threshold=\"5\"/><Keyword id=\"k\">",
            25,
            "Fingerprint `Keyword_invoice` cannot be honoured",
        ),
    ] {
        let errors = refused(from, to);
        let error = errors.first().unwrap_or_else(|| panic!("{to} is taken"));
        assert_eq!(error.place, format!("pack.xml:{line}"), "{to}: {error}");
        assert!(error.message.starts_with(badge) && error.message.contains(says), "{to}: {error}");
    }
    for (from, to, line, says) in [
        ("confidenceLevel=\"85\"", "confidenceLevel=\"850\"", 12, "Pattern: confidenceLevel is `850`"),
        ("confidenceLevel=\"85\"", "", 12, "Pattern has no confidenceLevel"),
        ("patternsProximity=\"120\"", "patternsProximity=\"0\"", 11, "Entity: patternsProximity is `0`"),
        ("recommendedConfidence=\"75\"", "recommendedConfidence=\"x\"", 11, "recommendedConfidence is `x`"),
        ("<Entity id=\"0d3c6a52-", "<Entity id=\"0d3c6a5-", 11, "is no GUID"),
        ("minMatches=\"1\"", "minMatches=\"3\"", 14, "minMatches 3 of 2 elements can never hold"),
        ("minMatches=\"0\" maxMatches=\"0\"", "minMatches=\"1\" maxMatches=\"0\"", 15, "is more than maxMatches 0"),
        ("minMatches=\"0\"", "minMatches=\"no\"", 15, "minMatches is `no`"),
        ("<Match idRef=\"Keyword_badge\"/>", "<Match/>", 14, "Match has no idRef"),
        ("<Match idRef=\"Keyword_badge\"/>", "<Match idRef=\"Keyword_badge\" minCount=\"0\"/>", 14, "minCount is `0`"),
        ("<Match idRef=\"Keyword_badge\"/>", "<Mach idRef=\"Keyword_badge\"/>", 14, "`Mach` in Any"),
        ("<IdMatch idRef=\"Regex_badge\"/>\n", "\n", 12, "Pattern has no IdMatch"),
        (
            "<IdMatch idRef=\"Regex_badge\"/>\n",
            "<IdMatch idRef=\"Regex_badge\"/><IdMatch idRef=\"Regex_badge\"/>\n",
            13,
            "more than one IdMatch",
        ),
        ("matchStyle=\"string\"", "matchStyle=\"letters\"", 26, "matchStyle is `letters`"),
        ("direction=\"EndsWith\"", "direction=\"Middle\"", 23, "direction is `Middle`"),
        ("logic=\"Exclude\"", "logic=\"Perhaps\"", 23, "logic is `Perhaps`"),
        ("type=\"TextMatchFilter\"", "type=\"Text\"", 23, "type is `Text`"),
        ("<Keyword id=\"Keyword_invoice\">", "<Keyword id=\"Keyword_badge\">", 25, "id `Keyword_badge` is used twice"),
        ("<Rules>", "<Rule>", 10, "</Rules>"),
        ("RulePackage", "RulePacket", 2, "the root element is `RulePacket`"),
    ] {
        let errors = refused(from, to);
        let error = errors.iter().find(|e| e.message.contains(says) || e.code == "R001");
        let error = error.unwrap_or_else(|| panic!("{to}: {errors:?}"));
        if error.code != "R001" {
            assert_eq!(error.place, format!("pack.xml:{line}"), "{to}: {error}");
        }
    }
    let hint = refused("idRef=\"Keyword_badge\"", "idRef=\"Keyword_bagde\"");
    assert_eq!(hint[0].help, "did you mean `Keyword_badge`?");
    assert!(Package::read("x", b"<RulePackage/>").is_err() && Package::read("x", b"").is_err());
}

fn refused(from: &str, to: &str) -> Vec<RuleError> {
    assert!(EXAMPLE.contains(from), "{from}");
    // The root's end tag has its name too.
    let text = if from == "RulePackage" { EXAMPLE.replace(from, to) } else { EXAMPLE.replacen(from, to, 1) };
    Package::read("pack.xml", text.as_bytes()).err().unwrap_or_default()
}

#[test]
fn what_is_odd_is_told() {
    for (from, to, says) in [
        ("recommendedConfidence=\"75\"", "", "no recommendedConfidence"),
        ("patternsProximity=\"120\"", "", "no patternsProximity"),
        ("workload", "workload", ""),
        (
            "confidenceLevel=\"85\"",
            "confidenceLevel=\"85\" relaxProximity=\"true\"",
            "attribute `relaxProximity` is passed over",
        ),
        ("<Term>badge</Term>", "<Term>badge</Term><Term> </Term>", "a Term without text"),
        ("<Term>badge</Term>", &format!("<Term>{}</Term>", "b".repeat(51)), "more than 50 characters"),
        ("Badge number", &"n".repeat(65), "more than 64 characters"),
        (
            "<Keyword id=\"Keyword_dummy\">",
            "<Regex id=\"r\">(</Regex><Keyword id=\"Keyword_dummy\">",
            "`r` is not used",
        ),
        (r"\bNW-(\d{7})\b", &format!(r"\bNW-(\d{{7}})\b|{}", "a".repeat(1024)), "more than 1024 characters"),
    ] {
        let text = EXAMPLE.replacen(from, to, 1);
        let package = Package::read("pack.xml", text.as_bytes()).unwrap_or_else(|e| panic!("{to}: {e:?}"));
        assert!(
            package.warnings().iter().any(|w| w.contains(says)) || says.is_empty(),
            "{says}: {:?}",
            package.warnings()
        );
    }
}

#[test]
fn a_function_without_a_rule_does_not_load() {
    let text = EXAMPLE.replacen("Func_eu_date", "Func_ssn", 1);
    let package = Package::read("pack.xml", text.as_bytes()).unwrap();
    assert_eq!(package.needs(), [("Func_ssn", "us-ssn")]);
    assert!(Ruleset::builder().package(package).unwrap().build().is_ok());
}

#[test]
fn every_function_has_its_rule() {
    let missing: Vec<_> = function::rules().filter(|(_, rule)| !crate::find::ruleset::builtin_has(rule)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn a_limit_on_steps_makes_a_gap_and_not_a_silence() {
    let text = EXAMPLE.replacen(r"\bNW-(\d{7})\b", r"(?:a|aa|aaa)+(?!a)\Kb(?=c)", 1).replacen(
        " validators=\"badge_check\"",
        "",
        1,
    );
    let set = set(text.as_bytes());
    assert!(set.find(&Text::owned(format!("{}bd", "a".repeat(4000))), 10).capped);
}

/// Whatever a package says: it is read or refused, and what is read can be run.
#[test]
fn no_mutated_package_panics_or_hangs() {
    let text = Text::owned("é badge NW-1234565, invoice M-1234 member 536-22-8467 ORION 12/2/2016 IL 62704".to_owned());
    struct None;
    impl Candidates for None {
        fn candidates(&self, _: &str, _: &Text<'_>) -> Vec<(std::ops::Range<usize>, String)> {
            vec![(0..2, "é".to_owned())]
        }
    }
    let plain = Package::read("x", EVERYTHING).unwrap().to_utf8();
    let mut seed = 11_u64;
    let mut random = move |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    let pieces: [&[u8]; 12] =
        [b"<", b">", b"\"", b"&", b"</", b"(", b"*", b"0", b"Any", b"\xFF", b"Match", b"unlimited"];
    let mut read = 0;
    for round in 0..1200 {
        let source = if round % 2 == 0 { EXAMPLE.as_bytes() } else { plain.as_bytes() };
        let mut bytes = source.to_vec();
        for _ in 0..=random(3) {
            let at = random(bytes.len());
            match random(4) {
                0 => drop(bytes.drain(at..(at + random(40)).min(bytes.len()))),
                1 => bytes[at] = bytes[at].wrapping_add(1),
                2 => bytes.truncate(at.max(1)),
                _ => drop(bytes.splice(at..at, pieces[random(pieces.len())].iter().copied())),
            }
        }
        if let Ok(package) = Package::read("x", &bytes) {
            read += 1;
            let rules: Vec<Option<usize>> = (0..package.rules(|_| false).len()).map(Some).collect();
            package.find(&text, &rules, &None, &|| false, &mut Vec::new());
        }
    }
    assert!(read > 20, "{read}: nothing but refusals proves nothing");
    for cut in (0..EVERYTHING.len()).step_by(101) {
        let _ = Package::read("x", &EVERYTHING[..cut]);
    }
}
