//! Tracking calls: Segment's HTTP Tracking API as its clients, RudderStack's and browsers send it, and PostHog's batch.

use std::time::Instant;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use mehrwert_facts::intake::{Call, Endpoint, Received};
use serde_json::{Value, json};

use crate::answer::Refused;
use crate::body::take;
use crate::{App, Shared, keys};

/// `POST /v1/track`, `/v1/batch`, `/t`, ...
pub(crate) async fn call(State(app): State<App>, Path(name): Path<String>, headers: HeaderMap, body: Body) -> Response {
    match Endpoint::from_name(&name) {
        Some(endpoint) => answer(&app, receive(&app, endpoint, &headers, body).await, json!({"success": true})),
        None => Refused::Unknown("there is nothing at this address".to_owned()).into_response(),
    }
}

/// `POST /batch/` of PostHog's clients, and the addresses of their single events.
pub(crate) async fn posthog(State(app): State<App>, headers: HeaderMap, body: Body) -> Response {
    answer(&app, receive(&app, Endpoint::PostHog, &headers, body).await, json!({"status": "Ok"}))
}

/// What PostHog's clients ask besides: there are no feature flags here.
pub(crate) async fn posthog_flags() -> Json<Value> {
    Json(json!({"flags": {}, "featureFlags": {}, "featureFlagPayloads": {}, "errorsWhileComputingFlags": false}))
}

/// What Segment's browser client loads before anything else: that events go to the server it was pointed to, and
/// nowhere else. It is the same for every key, so asking tells nothing about keys.
pub(crate) async fn browser_settings(Path(key): Path<String>) -> Json<Value> {
    Json(json!({
        "integrations": {"Segment.io": {"apiKey": key, "unbundledIntegrations": [], "addBundledMetadata": true}},
        "plan": {"track": {"__default": {"enabled": true}}, "identify": {"__default": {"enabled": true}}},
        "edgeFunction": {},
        "analyticsNextEnabled": true,
        "middlewareSettings": {},
        "enabledMiddleware": {},
        "metrics": {"sampleRate": 0},
        "legacyVideoPluginsEnabled": false,
        "remotePlugins": [],
    }))
}

fn answer(app: &Shared, taken: Result<(), Refused>, done: Value) -> Response {
    match taken {
        Ok(()) => Json(done).into_response(),
        Err(refused) => {
            app.metrics.refused(refused.reason());
            refused.into_response()
        }
    }
}

/// Takes a call: when this returns without an error, its events are on disk.
async fn receive(app: &Shared, endpoint: Endpoint, headers: &HeaderMap, body: Body) -> Result<(), Refused> {
    let begin = Instant::now();
    let key = keys::in_header(headers)?;
    let now = (app.clock)();
    // A wrong key in the header is told before its body is read.
    let known = match &key {
        Some(key) => Some(app.keys.sender(&app.state, key, now).await?),
        None => None,
    };
    let body = take(app, headers, body, app.settings.limits.body_bytes).await?;
    let call = Call::parse(endpoint, &body.bytes)?;
    let sender = match known {
        Some(sender) => sender,
        None => {
            let key = call.write_key().ok_or(Refused::Key("no key, neither in the header nor in the body"))?;
            app.keys.sender(&app.state, key, now).await?
        }
    };
    let events = call.len();
    app.limits.count(sender.key, events, now).map_err(|seconds| Refused::TooFast { seconds })?;
    if !app.sealing.has_room() {
        return Err(Refused::Busy);
    }
    let received = Received { key: sender.key, shop: sender.shop, prices: sender.prices, received_at: now };
    let reading = call.read(&received)?;
    app.metrics.received(name(endpoint), events);
    let appended = app.appender.append(reading.events).await?;
    app.metrics.acknowledged(appended, begin.elapsed().as_secs_f64());
    Ok(())
}

/// For metrics.
const fn name(endpoint: Endpoint) -> &'static str {
    match endpoint {
        Endpoint::Track => "track",
        Endpoint::Identify => "identify",
        Endpoint::Page => "page",
        Endpoint::Screen => "screen",
        Endpoint::Group => "group",
        Endpoint::Alias => "alias",
        Endpoint::Batch => "batch",
        Endpoint::PostHog => "posthog",
    }
}
