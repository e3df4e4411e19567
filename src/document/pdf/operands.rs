//! Operands of one operator of a content stream, ISO 32000-2 section 7.8.2.

use std::ops::Range;

use lopdf::Dictionary;

use super::lex::Lexer;
use crate::blob::Budget;
use crate::document::Text;

/// An operand; ranges are into the lexer's scratch buffer.
#[derive(Clone, Debug)]
pub(super) enum Operand {
    Number(f32),
    Text(Range<usize>),
    Name(Range<usize>),
    Other,
}

/// What one operator works on.
pub(super) struct Step<'s, 'c, 't, 'd> {
    pub(super) lexer: &'s mut Lexer<'c>,
    pub(super) operands: &'s [Operand],
    pub(super) resources: Option<&'d Dictionary>,
    pub(super) text: &'s mut Text<'t>,
    pub(super) budget: &'s mut Budget,
}

impl Step<'_, '_, '_, '_> {
    /// The numbers among the operands, at most six.
    #[allow(clippy::arithmetic_side_effects, reason = "there are places for six")]
    pub(super) fn numbers(&self) -> Numbers {
        let mut numbers = Numbers::default();
        for operand in self.operands {
            if let (Operand::Number(n), Some(slot)) = (operand, numbers.values.get_mut(numbers.count)) {
                *slot = *n;
                numbers.count += 1;
            }
        }
        numbers
    }

    /// The last name among the operands.
    pub(super) fn name(&self) -> Option<&[u8]> {
        self.operands.iter().rev().find_map(|o| match o {
            Operand::Name(range) => Some(self.lexer.bytes(range)),
            _ => None,
        })
    }

    /// Bytes of the data of an inline image without filters, from its dictionary.
    pub(super) fn image_size_hint(&self) -> Option<usize> {
        let (mut width, mut height, mut bits, mut parts) = (None, None, 8.0, Some(1.0));
        for pair in self.operands.chunks(2) {
            let [Operand::Name(key), value] = pair else {
                continue;
            };
            let key = self.lexer.bytes(key);
            match (key, value) {
                (b"W" | b"Width", Operand::Number(n)) => width = Some(*n),
                (b"H" | b"Height", Operand::Number(n)) => height = Some(*n),
                (b"BPC" | b"BitsPerComponent", Operand::Number(n)) => bits = *n,
                (b"IM" | b"ImageMask", _) => bits = 1.0,
                (b"F" | b"Filter", _) => return None,
                (b"CS" | b"ColorSpace", Operand::Name(space)) => {
                    parts = match self.lexer.bytes(space) {
                        b"G" | b"DeviceGray" | b"I" | b"Indexed" => Some(1.0),
                        b"RGB" | b"DeviceRGB" => Some(3.0),
                        b"CMYK" | b"DeviceCMYK" => Some(4.0),
                        _ => None,
                    };
                }
                _ => {}
            }
        }
        let size = (width? * parts? * bits / 8.0).ceil() * height?;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates, and is only a hint")]
        Some(size as usize)
    }
}

/// Up to six numbers without an allocation.
#[derive(Default)]
pub(super) struct Numbers {
    values: [f32; 6],
    count: usize,
}

impl std::ops::Deref for Numbers {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        self.values.get(..self.count).unwrap_or_default()
    }
}
