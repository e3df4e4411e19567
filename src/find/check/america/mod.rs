//! Checks of numbers of North, Central and South America.

mod ar_cuit;
mod br_cnh;
mod br_cnpj;
mod br_cpf;
mod br_pis;
mod br_rg;
mod cl_rut;
mod co_nit;
mod ec_cedula;
mod ec_ruc;
mod mx_curp;
mod mx_nss;
mod mx_rfc;
mod pe_cui;
mod pe_ruc;
mod us_itin;
mod us_ssn;
mod uy_ci;
mod ve_rif;

use super::Check;

pub(super) const CHECKS: &[Check] = &[
    Check::new("ar-cuit", ar_cuit::is_valid),
    Check::new("br-cnh", br_cnh::is_valid),
    Check::new("br-cnpj", br_cnpj::is_valid),
    Check::new("br-cpf", br_cpf::is_valid),
    Check::new("br-pis", br_pis::is_valid),
    Check::new("br-rg", br_rg::is_valid),
    Check::new("cl-rut", cl_rut::is_valid),
    Check::new("co-nit", co_nit::is_valid),
    Check::new("ec-cedula", ec_cedula::is_valid),
    Check::new("ec-ruc", ec_ruc::is_valid),
    Check::new("mx-curp", mx_curp::is_valid),
    Check::new("mx-nss", mx_nss::is_valid),
    Check::new("mx-rfc", mx_rfc::is_valid),
    Check::new("mx-rfc-checked", mx_rfc::is_checked),
    Check::new("pe-cui", pe_cui::is_valid),
    Check::new("pe-ruc", pe_ruc::is_valid),
    Check::new("us-itin", us_itin::is_valid),
    Check::new("us-ssn", us_ssn::is_valid),
    Check::new("uy-ci", uy_ci::is_valid),
    Check::new("ve-rif", ve_rif::is_valid),
];
