//! Archives split into volumes: `a.zip.001`, `a.zip.002` … and `a.z01`, `a.z02` … `a.zip` (APPNOTE.TXT 8.1). Joined they
//! are the archive; each alone is a piece of it.

use crate::share::FilePath;

/// Bytes of all volumes together, as they are held in memory. 512 MiB is our choice; larger ones are read one by one,
/// and each says that it is a piece.
const JOINED_BYTES_MAX: u64 = 512 << 20;

/// Volumes of one archive: numbers have three digits, or two behind a letter.
const VOLUMES_MAX: usize = 999;

/// The volumes of the archive that `place` is the one to open of, in order, `place` among them. Empty if the name is none
/// of a volume, if there is no other volume beside it, or if they are too large together. Links are no volumes.
pub fn of(place: &FilePath) -> Vec<FilePath> {
    let volumes = by_name(place);
    let bytes: u64 = volumes.iter().filter_map(|volume| volume.look().ok()).map(|metadata| metadata.len()).sum();
    if bytes > JOINED_BYTES_MAX { Vec::new() } else { volumes }
}

fn by_name(place: &FilePath) -> Vec<FilePath> {
    let Some(name) = place.path().file_name().and_then(|name| name.to_str()) else { return Vec::new() };
    let lower = name.to_ascii_lowercase();
    let beside = |name: String| Some(place.beside(&name)).filter(FilePath::is_file);
    if let Some(stem) = lower.strip_suffix(".001").and_then(|stem| name.get(..stem.len())) {
        let more = (2..=VOLUMES_MAX).map_while(|number| beside(format!("{stem}.{number:03}")));
        let volumes: Vec<_> = std::iter::once(place.clone()).chain(more).collect();
        return if volumes.len() > 1 { volumes } else { Vec::new() };
    }
    if let Some(stem) = lower.strip_suffix(".zip").and_then(|stem| name.get(..stem.len())) {
        let number = |number: usize| ["z", "Z"].iter().find_map(|letter| beside(format!("{stem}.{letter}{number:02}")));
        let mut volumes: Vec<_> = (1..=VOLUMES_MAX).map_while(number).collect();
        if !volumes.is_empty() {
            volumes.push(place.clone());
        }
        return volumes;
    }
    Vec::new()
}

/// The first volume, if the name is that of one which is examined with another (`a.zip.002`, `a.z01`), and that one can be
/// opened.
pub fn first_of(place: &FilePath) -> Option<FilePath> {
    let name = place.path().file_name()?.to_str()?;
    let (stem, extension) = name.rsplit_once('.')?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let first = match extension.as_bytes() {
        [_, _, _] if is_number(extension) && extension != "001" => place.beside(&format!("{stem}.001")),
        [b'z' | b'Z', ..] if is_number(extension.get(1..)?) => place.beside(&format!("{stem}.zip")),
        _ => return None,
    };
    let among = first.is_file() && of(&first).iter().any(|volume| volume.path() == place.path());
    // Waits for nothing, should a pipe have taken its place.
    (among && first.open().is_ok()).then_some(first)
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
            let names = of(&FilePath::named(folder.path().join(name))).into_iter();
            names.map(|volume| volume.path().file_name().unwrap().to_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(volumes("a.zip.001"), ["a.zip.001", "a.zip.002", "a.zip.003"]);
        assert_eq!(volumes("b.zip"), ["b.z01", "b.z02", "b.zip"]);
        for alone in ["c.zip", "d.001", "a.zip.002", "none.001"] {
            assert!(volumes(alone).is_empty(), "{alone}");
        }
        let first = |name: &str| {
            let first = first_of(&FilePath::named(folder.path().join(name)));
            first.map(|first| first.path().file_name().unwrap().to_owned())
        };
        assert_eq!(first("a.zip.002").unwrap(), "a.zip.001");
        assert_eq!(first("b.z02").unwrap(), "b.zip");
        for own in ["a.zip.001", "a.zip.005", "b.zip", "c.zip", "d.001"] {
            assert_eq!(first(own), None, "{own}");
        }
    }

    #[test]
    fn a_name_alone_keeps_no_file_from_being_examined() {
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str| FilePath::named(folder.path().join(name));
        let write = |name: &str| std::fs::write(folder.path().join(name), name).unwrap();
        ["a.002", "b.z01", "c.001", "d.001", "e.002"].iter().for_each(|name| write(name));
        assert_eq!((first_of(&place("a.002")), first_of(&place("b.z01"))), (None, None), "there is no first one");
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("d.001", folder.path().join("c.002")).unwrap();
            assert!(of(&place("c.001")).is_empty(), "links are no volumes");
            std::os::unix::fs::symlink("d.001", folder.path().join("e.001")).unwrap();
            assert_eq!(first_of(&place("e.002")), None, "nor are they the first one");
        }
    }
}
