//! A user and a secret in one text: RFC 7617 (basic authentication), RFC 3986 section 3.2.1 (user information),
//! connection strings of ODBC, ADO.NET and JDBC.

use super::base64;
use super::placeholder;

/// Secrets that stand in every manual.
const WEAK: &[&str] = &[
    "password",
    "passwd",
    "pass",
    "pwd",
    "pw",
    "secret",
    "root",
    "admin",
    "user",
    "username",
    "guest",
    "postgres",
    "mysql",
    "test",
    "toor",
    "x",
    "xxx",
    "token",
    "key",
    "mongo",
    "redis",
    "rabbitmq",
    "dbpass",
    "mypass",
    "mypassword",
    "my_password",
    "dbpassword",
    "db_password",
    "user:password",
    "pass123",
    "password123",
    "pass1234",
    "p4ssw0rd",
    "passw0rd",
    "p@ssw0rd",
    "secretpassword",
    "mysecretpassword",
    "bar",
    "baz",
    "foo",
    "hunter2",
    "p",
    "app",
    "sa",
];

fn is_secret(user: &str, secret: &str) -> bool {
    let lower = secret.to_lowercase();
    !secret.is_empty()
        && secret != user
        && !WEAK.contains(&lower.as_str())
        && placeholder::is_secret(secret)
        && !secret.contains(['<', '>', '{', '}', '*'])
        && !secret.starts_with('$')
        && secret.bytes().any(|b| !b.is_ascii_lowercase())
}

/// `scheme://user:secret@host…`: a secret that is none of those in manuals, and a host that is no example.
pub(crate) fn is_url(value: &str) -> bool {
    let Some((_, rest)) = value.split_once("://") else { return false };
    let Some((info, host)) = rest.rsplit_once('@') else { return false };
    let Some((user, secret)) = info.split_once(':') else { return false };
    let host = host.split([':', '/', '?', ',']).next().unwrap_or_default().to_lowercase();
    let documentation = ["example.com", "example.org", "example.net", "example"];
    let example = documentation.iter().any(|d| host == *d || host.strip_suffix(d).is_some_and(|h| h.ends_with('.')));
    !example
        && !matches!(host.as_str(), "" | "host" | "hostname" | "server" | "domain" | "ip")
        && is_secret(user, secret)
}

/// The base64 of `user:secret`.
pub(crate) fn is_basic(value: &str) -> bool {
    let Some(text) = base64::decode(value).and_then(|bytes| String::from_utf8(bytes).ok()) else { return false };
    text.chars().all(|c| !c.is_control())
        && text.split_once(':').is_some_and(|(user, secret)| {
            !secret.is_empty()
                && !WEAK.contains(&secret)
                && !user.contains("example")
                && placeholder::distinct(secret) > 2
        })
}

/// `key=value;…` with a password, key or signature that is no placeholder.
pub(crate) fn is_connection_string(value: &str) -> bool {
    let mut user = "";
    let mut secret = None;
    for pair in value.split([';', '&', '?', ',']) {
        let Some((key, value)) = pair.split_once('=') else { continue };
        let key: String = key.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
        let value = value.trim_matches(|c: char| matches!(c, '"' | '\'' | '{' | '}' | '\\' | ' '));
        if matches!(key.as_str(), "userid" | "uid" | "user" | "username" | "usr") {
            user = value;
        } else if key.ends_with("password")
            || key.ends_with("pwd")
            || key.ends_with("accesskey")
            || key.ends_with("accountkey")
        {
            secret = secret.or(Some(value));
        }
    }
    secret.is_some_and(|s| is_secret(user, s))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls() {
        for good in [
            "postgres://app:kT9vQ2mZx@db1.intern:5432/shop",
            "https://bob:Wint3r-7@git.acme.de/x.git",
            "mongodb+srv://svc:8Xq2mT@c0.ab.mongodb.net/",
        ] {
            assert!(is_url(good), "{good}");
        }
        for bad in [
            "https://example.org/a:b@c",
            "postgres://user:password@host/db",
            "postgres://postgres:postgres@localhost/db",
            "https://user:pa55word9@example.com/",
            "redis://:${PW}@cache",
            "mysql://root:<password>@db",
            "x",
            "a://b@c",
        ] {
            assert!(!is_url(bad), "{bad}");
        }
    }

    #[test]
    fn basic_and_strings() {
        assert!(is_basic("YWRtaW46a1Q5dlEybVp4"));
        for bad in ["dXNlcjpwYXNz", "bm9jb2xvbg==", "!!!!", "YWRtaW46"] {
            assert!(!is_basic(bad), "{bad}");
        }
        assert!(is_connection_string("Server=db1;Database=shop;UserID=app;Password=kT9vQ2mZx;"));
        assert!(is_connection_string("Server=db1;Uid=app;Pwd='kT9vQ2mZx'"));
        for bad in [
            "Server=db1;Password=<password>;",
            "Server=db1;Password=***;",
            "Server=db1;Trusted_Connection=True",
            "UserID=sa;Password=sa",
        ] {
            assert!(!is_connection_string(bad), "{bad}");
        }
    }
}
