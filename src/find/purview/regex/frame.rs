//! What stands around the value of an expression, and how its look-arounds at the edges become plain characters.
//!
//! Customers wrap their expressions: `(?:^|[\s,;])(core)(?:$|[\s,;])`, `\bNW-(\d{7})\b`, `(?<!\d)\d{9}(?!\d)`. The
//! value is the core. A look-around at an edge matches the same places as the characters it looks at, when the value
//! is a group of its own: `(?<!\d)(\d{9})(?!\d)` is `(?:\A|[^\d])(\d{9})(?:\z|[^\d])`, in linear time.
#![allow(clippy::arithmetic_side_effects, reason = "nodes of one expression are counted")]

use super::emit::{Mode, Writer, literal};
use super::parse::Parsed;
use super::{Capture, Node, Refused};

/// An expression, ready to be compiled.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Written {
    /// The expression.
    pub(super) text: String,
    /// Group that holds the value.
    pub(super) group: usize,
    /// Characters in front of the value that the search must be able to see again.
    pub(super) behind: usize,
    /// Whether the text takes characters in front of the value, and behind it, that the match does not.
    pub(super) looks: (bool, bool),
    /// For the linear engine: where a match may begin. `None`: `text` is for the linear engine itself.
    pub(super) relaxed: Option<String>,
}

/// Splits and writes an expression.
pub(super) fn write(parsed: &Parsed) -> Result<Written, Refused> {
    let frame = Frame::split(parsed);
    if let Some(written) = frame.linear()? {
        return Ok(written);
    }
    let mut relaxed = Writer::new(Mode::Relaxed);
    relaxed.write(&parsed.node)?;
    let mut whole = Writer::new(Mode::Whole);
    let mut group = 0;
    if parsed.node.any(|n| matches!(n, Node::Keep)) {
        // The match begins where it says, so nothing can be put around it.
        whole.write(&parsed.node)?;
    } else {
        frame.lead.iter().try_for_each(|n| whole.write(n))?;
        group = frame.core(&mut whole)?;
        frame.trail.iter().try_for_each(|n| whole.write(n))?;
    }
    Ok(Written { text: whole.out, group, behind: 0, looks: (false, false), relaxed: Some(relaxed.out) })
}

/// The pieces of an expression: what stands before the value, the value, what stands behind it.
struct Frame<'n> {
    lead: &'n [Node],
    core: &'n [Node],
    trail: &'n [Node],
}

impl<'n> Frame<'n> {
    fn split(parsed: &'n Parsed) -> Self {
        let items = match &parsed.node {
            Node::Concat(nodes) => nodes.as_slice(),
            node => std::slice::from_ref(node),
        };
        let at = |from: usize, to: usize| Self {
            lead: items.get(..from).unwrap_or_default(),
            core: items.get(from..to).unwrap_or_default(),
            trail: items.get(to..).unwrap_or_default(),
        };
        if parsed.captures == 1 {
            // One group, and what is outside of it is the same for all values: the group is the value.
            let group = items.iter().position(|n| matches!(n, Node::Group(Capture::Number(_), _)));
            let says = |n: &Node| is_border(n, true) || is_constant(n);
            if let Some(group) = group
                && items.iter().enumerate().all(|(i, n)| i == group || says(n))
            {
                return at(group, group + 1);
            }
        }
        let lead = items.iter().take_while(|n| is_border(n, false)).count();
        let trail = items.iter().rev().take_while(|n| is_border(n, false)).count();
        if lead + trail >= items.len() { at(0, items.len()) } else { at(lead, items.len() - trail) }
    }

    /// Writes the value as a group; gives the group's number.
    fn core(&self, writer: &mut Writer) -> Result<usize, Refused> {
        if let [node @ Node::Group(Capture::Number(old), _)] = self.core {
            writer.write(node)?;
            return Ok(writer.number(*old).map_or(0, |n| n as usize));
        }
        let number = writer.open(0);
        match self.core {
            [node] => writer.write(node)?,
            nodes => writer.write(&Node::Concat(nodes.to_vec()))?,
        }
        writer.out.push(')');
        Ok(number as usize)
    }

    /// The expression for the linear engine, if it can be written for it.
    fn linear(&self) -> Result<Option<Written>, Refused> {
        if self.core.iter().any(Node::needs_backtracking) {
            return Ok(None);
        }
        let (Some(lead), Some(trail)) = (Edge::of(self.lead, true), Edge::of(self.trail, false)) else {
            return Ok(None);
        };
        let mut writer = Writer::new(Mode::Whole);
        lead.options.iter().try_for_each(|n| writer.write(n))?;
        let behind = lead.write(&mut writer, true)?;
        lead.plain.iter().try_for_each(|n| writer.write(n))?;
        let group = self.core(&mut writer)?;
        trail.plain.iter().try_for_each(|n| writer.write(n))?;
        trail.write(&mut writer, false)?;
        let looks = (lead.looks(), trail.looks());
        Ok(Some(Written { text: writer.out, group, behind, looks, relaxed: None }))
    }
}

/// One side of the value.
#[derive(Default)]
struct Edge<'n> {
    options: Vec<&'n Node>,
    /// Pieces without look-arounds.
    plain: Vec<&'n Node>,
    /// Classes that must not stand there: look-arounds of one character.
    without: Vec<String>,
    /// Other look-arounds, as alternatives, each with its width.
    others: Vec<(String, usize)>,
}

impl<'n> Edge<'n> {
    /// `None`: only a backtracking engine can do it.
    fn of(nodes: &'n [Node], behind: bool) -> Option<Self> {
        let mut edge = Self::default();
        for node in nodes {
            match node {
                Node::Options(_) => edge.options.push(node),
                Node::Look { negative: true, node, behind: b } if *b == behind => edge.without.push(singles(node)?),
                node if !node.needs_backtracking() => edge.plain.push(node),
                node => edge.others.push(consumed(node, behind)?),
            }
        }
        let looks = usize::from(!edge.without.is_empty()) + edge.others.len();
        let consumes = edge.plain.iter().any(|n| n.width().1 != Some(0));
        // Two look-arounds look at the same characters, and a border that takes characters moves what is looked at.
        (looks == 0 || (looks == 1 && !consumes)).then_some(edge)
    }

    fn looks(&self) -> bool {
        !self.without.is_empty() || !self.others.is_empty()
    }

    /// Writes the look-arounds as characters; gives how many characters they are at most.
    fn write(&self, writer: &mut Writer, behind: bool) -> Result<usize, Refused> {
        let end = if behind { "\\A" } else { "\\z" };
        if !self.without.is_empty() {
            writer.out.push_str(&format!("(?:{end}|[^{}])", self.without.concat()));
            return Ok(1);
        }
        let Some((text, width)) = self.others.first() else { return Ok(0) };
        writer.out.push_str(text);
        Ok(*width)
    }
}

/// A look-around, or a group of alternatives that are look-arounds or places: the characters it looks at.
fn consumed(node: &Node, behind: bool) -> Option<(String, usize)> {
    let branches = match node {
        Node::Group(Capture::No, inside) => match inside.as_ref() {
            Node::Alternate(nodes) => nodes.iter().collect(),
            node => vec![node],
        },
        node => vec![node],
    };
    let mut out = Vec::new();
    let mut widest = 0;
    for branch in branches {
        match branch {
            Node::Assert(written) => out.push((*written).to_owned()),
            Node::Look { behind: b, negative: true, node } if *b == behind => {
                let end = if behind { "\\A" } else { "\\z" };
                out.push(format!("{end}|[^{}]", singles(node)?));
                widest = widest.max(1);
            }
            Node::Look { behind: b, negative: false, node } if *b == behind => {
                let plain = !node.needs_backtracking()
                    && !node.any(|n| matches!(n, Node::Group(Capture::Number(_), _) | Node::Options(_)));
                let (least, most) = node.width();
                // Look-behinds of several lengths are tried in the order they are written in, which must not matter.
                if !plain || (behind && (most? > 1 && Some(least) != most)) {
                    return None;
                }
                let mut writer = Writer::new(Mode::Whole);
                writer.write(node).ok()?;
                out.push(writer.out);
                widest = widest.max(most.map_or(0, |m| usize::try_from(m).unwrap_or(usize::MAX)));
            }
            _ => return None,
        }
    }
    Some((format!("(?:{})", out.join("|")), widest))
}

/// Single characters and classes, as the inside of a class.
fn singles(node: &Node) -> Option<String> {
    match node {
        Node::Literal(c) => {
            let mut out = String::from("[");
            if matches!(c, '[' | ']' | '\\' | '^' | '-' | '&' | '~') {
                out.push('\\');
                out.push(*c);
            } else {
                literal(&mut out, *c);
            }
            out.push(']');
            Some(out)
        }
        // Nothing at all may stand there: the end of the text, which is no class.
        Node::Class { written, .. } if written == "[\\s\\S]" => None,
        Node::Class { written, .. } => Some(written.clone()),
        Node::Group(Capture::No, inside) => singles(inside),
        Node::Alternate(nodes) => nodes.iter().map(singles).collect(),
        _ => None,
    }
}

/// Whether it says nothing about the value: a place, white space, punctuation, "no digit". `inside`: below the top,
/// where punctuation is one of several things that may stand there.
fn is_border(node: &Node, inside: bool) -> bool {
    match node {
        Node::Empty | Node::Assert(_) | Node::Look { .. } | Node::Options(_) => true,
        Node::Literal(c) => inside && !c.is_alphanumeric(),
        Node::Class { written, negated } => is_separator(written, *negated),
        Node::Group(Capture::No | Capture::Options(_), node) => is_border(node, true),
        Node::Concat(nodes) | Node::Alternate(nodes) => inside && nodes.iter().all(|n| is_border(n, true)),
        Node::Repeat { node, .. } => is_border(node, inside),
        _ => false,
    }
}

/// Whether a class has no letters and digits, or is "anything but" digits.
fn is_separator(written: &str, negated: bool) -> bool {
    let Ok(class) = regex::Regex::new(written) else { return false };
    let holds = |characters: &str| class.is_match(characters);
    let (letters, digits) = ("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789");
    !holds(digits) && (!holds(letters) || (negated && holds(" ")))
}

/// Whether it is the same characters in every match.
fn is_constant(node: &Node) -> bool {
    match node {
        Node::Literal(_) => true,
        Node::Group(Capture::No | Capture::Options(_), node) => is_constant(node),
        Node::Concat(nodes) => nodes.iter().all(is_constant),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse::parse;
    use super::*;

    fn written(text: &str) -> (String, usize, bool) {
        let written = write(&parse(text).unwrap()).unwrap();
        (written.text, written.group, written.relaxed.is_none())
    }

    #[test]
    fn the_core_is_a_group_and_edges_are_characters() {
        for (text, out) in [
            (r"\bNW-(\d{7})\b", r"\bNW-(\d{7})\b"),
            (r"\d{9}", r"(\d{9})"),
            (r"\b\d{9}\b", r"\b(\d{9})\b"),
            (r"(?<!\d)\d{9}(?!\d)", r"(?:\A|[^\d])(\d{9})(?:\z|[^\d])"),
            (r"(?<!\d)(?<!-)\d{9}", r"(?:\A|[^\d[\-]])(\d{9})"),
            (r"\b(?<!-)\d{9}", r"(?:\A|[^[\-]])\b(\d{9})"),
            (r"(?<=\s)\d{9}(?=\s|,)", r"(?:\s)(\d{9})(?:\s|,)"),
            (r"(?:^|(?<=\s|_))\d{9}(?:$|(?=\s))", r"(?:(?mR:^)|\s|_)(\d{9})(?:(?mR:$)|\s)"),
            (r"(?i)(?<!x)ab", r"(?i)(?:\A|[^[x]])(ab)"),
            (r"(?:^|[\s,])(\d+)(?:$|[\s,])", r"(?:(?mR:^)|[\s,])(\d+)(?:(?mR:$)|[\s,])"),
            (r"[^0-9]\d{5}[^0-9]", r"[^0-9](\d{5})[^0-9]"),
            (r"(?:AB|CD)(\d{5})", r"((?:AB|CD)(\d{5}))"),
            (r"a|b", r"(a|b)"),
            (r"[^a]+", r"([^a]+)"),
            (r"(\d)(\d)", r"((\d)(\d))"),
        ] {
            let (text, _, linear) = (written(text).0, 0, written(text).2);
            assert_eq!(text, out);
            assert!(linear, "{text}");
        }
        assert_eq!(written(r"(?:AB|CD)(\d{5})").1, 1);
    }

    #[test]
    fn the_rest_is_for_the_backtracking_engine() {
        for (text, out, relaxed) in [
            (r"(?!000)\d{3}-(?!00)\d{2}", r"(?!000)(\d{3}-(?!00)\d{2})", r"\d{3}-\d{2}"),
            (r"(\d)\1{3}", r"((\d)(?:\2){3})", r"(?:\d)(?:(?i:(?:\d))?){3}"),
            (r"(?<!ab|c)\d", r"(?<!ab)(?<!c)(\d)", r"\d"),
            (r"x(?<=ab|c)\d", r"(x(?:(?<=ab)|(?<=c))\d)", r"x\d"),
            (r"a++b(?>cd|c)d", r"(a++b(?>cd|c)d)", r"a+b(?:cd|c)d"),
            (r"id:\K\d+", r"id:\K\d+", r"id:\d+"),
            (r",(?<!;)\d", r"(,(?<!;)\d)", r",\d"),
        ] {
            let written = write(&parse(text).unwrap()).unwrap();
            assert_eq!((written.text.as_str(), written.relaxed.as_deref()), (out, Some(relaxed)), "{text}");
        }
        assert!(write(&parse(r"a(?<=b+)c").unwrap()).unwrap_err().construct.contains("no fixed length"));
    }
}
