//! What all front ends share: configuration, inspection, ids, counts, and who is told of decisions.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use crate::serve::ask::Ask;
use crate::serve::config::Config;
use crate::serve::decision::{Decision, DecisionSink, Front, Timings};
use crate::serve::icap::Names;
use crate::serve::inspect::{Inspector, Outcome};
use crate::serve::metrics::Metrics;
use crate::serve::spool::Body;

/// How to read the configuration again.
pub type Reread = Box<dyn Fn() -> Result<Config, String> + Send + Sync>;

/// The service.
pub struct Service {
    /// What it was started with. A reload changes rules, policy and tokens, not listeners and limits.
    pub config: Config,
    /// Headers of ICAP requests, shared by all parsers.
    pub names: Arc<Names>,
    /// What examines.
    pub inspector: Arc<Inspector>,
    /// Counts.
    pub metrics: Metrics,
    /// SHA-256 of bearer tokens; nothing if none are asked for.
    pub tokens: RwLock<Option<Arc<Vec<[u8; 32]>>>>,
    sink: Box<dyn DecisionSink>,
    reread: Reread,
    seed: u64,
    count: AtomicU64,
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Service").field("inspector", &self.inspector).finish_non_exhaustive()
    }
}

impl Service {
    /// Reads rules and policy, and starts the workers: `program` is frisk itself.
    ///
    /// # Errors
    /// What is wrong, for whoever started it.
    pub async fn start(
        config: Config,
        program: PathBuf,
        sink: Box<dyn DecisionSink>,
        reread: Reread,
    ) -> Result<Arc<Self>, String> {
        let tokens = crate::serve::http::read_tokens(&config)?;
        let inspector = Arc::new(Inspector::start(&config, program).await?);
        let mut seed = [0; 8];
        getrandom::fill(&mut seed).map_err(|e| format!("no random numbers: {e}"))?;
        Ok(Arc::new(Self {
            names: Arc::new(config.headers.names.clone()),
            inspector,
            metrics: Metrics::default(),
            tokens: RwLock::new(tokens.map(Arc::new)),
            sink,
            reread,
            seed: u64::from_le_bytes(seed),
            count: AtomicU64::new(0),
            config,
        }))
    }

    /// A new correlation id: 16 hexadecimal digits, not to be guessed from another one by looking.
    #[must_use]
    pub fn id(&self) -> String {
        // SplitMix64 (Steele, Lea, Flood 2014): every number once.
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        let mut z = self.seed.wrapping_add(count.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        format!("{:016x}", z ^ (z >> 31))
    }

    /// Judges a body and tells of it. `begun` is when the first byte of the request came.
    pub async fn judge(&self, front: Front, ask: Ask, body: Body, begun: Instant) -> Outcome {
        let receive = begun.elapsed();
        let (id, situation) = (ask.id.clone(), ask.situation.clone());
        let mut outcome = self.inspector.inspect(ask, body).await;
        for record in &mut outcome.judged.records {
            record.timing.queue = micros(outcome.queue);
        }
        let timings = Timings {
            receive: micros(receive),
            queue: micros(outcome.queue),
            examine: micros(outcome.examine),
            total: micros(begun.elapsed()),
        };
        self.metrics.decision(front, outcome.action, outcome.overloaded, &outcome.judged.records, timings);
        self.sink.on_decision(&Decision {
            id: &id,
            front,
            situation: &situation,
            records: &outcome.judged.records,
            action: outcome.action,
            overloaded: outcome.overloaded,
            timings,
        });
        outcome
    }

    /// Tells of an event without content.
    pub fn event(&self, decision: &Decision<'_>) {
        self.metrics.decision(decision.front, decision.action, false, decision.records, decision.timings);
        self.sink.on_decision(decision);
    }

    /// What keeps decisions from being stored.
    #[must_use]
    pub fn sink_trouble(&self) -> Option<String> {
        self.sink.trouble()
    }

    /// Reads configuration, rules and policy again; a mistake changes nothing.
    ///
    /// # Errors
    /// The mistake.
    pub async fn reload(&self) -> Result<(), String> {
        let read = async {
            let config = (self.reread)()?;
            let tokens = crate::serve::http::read_tokens(&config)?;
            if tokens.is_none() != self.tokens.read().unwrap_or_else(PoisonError::into_inner).is_none() {
                return Err("tokens cannot be switched on or off by a reload: start the service again".to_owned());
            }
            self.inspector.reload(&config).await?;
            *self.tokens.write().unwrap_or_else(PoisonError::into_inner) = tokens.map(Arc::new);
            Ok(())
        };
        let done = read.await;
        self.inspector.set_reload_error(done.as_ref().err().cloned());
        self.metrics.reloaded(done.is_ok());
        done
    }
}

/// Microseconds.
#[must_use]
pub fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
