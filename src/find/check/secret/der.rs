//! Private keys and key stores: PEM (RFC 7468) and DER in base64 without armour (RFC 5208, RFC 7292, RFC 8017).

use super::base64;
use super::placeholder;

/// The start of the body's base64, over line ends that a string literal spells `\n`, headers (`Proc-Type: …`) left out.
fn body(value: &str) -> String {
    let text = value.splitn(3, "-----").nth(2).unwrap_or(value);
    let text = text.split("-----").next().unwrap_or_default();
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                chars.next();
            }
            c if c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=') => out.push(c),
            _ => {}
        }
    }
    out
}

/// A block with a body that a key can be: 64 characters of base64, and not one letter again and again.
pub(crate) fn is_pem(value: &str) -> bool {
    let body = body(value);
    let lower = body.to_lowercase();
    let told = ["yourprivatekey", "privatekeyhere", "redacted", "xxxxxxxx", "placeholder", "insertkey"];
    body.len() >= 64
        && !body.contains("EXAMPLE")
        && placeholder::distinct(&body) >= 12
        && !told.iter().any(|t| lower.contains(t))
}

/// DER in base64 that holds a private key: PKCS #1, PKCS #8, or PKCS #12 (a sequence with version 3 and a PKCS #7 type).
pub(crate) fn is_key(value: &str) -> bool {
    let Some(bytes) = base64::decode_start(&body(value)) else { return false };
    let [0x30, 0x82, high, low, 0x02, 0x01, version, rest @ ..] = bytes.as_slice() else { return false };
    let told = usize::from(*high) << 8 | usize::from(*low);
    // Cut off is fine, longer than it says is not.
    let fits = bytes.len() <= told + 4 + 2 && told >= 128;
    let algorithm = |oid: &[u8]| rest.get(..40).unwrap_or(rest).windows(oid.len()).any(|w| w == oid);
    fits && match version {
        0 => matches!(rest, [0x02, 0x82 | 0x81, ..]) || (matches!(rest, [0x30, ..]) && algorithm(&[0x2A, 0x86, 0x48])),
        3 => algorithm(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07]),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = "q83vEjRWeJCr8N7xI0VniQu83vEjRWeJCrze8SNFZ4nLzd3xI1Rnmau0eP1BxkrPU9hc4WXqbvN3";

    #[test]
    fn a_block_needs_a_body() {
        assert!(is_pem(&format!("-----BEGINPRIVATEKEY-----{BODY}-----ENDPRIVATEKEY-----")));
        assert!(is_pem(&format!("-----BEGINPRIVATEKEY-----\\n{BODY}\\n")));
        for bad in ["-----BEGINPRIVATEKEY-----", "-----BEGINPRIVATEKEY-----MIIE...", "é"] {
            assert!(!is_pem(bad), "{bad}");
        }
        assert!(!is_pem(&format!("-----BEGINPRIVATEKEY-----{}", "x".repeat(80))));
    }

    #[test]
    fn keys_and_certificates_are_told_apart() {
        // PKCS #8 of RSA, PKCS #1, PKCS #12: the heads are fixed.
        for head in ["MIIEvAIBADANBgkqhkiG9w0BAQEFAASC", "MIIEpAIBAAKCAQEA", "MIIKSAIBAzCCCg4GCSqGSIb3DQEHAaCC"] {
            assert!(is_key(&format!("{head}{BODY}")), "{head}");
        }
        for head in ["MIIDDTCCAfWgAwIBAgIU", "MIIEvAIBBDANBgkqhkiG9w0BAQEFAASC", "MIIB"] {
            assert!(!is_key(&format!("{head}{BODY}")), "{head}");
        }
        assert!(!is_key(&format!("MIIAFAIBAAKCAQEA{BODY}")), "longer than it says");
    }
}
