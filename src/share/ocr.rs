//! Optical character recognition by Tesseract, a program of its own: a process for each picture, with bounds on its
//! time and on what it writes.

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::blob::{Budget, Kind, Reason};
use crate::document::Ocr;

/// The program's name.
const PROGRAM: &str = "tesseract";
/// Bytes of text that one picture gives; a page of print has some 5,000.
const TEXT_BYTES_MAX: u64 = 4 << 20;
/// Time for one picture: a page takes one to ten seconds.
const TIME_MAX: Duration = Duration::from_secs(60);
/// Time between two looks at a process.
const STEP: Duration = Duration::from_millis(5);

/// Tesseract as it is installed.
#[derive(Clone, Debug)]
pub struct Tesseract {
    program: PathBuf,
    languages: String,
}

impl Tesseract {
    /// Tesseract as found on PATH, for `languages` as it writes them: `eng`, `deu+fra`.
    ///
    /// # Errors
    /// A sentence that says what is missing, and how to get it.
    pub fn find(languages: &str) -> Result<Self, String> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        Self::find_in(&path, languages)
    }

    fn find_in(path: &OsStr, languages: &str) -> Result<Self, String> {
        let named = format!("{PROGRAM}{}", std::env::consts::EXE_SUFFIX);
        let program = std::env::split_paths(path).map(|folder| folder.join(&named)).find(|file| file.is_file());
        let program = program.ok_or("--ocr needs the program tesseract (Debian package tesseract-ocr), not on PATH")?;
        let ocr = Self { program, languages: languages.to_owned() };
        let known = ocr.known_languages();
        let missing = languages.split('+').find(|language| !known.iter().any(|known| known == language));
        match missing {
            None => Ok(ocr),
            Some(language) => Err(format!(
                "tesseract does not know the language `{language}` (it has {}); Debian packages are named tesseract-ocr-{}",
                known.join(", "),
                language.replace('_', "-")
            )),
        }
    }

    /// The languages that are installed.
    fn known_languages(&self) -> Vec<String> {
        let listed = self.run(&["--list-langs"], &[], Instant::now() + TIME_MAX, &|| true);
        let listed = listed.unwrap_or_default();
        // The first line says where they are.
        listed.lines().skip(1).map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
    }

    /// Runs the program on `input` and gives what it writes, until `deadline` or as long as `go_on`.
    fn run(&self, args: &[&str], input: &[u8], deadline: Instant, go_on: &dyn Fn() -> bool) -> Result<String, Stop> {
        let mut command = Command::new(&self.program);
        // Files are worked on side by side already.
        command.args(args).env("OMP_THREAD_LIMIT", "1").stdin(Stdio::piped()).stdout(Stdio::piped());
        let child = command.stderr(Stdio::null()).spawn().map_err(|_| Stop::Failed)?;
        let mut child = Killed(child);
        let (mut to, from) = (child.0.stdin.take(), child.0.stdout.take());
        thread::scope(|scope| {
            scope.spawn(move || {
                // It may end before it has read everything.
                let _ = to.as_mut().map(|to| to.write_all(input));
                drop(to);
            });
            let reader = scope.spawn(move || {
                let mut out = Vec::new();
                let Some(from) = from else { return out };
                let mut from = from.take(TEXT_BYTES_MAX);
                let mut step = [0; 4096];
                while let Ok(got @ 1..) = from.read(&mut step) {
                    out.extend_from_slice(step.get(..got).unwrap_or_default());
                }
                out
            });
            let ended = loop {
                match child.0.try_wait() {
                    Ok(Some(status)) if status.success() => break Ok(()),
                    Ok(Some(_)) | Err(_) => break Err(Stop::Failed),
                    Ok(None) if Instant::now() > deadline || !go_on() => {
                        let _ = child.0.kill();
                        break Err(Stop::Late);
                    }
                    // It waits for someone to read what it writes.
                    Ok(None) if reader.is_finished() => {
                        let _ = child.0.kill();
                        break Ok(());
                    }
                    Ok(None) => thread::sleep(STEP),
                }
            };
            let out = reader.join().unwrap_or_default();
            match ended {
                // It was not read any further, and says so.
                Err(Stop::Failed) if out.len() as u64 == TEXT_BYTES_MAX => {}
                ended => ended?,
            }
            Ok(String::from_utf8_lossy(&out).into_owned())
        })
    }
}

/// A process that does not outlive its use.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    Failed,
    Late,
}

impl Ocr for Tesseract {
    fn read(&self, kind: Kind, picture: &[u8], budget: &Budget) -> Result<String, (Reason, String)> {
        if !matches!(kind, Kind::Png | Kind::Jpeg | Kind::Tiff | Kind::Bmp | Kind::Gif | Kind::Webp | Kind::Jp2) {
            return Err((Reason::ImageOnly, "pictures of this kind are not recognised".to_owned()));
        }
        budget.time().map_err(|reason| (reason, "no time left to recognise pictures".to_owned()))?;
        // Page segmentation 1 turns pages that lie on their side.
        let args = ["stdin", "stdout", "--psm", "1", "-l", &self.languages];
        match self.run(&args, picture, Instant::now() + TIME_MAX, &|| budget.time().is_ok()) {
            // Pages end in a form feed.
            Ok(text) => Ok(text.replace('\u{C}', "\n").trim().to_owned()),
            Err(Stop::Late) => Err((Reason::Timeout, "recognising a picture took too long".to_owned())),
            Err(Stop::Failed) => Err((Reason::ImageOnly, "tesseract could not read a picture".to_owned())),
        }
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use crate::blob::Limits;
    use std::os::unix::fs::PermissionsExt;

    /// A program of that name that does what the script says.
    fn fake(script: &str) -> (tempfile::TempDir, Result<Tesseract, String>) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(PROGRAM);
        std::fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
        let found = Tesseract::find_in(folder.path().as_os_str(), "eng");
        (folder, found)
    }

    const LIST: &str = "if [ \"$1\" = --list-langs ]; then printf 'List of languages:\\neng\\n'; exit; fi";

    #[test]
    fn what_is_missing_is_named() {
        let missing = Tesseract::find_in(OsStr::new("/nowhere"), "eng").unwrap_err();
        assert!(missing.contains("tesseract-ocr"), "{missing}");
        let (_folder, other) = fake("printf 'List of languages:\\nosd\\n'");
        assert!(other.unwrap_err().contains("tesseract-ocr-eng"));
    }

    #[test]
    fn text_is_read_and_processes_end() {
        let budget = Budget::new(&Limits::default());
        let read = |script: &str, budget: &Budget| {
            let (_folder, ocr) = fake(&format!("{LIST}\n{script}"));
            ocr.unwrap().read(Kind::Png, &[7; 300_000], budget)
        };
        assert_eq!(read("cat > /dev/null; printf 'SSN\\n\\f'", &budget), Ok("SSN".to_owned()));
        assert_eq!(read("exit 1", &budget).unwrap_err().0, Reason::ImageOnly);
        let endless = read("cat > /dev/null; yes", &budget).unwrap();
        assert_eq!(endless.len() as u64, TEXT_BYTES_MAX - 1);
        let short = Budget::new(&Limits { time_max: Duration::from_millis(300), ..Limits::default() });
        let start = Instant::now();
        assert_eq!(read("exec sleep 60", &short).unwrap_err().0, Reason::Timeout);
        assert!(start.elapsed() < Duration::from_secs(20));
    }
}
