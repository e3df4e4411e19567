//! Candidates: one cheap pass over the text says where a value could be; checks and evidence come later.

pub(crate) mod base58;
pub(crate) mod coordinates;
pub(crate) mod date;
pub(crate) mod digits;
pub(crate) mod email;
pub(crate) mod hex_address;
pub(crate) mod ipv4;
pub(crate) mod ipv6;
pub(crate) mod keyword;
pub(crate) mod mac;
pub(crate) mod magstripe;
pub(crate) mod mnemonic;
pub(crate) mod mrz;
pub(crate) mod phone;
pub(crate) mod word;
