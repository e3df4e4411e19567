//! Whole packages.

use super::*;
use crate::find::Ruleset;

const EXAMPLE: &str = include_str!("testdata/badge.xml");

/// Rule id, level and value of everything found by a package's own rules.
fn found(package: &str, text: &str) -> Vec<(String, u8, String)> {
    let package = Package::read("pack.xml", package.as_bytes()).unwrap_or_else(|e| panic!("{e:?}"));
    let set = Ruleset::builder().builtin().unwrap().package(package).unwrap().build().unwrap();
    let text = Text::owned(text.to_owned());
    let matches = set.find(&text, usize::MAX).matches.into_iter();
    let own = matches.filter(|m| set.rules()[m.rule].category == crate::find::Category::Business);
    own.map(|m| (set.rules()[m.rule].id.clone(), m.score.get(), m.value.reveal().to_owned())).collect()
}

fn levels(package: &str, text: &str) -> Vec<u8> {
    found(package, text).into_iter().map(|(_, level, _)| level).collect()
}

#[test]
fn the_worked_example() {
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
        assert_eq!(levels(EXAMPLE, text), expected, "{text}");
    }
    let found = found(EXAMPLE, "NW-1234565 NW-1234565\nNW-1234565");
    assert_eq!(found.len(), 3);
    assert!(found.iter().all(|f| *f == ("badge-number".to_owned(), 65, "1234565".to_owned())), "one value: {found:?}");
}

#[test]
fn the_window_is_counted_in_characters_and_holds_all_of_the_keyword() {
    for filler in ["x", "é", "日"] {
        // 115 characters and the keyword's five are 120.
        for (between, level) in [(0, 85), (112, 85), (115, 85), (116, 65), (121, 65), (400, 65)] {
            let between = format!(" {} ", filler.repeat(between)).replacen(' ', "", usize::from(between == 0));
            let before = format!("badge{between}NW-1234565");
            let count = between.chars().count();
            let expected = if count <= 115 { 85 } else { 65 };
            assert_eq!(levels(EXAMPLE, &before), [expected], "{count} before ({level})");
            let after = format!("NW-1234565{between}badge");
            assert_eq!(levels(EXAMPLE, &after), [expected], "{count} after");
        }
    }
}
