//! Checks of bank numbers, securities, devices and crypto-currency addresses.

mod aba;
mod altcoin;
mod base58;
mod bech32;
mod bic;
mod bitcoin;
mod ca_transit;
mod cbu;
mod clabe;
mod cusip;
mod ethereum;
mod eu_vat;
mod iban;
mod il_bank;
mod imei;
mod isin;
mod kontonummer;
mod lei;
mod nz_bank;
mod sim;

use super::Check;

pub(super) const CHECKS: &[Check] = &[
    Check::new("aba", aba::is_valid),
    Check::new("altcoin", altcoin::is_valid),
    Check::new("bic", bic::is_valid),
    Check::new("bitcoin", bitcoin::is_valid),
    Check::new("ca-transit", ca_transit::is_valid),
    Check::new("cbu", cbu::is_valid),
    Check::new("clabe", clabe::is_valid),
    Check::new("cusip", cusip::is_valid),
    Check::new("ethereum", ethereum::is_valid),
    Check::new("eu-vat", eu_vat::is_valid),
    Check { name: "iban", accepts: iban::is_valid, length: Some(iban::length) },
    Check::new("il-bank", il_bank::is_valid),
    Check::new("imei", imei::is_valid),
    Check::new("isin", isin::is_valid),
    Check::new("kontonummer", kontonummer::is_valid),
    Check::new("lei", lei::is_valid),
    Check::new("nz-bank", nz_bank::is_valid),
    Check::new("sim", sim::is_valid),
    Check::new("solana", altcoin::is_solana),
];
