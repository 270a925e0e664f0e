//! What the server counts, in the words of Prometheus.

use std::sync::Arc;

use mehrwert_facts::intake::Sealed;
use mehrwert_state::{Appended, Group};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Endpoint {
    endpoint: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Reason {
    reason: &'static str,
}

/// The counters; clones count into the same.
#[derive(Debug, Clone)]
pub(crate) struct Metrics {
    registry: Arc<Registry>,
    events: Family<Endpoint, Counter>,
    acknowledged: Counter,
    repeated: Counter,
    refused: Family<Reason, Counter>,
    inbox: Gauge,
    aside: Gauge,
    waiting: Gauge,
    requests: Histogram,
    groups: Histogram,
    sealing: Histogram,
    sealed: Counter,
    sealing_failed: Counter,
}

impl Metrics {
    pub fn new() -> Metrics {
        let seconds = || Histogram::new([0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0]);
        let mut metrics = Metrics {
            registry: Arc::default(),
            events: Family::default(),
            acknowledged: Counter::default(),
            repeated: Counter::default(),
            refused: Family::default(),
            inbox: Gauge::default(),
            aside: Gauge::default(),
            waiting: Gauge::default(),
            requests: seconds(),
            groups: Histogram::new([1.0, 10.0, 50.0, 100.0, 200.0, 500.0, 1_000.0, 2_000.0, 4_000.0]),
            sealing: seconds(),
            sealed: Counter::default(),
            sealing_failed: Counter::default(),
        };
        let mut registry = Registry::with_prefix("mehrwert");
        let endpoints = metrics.events.clone();
        registry.register("events_received", "Events in requests that could be read", endpoints);
        registry.register("events_acknowledged", "Events acknowledged: they are on disk", metrics.acknowledged.clone());
        registry.register("events_repeated", "Acknowledged events that were there already", metrics.repeated.clone());
        registry.register("requests_refused", "Requests refused, by reason", metrics.refused.clone());
        registry.register("inbox_events", "Events that wait to be sealed", metrics.inbox.clone());
        registry.register("aside_events", "Events set aside, of which nothing could be made", metrics.aside.clone());
        registry.register("waiting_bytes", "Bytes that wait to be written to the inbox", metrics.waiting.clone());
        registry.register("intake_seconds", "Time from a request's body to its answer", metrics.requests.clone());
        registry.register("group_events", "Events written in one transaction", metrics.groups.clone());
        registry.register("sealing_seconds", "Time of a sealing that found something", metrics.sealing.clone());
        registry.register("events_sealed", "Events sealed into the lake by this server", metrics.sealed.clone());
        registry.register(
            "sealing_failures",
            "Sealings that failed and are tried again",
            metrics.sealing_failed.clone(),
        );
        metrics.registry = Arc::new(registry);
        metrics
    }

    pub fn received(&self, endpoint: &'static str, events: usize) {
        self.events.get_or_create(&Endpoint { endpoint }).inc_by(events as u64);
    }

    pub fn acknowledged(&self, appended: Appended, seconds: f64) {
        self.acknowledged.inc_by(appended.new + appended.repeated);
        self.repeated.inc_by(appended.repeated);
        self.requests.observe(seconds);
    }

    pub fn refused(&self, reason: &'static str) {
        self.refused.get_or_create(&Reason { reason }).inc();
    }

    pub fn group(&self, group: Group) {
        self.groups.observe(group.events as f64);
    }

    pub fn sealed(&self, sealed: &Sealed, seconds: f64) {
        self.sealed.inc_by(sealed.events);
        self.sealing.observe(seconds);
    }

    pub fn sealing_failed(&self) {
        self.sealing_failed.inc();
    }

    /// The text of `/metrics`, with what waits at this moment.
    pub fn text(&self, inbox: u64, aside: u64, waiting_bytes: usize) -> String {
        for (gauge, number) in [(&self.inbox, inbox), (&self.aside, aside), (&self.waiting, waiting_bytes as u64)] {
            gauge.set(i64::try_from(number).unwrap_or(i64::MAX));
        }
        let mut text = String::new();
        // Writing into a text cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}
