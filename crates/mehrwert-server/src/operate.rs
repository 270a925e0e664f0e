//! What an operator asks: is it alive, can it take something, what has it counted.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::App;

/// `GET /healthz`: the program runs.
pub(crate) async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the state answers, and what comes in is sealed.
pub(crate) async fn ready(State(app): State<App>) -> Response {
    let unready = |why: &'static str| (StatusCode::SERVICE_UNAVAILABLE, why).into_response();
    if app.state.inbox_count().await.is_err() {
        return unready("the state does not answer\n");
    }
    if !app.sealing.is_well() {
        return unready("what comes in cannot be sealed; see the log\n");
    }
    "ready\n".into_response()
}

/// `GET /metrics`: everything counted, for Prometheus.
pub(crate) async fn metrics(State(app): State<App>) -> Response {
    let inbox = app.state.inbox_count().await.unwrap_or_default();
    let aside = app.state.aside_count().await.unwrap_or_default();
    let text = app.metrics.text(inbox, aside, app.appender.waiting_bytes());
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}
