//! International bank account number (ISO 13616): country, two check digits (ISO 7064 mod 97-10), and a national
//! account number of a length fixed by country. Lengths from the SWIFT IBAN registry.

/// Characters of an IBAN by country.
const LENGTHS: &str = "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 \
    EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 \
    LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 \
    RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30";

/// Bytes of an entry, with the blank behind it.
const ENTRY_BYTES: usize = 5;

/// ISO 3166-1 alpha-2 codes (and XK, in use for Kosovo).
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY \
    BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD \
    GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN \
    KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE \
    NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM \
    SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE \
    YT ZA ZM ZW";

/// [`LENGTHS`] by the two letters of the country; 0 where there is none. Asked for every group that begins with letters.
#[allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "worked out by the compiler, which would stop at a mistake"
)]
static BY_COUNTRY: [[u8; 26]; 26] = {
    let (entries, mut table, mut at) = (LENGTHS.as_bytes(), [[0; 26]; 26], 0);
    while at + 4 <= entries.len() {
        let length = (entries[at + 2] - b'0') * 10 + entries[at + 3] - b'0';
        table[(entries[at] - b'A') as usize][(entries[at + 1] - b'A') as usize] = length;
        at += ENTRY_BYTES;
    }
    table
};

/// Characters the IBAN that begins with `start` must have.
pub(crate) fn length(start: &str) -> Option<usize> {
    let [first, second, ..] = start.as_bytes() else { return None };
    let place = |letter: &u8| Some(usize::from(letter.checked_sub(b'A')?));
    let length = *BY_COUNTRY.get(place(first)?)?.get(place(second)?)?;
    (length > 0).then_some(usize::from(length))
}

/// Whether `code` is an ISO 3166-1 alpha-2 country code.
pub(super) fn is_country(code: &str) -> bool {
    COUNTRIES.split_whitespace().any(|c| c == code)
}

pub(crate) fn is_valid(value: &str) -> bool {
    let (Some(front), Some(rest)) = (value.get(..4), value.get(4..)) else { return false };
    let check_digits = front.get(2..).and_then(|d| d.parse::<u8>().ok());
    let mut remainder = 0_u32;
    for c in rest.chars().chain(front.chars()) {
        let Some(n) = c.to_digit(36) else { return false };
        remainder = (remainder * if n < 10 { 10 } else { 100 } + n) % 97;
    }
    // 00, 01 and 99 satisfy the arithmetic but are never issued (ISO 7064: 02 to 98).
    length(value) == Some(value.len()) && check_digits.is_some_and(|d| matches!(d, 2..=98)) && remainder == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registry_examples_pass_and_their_neighbours_do_not() {
        for good in
            ["GB82WEST12345698765432", "DE89370400440532013000", "NO9386011117947", "MT84MALT011000012345MTLCAST001S"]
        {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "GB82WEST12345698765433",
            "DE8937040044053201300",
            "ZZ89370400440532013000",
            "GB82WEST1234569876543!",
            "GB",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }

    #[test]
    fn every_length_is_between_15_and_34() {
        for entry in LENGTHS.split_whitespace() {
            let n = length(entry).unwrap();
            assert!((15..=34).contains(&n) && is_country(&entry[..2]), "{entry}");
        }
    }
}
