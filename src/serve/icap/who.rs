//! Who asks: the headers of draft-stecher-icap-subid-00 (2003) and Squid's, with the forms seen in the wild.

use std::net::{IpAddr, SocketAddr};

use crate::serve::icap::base64;
use crate::serve::icap::fields::{Fields, text};

/// Which headers tell who asks. Of several names the first one that is there counts; groups of all are taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// The user's name.
    pub user: Vec<String>,
    /// The user's groups.
    pub groups: Vec<String>,
    /// The address of the user's machine.
    pub client_ip: Vec<String>,
    /// The address of the origin server.
    pub server_ip: Vec<String>,
    /// Headers kept as text under their name, for policies.
    pub extra: Vec<String>,
    /// How users and groups are written.
    pub encoding: UserEncoding,
}

/// How users and groups are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UserEncoding {
    /// Base64 if it is that to the last character and text comes out of it. A plain name of four, eight … letters may
    /// look so (about one in twenty of four letters): set one of the others where the proxy is known.
    #[default]
    Guess,
    /// Always base64; what is not is taken as it stands.
    Base64,
    /// Never base64.
    Plain,
}

impl Default for Names {
    fn default() -> Self {
        let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Self {
            user: list(&["X-Authenticated-User", "X-Client-Username"]),
            groups: list(&["X-Authenticated-Groups"]),
            client_ip: list(&["X-Client-IP"]),
            server_ip: list(&["X-Server-IP"]),
            extra: Vec::new(),
            encoding: UserEncoding::Guess,
        }
    }
}

/// A user as the proxy knows them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct User {
    /// Where the name is from: `WinNT`, `LDAP`, `Local` …
    pub scheme: Option<String>,
    /// The rest: `DOMAIN/name`, `host/cn=…`, or the bare name.
    pub name: String,
}

/// Who asks, and of whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Who {
    /// The user's machine.
    pub client_ip: Option<IpAddr>,
    /// The origin server.
    pub server_ip: Option<IpAddr>,
    /// The user.
    pub user: Option<User>,
    /// Their groups.
    pub groups: Vec<User>,
    /// What the extra headers say, by the names asked for.
    pub extra: Vec<(String, String)>,
}

impl Who {
    pub(crate) fn read(fields: &Fields, names: &Names) -> Self {
        let first = |names: &[String]| names.iter().find_map(|name| fields.get(name)).filter(|v| !v.is_empty());
        let decode = |value: &[u8]| decode(value, names.encoding);
        Self {
            client_ip: first(&names.client_ip).and_then(address),
            server_ip: first(&names.server_ip).and_then(address),
            user: first(&names.user).map(|value| user(&decode(value))),
            groups: names
                .groups
                .iter()
                .flat_map(|name| fields.list(name))
                .map(decode)
                // One base64 may hold the whole list, and so may one plain header, cut at the same commas.
                .flat_map(|text| text.split(',').map(|part| part.trim().to_owned()).collect::<Vec<_>>())
                .fold(Vec::new(), join)
                .iter()
                .map(|group| user(group))
                .collect(),
            extra: names.extra.iter().filter_map(|name| fields.text(name).map(|value| (name.clone(), value))).collect(),
        }
    }
}

/// `LDAP://host/cn=Staff,dc=example` has commas of its own: in a list with schemes, what has none goes on.
fn join(mut groups: Vec<String>, part: String) -> Vec<String> {
    match groups.last_mut() {
        Some(last) if last.contains("://") && !part.contains("://") => {
            last.push(',');
            last.push_str(&part);
        }
        _ if part.is_empty() => (),
        _ => groups.push(part),
    }
    groups
}

fn decode(value: &[u8], encoding: UserEncoding) -> String {
    let decoded = match encoding {
        UserEncoding::Plain => None,
        UserEncoding::Base64 => base64::decode(value).map(|bytes| text(&bytes)),
        UserEncoding::Guess => base64::decode(value).and_then(|bytes| String::from_utf8(bytes).ok()),
    };
    decoded.filter(|name| !name.chars().any(char::is_control)).unwrap_or_else(|| text(value))
}

fn user(text: &str) -> User {
    match text.split_once("://") {
        Some((scheme, name)) if !scheme.is_empty() => User { scheme: Some(scheme.to_owned()), name: name.to_owned() },
        _ => User { scheme: None, name: text.to_owned() },
    }
}

/// An address, with a port or in brackets too.
fn address(value: &[u8]) -> Option<IpAddr> {
    let value = std::str::from_utf8(value).ok()?.trim();
    let bare = value.strip_prefix('[').and_then(|value| value.strip_suffix(']')).unwrap_or(value);
    bare.parse().ok().or_else(|| value.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn who(block: &str, names: &Names) -> Who {
        Who::read(&Fields::strict(block.as_bytes()).unwrap(), names)
    }

    fn named(scheme: &str, name: &str) -> User {
        User { scheme: (!scheme.is_empty()).then(|| scheme.to_owned()), name: name.to_owned() }
    }

    #[test]
    fn users_plain_and_encoded() {
        let guess = Names::default();
        for (value, user) in [
            ("YWxpY2U=", named("", "alice")),
            ("V2luTlQ6Ly9DT1JQL2FsaWNl", named("WinNT", "CORP/alice")),
            ("WinNT://CORP/alice", named("WinNT", "CORP/alice")),
            ("alice", named("", "alice")),
            ("anna", named("", "anna")),
            ("alice@example.org", named("", "alice@example.org")),
            ("J\u{fc}rgen", named("", "J\u{fc}rgen")),
            ("SsO8cmdlbg==", named("", "J\u{fc}rgen")),
            ("AAAA", named("", "AAAA")),
        ] {
            assert_eq!(who(&format!("X-Authenticated-User: {value}\r\n"), &guess).user, Some(user), "{value}");
        }
        let squid = who("X-Client-Username: bob\r\n", &guess);
        assert_eq!(squid.user, Some(named("", "bob")));
        let plain = Names { encoding: UserEncoding::Plain, ..Names::default() };
        assert_eq!(who("X-Authenticated-User: YWxpY2U=\r\n", &plain).user, Some(named("", "YWxpY2U=")));
        assert_eq!(who("X-Authenticated-User:\r\n", &guess), Who::default());
    }

    #[test]
    fn groups_in_every_form() {
        let names = Names::default();
        let groups = |value: &str| who(&format!("X-Authenticated-Groups: {value}\r\n"), &names).groups;
        let both = [named("WinNT", "CORP/Staff"), named("WinNT", "CORP/HR")];
        // base64 of "WinNT://CORP/Staff, WinNT://CORP/HR" and of each
        assert_eq!(groups("V2luTlQ6Ly9DT1JQL1N0YWZmLCBXaW5OVDovL0NPUlAvSFI="), both);
        assert_eq!(groups("V2luTlQ6Ly9DT1JQL1N0YWZm, V2luTlQ6Ly9DT1JQL0hS"), both);
        assert_eq!(groups("WinNT://CORP/Staff, WinNT://CORP/HR"), both);
        assert_eq!(groups("staff,,human resources"), [named("", "staff"), named("", "human resources")]);
        assert_eq!(
            groups("LDAP://h/cn=Staff,dc=a, LDAP://h/cn=HR"),
            [named("LDAP", "h/cn=Staff,dc=a"), named("LDAP", "h/cn=HR")]
        );
    }

    #[test]
    fn addresses_and_own_names() {
        let names = Names {
            client_ip: vec!["X-Real".into(), "X-Client-IP".into()],
            extra: vec!["X-App".into()],
            ..Names::default()
        };
        let found = who("x-client-ip: 10.0.0.7\r\nX-Server-IP: [2001:db8::1]:443\r\nX-APP: crm\r\n", &names);
        assert_eq!(found.client_ip, Some([10, 0, 0, 7].into()));
        assert_eq!(found.server_ip.unwrap().to_string(), "2001:db8::1");
        assert_eq!(found.extra, [("X-App".to_owned(), "crm".to_owned())]);
        assert_eq!(who("X-Real: ::1\r\nX-Client-IP: 10.0.0.7\r\n", &names).client_ip.unwrap().to_string(), "::1");
        for wrong in ["unknown", "10.0.0", "10.0.0.7, 10.0.0.8"] {
            assert_eq!(who(&format!("X-Client-IP: {wrong}\r\n"), &names).client_ip, None);
        }
    }
}
