//! `docs/formats.md` is what the code says, and what the code says is proven by the corpus.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use frisk::blob::{Aspect, Kind};
use frisk::scan;

/// `UPDATE_DOCS=1 cargo test formats` writes the table anew.
#[test]
fn the_matrix_in_the_documentation_is_that_of_the_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/formats.md");
    let page = fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once("<!-- matrix -->\n").expect("docs/formats.md has a mark before the table");
    let (_, after) = rest.split_once("<!-- end of matrix -->").expect("docs/formats.md has a mark behind the table");
    let fresh = format!("{before}<!-- matrix -->\n{}<!-- end of matrix -->{after}", scan::matrix());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &fresh).unwrap();
    }
    assert!(page == fresh, "docs/formats.md is stale: UPDATE_DOCS=1 cargo test formats");
}

/// Every cell that says `read` or `gap` has a document of that kind in the corpus with the fact that shows it.
#[test]
fn every_cell_of_the_matrix_is_proven_by_the_corpus() {
    let proven = crate::corpus::proven();
    let mut wanted = BTreeSet::new();
    for format in scan::formats().filter(|format| !is_carved(format.kind)) {
        let facts = [("reads", format.coverage.read), ("misses", format.coverage.gap)];
        for (verb, aspects) in facts {
            wanted.extend(aspects.iter().map(|aspect| (format.kind.media_type(), verb, aspect.name())));
        }
    }
    assert!(wanted.len() > 30 && wanted.iter().any(|(_, _, aspect)| *aspect == Aspect::Body.name()));
    let missing: Vec<_> = wanted.difference(&proven).map(|cell| format!("{cell:?}")).collect();
    assert!(missing.is_empty(), "{} cells without a document that proves them\n{}", missing.len(), missing.join("\n"));
}

/// Kinds without a reader of their own are all treated alike; one test in `document/opaque` goes through them.
fn is_carved(kind: Kind) -> bool {
    use frisk::blob::Family;
    matches!(kind.family(), Family::Opaque | Family::Sealed | Family::Media)
}
