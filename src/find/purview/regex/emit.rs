//! A tree to the syntax that the engines read.
#![allow(clippy::arithmetic_side_effects, reason = "groups of one expression are counted")]

use super::{Capture, Manner, Node, Refused};

/// What is kept of the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Everything.
    Whole,
    /// Only what the linear engine knows: it then matches wherever the whole does, and in more places.
    Relaxed,
}

/// Writes nodes one after the other. Groups are numbered anew, so that one can be put around the value.
pub(super) struct Writer {
    pub(super) out: String,
    mode: Mode,
    /// Groups opened so far.
    opened: u32,
    /// Old number of each group, by its new number less one; 0: not of the expression.
    numbers: Vec<u32>,
    /// Where each group's text stands in `out`, by its old number: what a back-reference relaxes to.
    bodies: Vec<(u32, String)>,
}

impl Writer {
    pub(super) fn new(mode: Mode) -> Self {
        Self { out: String::new(), mode, opened: 0, numbers: Vec::new(), bodies: Vec::new() }
    }

    /// Opens a capturing group that the expression does not have; gives its number.
    pub(super) fn open(&mut self, old: u32) -> u32 {
        self.opened += 1;
        self.numbers.push(old);
        self.out.push('(');
        self.opened
    }

    /// The new number of the group that was `old`.
    pub(super) fn number(&self, old: u32) -> Option<u32> {
        let at = self.numbers.iter().position(|n| *n == old)?;
        u32::try_from(at + 1).ok()
    }

    pub(super) fn write(&mut self, node: &Node) -> Result<(), Refused> {
        match node {
            Node::Empty => {}
            Node::Literal(c) => literal(&mut self.out, *c),
            Node::Class { written, .. } => self.out.push_str(written),
            Node::Assert(written) => self.out.push_str(written),
            Node::Options(options) => self.out.push_str(&format!("(?{options})")),
            Node::Group(capture, inside) => self.group(capture, inside)?,
            Node::Concat(nodes) => nodes.iter().try_for_each(|n| self.part(n))?,
            Node::Alternate(nodes) => self.branches(nodes.iter())?,
            Node::Repeat { node, least, most, manner } => {
                self.atom(node)?;
                match (least, most) {
                    (0, None) => self.out.push('*'),
                    (1, None) => self.out.push('+'),
                    (0, Some(1)) => self.out.push('?'),
                    (least, None) => self.out.push_str(&format!("{{{least},}}")),
                    (least, Some(most)) if least == most => self.out.push_str(&format!("{{{least}}}")),
                    (least, Some(most)) => self.out.push_str(&format!("{{{least},{most}}}")),
                }
                match manner {
                    Manner::Lazy => self.out.push('?'),
                    Manner::Possessive if self.mode == Mode::Whole => self.out.push('+'),
                    _ => {}
                }
            }
            Node::Look { behind, negative, node } if self.mode == Mode::Whole => self.look(*behind, *negative, node)?,
            Node::Atomic(inside) if self.mode == Mode::Whole => self.enclosed("(?>", inside)?,
            Node::Atomic(inside) => self.enclosed("(?:", inside)?,
            Node::Back(old) => self.back(*old)?,
            Node::Keep if self.mode == Mode::Whole => self.out.push_str("\\K"),
            Node::Look { .. } | Node::Keep => {}
        }
        Ok(())
    }

    /// A piece of a row: alternatives in a row need parentheses (they come from rewriting only).
    fn part(&mut self, node: &Node) -> Result<(), Refused> {
        if matches!(node, Node::Alternate(_)) { self.enclosed("(?:", node) } else { self.write(node) }
    }

    fn branches<'n>(&mut self, nodes: impl Iterator<Item = &'n Node>) -> Result<(), Refused> {
        for (at, node) in nodes.enumerate() {
            if at > 0 {
                self.out.push('|');
            }
            self.write(node)?;
        }
        Ok(())
    }

    fn enclosed(&mut self, open: &str, node: &Node) -> Result<(), Refused> {
        self.out.push_str(open);
        self.write(node)?;
        self.out.push(')');
        Ok(())
    }

    /// Something that a repetition may follow.
    fn atom(&mut self, node: &Node) -> Result<(), Refused> {
        match node {
            Node::Literal(_) | Node::Class { .. } | Node::Group(..) => self.write(node),
            Node::Back(_) if self.mode == Mode::Whole => self.write(node),
            _ => self.enclosed("(?:", node),
        }
    }

    fn group(&mut self, capture: &Capture, inside: &Node) -> Result<(), Refused> {
        match capture {
            Capture::No => self.enclosed("(?:", inside),
            Capture::Options(options) => self.enclosed(&format!("(?{options}:"), inside),
            Capture::Number(old) => {
                if self.mode == Mode::Relaxed {
                    // Nobody asks for the groups of a relaxed expression.
                    let start = self.out.len();
                    self.enclosed("(?:", inside)?;
                    let body = self.out.get(start..).unwrap_or_default().to_owned();
                    self.bodies.push((*old, body));
                    return Ok(());
                }
                self.open(*old);
                self.write(inside)?;
                self.out.push(')');
                Ok(())
            }
        }
    }

    fn back(&mut self, old: u32) -> Result<(), Refused> {
        let unknown = || Refused::new(format!("\\{old}"), "it refers to no group");
        if self.mode == Mode::Relaxed {
            // A second time what the group could match, not what it did. The letters' case may differ by options.
            let body = self.bodies.iter().find(|(number, _)| *number == old).map(|(_, body)| body.clone());
            let body = body.ok_or_else(unknown)?;
            self.out.push_str(&format!("(?i:{body})?"));
        } else {
            let number = self.number(old).ok_or_else(unknown)?;
            self.out.push_str(&format!("(?:\\{number})"));
        }
        Ok(())
    }

    /// Look-behind wants one width for each alternative, so each becomes its own.
    fn look(&mut self, behind: bool, negative: bool, node: &Node) -> Result<(), Refused> {
        let sign = match (behind, negative) {
            (false, false) => "(?=",
            (false, true) => "(?!",
            (true, false) => "(?<=",
            (true, true) => "(?<!",
        };
        let branches = match node {
            Node::Alternate(nodes) if behind => nodes.iter().collect::<Vec<_>>(),
            node => vec![node],
        };
        let several = branches.len() > 1;
        if several && !negative {
            self.out.push_str("(?:");
        }
        for (at, branch) in branches.into_iter().enumerate() {
            let (least, most) = branch.width();
            if behind && Some(least) != most {
                return Err(Refused::new(
                    format!("{sign}...) of no fixed length"),
                    "Purview refuses it too; write (?:^|(?<=\\s)) for (?<=^|\\s)",
                ));
            }
            if several && !negative && at > 0 {
                self.out.push('|');
            }
            self.enclosed(sign, branch)?;
        }
        if several && !negative {
            self.out.push(')');
        }
        Ok(())
    }
}

/// Writes a character so that it stands for itself, outside of brackets.
pub(super) fn literal(out: &mut String, c: char) {
    if matches!(c, '\\' | '.' | '+' | '*' | '?' | '(' | ')' | '|' | '[' | ']' | '{' | '}' | '^' | '$') {
        out.push('\\');
    }
    out.push(c);
}
