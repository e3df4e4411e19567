//! Checks of numbers of North, Central and South America.

mod ca_bn;
mod ca_drivers_license;
mod ca_health_bc;
mod ca_health_on;
mod ca_health_qc;
mod ca_sin;
mod icd_10_cm;
mod icd_9_cm;
mod us_atin;
mod us_dea;
mod us_ein;
mod us_hcpcs;
mod us_hicn;
mod us_itin;
mod us_mbi;
mod us_ndc;
mod us_npi;
mod us_ptin;
mod us_ssn;
mod us_vin;
mod varied_digits;

use super::Check;

pub(super) const CHECKS: &[Check] = &[
    Check::new("ca-bn", ca_bn::is_valid),
    Check::new("ca-drivers-license-on", ca_drivers_license::is_ontario),
    Check::new("ca-drivers-license-qc", ca_drivers_license::is_quebec),
    Check::new("ca-health-bc", ca_health_bc::is_valid),
    Check::new("ca-health-on", ca_health_on::is_valid),
    Check::new("ca-health-qc", ca_health_qc::is_valid),
    Check::new("ca-sin", ca_sin::is_valid),
    Check::new("icd-10-cm", icd_10_cm::is_valid),
    Check::new("icd-9-cm", icd_9_cm::is_valid),
    Check::new("us-atin", us_atin::is_valid),
    Check::new("us-dea", us_dea::is_valid),
    Check::new("us-ein", us_ein::is_valid),
    Check::new("us-hcpcs", us_hcpcs::is_valid),
    Check::new("us-hicn", us_hicn::is_valid),
    Check::new("us-itin", us_itin::is_valid),
    Check::new("us-mbi", us_mbi::is_valid),
    Check::new("us-ndc", us_ndc::is_valid),
    Check::new("us-npi", us_npi::is_valid),
    Check::new("us-ptin", us_ptin::is_valid),
    Check::new("us-ssn", us_ssn::is_valid),
    Check::new("us-vin", us_vin::is_valid),
    Check::new("varied-digits", varied_digits::is_valid),
];
