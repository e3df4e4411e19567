//! Checks of numbers of Asia and the Middle East.

mod ae_emirates_id;
mod cn_resident_id;
mod cn_uscc;
mod hk_hkid;
mod id_nik;
mod id_npwp;
mod il_id;
mod in_aadhaar;
mod in_driving_licence;
mod in_epic;
mod in_gstin;
mod in_pan;
mod jp_corporate_number;
mod jp_drivers_license;
mod jp_juki_code;
mod jp_my_number;
mod kr_brn;
mod kr_rrn;
mod kr_rrn_random;
mod kw_civil_id;
mod my_mykad;
mod pk_cnic;
mod qa_qid;
mod sa_national_id;
mod sg_nric;
mod sg_uen;
mod th_pin;
mod tw_national_id;
mod tw_ubn;
mod vn_cccd;

use super::Check;

pub(super) const CHECKS: &[Check] = &[
    Check::new("ae-emirates-id", ae_emirates_id::is_valid),
    Check::new("cn-resident-id", cn_resident_id::is_valid),
    Check::new("cn-uscc", cn_uscc::is_valid),
    Check::new("hk-hkid", hk_hkid::is_valid),
    Check::new("id-nik", id_nik::is_valid),
    Check::new("id-npwp", id_npwp::is_valid),
    Check::new("il-id", il_id::is_valid),
    Check::new("in-aadhaar", in_aadhaar::is_valid),
    Check::new("in-driving-licence", in_driving_licence::is_valid),
    Check::new("in-epic", in_epic::is_valid),
    Check::new("in-gstin", in_gstin::is_valid),
    Check::new("in-pan", in_pan::is_valid),
    Check::new("jp-corporate-number", jp_corporate_number::is_valid),
    Check::new("jp-drivers-license", jp_drivers_license::is_valid),
    Check::new("jp-juki-code", jp_juki_code::is_valid),
    Check::new("jp-my-number", jp_my_number::is_valid),
    Check::new("kr-brn", kr_brn::is_valid),
    Check::new("kr-rrn", kr_rrn::is_valid),
    Check::new("kr-rrn-random", kr_rrn_random::is_valid),
    Check::new("kw-civil-id", kw_civil_id::is_valid),
    Check::new("my-mykad", my_mykad::is_valid),
    Check::new("pk-cnic", pk_cnic::is_valid),
    Check::new("qa-qid", qa_qid::is_valid),
    Check::new("sa-national-id", sa_national_id::is_valid),
    Check::new("sg-nric", sg_nric::is_valid),
    Check::new("sg-uen", sg_uen::is_valid),
    Check::new("th-pin", th_pin::is_valid),
    Check::new("tw-national-id", tw_national_id::is_valid),
    Check::new("tw-ubn", tw_ubn::is_valid),
    Check::new("vn-cccd", vn_cccd::is_valid),
];
