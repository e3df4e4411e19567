//! Qatari identity number (QID): century of birth (2: 1900s, 3: 2000s), two digits of the year, nationality as the three
//! digits of ISO 3166, serial of five. No check digit. Source: Law 21 of 2015; Ministry of Interior.

use super::super::arithmetic::digits;

/// Numeric codes of ISO 3166-1, and those of countries that were (Yugoslavia, Serbia and Montenegro, Netherlands
/// Antilles, Soviet Union, Czechoslovakia, the Yemens, both Germanys, Sudan before 2011).
#[rustfmt::skip]
const COUNTRIES: [u16; 260] = [
    4, 8, 10, 12, 16, 20, 24, 28, 31, 32, 36, 40, 44, 48, 50, 51, 52, 56, 60, 64, 68, 70, 72, 74, 76, 84, 86,
    90, 92, 96, 100, 104, 108, 112, 116, 120, 124, 132, 136, 140, 144, 148, 152, 156, 158, 162, 166, 170, 174,
    175, 178, 180, 184, 188, 191, 192, 196, 200, 203, 204, 208, 212, 214, 218, 222, 226, 231, 232, 233, 234,
    238, 239, 242, 246, 248, 250, 254, 258, 260, 262, 266, 268, 270, 275, 276, 278, 280, 288, 292, 296, 300,
    304, 308, 312, 316, 320, 324, 328, 332, 334, 336, 340, 344, 348, 352, 356, 360, 364, 368, 372, 376, 380,
    383, 384, 388, 392, 398, 400, 404, 408, 410, 414, 417, 418, 422, 426, 428, 430, 434, 438, 440, 442, 446,
    450, 454, 458, 462, 466, 470, 474, 478, 480, 484, 492, 496, 498, 499, 500, 504, 508, 512, 516, 520, 524,
    528, 530, 531, 533, 534, 535, 540, 548, 554, 558, 562, 566, 570, 574, 578, 580, 581, 583, 584, 585, 586,
    591, 598, 600, 604, 608, 612, 616, 620, 624, 626, 630, 634, 638, 642, 643, 646, 652, 654, 659, 660, 662,
    663, 666, 670, 674, 678, 682, 686, 688, 690, 694, 702, 703, 704, 705, 706, 710, 716, 720, 724, 728, 729,
    732, 736, 740, 744, 748, 752, 756, 760, 762, 764, 768, 772, 776, 780, 784, 788, 792, 795, 796, 798, 800,
    804, 807, 810, 818, 826, 831, 832, 833, 834, 840, 850, 854, 858, 860, 862, 876, 882, 886, 887, 890, 891,
    894,
];

pub(crate) fn is_valid(value: &str) -> bool {
    let Some([century, _, _, c1, c2, c3, rest @ ..]) = digits::<11>(value) else { return false };
    let country = c1 * 100 + c2 * 10 + c3;
    matches!(century, 2 | 3) && COUNTRIES.iter().any(|c| u32::from(*c) == country) && rest != [0; 5]
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn century_and_country_are_looked_at() {
        for good in ["28463401234", "29035601234", "30181800017"] {
            assert!(is_valid(good), "{good}");
        }
        // Century, countries 001 and 999, serial, lengths.
        for bad in ["18463401234", "28400101234", "28499901234", "28463400000", "2846340123", "284634012345"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
