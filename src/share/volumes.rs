//! Archives split into volumes: `a.zip.001`, `a.zip.002` … and `a.z01`, `a.z02` … `a.zip` (APPNOTE.TXT 8.1). Joined they
//! are the archive; each alone is a piece of it.

use std::path::{Path, PathBuf};

/// Bytes of all volumes together, as they are held in memory. 512 MiB is our choice; larger ones are read one by one,
/// and each says that it is a piece.
const JOINED_BYTES_MAX: u64 = 512 << 20;

/// Volumes of one archive: numbers have three digits, or two behind a letter.
const VOLUMES_MAX: usize = 999;

/// The volumes of the archive that `path` is the one to open of, in order, `path` among them. Empty if the name is none of
/// a volume, if there is no other volume beside it, or if they are too large together.
pub fn of(path: &Path) -> Vec<PathBuf> {
    let volumes = by_name(path);
    let bytes: u64 = volumes.iter().filter_map(|path| path.metadata().ok()).map(|metadata| metadata.len()).sum();
    if bytes > JOINED_BYTES_MAX { Vec::new() } else { volumes }
}

fn by_name(path: &Path) -> Vec<PathBuf> {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return Vec::new() };
    let lower = name.to_ascii_lowercase();
    let beside = |name: String| Some(path.with_file_name(name)).filter(|path| path.is_file());
    if let Some(stem) = lower.strip_suffix(".001").and_then(|stem| name.get(..stem.len())) {
        let more = (2..=VOLUMES_MAX).map_while(|number| beside(format!("{stem}.{number:03}")));
        let volumes: Vec<_> = std::iter::once(path.to_owned()).chain(more).collect();
        return if volumes.len() > 1 { volumes } else { Vec::new() };
    }
    if let Some(stem) = lower.strip_suffix(".zip").and_then(|stem| name.get(..stem.len())) {
        let number = |number: usize| ["z", "Z"].iter().find_map(|letter| beside(format!("{stem}.{letter}{number:02}")));
        let mut volumes: Vec<_> = (1..=VOLUMES_MAX).map_while(number).collect();
        if !volumes.is_empty() {
            volumes.push(path.to_owned());
        }
        return volumes;
    }
    Vec::new()
}

/// Whether the name is that of a volume which is examined with another one (`a.zip.002`, `a.z01`), and that is there.
pub fn first_of(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?;
    let (stem, extension) = name.rsplit_once('.')?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let first = match extension.as_bytes() {
        [_, _, _] if is_number(extension) && extension != "001" => path.with_file_name(format!("{stem}.001")),
        [b'z' | b'Z', ..] if is_number(extension.get(1..)?) => path.with_file_name(format!("{stem}.zip")),
        _ => return None,
    };
    of(&first).iter().any(|volume| volume == path).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn volumes_are_found_in_order() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.zip.001", "a.zip.002", "a.zip.003", "a.zip.005", "b.z01", "b.z02", "b.zip", "c.zip", "d.001"] {
            std::fs::write(folder.path().join(name), name).unwrap();
        }
        let volumes = |name: &str| {
            let names = of(&folder.path().join(name)).into_iter();
            names.map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(volumes("a.zip.001"), ["a.zip.001", "a.zip.002", "a.zip.003"]);
        assert_eq!(volumes("b.zip"), ["b.z01", "b.z02", "b.zip"]);
        for alone in ["c.zip", "d.001", "a.zip.002", "none.001"] {
            assert!(volumes(alone).is_empty(), "{alone}");
        }
        let first = |name: &str| first_of(&folder.path().join(name)).map(|path| path.file_name().unwrap().to_owned());
        assert_eq!(first("a.zip.002").unwrap(), "a.zip.001");
        assert_eq!(first("b.z02").unwrap(), "b.zip");
        for own in ["a.zip.001", "a.zip.005", "b.zip", "c.zip", "d.001"] {
            assert_eq!(first(own), None, "{own}");
        }
    }
}
