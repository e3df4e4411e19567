//! As much of URLs (RFC 3986) as heads need.

/// The scheme, and what is behind its `://`. A path with a URL in its arguments has none.
pub fn split_scheme(url: &str) -> Option<(&str, &str)> {
    let (scheme, behind) = url.split_once("://")?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    is_scheme.then_some((scheme, behind))
}

/// The path of a URL, or of what is a path already, with arguments and fragment; nothing if there is none.
pub fn path(url: &str) -> &str {
    match split_scheme(url) {
        Some((_, behind)) => behind.find(['/', '?', '#']).and_then(|at| behind.get(at..)).unwrap_or_default(),
        None => url,
    }
}

/// The host of an authority in small letters, without user, port and brackets.
pub fn host(authority: &str) -> Option<String> {
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = match host.strip_prefix('[').and_then(|host| host.split_once(']')) {
        Some((inner, _)) => inner,
        None => host.split(':').next().unwrap_or_default(),
    };
    let host = host.trim().trim_end_matches('.').to_ascii_lowercase();
    (!host.is_empty()).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_in_the_arguments_is_not_the_url() {
        assert_eq!(split_scheme("http://a/b"), Some(("http", "a/b")));
        for path_only in ["/go?to=http://evil/x", "go?to=http://evil", "://a", "1http://a", "a/b"] {
            assert_eq!(split_scheme(path_only), None);
            assert_eq!(path(path_only), path_only);
        }
        assert_eq!((path("http://a"), path("http://a?b"), path("icap://a/b?c")), ("", "?b", "/b?c"));
        assert_eq!(host("u:p@[::1]:80").as_deref(), Some("::1"));
        assert_eq!((host("A.Example.:80").as_deref(), host(":80")), (Some("a.example"), None));
    }
}
