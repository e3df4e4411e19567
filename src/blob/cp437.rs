//! IBM code page 437, in which DOS programs and old archivers wrote names and texts.

/// The upper half of the code page.
const UPPER: &str = "\
    ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒ\
    áíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐\
    └┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀\
    αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■ ";

/// `bytes` as text; every byte is a character.
pub(crate) fn decode(bytes: &[u8]) -> String {
    let upper = |b: u8| UPPER.chars().nth(usize::from(b & 0x7F)).unwrap_or(char::REPLACEMENT_CHARACTER);
    bytes.iter().map(|b| if b.is_ascii() { char::from(*b) } else { upper(*b) }).collect()
}

/// The byte of a character, if it has one.
#[allow(clippy::arithmetic_side_effects, reason = "a position among 128 characters")]
pub(crate) fn encode(c: char) -> Option<u8> {
    if c.is_ascii() {
        return u8::try_from(c).ok();
    }
    let at = UPPER.chars().position(|upper| upper == c)?;
    u8::try_from(at + 128).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_upper_half_is_complete() {
        assert_eq!(UPPER.chars().count(), 128);
        assert_eq!(decode(b"M\x81ller \xE1\xFF"), "Müller ß\u{a0}");
        assert_eq!(("Müß大".chars().map(encode)).collect::<Vec<_>>(), [Some(b'M'), Some(0x81), Some(0xE1), None]);
    }
}
