//! Numbers of a SIM: the card (ICCID, ITU-T E.118: 89, country, issuer, number, Luhn digit; 19 or 20 digits) and the
//! subscription (IMSI, ITU-T E.212: mobile country code, network, subscriber; 14 or 15 digits, no check digit).

use super::super::arithmetic::is_uniform;
use super::super::general::luhn;

pub(crate) fn is_valid(value: &str) -> bool {
    is_iccid(value) || is_imsi(value)
}

fn is_iccid(value: &str) -> bool {
    // Country codes of telephony never begin with 0.
    let country = value.strip_prefix("89").is_some_and(|rest| !rest.starts_with('0'));
    matches!(value.len(), 19 | 20) && country && luhn(value)
}

fn is_imsi(value: &str) -> bool {
    let digits = value.bytes().all(|b| b.is_ascii_digit());
    let country = value.get(..3).and_then(|c| c.parse::<u16>().ok()).is_some_and(is_country);
    let subscriber = value.get(5..).is_some_and(|s| !is_uniform(s));
    matches!(value.len(), 14 | 15) && digits && country && subscriber
}

/// Whether a mobile country code is given to a country or a shared network (ITU Operational Bulletin).
fn is_country(code: u16) -> bool {
    // 2 Europe, 3 North America, 4 Asia, 5 Oceania, 6 Africa, 7 South America, 9 worldwide; even numbers mostly.
    match code {
        202..=295 => {
            code.is_multiple_of(2) && !matches!(code, 210 | 224 | 236 | 252 | 254 | 256 | 258 | 264)
                || matches!(code, 213 | 219 | 221 | 231 | 235 | 247 | 255 | 257 | 259 | 283 | 289 | 293 | 295)
        }
        297 | 302 | 308 | 310..=316 | 330 | 332 | 334 | 338 | 340 | 342 | 344 | 346 | 348 | 350 | 352 | 354 => true,
        356 | 358 | 360 | 362..=366 | 368 | 370 | 372 | 374 | 376 => true,
        400..=402
        | 404..=406
        | 410
        | 412..=422
        | 424..=429
        | 432
        | 434
        | 436..=438
        | 440
        | 441
        | 450
        | 452
        | 454..=457 => true,
        460 | 461 | 466 | 467 | 470 | 472 | 502 | 505 | 510 | 514 | 515 | 520 | 525 | 528 | 530 | 536 | 537 => true,
        539..=555 | 602..=643 | 645..=655 | 657..=659 => true,
        702 | 704 | 706 | 708 | 710 | 712 | 714 | 716 | 722 | 724 | 730 | 732 | 734 | 736 | 738 | 740 => true,
        742 | 744 | 746 | 748 | 750 | 901 | 902 | 995 => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in
            ["8991101200003204514", "89442000000001234564", "310150123456789", "429011234567890", "460001234567890"]
        {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "8991101200003204515",
            "8991101200003240514",
            "999151234567890",
            "31015012345678901",
            "310150000000000",
            "31015012345678é",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
