//! Expressions of rule packages: Boost.Regex in its Perl syntax, run in linear time wherever that can be.
//!
//! An expression is parsed here ([`parse`]), split into what stands around the value and the value itself
//! ([`frame`]), written anew ([`emit`]) for the `regex` crate, or, where it holds look-arounds or back-references
//! that cannot be written without, for `fancy-regex` with a limit on its steps ([`pattern`]). Nothing is guessed:
//! a construct that neither can do is an error with its name.
//!
//! Boost's defaults are kept: `^` and `$` stand at lines, `.` is any character, letters have their case.

mod class;
mod emit;
mod frame;
mod parse;
mod pattern;

pub(super) use pattern::{Hits, Pattern, Place};

/// Why an expression cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refused {
    /// The construct, as written where that is short, and what is wrong with it.
    pub(super) construct: String,
    /// What to write instead; may be empty.
    pub(super) help: &'static str,
}

impl Refused {
    fn new(construct: impl Into<String>, help: &'static str) -> Self {
        Self { construct: construct.into(), help }
    }
}

/// A piece of an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Node {
    /// Nothing.
    Empty,
    /// One character.
    Literal(char),
    /// One character of a class, in syntax that both engines read.
    Class {
        /// `[a-z]`, `\d`.
        written: String,
        /// Whether it is written as what must not stand there: `[^0-9]`, `\D`.
        negated: bool,
    },
    /// A place without width: `^`, `\b`.
    Assert(&'static str),
    /// Options from here to the end of the group: `(?i)`.
    Options(String),
    /// Parentheses.
    Group(Capture, Box<Node>),
    /// One after the other.
    Concat(Vec<Node>),
    /// One of several.
    Alternate(Vec<Node>),
    /// Repeated.
    Repeat { node: Box<Node>, least: u32, most: Option<u32>, manner: Manner },
    /// Look-ahead or look-behind.
    Look { behind: bool, negative: bool, node: Box<Node> },
    /// `(?>...)`: once matched, never reconsidered.
    Atomic(Box<Node>),
    /// What a group matched, by the number of the group.
    Back(u32),
    /// `\K`: the match begins here.
    Keep,
}

/// What a pair of parentheses does.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Capture {
    /// Nothing but to group.
    No,
    /// Groups with options: `(?i:...)`.
    Options(String),
    /// Captures, with this number.
    Number(u32),
}

/// How a repetition takes characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    Greedy,
    Lazy,
    Possessive,
}

impl Node {
    /// Calls `visit` with this node and all below it.
    fn walk(&self, visit: &mut dyn FnMut(&Node)) {
        visit(self);
        match self {
            Self::Group(_, node) | Self::Atomic(node) | Self::Repeat { node, .. } | Self::Look { node, .. } => {
                node.walk(visit);
            }
            Self::Concat(nodes) | Self::Alternate(nodes) => nodes.iter().for_each(|n| n.walk(visit)),
            _ => {}
        }
    }

    /// Whether it or anything below it is one that `holds`.
    fn any(&self, holds: impl Fn(&Node) -> bool) -> bool {
        let mut found = false;
        self.walk(&mut |node| found |= holds(node));
        found
    }

    /// Whether only a backtracking engine can do it.
    fn needs_backtracking(&self) -> bool {
        self.any(|node| {
            matches!(
                node,
                Self::Look { .. }
                    | Self::Atomic(_)
                    | Self::Back(_)
                    | Self::Keep
                    | Self::Repeat { manner: Manner::Possessive, .. }
            )
        })
    }

    /// Characters it matches at least and at most (`None`: no limit).
    fn width(&self) -> (u64, Option<u64>) {
        match self {
            Self::Empty | Self::Assert(_) | Self::Options(_) | Self::Look { .. } | Self::Keep => (0, Some(0)),
            Self::Literal(_) | Self::Class { .. } => (1, Some(1)),
            Self::Group(_, node) | Self::Atomic(node) => node.width(),
            Self::Concat(nodes) => nodes.iter().map(Node::width).fold((0, Some(0)), |(low, high), (l, h)| {
                (low.saturating_add(l), high.zip(h).map(|(a, b)| a.saturating_add(b)))
            }),
            Self::Alternate(nodes) => {
                let low = nodes.iter().map(|n| n.width().0).min().unwrap_or(0);
                let high = nodes.iter().map(|n| n.width().1).try_fold(0, |most, high| high.map(|h| h.max(most)));
                (low, high)
            }
            Self::Repeat { node, least, most, .. } => {
                let (low, high) = node.width();
                let high = high.zip(*most).map(|(h, m)| h.saturating_mul(u64::from(m)));
                (low.saturating_mul(u64::from(*least)), high)
            }
            Self::Back(_) => (0, None),
        }
    }
}
