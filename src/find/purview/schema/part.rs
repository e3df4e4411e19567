//! What entities refer to: processors, filters, validators, names.

use super::super::problem::Problems;
use super::super::xml::Element;
use super::{
    Direction, Filter, FilterSet, Kind, Processor, Strings, Term, Validator, ValidatorSet, id, known, list, reference,
    unknown,
};

pub(super) fn processor(element: &Element, problems: &mut Problems) -> Option<Processor> {
    let id = id(element, problems)?;
    let kind = match element.name.as_str() {
        "Regex" => {
            known(element, &["id", "validators"], problems);
            let validators = list(element.attribute("validators"));
            // White space around an expression comes from the layout of the file.
            Kind::Regex { text: element.text.trim().to_owned(), validators }
        }
        "Keyword" => {
            known(element, &["id"], problems);
            Kind::Keyword(terms(element, problems))
        }
        "Fingerprint" => Kind::Fingerprint,
        _ => Kind::ExtendedKeyword,
    };
    Some(Processor { id, line: element.line, kind })
}

fn terms(element: &Element, problems: &mut Problems) -> Vec<Term> {
    let mut terms = Vec::new();
    for group in &element.children {
        if group.name != "Group" {
            unknown(group, "Keyword", problems);
            continue;
        }
        known(group, &["matchStyle"], problems);
        let word = match group.attribute("matchStyle").map(str::to_ascii_lowercase).as_deref() {
            None | Some("word") => true,
            Some("string") => false,
            Some(style) => {
                problems.error(group.line, format!("Group: matchStyle is `{style}`"), "word or string");
                true
            }
        };
        for term in &group.children {
            if term.name != "Term" {
                unknown(term, "Group", problems);
                continue;
            }
            known(term, &["caseSensitive"], problems);
            let flag = term.attribute("caseSensitive").unwrap_or("false");
            let case_sensitive = flag == "1" || flag.eq_ignore_ascii_case("true");
            let text = term.text.split_whitespace().collect::<Vec<_>>().join(" ");
            if text.is_empty() {
                problems.warning(term.line, "a Term without text is passed over".to_owned());
            } else {
                terms.push(Term { text, word, case_sensitive });
            }
        }
    }
    terms
}

pub(super) fn filter_set(element: &Element, problems: &mut Problems) -> Option<FilterSet> {
    let id = id(element, problems)?;
    let mut filters = Vec::new();
    for child in &element.children {
        if child.name != "Filter" {
            unknown(child, "Filters", problems);
            continue;
        }
        known(child, &["type", "direction", "logic", "textProcessorId"], problems);
        filters.extend(filter(child, problems));
    }
    Some(FilterSet { id, filters })
}

fn filter(element: &Element, problems: &mut Problems) -> Option<Filter> {
    let kind = element.attribute("type").unwrap_or_default();
    match kind.to_ascii_lowercase().as_str() {
        "alldigitssamefilter" => return Some(Filter::AllDigitsSame),
        "textmatchfilter" => {}
        _ => {
            let help = "AllDigitsSameFilter or TextMatchFilter";
            problems.error(element.line, format!("Filter: type is `{kind}`"), help);
            return None;
        }
    }
    let direction = element.attribute("direction").unwrap_or_default();
    let known = match direction.to_ascii_lowercase().as_str() {
        "startswith" => Some(Direction::StartsWith),
        "endswith" => Some(Direction::EndsWith),
        "full" => Some(Direction::Full),
        "prefix" => Some(Direction::Prefix),
        "suffix" => Some(Direction::Suffix),
        _ => None,
    };
    if known.is_none() {
        let help = "StartsWith, EndsWith, Full, Prefix or Suffix";
        problems.error(element.line, format!("Filter: direction is `{direction}`"), help);
    }
    let logic = element.attribute("logic").unwrap_or_default();
    let include = match logic.to_ascii_lowercase().as_str() {
        "include" => true,
        "exclude" => false,
        _ => {
            problems.error(element.line, format!("Filter: logic is `{logic}`"), "Include or Exclude");
            return None;
        }
    };
    Some(Filter::Text { direction: known?, include, processor: reference(element, "textProcessorId", problems)? })
}

pub(super) fn validator_set(element: &Element, problems: &mut Problems) -> Option<ValidatorSet> {
    let id = id(element, problems)?;
    let mut validators = Vec::new();
    for child in &element.children {
        if child.name != "Validator" {
            unknown(child, "Validators", problems);
            continue;
        }
        let params = child.children("Param");
        let params = params.map(|p| (p.attribute("name").unwrap_or_default().to_owned(), p.text.trim().to_owned()));
        let kind = child.attribute("type").unwrap_or_default().to_owned();
        validators.push(Validator { kind, line: child.line, params: params.collect() });
    }
    Some(ValidatorSet { id, validators })
}

pub(super) fn strings(resource: &Element) -> Option<Strings> {
    let text = |name: &str| {
        let is_default =
            |e: &&Element| e.attribute("default").is_some_and(|d| d == "1" || d.eq_ignore_ascii_case("true"));
        let chosen = resource.children(name).find(is_default).or(resource.children(name).next());
        chosen.map_or(String::new(), |e| e.text.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    let id = resource.attribute("idRef")?.trim_matches(['{', '}']).to_ascii_lowercase();
    Some(Strings { id, line: resource.line, name: text("Name"), description: text("Description") })
}
