//! JSON web tokens and other tokens that carry JSON in base64: RFC 7515 (JWS), RFC 7516 (JWE), RFC 7519 (JWT).

use serde_json::{Map, Value};

use super::base64;

fn object(part: &str) -> Option<Map<String, Value>> {
    match serde_json::from_slice(&base64::decode(part)?) {
        Ok(Value::Object(map)) => Some(map),
        _ => None,
    }
}

/// `header.payload.signature` with a header that names its algorithm and a payload that is an object; or the five parts
/// of an encrypted token, whose header names the encryption too.
pub(crate) fn is_valid(value: &str) -> bool {
    let parts: Vec<&str> = value.split('.').collect();
    match parts.as_slice() {
        [header, payload, signature] => {
            let alg = object(header).is_some_and(|h| h.get("alg").is_some_and(Value::is_string));
            // RFC 7797: a payload may stand unencoded or detached; that is no token to give away.
            alg && object(payload).is_some() && base64::decode(signature).is_some()
        }
        [header, key, iv, text, tag] => {
            object(header).is_some_and(|h| h.contains_key("alg") && h.contains_key("enc"))
                && [key, iv, text, tag].into_iter().all(|p| base64::decode(p).is_some())
        }
        _ => false,
    }
}

/// A token of a vendor's prefix and JSON in base64 somewhere behind it (`{"` is `eyJ`).
pub(crate) fn has_object(value: &str) -> bool {
    let from = value.find("eyJ").unwrap_or(0);
    let rest = value.get(from..).unwrap_or_default();
    let stop = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"+/-=".contains(c)).unwrap_or(rest.len());
    rest.starts_with("eyJ") && rest.get(..stop).and_then(object).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_of_rfc_7519_passes_and_dotted_words_do_not() {
        assert!(is_valid(concat!(
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.",
            "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.",
            "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        )));
        for bad in
            ["eyJ0eXAiOiJKV1QifQ.eyJhIjoxfQ.c2ln", "a.b.c", "eyJhbGciOiJIUzI1NiJ9.W10.c2ln", "eyJhbGciOiJI", "é.é.é"]
        {
            assert!(!is_valid(bad), "{bad}");
        }
        assert!(is_valid("eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..aXY.dGV4dA.dGFn"));
    }

    #[test]
    fn json_behind_a_prefix() {
        assert!(has_object("glc_eyJvIjoiMTIzIn0="));
        assert!(!has_object("glc_eyJvIjoiMTIz"));
        assert!(!has_object("glc_none"));
    }
}
