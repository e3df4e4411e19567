//! Checks of keys and tokens that carry a checksum or a structure of their own, and of what stands where one would.

mod base64;
mod crc;
mod credentials;
mod der;
mod jwt;
mod keys;
mod password;
mod placeholder;
mod token;

use super::Check;

pub(super) const CHECKS: &[Check] = &[
    Check::new("age-secret-key", keys::is_age),
    Check::new("aws-key-id", keys::is_aws_id),
    Check::new("aws-secret", keys::is_aws_secret),
    Check::new("azure-devops-pat", keys::is_azure_devops),
    Check::new("azure-key", keys::is_azure),
    Check::new("base64-32", keys::is_base64_32),
    Check::new("basic-auth", credentials::is_basic),
    Check::new("cisco-type7", keys::is_cisco_type7),
    Check::new("connection-string", credentials::is_connection_string),
    Check::new("der-private-key", der::is_key),
    Check::new("discord-token", keys::is_discord),
    Check::new("embedded-json", jwt::has_object),
    Check::new("github-crc", crc::is_github),
    Check::new("grafana-crc", crc::is_grafana),
    Check::new("jwt", jwt::is_valid),
    Check::new("letters-and-digits", keys::letters_and_digits),
    Check::new("mixed-classes", keys::mixed_classes),
    Check::new("not-placeholder", placeholder::is_secret),
    Check::new("password-bare", password::is_bare),
    Check::new("password-prose", password::is_prose),
    Check::new("password-quoted", password::is_quoted),
    Check::new("pem-private-key", der::is_pem),
    Check::new("secret-token", token::is_valid),
    Check::new("url-credentials", credentials::is_url),
    Check::new("wireguard-private-key", keys::is_wireguard),
];
