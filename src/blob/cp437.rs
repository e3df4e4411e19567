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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_upper_half_is_complete() {
        assert_eq!(UPPER.chars().count(), 128);
        assert_eq!(decode(b"M\x81ller \xE1\xFF"), "Müller ß\u{a0}");
    }
}
