//! Perl syntax as Boost.Regex 1.8x documents it, to a tree.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "groups of one expression are counted, and their depth is held against a limit"
)]

use super::class;
use super::{Capture, Manner, Node, Refused};

/// Groups inside each other.
const DEPTH_MAX: usize = 64;
/// Highest number of repetitions; the `regex` crate would refuse the size later, with a worse message.
const REPEATS_MAX: u32 = 10_000;

/// What an expression holds.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) node: Node,
    /// Capturing groups.
    pub(super) captures: u32,
}

/// Parses an expression.
pub(super) fn parse(text: &str) -> Result<Parsed, Refused> {
    let mut parser = Parser::new(text);
    let node = parser.alternation(0)?;
    if parser.rest.starts_with(')') {
        return Err(Refused::new("`)` without its `(`", "write \\) for the character"));
    }
    Ok(Parsed { node, captures: parser.captures })
}

pub(super) struct Parser<'t> {
    pub(super) rest: &'t str,
    captures: u32,
    /// Groups that have ended: what can be referred back to.
    closed: Vec<u32>,
    names: Vec<(String, u32)>,
    /// `(?x)`: white space and comments mean nothing.
    spaced: bool,
}

impl<'t> Parser<'t> {
    /// At the beginning of `rest`.
    pub(super) fn new(rest: &'t str) -> Self {
        Self { rest, captures: 0, closed: Vec::new(), names: Vec::new(), spaced: false }
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.rest = self.rest.get(c.len_utf8()..).unwrap_or_default();
        Some(c)
    }

    pub(super) fn take(&mut self, prefix: &str) -> bool {
        match self.rest.strip_prefix(prefix) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// The text up to `end`, which is passed over.
    pub(super) fn until(&mut self, end: &str) -> Option<&'t str> {
        let (inside, rest) = self.rest.split_once(end)?;
        self.rest = rest;
        Some(inside)
    }

    fn alternation(&mut self, depth: usize) -> Result<Node, Refused> {
        if depth > DEPTH_MAX {
            return Err(Refused::new(format!("more than {DEPTH_MAX} groups inside each other"), ""));
        }
        let spaced = self.spaced;
        let mut branches = vec![self.concatenation(depth)?];
        while self.take("|") {
            branches.push(self.concatenation(depth)?);
        }
        self.spaced = spaced;
        Ok(if branches.len() == 1 { branches.remove(0) } else { Node::Alternate(branches) })
    }

    fn concatenation(&mut self, depth: usize) -> Result<Node, Refused> {
        let mut nodes = Vec::new();
        loop {
            if self.spaced {
                self.skip_space();
            }
            match self.peek() {
                None | Some('|' | ')') => break,
                _ => {}
            }
            if self.take("\\Q") {
                let quoted = self.until("\\E").unwrap_or_else(|| std::mem::take(&mut self.rest));
                let mut characters: Vec<char> = quoted.chars().collect();
                // A repetition behind \E is of the last character.
                let last = characters.pop();
                nodes.extend(characters.into_iter().map(Node::Literal));
                if let Some(last) = last {
                    nodes.push(self.repeated(Node::Literal(last))?);
                }
                continue;
            }
            if self.take("\\E") {
                continue;
            }
            let Some(atom) = self.atom(depth)? else { continue };
            nodes.push(self.repeated(atom)?);
        }
        Ok(match nodes.len() {
            0 => Node::Empty,
            1 => nodes.remove(0),
            _ => Node::Concat(nodes),
        })
    }

    fn skip_space(&mut self) {
        loop {
            self.rest = self.rest.trim_start();
            if !self.rest.starts_with('#') {
                return;
            }
            self.rest = self.rest.split_once('\n').map_or("", |(_, rest)| rest);
        }
    }

    /// `None`: a comment.
    fn atom(&mut self, depth: usize) -> Result<Option<Node>, Refused> {
        if self.braced().is_some() {
            return Err(Refused::new("`{` with nothing to repeat", "write \\{ for the character"));
        }
        let Some(c) = self.next() else { return Ok(None) };
        Ok(Some(match c {
            '(' => return self.group(depth),
            '[' => class::bracket(self)?,
            '.' => Node::Class { written: "[\\s\\S]".to_owned(), negated: false },
            '^' => Node::Assert("(?mR:^)"),
            '$' => Node::Assert("(?mR:$)"),
            '\\' => self.escape()?,
            '*' | '+' | '?' => {
                return Err(Refused::new(format!("`{c}` with nothing to repeat"), "write a backslash before it"));
            }
            c => Node::Literal(c),
        }))
    }

    /// A repetition, if one stands here: at least, at most.
    fn bounds(&mut self) -> Result<Option<(u32, Option<u32>)>, Refused> {
        let signs = [("*", (0, None)), ("+", (1, None)), ("?", (0, Some(1)))];
        if let Some((_, bounds)) = signs.iter().find(|(sign, _)| self.rest.starts_with(sign)) {
            self.next();
            return Ok(Some(*bounds));
        }
        let Some(inside) = self.braced() else { return Ok(None) };
        self.until("}");
        let written = format!("{{{inside}}}");
        let number = |text: &str| {
            let number: Option<u32> = text.trim().parse().ok();
            number.filter(|n| *n <= REPEATS_MAX).ok_or_else(|| {
                Refused::new(format!("`{written}`"), "repetitions are numbers up to 10000: {0,5}, {3}, {2,}")
            })
        };
        let (least, most) = match inside.split_once(',') {
            None => (number(inside)?, Some(number(inside)?)),
            Some((least, most)) if most.trim().is_empty() => (number(least)?, None),
            Some((least, most)) => (number(least)?, Some(number(most)?)),
        };
        if most.is_some_and(|most| most < least) {
            return Err(Refused::new(format!("`{written}`"), "the second number is smaller than the first"));
        }
        Ok(Some((least, most)))
    }

    /// What stands in `{...}` here, if it is a repetition and no plain brace.
    fn braced(&self) -> Option<&'t str> {
        let (inside, _) = self.rest.strip_prefix('{')?.split_once('}')?;
        let fits = inside.chars().all(|c| c.is_ascii_digit() || c == ',' || c == ' ');
        (fits && inside.contains(|c: char| c.is_ascii_digit())).then_some(inside)
    }

    fn repeated(&mut self, atom: Node) -> Result<Node, Refused> {
        if self.spaced {
            self.skip_space();
        }
        let Some((least, most)) = self.bounds()? else { return Ok(atom) };
        if matches!(atom, Node::Assert(_) | Node::Options(_) | Node::Keep | Node::Look { .. }) {
            return Err(Refused::new("a repetition of something without width", "take the repetition away"));
        }
        let manner = if self.take("?") {
            Manner::Lazy
        } else if self.take("+") {
            Manner::Possessive
        } else {
            Manner::Greedy
        };
        if self.bounds()?.is_some() {
            return Err(Refused::new("a repetition of a repetition", "put the inner one into (?:...)"));
        }
        Ok(Node::Repeat { node: Box::new(atom), least, most, manner })
    }

    /// What follows an opening parenthesis.
    fn group(&mut self, depth: usize) -> Result<Option<Node>, Refused> {
        if self.rest.starts_with('*') {
            return Err(Refused::new("(*...)", "backtracking verbs cannot be honoured"));
        }
        if !self.take("?") {
            return self.captured(depth).map(Some);
        }
        if self.take("#") {
            self.until(")").ok_or_else(unclosed)?;
            return Ok(None);
        }
        for (sign, behind, negative) in
            [("=", false, false), ("!", false, true), ("<=", true, false), ("<!", true, true)]
        {
            if self.take(sign) {
                let node = Box::new(self.closed(depth)?);
                return Ok(Some(Node::Look { behind, negative, node }));
            }
        }
        if self.take(":") {
            return Ok(Some(Node::Group(Capture::No, Box::new(self.closed(depth)?))));
        }
        if self.take(">") {
            return Ok(Some(Node::Atomic(Box::new(self.closed(depth)?))));
        }
        for (sign, end) in [("P<", ">"), ("<", ">"), ("'", "'")] {
            if self.take(sign) {
                let name = self.until(end).ok_or_else(unclosed)?;
                self.names.push((name.to_owned(), self.captures + 1));
                return self.captured(depth).map(Some);
            }
        }
        if self.take("P=") {
            let name = self.until(")").ok_or_else(unclosed)?;
            return self.named(name).map(Some);
        }
        self.options(depth).map(Some)
    }

    fn captured(&mut self, depth: usize) -> Result<Node, Refused> {
        self.captures += 1;
        let number = self.captures;
        let node = self.closed(depth)?;
        self.closed.push(number);
        Ok(Node::Group(Capture::Number(number), Box::new(node)))
    }

    fn closed(&mut self, depth: usize) -> Result<Node, Refused> {
        let node = self.alternation(depth + 1)?;
        if self.take(")") { Ok(node) } else { Err(unclosed()) }
    }

    /// `(?i)`, `(?i-s:...)`.
    fn options(&mut self, depth: usize) -> Result<Node, Refused> {
        let end = self.rest.find([')', ':']).ok_or_else(unclosed)?;
        let written = self.rest.get(..end).unwrap_or_default();
        let known = written.chars().all(|c| matches!(c, 'i' | 's' | 'm' | 'x' | '-'));
        if !known || written.matches('-').count() > 1 || written.is_empty() {
            let shown: String = written.chars().take(12).collect();
            return Err(Refused::new(
                format!("(?{shown}...)"),
                "recursion, conditions and branch resets cannot be honoured; options are i, m, s and x",
            ));
        }
        self.rest = self.rest.get(end..).unwrap_or_default();
        let (on, off) = written.split_once('-').unwrap_or((written, ""));
        // `m` and `s` would change what ^, $ and . mean; Boost has them on, and here they are written out.
        if off.contains(['m', 's']) {
            return Err(Refused::new(format!("(?{written})"), "write [^\\n] for the dot, \\A and \\z for the ends"));
        }
        let before = self.spaced;
        if on.contains('x') || off.contains('x') {
            self.spaced = on.contains('x');
        }
        let kept = match (on.contains('i'), off.contains('i')) {
            (_, true) => "-i",
            (true, _) => "i",
            _ => "",
        };
        if self.take(")") {
            return Ok(if kept.is_empty() { Node::Empty } else { Node::Options(kept.to_owned()) });
        }
        self.take(":");
        let node = Box::new(self.closed(depth)?);
        self.spaced = before;
        let capture = if kept.is_empty() { Capture::No } else { Capture::Options(kept.to_owned()) };
        Ok(Node::Group(capture, node))
    }

    /// What follows a backslash outside of brackets.
    fn escape(&mut self) -> Result<Node, Refused> {
        let dangling = || Refused::new("a backslash at the end", "write \\\\ for the character");
        let c = self.peek().ok_or_else(dangling)?;
        if let Some((written, negated)) = class::shorthand(self)? {
            return Ok(Node::Class { written, negated });
        }
        let rest = self.rest.get(1..).unwrap_or_default();
        let assert = |parser: &mut Self, written| {
            parser.next();
            Ok(Node::Assert(written))
        };
        match c {
            'b' if rest.starts_with('{') => Err(Refused::new("\\b{", "write \\b")),
            'b' => assert(self, "\\b"),
            'B' => assert(self, "\\B"),
            '<' => assert(self, "\\b{start}"),
            '>' => assert(self, "\\b{end}"),
            'A' | '`' => assert(self, "\\A"),
            'z' | '\'' => assert(self, "\\z"),
            'Z' => {
                self.next();
                // The end, or the line breaks in front of it.
                let breaks = Node::Class { written: "[\\r\\n]".to_owned(), negated: false };
                let breaks = Node::Repeat { node: Box::new(breaks), least: 0, most: None, manner: Manner::Greedy };
                let node = Box::new(Node::Concat(vec![breaks, Node::Assert("\\z")]));
                Ok(Node::Look { behind: false, negative: false, node })
            }
            'K' => {
                self.next();
                Ok(Node::Keep)
            }
            'R' => {
                self.next();
                let both = Node::Concat(vec![Node::Literal('\r'), Node::Literal('\n')]);
                let one = Node::Class { written: "[\\n-\\r\\x{85}\\x{2028}\\x{2029}]".to_owned(), negated: false };
                Ok(Node::Group(Capture::No, Box::new(Node::Alternate(vec![both, one]))))
            }
            '1'..='9' => {
                let end = self.rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.rest.len());
                let (number, rest) = self.rest.split_at(end);
                self.rest = rest;
                self.back(number)
            }
            'g' | 'k' => {
                self.next();
                self.reference(c)
            }
            'G' | 'X' => Err(Refused::new(format!("\\{c}"), "frisk has no such place; leave it out")),
            _ => class::character(self).map(Node::Literal),
        }
    }

    /// `\g1`, `\g{-1}`, `\g{name}`, `\k<name>`, `\k'name'`, `\k{name}`.
    fn reference(&mut self, letter: char) -> Result<Node, Refused> {
        for (sign, end) in [("{", "}"), ("<", ">"), ("'", "'")] {
            if self.take(sign) {
                let inside = self.until(end).ok_or_else(unclosed)?;
                if let Some(back) = inside.strip_prefix('-').and_then(|n| n.parse::<u32>().ok()) {
                    let number = (self.captures + 1).saturating_sub(back);
                    return self.back(&number.to_string());
                }
                let is_number = inside.chars().all(|c| c.is_ascii_digit());
                return if is_number { self.back(inside) } else { self.named(inside) };
            }
        }
        match self.peek() {
            Some(digit @ '1'..='9') if letter == 'g' => {
                self.next();
                self.back(&digit.to_string())
            }
            _ => Err(Refused::new(format!("\\{letter}"), "write \\1 or \\g{1} to refer back to a group")),
        }
    }

    fn named(&self, name: &str) -> Result<Node, Refused> {
        let number = self.names.iter().find(|(n, _)| n == name).map_or(0, |(_, number)| *number);
        self.back(&number.to_string())
    }

    fn back(&self, number: &str) -> Result<Node, Refused> {
        match number.parse() {
            Ok(number) if self.closed.contains(&number) => Ok(Node::Back(number)),
            _ => Err(Refused::new(
                format!("\\{number}"),
                "it refers to a group that has not ended before it; write \\x{..} for a character by its number",
            )),
        }
    }
}

fn unclosed() -> Refused {
    Refused::new("`(` without its `)`", "write \\( for the character")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        parse(text).err().map_or_else(|| panic!("{text} is taken"), |r| r.construct)
    }

    #[test]
    fn a_width_may_be_more_than_can_be_counted() {
        let parsed = parse("(?:(?:(?:(?:(?:a{10000}){10000}){10000}){10000}){10000})b").unwrap();
        assert_eq!(parsed.node.width(), (u64::MAX, Some(u64::MAX)));
    }

    #[test]
    fn what_cannot_be_honoured_is_named() {
        for (text, construct) in [
            ("a(?R)b", "(?R...)"),
            ("(?(1)a|b)", "(?(1...)"),
            ("(?|(a)|(b))", "(?|(a...)"),
            ("(*FAIL)", "(*...)"),
            ("\\Gx", "\\G"),
            ("a\\X", "\\X"),
            ("\\2(a)(b)", "\\2"),
            ("(?-s).x", "(?-s)"),
            ("a**", "a repetition of a repetition"),
            ("*a", "`*` with nothing to repeat"),
            ("(a", "`(` without its `)`"),
            ("a)", "`)` without its `(`"),
            ("a{5,2}", "`{5,2}`"),
            ("a{,5}", "`{,5}`"),
            ("a{99999}", "`{99999}`"),
            ("^*", "a repetition of something without width"),
            ("\\", "a backslash at the end"),
            ("[a", "`[` without its `]`"),
            ("[[.hyphen.]]", "[[.hyphen.]]"),
            ("[[=a=]]", "[[=a=]]"),
            ("[[:nope:]]", "[[:nope:]]"),
            ("\\p{Nope}", "\\p{Nope}"),
            ("[z-a]", "z-a"),
            ("\\i", "\\i"),
        ] {
            assert_eq!(refused(text), construct, "{text}");
        }
        assert!(refused(&"(".repeat(2000)).contains("64"));
    }

    #[test]
    fn groups_are_counted_and_comments_are_not_there() {
        let parsed = parse("(?#note)(a)(?:b)(?<n>c)\\k<n>\\g{-1}(?x) d # e\n f").unwrap();
        assert_eq!(parsed.captures, 2);
        let Node::Concat(nodes) = parsed.node else { panic!() };
        let backs = nodes.iter().filter(|n| **n == Node::Back(2)).count();
        assert_eq!(backs, 2);
        assert_eq!(nodes.last(), Some(&Node::Literal('f')));
        assert_eq!(nodes.get(nodes.len() - 2), Some(&Node::Literal('d')));
    }
}
