//! Lists of paths: one a line, or separated by NUL.

use std::io::{self, BufRead};
use std::path::PathBuf;

/// Bytes of one path; longer ones are no paths (Linux stops at 4,096).
const PATH_BYTES_MAX: usize = 64 << 10;

/// The paths that `list` holds, separated by `separator` (`\n` or NUL). Empty ones are passed over; a carriage return
/// before a line's end belongs to the line's end.
pub fn paths(mut list: impl BufRead, separator: u8) -> impl Iterator<Item = io::Result<PathBuf>> {
    std::iter::from_fn(move || {
        loop {
            let mut bytes = Vec::new();
            match io::Read::take(&mut list, PATH_BYTES_MAX as u64).read_until(separator, &mut bytes) {
                Ok(0) => return None,
                Ok(_) => {}
                Err(error) => return Some(Err(error)),
            }
            if bytes.last() == Some(&separator) {
                bytes.pop();
                if separator == b'\n' && bytes.last() == Some(&b'\r') {
                    bytes.pop();
                }
            } else if bytes.len() == PATH_BYTES_MAX {
                return Some(Err(io::Error::new(io::ErrorKind::InvalidData, "a path longer than 64 KiB")));
            }
            if !bytes.is_empty() {
                return Some(Ok(path(bytes)));
            }
        }
    })
}

#[cfg(unix)]
fn path(bytes: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    PathBuf::from(std::ffi::OsString::from_vec(bytes))
}

#[cfg(not(unix))]
fn path(bytes: Vec<u8>) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_nul() {
        let read = |list: &[u8], separator| {
            paths(list, separator).map(|p| p.unwrap().into_os_string().into_encoded_bytes()).collect::<Vec<_>>()
        };
        assert_eq!(read(b"a\r\n\nb c\n\xff", b'\n'), [b"a".to_vec(), b"b c".to_vec(), b"\xff".to_vec()]);
        assert_eq!(read(b"a\nb\0\0c", 0), [b"a\nb".to_vec(), b"c".to_vec()]);
        let long = vec![b'x'; PATH_BYTES_MAX + 1];
        assert!(paths(long.as_slice(), b'\n').next().unwrap().is_err());
    }
}
