//! The stream `dir` (MS-OVBA 2.3.4.2): the code page of the project and where the source of its modules stands.

/// What `dir` says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Project {
    /// Code page of names and source texts; 0 = not given.
    pub page: u16,
    /// The modules, in their order.
    pub modules: Vec<Module>,
}

/// A module of source text.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Module {
    /// Names of its stream: as bytes of the code page, and in UTF-16 if there is one.
    pub stream: Vec<u8>,
    pub stream_wide: String,
    /// Where its compressed source starts.
    pub offset_hint: u32,
}

/// Modules that are read; honest projects have a few hundred at most.
const MODULES_MAX: usize = 1 << 14;

/// Reads the unpacked stream. Records have an id and a length, but for one that lies about its length.
pub(super) fn read(mut rest: &[u8]) -> Project {
    let mut project = Project::default();
    while let [a, b, c, d, e, f, tail @ ..] = rest {
        let id = u16::from_le_bytes([*a, *b]);
        let size = usize::try_from(u32::from_le_bytes([*c, *d, *e, *f])).unwrap_or(usize::MAX);
        // PROJECTVERSION says 4 and has 6.
        let size = if id == 0x0009 { 6 } else { size };
        let data = tail.get(..size).unwrap_or(tail);
        rest = tail.get(size..).unwrap_or_default();
        match id {
            0x0003 => project.page = data.first_chunk().map_or(0, |bytes| u16::from_le_bytes(*bytes)),
            // MODULENAME starts a module.
            0x0019 if project.modules.len() < MODULES_MAX => {
                project.modules.push(Module { stream: data.to_vec(), ..Module::default() });
            }
            0x0019 => return project,
            _ => {
                let Some(module) = project.modules.last_mut() else { continue };
                match id {
                    0x001A => module.stream = data.to_vec(),
                    0x0032 => module.stream_wide = encoding_rs::UTF_16LE.decode_without_bom_handling(data).0.into(),
                    0x0031 => module.offset_hint = data.first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes)),
                    _ => {}
                }
            }
        }
    }
    project
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_listed() {
        let record = |id: u16, data: &[u8]| {
            [&id.to_le_bytes()[..], &u32::try_from(data.len()).unwrap().to_le_bytes(), data].concat()
        };
        let dir = [
            record(3, &[0xE3, 4]),
            [&[9, 0, 4, 0, 0, 0][..], &[0; 6]].concat(),
            record(0x19, b"Module1"),
            record(0x1A, b"Stream1"),
            record(0x32, b"S\0"),
            record(0x31, &[7, 1, 0, 0]),
            record(0x2B, b""),
            record(0x19, b"Other"),
        ]
        .concat();
        let project = read(&dir);
        assert_eq!(project.page, 1251);
        let first = Module { stream: b"Stream1".to_vec(), stream_wide: "S".to_owned(), offset_hint: 263 };
        assert_eq!(project.modules.first(), Some(&first));
        assert_eq!(project.modules.len(), 2);
        for cut in 0..dir.len() {
            assert!(read(dir.get(..cut).unwrap()).modules.len() <= 2);
        }
    }
}
