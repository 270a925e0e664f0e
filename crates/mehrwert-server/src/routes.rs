//! Which address leads where. All addresses of the outside world are here, and nowhere else.

use std::time::Instant;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{Any, CorsLayer};

use crate::answer::Refused;
use crate::{App, operate, snippet, tracking, webhooks};

pub(crate) fn router(app: App) -> Router {
    Router::new()
        .merge(open_to_browsers())
        .route("/webhooks/{source}/{name}", post(webhooks::receive))
        .route("/healthz", get(operate::alive))
        .route("/readyz", get(operate::ready))
        .route("/metrics", get(operate::metrics))
        .fallback(nothing_here)
        .layer(axum::middleware::from_fn(logged))
        // Nothing here is known to panic; if something does, the caller gets 500 and the others do not notice.
        .layer(CatchPanicLayer::new())
        .with_state(app)
}

async fn nothing_here() -> Refused {
    Refused::Unknown("there is nothing at this address".to_owned())
}

/// What pages of other origins call: Segment's API in its long and short forms, PostHog's, and our snippet.
fn open_to_browsers() -> Router<App> {
    let anyone = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::CONTENT_ENCODING,
            HeaderName::from_static("x-retry-count"),
        ])
        .expose_headers([header::RETRY_AFTER])
        .max_age(std::time::Duration::from_secs(24 * 60 * 60));
    Router::new()
        .route("/v1/{call}", post(tracking::call))
        // Whoever only looks at such an address finds nothing, whatever its name is.
        .route("/{call}", post(tracking::call).get(nothing_here))
        .route("/v1/projects/{key}/settings", get(tracking::browser_settings))
        .route("/batch/", post(tracking::posthog))
        .route("/capture/", post(tracking::posthog))
        .route("/i/v0/e/", post(tracking::posthog))
        .route("/flags/", post(tracking::posthog_flags))
        .route("/decide/", post(tracking::posthog_flags))
        .route("/mehrwert.js", get(snippet::serve))
        .layer(anyone)
}

/// A line in the log for every request: no body, no query, no address of the caller, and no part of a path that a caller
/// made up.
async fn logged(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let path = shown(request.uri().path());
    let begin = Instant::now();
    let response = next.run(request).await;
    let (status, milliseconds) = (response.status(), begin.elapsed().as_secs_f64() * 1_000.0);
    if status == StatusCode::INTERNAL_SERVER_ERROR {
        tracing::error!(%method, path, status = status.as_u16(), milliseconds, "request");
    } else {
        tracing::debug!(%method, path, status = status.as_u16(), milliseconds, "request");
    }
    response
}

/// A path as the log may hold it.
fn shown(path: &str) -> &'static str {
    const KNOWN: [&str; 10] = [
        "/v1/projects/",
        "/v1/batch",
        "/v1/",
        "/batch/",
        "/webhooks/shopify/",
        "/webhooks/woocommerce/",
        "/webhooks/stripe/",
        "/healthz",
        "/readyz",
        "/metrics",
    ];
    KNOWN.into_iter().find(|known| path.starts_with(known)).unwrap_or("other")
}
