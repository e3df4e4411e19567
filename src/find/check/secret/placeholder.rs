//! What people write where a secret would stand: `<your-key>`, `${TOKEN}`, `xxxx`, `changeme`, `1234567890`.

/// Parts of words that no secret has, in small letters. Short ones are left out: random text has them by chance.
const PARTS: &[&str] = &[
    "xxxx",
    "****",
    "....",
    "____",
    "####",
    "????",
    "••••",
    "●●●●",
    "…",
    "example",
    "sample",
    "placeholder",
    "changeme",
    "change_me",
    "change-me",
    "changeit",
    "change_it",
    "change-it",
    "change_this",
    "changethis",
    "change-this",
    "replace",
    "redacted",
    "removed",
    "masked",
    "dummy",
    "todo",
    "fixme",
    "your_",
    "your-",
    "yourpass",
    "yourtoken",
    "yourkey",
    "yourapi",
    "yoursecret",
    "insert_",
    "insert-",
    "insert your",
    "enter_",
    "enter-",
    "enteryour",
    "put_your",
    "put-your",
    "_here",
    "-here",
    "goeshere",
    "go_here",
    "notreal",
    "not_real",
    "not-real",
    "fake_",
    "fake-",
    "_fake",
    "-fake",
    "mock_",
    "mock-",
    "foobar",
    "loremipsum",
    "lorem",
    "s3cr3t_here",
    "secret_here",
    "ihr_",
    "ihr-",
    "dein_",
    "votre_",
    "votre-",
    "platzhalter",
    "geheim_hier",
    "my_secret_key",
    "my-secret-key",
    "mysecretkey",
    "my_password",
    "my-password",
    "mypassword",
    "my_api_key",
    "myapikey",
    "my_token",
    "mytoken",
    "some_password",
    "somepassword",
    "some_secret",
    "some-secret",
    "secret_key_base",
    "test_token",
    "test-token",
    "test_key",
    "testtoken",
    "testpassword",
    "test_password",
    "test-password",
    "dummypass",
    "access_token",
    "accesstoken",
    "client_secret",
    "clientsecret",
    "api_key",
    "apikey",
    "api-key",
    "auth_token",
    "private_key",
    "privatekey",
];

/// Whole values, in small letters.
const WORDS: &[&str] = &[
    "password",
    "passwd",
    "passwort",
    "kennwort",
    "passphrase",
    "secret",
    "token",
    "key",
    "pass",
    "pwd",
    "credential",
    "credentials",
    "null",
    "nil",
    "none",
    "undefined",
    "true",
    "false",
    "yes",
    "no",
    "on",
    "off",
    "string",
    "str",
    "text",
    "value",
    "default",
    "empty",
    "blank",
    "required",
    "optional",
    "hidden",
    "unknown",
    "n/a",
    "na",
    "void",
    "tbd",
    "object",
    "user",
    "username",
    "login",
    "test",
    "encrypted",
    "plaintext",
    "plain",
    "base64",
    "variable",
    "invalid",
];

/// Signs of a reference to where the value really is.
const REFERENCES: &[&str] = &[
    "${",
    "{{",
    "}}",
    "$(",
    "#{",
    "%(",
    "<%",
    "%>",
    "@@",
    "[[",
    "getenv",
    "environ",
    "process.env",
    "env(",
    "env[",
    "env.",
    "secrets.",
    "vault:",
    "vault_",
    "keyvault",
    "op://",
    "arn:aws",
    "ssm:",
    "secretref",
    "valuefrom",
    "kms:",
    "$env:",
    "system.get",
    "configuration[",
    "config[",
    "config.get",
    "settings.",
    "params.",
    "args.",
    "self.",
    "this.",
    "var.",
    "local.",
    "data.aws",
];

/// How many different characters there are.
pub(super) fn distinct(value: &str) -> usize {
    let mut chars: Vec<char> = value.chars().collect();
    chars.sort_unstable();
    chars.dedup();
    chars.len()
}

/// Whether most of it counts up, counts down or stays: `12345678`, `abcdef0123`, `aaaa1111`.
pub(super) fn is_sequence(value: &str) -> bool {
    let bytes = value.as_bytes();
    let near = |pair: &[u8]| matches!(pair, [a, b] if a.abs_diff(*b) <= 1 || (*a, *b) == (b'9', b'0'));
    let steps = bytes.windows(2).filter(|pair| near(pair)).count();
    bytes.len() >= 4 && steps.saturating_mul(10) >= (bytes.len() - 1).saturating_mul(7)
}

/// Whether it is one piece again and again: `abcabcabc`, `deadbeefdeadbeef`.
fn is_repeated(value: &str) -> bool {
    let bytes = value.as_bytes();
    let shifted = |by: usize| bytes.iter().zip(bytes.iter().skip(by)).all(|(a, b)| a == b);
    bytes.len() >= 6 && (1..=bytes.len() / 2).any(shifted)
}

/// A name in signs that say "variable": `$NAME`, `%NAME%`, `<name>`, `{name}`, `[name]`, `@NAME@`, `__NAME__`.
fn is_variable(value: &str) -> bool {
    let name = |text: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | ' ' | '/'))
    };
    let upper = |text: &str| name(text) && !text.contains(|c: char| c.is_lowercase() || c.is_ascii_digit());
    let within =
        |open: &str, close: &str| value.strip_prefix(open).and_then(|v| v.strip_suffix(close)).is_some_and(name);
    value.strip_prefix('$').is_some_and(|v| upper(v) || (name(v) && !v.contains(|c: char| c.is_ascii_digit())))
        || value.starts_with("$env:")
        || within("%", "%")
        || within("<", ">")
        || within("{", "}")
        || within("[", "]")
        || within("@", "@")
        || within("__", "__")
        || within("{% ", " %}")
}

/// Whether `value` can be a secret at all.
pub(crate) fn is_secret(value: &str) -> bool {
    let lower = value.to_lowercase();
    let lower = lower.trim_matches(|c: char| matches!(c, '"' | '\'' | '`'));
    let has = |list: &[&str]| list.iter().any(|part| lower.contains(part));
    lower.len() >= 4
        && lower.contains(char::is_alphanumeric)
        && distinct(lower).saturating_mul(8) > lower.chars().count().min(64)
        && distinct(lower) >= 4
        && !is_sequence(lower)
        && !is_repeated(lower)
        && !is_variable(value)
        && !WORDS.contains(&lower)
        && !has(PARTS)
        && !has(REFERENCES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders() {
        for bad in [
            "",
            "****",
            "xxxxxxxxxxxx",
            "<your-password>",
            "${DB_PASSWORD}",
            "{{ token }}",
            "$TOKEN",
            "$(pass show x)",
            "%(db_pw)s",
            "%PASSWORD%",
            "<REDACTED>",
            "changeme",
            "ChangeMe123!",
            "your-token-here",
            "YOUR_API_KEY",
            "1234567890",
            "0123456789abcdef",
            "aaaaaaaaaaaa",
            "abcabcabc",
            "deadbeefdeadbeef",
            "password",
            "None",
            "os.environ['X']",
            "process.env.SECRET",
            "__TOKEN__",
            "@DB_PASS@",
            "sk_test_example",
            "....",
            "é",
            "[secret]",
            "arn:aws:secretsmanager:eu-west-1:1:secret",
            "$db_password",
            "{password}",
        ] {
            assert!(!is_secret(bad), "{bad}");
        }
    }

    #[test]
    fn secrets() {
        for good in [
            "Sommer2024!",
            "kT9#vQ2mZx",
            "hunter2",
            "Falcon_aB3xY12",
            "Pa$$w0rd!7",
            "$xK29fLq",
            "%tR8mW*e",
            "#9fLq2xK",
            "5f4dcc3b5aa765d61d8327deb882cf99",
            "correct-Horse-7",
            "48213377",
            "летоVesna9",
        ] {
            assert!(is_secret(good), "{good}");
        }
    }
}
