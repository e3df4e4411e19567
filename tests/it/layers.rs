//! The tree is the dataflow: a module uses only modules that sort at or before it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Pairs that may not use each other although their names would let them.
const BLIND: [(&str, &str); 2] = [("label", "find"), ("share", "serve")];

#[test]
fn modules_use_only_what_comes_before_them() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let modules: BTreeSet<String> = entries(&src).iter().filter_map(|path| module_name(path)).collect();
    assert!(modules.contains("blob") && modules.contains("share"), "{modules:?}");
    let mut seen = 0;
    for module in &modules {
        for file in files(&src.join(module)) {
            let code = fs::read_to_string(&file).unwrap();
            for (line, used) in uses(&code) {
                seen += 1;
                let at = format!("{}:{line}", file.display());
                let known = modules.contains(used);
                assert!(
                    known,
                    "{at}: `crate::{used}` is no module: name the module, without root re-exports or groups"
                );
                let allowed = used <= module.as_str() && !BLIND.contains(&(module, used));
                assert!(allowed, "{at}: `{module}` may not use `{used}`");
            }
        }
    }
    assert!(seen > 20, "the test sees only {seen} uses; it looks in the wrong place");
}

#[test]
fn the_root_re_exports_nothing_that_modules_could_use() {
    assert_eq!(uses("use crate::{a, b};\nlet x = crate::blob::Gap;").collect::<Vec<_>>(), [(1, "{a"), (2, "blob")]);
    assert_eq!(uses("// crate::serve\n/// [`x`](crate::find::Match)").collect::<Vec<_>>(), []);
    assert_eq!(uses("use $crate::find::x;").collect::<Vec<_>>(), [(1, "find")]);
}

/// Line and module of every `crate::module` in code; comments do not count.
fn uses(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = code.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"));
    lines.flat_map(|(i, line)| {
        let after = line.split("crate::").skip(1);
        after.map(move |rest| {
            let end =
                rest.char_indices().find(|(at, c)| !(c.is_alphanumeric() || *c == '_' || (*at == 0 && *c == '{')));
            (i + 1, &rest[..end.map_or(rest.len(), |(at, _)| at)])
        })
    })
}

/// The module in an entry of src/; `lib.rs` and `bin/` are none.
fn module_name(path: &Path) -> Option<String> {
    let name = path.file_stem()?.to_str()?.to_owned();
    (name != "lib" && name != "bin" && name != "main").then_some(name)
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    paths
}

fn files(module: &Path) -> Vec<PathBuf> {
    if !module.is_dir() {
        return vec![module.with_extension("rs")];
    }
    let mut found = Vec::new();
    for path in entries(module) {
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found
}
