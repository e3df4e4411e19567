//! Whether what stands behind "password" is one. What is in quotes is taken for a value, what is bare may be code, and
//! what stands in running text may be any word: each asks for more than the one before.

use super::placeholder;

/// Words that stand behind "password:" in forms, translations and schemas, and begin values that are none.
const WORDS: &[&str] = &[
    "minimum",
    "maximum",
    "incorrect",
    "correct",
    "invalid",
    "wrong",
    "expired",
    "reset",
    "forgotten",
    "forgot",
    "enter",
    "confirm",
    "confirmation",
    "change",
    "changed",
    "strength",
    "policy",
    "protected",
    "authentication",
    "required",
    "nullable",
    "confirmed",
    "integer",
    "boolean",
    "varchar",
    "password_hash",
    "changed_at",
    "must",
    "contraseña",
    "contrasena",
    "wachtwoord",
    "lösenord",
    "adgangskode",
    "passord",
    "salasana",
    "hasło",
    "heslo",
    "jelszó",
    "parola",
    "şifre",
    "пароль",
    "senha",
    "kodeord",
    "パスワード",
    "密码",
    "密碼",
    "비밀번호",
    "mot de passe",
];

/// Names of algorithms and formats that have the letters and digits of a password.
const TERMS: &[&str] = &[
    "sha1",
    "sha-1",
    "sha2",
    "sha256",
    "sha-256",
    "sha384",
    "sha-384",
    "sha512",
    "sha-512",
    "md4",
    "md5",
    "base32",
    "base64",
    "aes128",
    "aes-128",
    "aes256",
    "aes-256",
    "bcrypt",
    "scrypt",
    "argon2",
    "argon2i",
    "argon2id",
    "pbkdf2",
    "utf8",
    "utf-8",
    "utf16",
    "utf-16",
    "oauth2",
    "oauth2.0",
    "2fa",
    "mfa2",
    "win32",
    "win64",
    "x509",
    "pkcs8",
    "pkcs12",
    "http2",
    "ipv4",
    "ipv6",
    "nvarchar2",
    "varchar2",
    "int32",
    "int64",
    "uint8",
    "u32",
    "tls1.2",
    "tls1.3",
    "ntlmv2",
];

/// Beginnings of what is no value but says where it is or how it was made.
const STARTS: &[&str] = &[
    "/",
    "./",
    "../",
    "~/",
    "c:\\",
    "http://",
    "https://",
    "file:",
    "env:",
    "aws:",
    "ref+",
    "!vault",
    "!ref",
    "!sub",
    "!getatt",
    "enc(",
    "enc[",
    "aqicah",
    "$2a$",
    "$2b$",
    "$2y$",
    "$1$",
    "$5$",
    "$6$",
    "$y$",
    "$argon2",
    "$ansible",
    "pbkdf2",
    "{ssha",
    "{sha",
    "{crypt",
    "{bcrypt",
    "{noop",
    "{cipher",
    "sha256:",
    "scram-",
    "projects/",
    "secret/",
    "@microsoft",
    "@string/",
    "@null",
    "@param",
    "--",
    "=>",
    "->",
    "::",
    "&lt;",
    "&quot;",
    "\\u",
    "\\n",
];

/// First words of a chain of names in code.
const OBJECTS: &[&str] = &[
    "self",
    "this",
    "req",
    "request",
    "res",
    "response",
    "cfg",
    "config",
    "conf",
    "configuration",
    "settings",
    "options",
    "opts",
    "opt",
    "args",
    "argv",
    "params",
    "param",
    "env",
    "process",
    "os",
    "user",
    "data",
    "body",
    "form",
    "input",
    "props",
    "state",
    "ctx",
    "context",
    "model",
    "account",
    "credentials",
    "credential",
    "creds",
    "values",
    "secrets",
    "secret",
    "vault",
    "var",
    "local",
    "module",
    "system",
    "environment",
    "dto",
    "payload",
    "event",
    "document",
    "window",
    "session",
    "app",
    "properties",
    "kwargs",
    "result",
    "row",
    "record",
    "obj",
    "object",
    "json",
    "e",
    "u",
    "c",
    "s",
    "p",
    "x",
    "i",
    "it",
    "item",
    "field",
    "fields",
    "auth",
    "client",
    "server",
    "db",
    "database",
    "conn",
    "connection",
    "viewmodel",
    "vm",
    "form1",
    "txt",
    "string",
    "random_password",
    "azurerm",
    "aws",
    "google",
    "terraform",
];

struct Kinds {
    lower: usize,
    upper: usize,
    digits: usize,
    others: usize,
}

fn kinds(value: &str) -> Kinds {
    let count = |f: fn(char) -> bool| value.chars().filter(|c| f(*c)).count();
    let others = count(|c| !c.is_alphanumeric());
    let digits = count(|c| c.is_ascii_digit());
    let upper = count(char::is_uppercase);
    Kinds { lower: value.chars().count() - others - digits - upper, upper, digits, others }
}

/// What is true of all of them.
fn is_possible(value: &str) -> bool {
    let lower = value.to_lowercase();
    let trimmed = lower.trim_end_matches(['.', ',', ';', ':', '!', '?']);
    placeholder::is_secret(value)
        && !STARTS.iter().any(|s| lower.starts_with(s))
        && !WORDS.contains(&trimmed)
        && !TERMS.contains(&trimmed)
        && !lower.contains("password")
        && !lower.contains("passwort")
        && !lower.contains("<")
        && !is_format(value)
        && !is_call(value)
        && !is_path(value)
        && !is_constant_of_code(value)
        && !value.contains("::")
}

/// `0x11a1`, `761/tcp`: a constant, the port of a service. `assert_eq!(page.unwrap()`: a call that is not closed.
fn is_constant_of_code(value: &str) -> bool {
    let hex = value.strip_prefix("0x").is_some_and(|h| h.len() <= 8 && h.bytes().all(|b| b.is_ascii_hexdigit()));
    let port = value.strip_suffix("/tcp").or_else(|| value.strip_suffix("/udp"));
    hex || port.is_some_and(|p| p.bytes().all(|b| b.is_ascii_digit())) || value.contains("!(") || value.contains("().")
}

/// `Sign.sign()`, `$join([`: a name and a bracket behind it.
fn is_call(value: &str) -> bool {
    let Some((name, _)) = value.split_once('(') else { return false };
    let name = name.trim_start_matches(['$', '@']);
    name.len() >= 3 && name.bytes().all(|b| b.is_ascii_alphabetic() || b == b'.' || b == b'_')
}

/// `path/to/it.7z`: words with slashes between.
fn is_path(value: &str) -> bool {
    let parts: Vec<&str> = value.split('/').collect();
    let words = parts.iter().take(2).all(|p| p.len() >= 2 && p.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'));
    parts.len() >= 3 && words
}

/// `WIN32_ERROR`: a constant in code.
fn is_constant(value: &str) -> bool {
    let capitals = |p: &str| p.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    value.contains('_') && value.trim_start_matches(['%', '&', '@']).split('_').all(capitals)
}

/// `%s`, `{0}`, `:password`, `?1`, `@pw`: a place to be filled in. `required|string|min:8`: rules for what fills it.
fn is_format(value: &str) -> bool {
    let name = |v: &str| {
        let stem = v.trim_end_matches(|c: char| c.is_ascii_digit());
        v.len() - stem.len() <= 2 && stem.chars().all(|c| c.is_ascii_lowercase() || c == '_')
            || v.chars().all(|c| c.is_ascii_alphabetic() || c == '_')
    };
    value.contains('|')
        || (value.starts_with('%') && value.len() <= 4)
        || value.strip_prefix([':', '@', '?', '$', '&', '*']).is_some_and(name)
        || (value.starts_with('{') && value.ends_with('}'))
        || (value.starts_with("#{") || value.starts_with("{#"))
}

/// In quotes, in an element, in a field of its own. At least two kinds of characters, or many capitals and small letters.
pub(crate) fn is_quoted(value: &str) -> bool {
    let k = kinds(value);
    let both = k.lower + k.upper > 0 && (k.digits > 0 || k.others > 0);
    let mixed = k.upper >= 2 && k.lower >= 2 && !is_name(value);
    let number = k.digits >= 6 && k.digits == value.len();
    is_possible(value) && (both || mixed || number) && !is_phrase(value) && !is_chain(value)
}

/// Without quotes in a file of settings: letters and digits, or letters and signs that no name has.
pub(crate) fn is_bare(value: &str) -> bool {
    let k = kinds(value);
    let letters = k.lower + k.upper > 0;
    let signs = value.contains(|c: char| "!#$%^*?+~@=".contains(c));
    let number = (6..=12).contains(&k.digits) && k.digits == value.len();
    let ordinal = value.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with(['-', '.'])
        && value.starts_with(|c: char| c.is_ascii_digit());
    let epoch = value.split_once(':').is_some_and(|(epoch, version)| {
        epoch.bytes().all(|b| b.is_ascii_digit()) && version.starts_with(|c: char| c.is_ascii_digit())
    });
    is_possible(value)
        && (number || (letters && (k.digits > 0 || (signs && value.len() >= 8))))
        && !ordinal
        && !epoch
        && !is_constant(value)
        && !is_chain(value)
        && !is_phrase(value)
}

/// In running text: as in settings, and letters with digits, or of all kinds.
pub(crate) fn is_prose(value: &str) -> bool {
    let k = kinds(value);
    let strong = k.digits > 0 && k.lower + k.upper > 0 && (k.others > 0 || k.upper > 0 || value.len() >= 7);
    is_bare(value) && (strong || (k.others > 0 && k.upper > 0 && k.lower > 0 && k.digits > 0)) && !is_amount(value)
}

/// Without any sign between the word and the value: eight characters or more of four kinds, or of three with digits
/// that are more than a year at the end.
pub(crate) fn is_strong(value: &str) -> bool {
    let k = kinds(value);
    let inner = value.trim_end_matches(|c: char| !c.is_alphabetic());
    let three = k.lower > 0 && k.upper > 0 && k.digits > 0;
    value.len() >= 8 && is_prose(value) && three && (k.others > 0 || inner.contains(|c: char| c.is_ascii_digit()))
}

/// `12th`, `90days`, `8chars`: a number and its unit.
fn is_amount(value: &str) -> bool {
    let unit = value.trim_start_matches(|c: char| c.is_ascii_digit());
    unit.len() < value.len() && unit.len() >= 2 && unit.bytes().all(|b| b.is_ascii_lowercase()) && value.len() < 10
}

/// Names with dots or arrows between: `config.db.pw1`, `user->pass2`.
fn is_chain(value: &str) -> bool {
    let parts: Vec<&str> = value
        .trim_start_matches(['!', '-', '*', '&'])
        .split(['.', '>', ':', '/', '\\'])
        .map(|p| p.trim_end_matches(['-', '?']))
        .collect();
    let name = |p: &&str| {
        p.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && p.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    let [first, rest @ ..] = parts.as_slice() else { return false };
    let known = OBJECTS.contains(&first.to_lowercase().trim_start_matches(['$', '@', '*', '&']));
    let words = parts.iter().all(|p| name(p) && !p.contains(|c: char| c.is_ascii_digit()));
    !rest.is_empty() && (known || words)
}

/// `camelCase` or `PascalCase` of a few words: a name in code.
fn is_name(value: &str) -> bool {
    let humps = value.chars().filter(|c| c.is_uppercase()).count();
    let pairs =
        value.as_bytes().windows(2).filter(|w| matches!(w, [a, b] if a.is_ascii_uppercase() && b.is_ascii_uppercase()));
    value.chars().all(|c| c.is_alphabetic() || c == '_')
        && pairs.count() == 0
        && humps.saturating_mul(4) <= value.chars().count() + 2
}

/// Words with signs between and no digits: `reset-link`, `forgot_it`, `e-mail`, `l'utilisateur`.
fn is_phrase(value: &str) -> bool {
    let core = value.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '*']);
    let word = |p: &str| {
        let tail: Vec<char> = p.chars().skip(1).collect();
        tail.iter().all(|c| c.is_lowercase()) || p.chars().all(char::is_uppercase)
    };
    core.split(['-', '_', '.', '/', '\'', '’', '&', '+', ' ']).all(|p| p.chars().all(char::is_alphabetic) && word(p))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_quotes() {
        for good in [
            "Falcon4711!",
            "Granite-aB3xY12",
            "hunter2",
            "kqwzpt381QRT!",
            "Tr0ub4dor&3",
            "48213377",
            "qWeRtZuI",
            "#x9K-m2_Q",
        ] {
            assert!(is_quoted(good), "{good}");
        }
        for bad in [
            "0x11a1",
            "761/tcp",
            "assert_eq!(page.unwrap().len()",
            "changeme",
            "password",
            "Passwort",
            "required|string|min:8",
            "xxxxxxxx",
            "",
            "Mot de passe",
            "reset-link",
            "%s",
            ":password",
            "/run/secrets/db1",
            "getPassword",
            "user.password",
            "$2b$10$abcdefgh",
            "${PW1}",
            "config.db.pw1",
            "Sign.sign()",
            "!package.is_default",
            "path/to/encrypted.7z",
        ] {
            assert!(!is_quoted(bad), "{bad}");
        }
    }

    #[test]
    fn bare_and_in_running_text() {
        for good in ["Falcon4711!", "Meadow.x9Zq31", "hunter2", "rT#9-xK2%q", "Wach_2024"] {
            assert!(is_bare(good), "{good}");
            assert!(is_prose(good), "{good}");
        }
        assert!(is_strong("Xk29!vTq") && is_strong("Harbor92xQ"));
        assert!(!is_strong("Manager2024") && !is_strong("hunter22") && !is_strong("SHA-512"));
        for bad in [
            "string",
            "None",
            "getpass",
            "self.password1",
            "req.body.pw2",
            "true",
            "SHA256",
            "base64",
            "8-stellig",
            "12-character",
            "90days",
            "required",
            "123456",
            "expired.",
            "/run/secrets/db1",
            "user->pass2",
            "WIN32_ERROR",
            "a::b::UNICODE2",
            "$join([Key1",
        ] {
            assert!(!is_prose(bad), "{bad}");
        }
    }
}
