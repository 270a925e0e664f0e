//! HTTP: the tracking API, webhooks and what an operator asks of a server.
//!
//! The way of a request:
//!
//! 1. [`routes`] finds its handler: [`tracking`] for calls of clients and browsers, [`webhooks`] for shops and payment
//!    providers, [`operate`] for the operator.
//! 2. [`body`] takes the body within its limits and unpacks it, whatever its headers say.
//! 3. [`keys`] tells whose it is; [`limits`] whether that key may send so much now.
//! 4. `mehrwert_facts::intake` reads it into events of the inbox, and the appender makes them durable, many requests in one
//!    transaction. Only then is the request answered: acknowledged means on disk. Where too much waits, it is refused with
//!    429 and a time to try again.
//! 5. [`sealing`] carries what waits into the lake, every second, on a thread of its own.
//!
//! Time and randomness are handed in ([`Outside`]). Nothing of a body, an address or a query is ever logged.

mod answer;
mod body;
mod keys;
mod limits;
mod metrics;
mod operate;
mod routes;
mod sealing;
mod settings;
mod signature;
mod snippet;
mod tracking;
mod webhooks;

use std::future::Future;
use std::io;
use std::sync::Arc;

use mehrwert_facts::lake::Lake;
use mehrwert_state::{Appender, State};
use tokio::net::TcpListener;

pub use keys::{KeySettings, PricesSetting};
pub use settings::{Limits, Outside, Settings};
pub use snippet::SNIPPET;
pub use webhooks::{Webhook, WebhookError, WebhookSource};

use metrics::Metrics;

/// What all handlers share.
pub(crate) struct Shared {
    pub state: State,
    pub appender: Appender,
    pub settings: Settings,
    pub keys: keys::Keys,
    pub webhooks: webhooks::Webhooks,
    pub limits: limits::Limiter,
    pub metrics: Metrics,
    pub clock: settings::Clock,
    pub sealing: sealing::Health,
}

/// What a handler is given.
pub(crate) type App = Arc<Shared>;

/// Serves until `stop` comes, then answers what is under way, writes and seals it, and returns.
///
/// # Errors
/// The listener or the thread of the sealing failed.
pub async fn serve(
    listener: TcpListener,
    state: State,
    lake: Lake,
    settings: Settings,
    outside: Outside,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let metrics = Metrics::new();
    let groups = metrics.clone();
    let appender =
        Appender::start_counted(state.clone(), settings.limits.waiting_bytes, move |group| groups.group(group));
    let app: App = Arc::new(Shared {
        keys: keys::Keys::new(settings.shop.clone()),
        webhooks: webhooks::Webhooks::default(),
        limits: limits::Limiter::new(&settings.limits),
        state,
        appender,
        metrics,
        clock: Arc::clone(&outside.clock),
        sealing: sealing::Health::default(),
        settings,
    });
    let sealing = sealing::start(Arc::clone(&app), lake, outside.fresh, outside.job)?;
    let served = axum::serve(listener, routes::router(Arc::clone(&app))).with_graceful_shutdown(stop).await;
    // Everything that was acknowledged is in the inbox by now; what waits is sealed once more.
    sealing.stop().await;
    served
}
