//! Words in a row that may be one value.
#![allow(clippy::arithmetic_side_effects, reason = "words of one text in their order, and positions in it")]

use std::collections::VecDeque;
use std::ops::Range;

use super::date::{Day, days};
use crate::find::token::{Token, Tokens, WORDS_MAX};

/// Bytes of spellings kept while a text is read.
const BUFFER_BYTES: usize = 64 << 10;

/// Several words in a row that may be one value.
pub(super) struct Span<'b> {
    /// Bytes of the text.
    pub(super) range: Range<usize>,
    pub(super) spelling: &'b [u8],
    /// What the spelling is made of, see [`class`](crate::find::token::class).
    pub(super) class: u8,
    /// The words.
    words: &'b [Token],
}

impl Span<'_> {
    /// The days it may mean, if it is a date.
    pub(super) fn days(&self) -> Option<[Day; 2]> {
        let [first, middle, last] = self.words else { return None };
        let word = |token: &Token| self.spelling.get(token.from - first.from..token.to - first.from);
        days([word(first)?, word(middle)?, word(last)?])
    }
}

/// Gives every span that ends in `range` and begins there, up to `most` bytes of spelling, until `visit` says no.
pub(super) fn spans(text: &str, range: Range<usize>, most: usize, visit: &mut dyn FnMut(Span<'_>) -> bool) {
    let mut tokens = Tokens::new(text.get(..range.end).unwrap_or(text), range.start);
    let mut buffer = Vec::with_capacity(range.len().min(BUFFER_BYTES) + 256);
    let mut last = VecDeque::with_capacity(WORDS_MAX);
    while let Some(token) = tokens.next(&mut buffer) {
        if !token.joins {
            last.clear();
        }
        if last.len() >= WORDS_MAX {
            last.pop_front();
        }
        last.push_back(token);
        let words = last.make_contiguous();
        let mut class_of_all = 0;
        for (i, word) in words.iter().enumerate().rev() {
            let Some(spelling) = buffer.get(word.from..token.to).filter(|s| s.len() <= most && !s.is_empty()) else {
                break;
            };
            class_of_all |= word.class;
            let words = words.get(i..).unwrap_or_default();
            let span = Span { range: word.start..token.end, spelling, class: class_of_all, words };
            if !visit(span) {
                return;
            }
        }
        if buffer.len() > BUFFER_BYTES {
            let from = last.front().map_or(buffer.len(), |t| t.from);
            buffer.drain(..from);
            for token in &mut last {
                token.from -= from;
                token.to -= from;
            }
        }
    }
}

/// Whether groups of digits go on in the same way before or behind the span: it is then a part of a longer number.
pub(super) fn continues(text: &str, span: &Span<'_>) -> bool {
    let [first, .., before_last, last] = span.words else { return false };
    if span.class != 1 {
        return false;
    }
    let separator = text.get(before_last.end..last.start).unwrap_or_default();
    let digits = |part: &str| part.len() == last.end - last.start && part.bytes().all(|b| b.is_ascii_digit());
    let group = last.end - last.start;
    let step = separator.len() + group;
    let behind = text.get(last.end..last.end + step).and_then(|t| t.strip_prefix(separator)).is_some_and(digits);
    let front = first.start.checked_sub(step).and_then(|at| text.get(at..first.start));
    let front = front.and_then(|t| t.strip_suffix(separator)).is_some_and(digits);
    behind || front
}
