//! Globs of paths that go down into containers: `fixtures/**`, `*.zip!inner/*.txt`.
//!
//! `!` stands between a file and its member. `*` and `?` stop at `/`, `**` does not; nothing crosses from a file into
//! its members but `!` itself. Where a glob and a reader could disagree, it matches less: what it misses is reported.

use regex::Regex;

/// A glob, compiled.
#[derive(Clone)]
pub(super) struct Glob {
    file: Regex,
    /// Members down to some container or document; everything inside is meant too.
    members: Option<Regex>,
    everything: bool,
}

/// Why a glob is none.
pub(super) type Wrong = &'static str;

impl Glob {
    /// Reads a glob.
    pub(super) fn parse(text: &str) -> Result<Self, Wrong> {
        let pieces = split(text.trim_start_matches("./"))?;
        let (first, inside) = pieces.split_first().ok_or("is empty")?;
        if pieces.iter().any(Vec::is_empty) {
            return Err("is empty, or has nothing beside a `!`");
        }
        let compile = |pattern: &str| Regex::new(&format!("\\A(?s:{pattern})\\z")).map_err(|_| "is too large");
        let inside: Vec<String> = inside.iter().map(|piece| pattern(piece, "[^/!]", "[^!]")).collect();
        Ok(Self {
            file: compile(&pattern(first, "[^/]", "."))?,
            members: if inside.is_empty() { None } else { Some(compile(&inside.join("!"))?) },
            everything: inside.is_empty() && *first == [Token::Any, Token::Any],
        })
    }

    /// Whether it matches whatever there is.
    pub(super) fn is_everything(&self) -> bool {
        self.everything
    }

    /// Whether it matches the file at `path` or, down through its members, something on the way to `container`.
    pub(super) fn matches(&self, path: &str, container: &str) -> bool {
        if !self.file.is_match(&plain(path)) {
            return false;
        }
        let Some(members) = &self.members else { return true };
        let container = plain(container);
        let ends = container.match_indices('!').map(|(at, _)| at).chain([container.len()]);
        ends.filter_map(|end| container.get(..end)).any(|way| !way.is_empty() && members.is_match(way))
    }
}

/// A path as globs are written: `/` between folders, no `./` in front.
fn plain(path: &str) -> String {
    let path = path.replace('\\', "/");
    path.trim_start_matches("./").to_owned()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Token {
    /// `*`
    Any,
    /// `?`
    One,
    Is(char),
}

/// The tokens of a file and of its members, one list each.
fn split(text: &str) -> Result<Vec<Vec<Token>>, Wrong> {
    let mut pieces = vec![Vec::new()];
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let token = match c {
            '!' => {
                pieces.push(Vec::new());
                continue;
            }
            '*' => Token::Any,
            '?' => Token::One,
            '\\' => Token::Is(chars.next().ok_or("ends in a backslash")?),
            c => Token::Is(c),
        };
        if let Some(piece) = pieces.last_mut() {
            piece.push(token);
        }
    }
    Ok(pieces)
}

/// The expression of one piece; `one` and `any` match a character within a folder and anywhere.
fn pattern(piece: &[Token], one: &str, any: &str) -> String {
    const SLASH: Token = Token::Is('/');
    let below = piece.last() == Some(&SLASH);
    let named = piece.strip_suffix(&[SLASH]).unwrap_or(piece);
    let mut out = String::new();
    // A name alone is meant in every folder, as in .gitignore.
    if !named.contains(&SLASH) {
        out.push_str(&format!("(?:{any}*/)?"));
    }
    let mut rest = named;
    let mut begins = true;
    loop {
        match rest {
            [] => break,
            [Token::Any, Token::Any] if begins => {
                out.push_str(&format!("{any}+"));
                break;
            }
            [Token::Any, Token::Any, SLASH, after @ ..] if begins => {
                out.push_str(&format!("(?:{any}*/)?"));
                rest = after;
                continue;
            }
            [Token::Any, ..] => out.push_str(&format!("{one}*")),
            [Token::One, ..] => out.push_str(one),
            [Token::Is(c), ..] => out.push_str(&regex::escape(c.encode_utf8(&mut [0; 4]))),
        }
        begins = rest.first() == Some(&SLASH);
        rest = rest.get(1..).unwrap_or_default();
    }
    if below {
        out.push_str(&format!("/{any}+"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(glob: &str, path: &str, container: &str) -> bool {
        Glob::parse(glob).unwrap().matches(path, container)
    }

    #[test]
    fn names_folders_and_stars() {
        for (glob, path, yes) in [
            ("card.txt", "card.txt", true),
            ("card.txt", "./a/b/card.txt", true),
            ("card.txt", "a/my-card.txt", false),
            ("*.txt", "a/b.txt", true),
            ("a/*.txt", "a/b.txt", true),
            ("a/*.txt", "a/b/c.txt", false),
            ("a/*.txt", "x/a/b.txt", false),
            ("./a/*.txt", "./a/b.txt", true),
            ("**/a/*.txt", "x/a/b.txt", true),
            ("**/a/*.txt", "a/b.txt", true),
            ("a/**", "a/b/c.txt", true),
            ("a/**", "a", false),
            ("a/**/z.txt", "a/z.txt", true),
            ("a/**/z.txt", "a/b/c/z.txt", true),
            ("a/**/z.txt", "a/bz.txt", false),
            ("a/", "x/a/b/c.txt", true),
            ("a/", "x/a", false),
            ("x/a/", "x/a/b", true),
            ("x/a/", "y/x/a/b", false),
            ("/srv/**", "/srv/a", true),
            ("b?.txt", "a/b1.txt", true),
            ("b?.txt", "b/.txt", false),
            ("a/b.txt", "a\\b.txt", true),
            ("report [1].txt", "report [1].txt", true),
            ("a\\*.txt", "a*.txt", true),
            ("a\\*.txt", "ab.txt", false),
            ("a.txt", "aXtxt", false),
            ("a.txt", "a.txt\n", false),
            ("oops\\!.txt", "oops!.txt", true),
            ("*.txt", "oops!.txt", true),
            ("**", "whatever/there/is", true),
        ] {
            assert_eq!(matches(glob, path, ""), yes, "{glob} {path}");
        }
    }

    #[test]
    fn members_of_containers() {
        for (glob, path, container, yes) in [
            ("outer.zip", "x/outer.zip", "a/b.zip!c.txt", true),
            ("outer.zip!a/b.zip", "outer.zip", "a/b.zip!c.txt", true),
            ("outer.zip!a/b.zip!c.txt", "outer.zip", "a/b.zip!c.txt", true),
            ("outer.zip!c.txt", "outer.zip", "a/b.zip!c.txt", false),
            ("outer.zip!c.txt", "outer.zip", "a/c.txt", true),
            ("outer.zip!a/*.txt", "outer.zip", "a/c.txt", true),
            ("outer.zip!a/*.txt", "outer.zip", "x/a/c.txt", false),
            ("outer.zip!**", "outer.zip", "a/c.txt", true),
            ("outer.zip!**", "outer.zip", "", false),
            ("*.zip!a*", "outer.zip", "a!b", true),
            ("*.zip!*b", "outer.zip", "a!b", false),
            ("*.txt", "outer.zip", "a.txt", false),
            ("**", "outer.zip", "a.txt", true),
        ] {
            assert_eq!(matches(glob, path, container), yes, "{glob} {path} {container}");
        }
    }

    #[test]
    fn what_is_no_glob_and_what_is_all() {
        for text in ["", "./", "a!", "!a", "a!!b", "a\\"] {
            assert!(Glob::parse(text).is_err(), "{text}");
        }
        assert!(Glob::parse("**").unwrap().is_everything() && !Glob::parse("**/a").unwrap().is_everything());
    }
}
