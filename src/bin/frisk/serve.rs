//! `frisk serve`: the service, and its workers.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use frisk::document::Ocr;
use frisk::find::{Detector, Key};
use frisk::serve::config::Config;
use frisk::serve::decision::{DecisionSink, NoSink};
use frisk::serve::keep::LogSink;
use frisk::serve::server::Server;
use frisk::serve::service::Service;
use frisk::serve::tools::Tools;
use frisk::share::Tesseract;
use tokio::sync::watch;

use crate::{Failure, detectors, isolate, rights, say, setup};

/// Arguments of `frisk serve`.
#[derive(Args, Debug)]
pub struct ServeArgs {
    /// The configuration, a TOML file
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Listen where others reach it although nobody is asked who they are
    #[arg(long)]
    insecure_bind: bool,
    /// Read configuration, rules and policy, say what is wrong with them, and end
    #[arg(long)]
    check: bool,
}

/// Arguments of a worker.
#[derive(Args, Debug)]
pub struct WorkerArgs {
    /// Bytes of memory it may have
    #[arg(long)]
    memory: u64,
}

/// What the command line has for `frisk scan`, too.
struct OwnTools;

impl Tools for OwnTools {
    fn index(&self, path: &Path, keys: &[Key], secondary_min: Option<usize>) -> Result<Arc<dyn Detector>, String> {
        let index = detectors::open_index(path, keys).map_err(|failure| failure.message)?;
        Ok(Arc::new(match secondary_min {
            Some(least) => index.with_secondary_min(least),
            None => index,
        }))
    }

    fn fingerprints(&self, path: &Path, keys: &[Key]) -> Result<Arc<dyn Detector>, String> {
        let prints = detectors::open_fingerprints(path, keys).map_err(|failure| failure.message)?;
        Ok(Arc::new(prints))
    }

    fn ocr(&self, languages: &str) -> Result<Arc<dyn Ocr>, String> {
        Ok(Arc::new(Tesseract::find(languages)?))
    }
}

/// Runs the command; gives the exit code.
pub fn run(args: &ServeArgs) -> Result<u8, Failure> {
    let config = read(&args.config)?;
    let binds = config.insecure_binds();
    if !binds.is_empty() && !args.insecure_bind {
        let all = binds.join("\n  ");
        return Err(Failure::usage(format!(
            "others reach these addresses, and nobody would ask who they are:\n  {all}\n  (--insecure-bind listens all the same)"
        )));
    }
    if args.check {
        let sources = frisk::serve::load::Sources::read(&config).map_err(Failure::usage)?;
        let scanner = sources.build(&OwnTools).map_err(Failure::usage)?;
        say(&format!("frisk: the configuration is good; ruleset {}", scanner.ruleset_id()));
        return Ok(0);
    }
    raise_file_limit();
    let fail = |e: std::io::Error| Failure::broken(format!("cannot start the runtime: {e}"));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(fail)?;
    let code = runtime.block_on(serve(config, args.config.clone()));
    // What still runs has had its time.
    runtime.shutdown_timeout(Duration::from_millis(100));
    code
}

fn read(path: &Path) -> Result<Config, Failure> {
    let text = setup::read_text(path)?;
    Config::parse(&path.display().to_string(), &text).map_err(|e| Failure::usage(e.to_string()))
}

async fn serve(config: Config, path: PathBuf) -> Result<u8, Failure> {
    let reread = Box::new(move || read(&path).map_err(|failure| failure.message));
    let sink: Box<dyn DecisionSink> = match config.log.clone() {
        None => Box::new(NoSink),
        Some(settings) => {
            let fail = |e: std::io::Error| Failure::broken(format!("cannot start the activity log: {e}"));
            Box::new(LogSink::start(settings).map_err(fail)?)
        }
    };
    let service = Service::start(config, isolate::program(), Arc::new(OwnTools), sink, reread);
    let service = service.await.map_err(Failure::usage)?;
    let server = Server::bind(Arc::clone(&service)).await.map_err(Failure::broken)?;
    for (protocol, address) in server.addresses() {
        say(&format!("frisk: listening on {}://{address}", protocol.name()));
    }
    if let Some(path) = &service.config.listen.unix {
        say(&format!("frisk: listening on {}", path.display()));
    }
    say(&format!("frisk: ready, ruleset {}", service.inspector.engine().scanner.ruleset_id()));
    let (stop, stopped) = watch::channel(false);
    let mut running = tokio::spawn(server.run(stopped));
    let mut signals = Signals::listen().map_err(|e| Failure::broken(format!("cannot listen to signals: {e}")))?;
    let mut ending: Option<u8> = None;
    loop {
        tokio::select! {
            _ = &mut running => {
                service.end();
                return Ok(0);
            }
            signal = signals.next() => match signal {
                Signal::Reload => reload(Arc::clone(&service)),
                // The second one does not wait for anybody.
                Signal::End(number) if ending.is_some() => return Ok(128_u8.saturating_add(number)),
                Signal::End(number) => {
                    ending = Some(number);
                    say("frisk: ending; requests in flight are finished, another signal ends at once");
                    let _ = stop.send(true);
                }
            },
        }
    }
}

fn reload(service: Arc<Service>) {
    tokio::spawn(async move {
        match service.reload().await {
            Ok(()) => {
                say(&format!("frisk: read again, ruleset {}", service.inspector.engine().scanner.ruleset_id()));
            }
            Err(why) => say(&format!("frisk: not read again, all is as before: {}", crate::plain(&why))),
        }
    });
}

enum Signal {
    Reload,
    End(u8),
}

#[cfg(unix)]
struct Signals {
    hangup: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            hangup: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.hangup.recv() => Signal::Reload,
            _ = self.interrupt.recv() => Signal::End(2),
            _ = self.terminate.recv() => Signal::End(15),
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn listen() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> Signal {
        let _ = tokio::signal::ctrl_c().await;
        Signal::End(2)
    }
}

/// Thousands of connections are thousands of files; what the system allows is taken.
fn raise_file_limit() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let limit = getrlimit(Resource::Nofile);
        let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
    }
}

/// The whole life of a worker.
pub fn work(args: &WorkerArgs) -> Result<(), String> {
    isolate::limit_memory(args.memory);
    let ready = || {
        let _ = rights::give_up();
    };
    frisk::serve::worker::run(std::io::stdin(), unbuffered()?, &OwnTools, &ready, wait_for_end)
}

/// Standard output as it is: `Stdout` looks for ends of lines, and there are none in frames.
#[cfg(unix)]
fn unbuffered() -> Result<std::fs::File, String> {
    use std::os::fd::AsFd;
    std::io::stdout().as_fd().try_clone_to_owned().map(std::fs::File::from).map_err(|e| e.to_string())
}

#[cfg(not(unix))]
fn unbuffered() -> Result<std::io::Stdout, String> {
    Ok(std::io::stdout())
}

/// Waits until nobody can ask any more: the other end of standard input is closed.
#[cfg(unix)]
fn wait_for_end() {
    use rustix::event::{PollFd, PollFlags, poll};
    let stdin = std::io::stdin();
    loop {
        let mut all = [PollFd::new(&stdin, PollFlags::empty())];
        match poll(&mut all, None) {
            Err(rustix::io::Errno::INTR) => {}
            // The end is told although nothing was asked for; so is whatever else makes this stream useless.
            _ => return,
        }
    }
}

/// A worker that is busy ends with its answer there.
#[cfg(not(unix))]
fn wait_for_end() {
    loop {
        std::thread::park();
    }
}
