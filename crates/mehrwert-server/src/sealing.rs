//! Sealing in the background: every second what waits in the inbox becomes rows of the lake.
//!
//! It computes and waits for the disk, so it has a thread of its own and requests do not feel it. Of several servers on one
//! state one does it: whoever holds the lease. Should two do it at once all the same, the lake lets one of them be first.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use mehrwert_core::JobId;
use mehrwert_facts::identities::Fresh;
use mehrwert_facts::intake;
use mehrwert_facts::lake::Lake;
use mehrwert_state::REMEMBERED;
use tokio::sync::oneshot;

use crate::App;

/// The job's name among the leases.
const JOB: &str = "sealing";
/// How long the lease holds when its holder dies.
const LEASE: SignedDuration = SignedDuration::from_secs(30);
const EVERY: Duration = Duration::from_secs(1);
/// Rounds after which old message ids and events set aside are forgotten: hourly.
const TIDY: u64 = 3_600;

/// How the sealing is, for requests and for the operator.
#[derive(Debug, Default)]
pub(crate) struct Health {
    failed: AtomicBool,
    full: AtomicBool,
}

impl Health {
    pub fn is_well(&self) -> bool {
        !self.failed.load(Ordering::Relaxed)
    }

    /// Whether the inbox takes more.
    pub fn has_room(&self) -> bool {
        !self.full.load(Ordering::Relaxed)
    }
}

/// The running thread.
pub(crate) struct Sealing {
    stop: oneshot::Sender<()>,
    done: oneshot::Receiver<()>,
}

impl Sealing {
    /// Seals once more and ends the thread.
    pub async fn stop(self) {
        // Where the thread has ended already there is nothing to wait for.
        let _ = self.stop.send(());
        let _ = self.done.await;
    }
}

/// Starts the thread.
pub(crate) fn start(app: App, lake: Lake, fresh: Box<dyn Fresh>, job: JobId) -> io::Result<Sealing> {
    let (stop, stopped) = oneshot::channel();
    let (finish, done) = oneshot::channel();
    let runtime = tokio::runtime::Handle::current();
    let ended = Ended(App::clone(&app));
    let mut sealer = Sealer { app, lake, fresh, job, rounds: AtomicU64::new(0) };
    std::thread::Builder::new().name("sealing".to_owned()).spawn(move || {
        let _ended = ended;
        runtime.block_on(sealer.run(stopped));
        let _ = finish.send(());
    })?;
    Ok(Sealing { stop, done })
}

/// A thread that has ended, however that was, seals nothing: the operator is to know.
struct Ended(App);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.sealing.failed.store(true, Ordering::Relaxed);
    }
}

struct Sealer {
    app: App,
    lake: Lake,
    fresh: Box<dyn Fresh>,
    job: JobId,
    rounds: AtomicU64,
}

impl Sealer {
    async fn run(&mut self, mut stopped: oneshot::Receiver<()>) {
        loop {
            let begin = Instant::now();
            let stopping = tokio::select! {
                _ = &mut stopped => true,
                () = tokio::time::sleep(EVERY) => false,
            };
            self.round().await;
            if stopping {
                self.give_back().await;
                return;
            }
            if self.rounds.fetch_add(1, Ordering::Relaxed) % TIDY == TIDY - 1 {
                self.tidy().await;
            }
            tracing::trace!(seconds = begin.elapsed().as_secs_f64(), "a round of sealing");
        }
    }

    async fn round(&mut self) {
        let state = &self.app.state;
        match state.acquire_lease(JOB, self.job, LEASE, (self.app.clock)()).await {
            Ok(Some(_)) => {}
            Ok(None) => return self.look_at_room().await,
            Err(error) => return self.failed(&error),
        }
        let begin = Instant::now();
        let settings = intake::Settings { time_zone: self.app.settings.time_zone.clone() };
        let now = (self.app.clock)();
        match intake::seal(state, &self.lake, &settings, self.fresh.as_mut(), now).await {
            Ok(sealed) => {
                self.app.sealing.failed.store(false, Ordering::Relaxed);
                if sealed.events > 0 {
                    let seconds = begin.elapsed().as_secs_f64();
                    self.app.metrics.sealed(&sealed, seconds);
                    tracing::info!(
                        events = sealed.events,
                        aside = sealed.aside,
                        persons = sealed.persons,
                        generation = sealed.generation,
                        seconds,
                        "sealed"
                    );
                }
            }
            Err(error) => self.failed(&error),
        }
        self.look_at_room().await;
    }

    async fn look_at_room(&self) {
        if let Ok(waiting) = self.app.state.inbox_count().await {
            self.app.sealing.full.store(waiting > self.app.settings.limits.inbox_events, Ordering::Relaxed);
        }
    }

    fn failed(&self, error: &dyn std::error::Error) {
        self.app.sealing.failed.store(true, Ordering::Relaxed);
        self.app.metrics.sealing_failed();
        tracing::error!(%error, "what came in could not be sealed; it stays in the inbox and is tried again");
    }

    /// Forgets what is past its time.
    async fn tidy(&self) {
        let (state, now) = (&self.app.state, (self.app.clock)());
        let before = now.checked_sub(REMEMBERED).unwrap_or(jiff::Timestamp::MIN);
        match (state.forget_messages(now).await, state.forget_aside(before).await) {
            (Ok(messages), Ok(aside)) => tracing::info!(messages, aside, "forgot what is past its time"),
            (Err(error), _) | (_, Err(error)) => tracing::warn!(%error, "could not forget what is past its time"),
        }
    }

    async fn give_back(&self) {
        let state = &self.app.state;
        // Where this fails the lease ends by itself.
        if let Ok(Some(lease)) = state.acquire_lease(JOB, self.job, LEASE, (self.app.clock)()).await {
            drop(state.release_lease(&lease).await);
        }
    }
}
