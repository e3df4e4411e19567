//! What all front ends share: configuration, inspection, ids, counts, and who is told of decisions.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use crate::policy::{Facts, PastDecision, Rates, Situation};
use crate::report::{Input, Record};
use crate::serve::ask::{Ask, Judged};
use crate::serve::config::Config;
use crate::serve::decision::{Decision, DecisionSink, Front, Timings};
use crate::serve::icap::Names;
use crate::serve::inspect::{Inspector, Outcome};
use crate::serve::log;
use crate::serve::metrics::Metrics;
use crate::serve::replay::replay;
use crate::serve::spool::Body;
use crate::serve::tools::Tools;

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
    /// What the stream of decisions showed so far; users' counts go through a reload, and with an activity log through a
    /// restart.
    rates: Mutex<Rates>,
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
        tools: Arc<dyn Tools>,
        sink: Box<dyn DecisionSink>,
        reread: Reread,
    ) -> Result<Arc<Self>, String> {
        let tokens = crate::serve::http::read_tokens(&config)?;
        let inspector = Arc::new(Inspector::start(&config, program, tools).await?);
        let engine = inspector.engine();
        let path = config.log.as_ref().map(|log| log.path.clone());
        let rates = tokio::task::spawn_blocking(move || {
            let mut rates = Rates::new();
            // A log that cannot be read is told of by whoever writes it; it keeps no service from starting.
            let _ = path.map(|path| replay(&path, engine.scanner.policy(), &mut rates));
            rates
        });
        let rates = rates.await.map_err(|e| e.to_string())?;
        let mut seed = [0; 8];
        getrandom::fill(&mut seed).map_err(|e| format!("no random numbers: {e}"))?;
        Ok(Arc::new(Self {
            names: Arc::new(config.headers.names.clone()),
            inspector,
            metrics: Metrics::default(),
            tokens: RwLock::new(tokens.map(Arc::new)),
            sink,
            rates: Mutex::new(rates),
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
    pub async fn judge(&self, front: Front, mut ask: Ask, body: Body, begun: Instant) -> Outcome {
        let receive = begun.elapsed();
        ask.situation.id = Some(ask.id.clone());
        let (id, situation) = (ask.id.clone(), ask.situation.clone());
        let mut outcome = self.inspector.inspect(ask, body).await;
        self.observe(&situation, &mut outcome);
        for record in &mut outcome.judged.records {
            record.timing.queue = micros(outcome.queue);
        }
        let timings = Timings {
            receive: micros(receive),
            queue: micros(outcome.queue),
            examine: micros(outcome.examine),
            total: micros(begun.elapsed()),
        };
        self.tell(front, &id, &situation, &outcome, timings);
        outcome
    }

    /// Judges a body by what is known in front of it, and tells of it; nothing if the policy needs to see it.
    pub fn settle(&self, front: Front, ask: &mut Ask, bytes_seen: u64, begun: Instant) -> Option<Outcome> {
        ask.situation.id = Some(ask.id.clone());
        let outcome = self.inspector.settle(ask, bytes_seen)?;
        let timings =
            Timings { receive: micros(begun.elapsed()), total: micros(begun.elapsed()), ..Timings::default() };
        self.tell(front, &ask.id, &ask.situation, &outcome, timings);
        Some(outcome)
    }

    /// Judges an event without content: nothing is examined, nothing waits.
    pub fn judge_event(&self, id: &str, name: &str, mut situation: Situation, begun: Instant) -> Outcome {
        situation.id = Some(id.to_owned());
        let engine = self.inspector.engine();
        let input = Input { path: name.to_owned(), id: Some(id.to_owned()), ..Input::default() };
        let mut record = Record::new(&input, engine.scanner.ruleset_id());
        let policy = engine.scanner.policy();
        record.decide(policy.name(), policy.decide(&Facts::unknown(&situation, name)));
        let judged = Judged::new(vec![record]);
        let action = judged.action();
        let mut outcome = Outcome { judged, action, overloaded: false, queue: Duration::ZERO, examine: Duration::ZERO };
        self.observe(&situation, &mut outcome);
        let total = micros(begun.elapsed());
        self.tell(Front::HttpEvent, id, &situation, &outcome, Timings { total, ..Timings::default() });
        outcome
    }

    /// Adds what the stream of decisions shows: rates, travel. The record that decides speaks for the request.
    fn observe(&self, situation: &Situation, outcome: &mut Outcome) {
        let engine = self.inspector.engine();
        let policy = engine.scanner.policy();
        if !policy.has_rates() {
            return;
        }
        let Some(lead) = outcome.judged.records.first_mut() else { return };
        let past = PastDecision::from(log::Decision::new(situation, lead, &log::Request::default()));
        let past = PastDecision { situation: situation.clone(), ..past };
        let mut verdict = lead.policy_verdict();
        let hits = {
            let mut rates = self.rates.lock().unwrap_or_else(PoisonError::into_inner);
            past.observe(policy, &mut rates, &verdict)
        };
        if !hits.is_empty() {
            verdict.join(hits);
            lead.decide(policy.name(), verdict);
            outcome.action = outcome.judged.action();
        }
    }

    fn tell(&self, front: Front, id: &str, situation: &Situation, outcome: &Outcome, timings: Timings) {
        let records = &outcome.judged.records;
        self.metrics.decision(front, outcome.action, outcome.overloaded, records, timings);
        let (action, overloaded) = (outcome.action, outcome.overloaded);
        self.sink.on_decision(&Decision { id, front, situation, records, action, overloaded, timings });
    }

    /// All counts, as text for Prometheus.
    #[must_use]
    pub fn metrics_text(&self) -> String {
        self.metrics.text(&self.inspector, &self.sink.counts())
    }

    /// Stores what waits to be stored; called once nobody asks any more.
    pub fn end(&self) {
        self.sink.end();
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
            let engine = self.inspector.engine();
            self.rates.lock().unwrap_or_else(PoisonError::into_inner).keep(engine.scanner.policy());
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
