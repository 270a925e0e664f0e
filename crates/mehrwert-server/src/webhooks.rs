//! Webhooks of shops and payment providers: `POST /webhooks/{shopify|woocommerce|stripe}/{name}`.
//!
//! Which ones there are stands in the state: a definition of the kind [`KIND`] named `source/name` with what is set, and the
//! secret of its signatures apart from it. The signature is checked over the body as it came; then the body becomes an
//! event of the inbox, and the sender is answered as soon as that is on disk, long before anything is made of it.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use axum::body::Body;
use axum::extract::{Path, State as Given};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::{SignedDuration, Timestamp};
use mehrwert_core::KeyId;
use mehrwert_facts::intake::{self, Prices, Received, read_webhook};
use mehrwert_state::{State, StateError};
use serde_json::json;

use crate::answer::Refused;
use crate::body::take;
use crate::{App, Shared, signature};

/// The kind of definition that holds webhooks.
const KIND: &str = "webhook";

/// For how long a webhook that was looked up is known.
const KNOWN: SignedDuration = SignedDuration::from_secs(5);

/// Who sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WebhookSource {
    /// A Shopify shop.
    Shopify,
    /// A WooCommerce shop.
    WooCommerce,
    /// Stripe.
    Stripe,
}

impl WebhookSource {
    /// Its name in addresses and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            WebhookSource::Shopify => "shopify",
            WebhookSource::WooCommerce => "woocommerce",
            WebhookSource::Stripe => "stripe",
        }
    }

    const fn reader(self) -> intake::Webhook {
        match self {
            WebhookSource::Shopify => intake::Webhook::Shopify,
            WebhookSource::WooCommerce => intake::Webhook::WooCommerce,
            WebhookSource::Stripe => intake::Webhook::Stripe,
        }
    }
}

impl fmt::Display for WebhookSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for WebhookSource {
    type Err = String;

    fn from_str(text: &str) -> Result<WebhookSource, String> {
        [WebhookSource::Shopify, WebhookSource::WooCommerce, WebhookSource::Stripe]
            .into_iter()
            .find(|source| source.name() == text)
            .ok_or_else(|| format!("expected shopify, woocommerce or stripe, found '{text}'"))
    }
}

/// A webhook that is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Who sends.
    pub source: WebhookSource,
    /// Its name, the last part of its address.
    pub name: String,
    /// Under which key its events stand.
    pub key: KeyId,
    /// The shop whose orders it tells; none means the server's.
    pub shop: Option<String>,
}

/// What a webhook cannot be.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// The state failed.
    #[error(transparent)]
    State(#[from] StateError),
    /// The name cannot stand in an address.
    #[error("the name '{0}' of a webhook: expected letters, digits, - and _, at most 60 of them")]
    Name(String),
    /// There is one already.
    #[error("there is a webhook {0} already; remove it first (`mehrwert webhooks remove`), or take another name")]
    There(String),
    /// There is none.
    #[error("there is no webhook {0}; `mehrwert webhooks list` shows those that there are")]
    Missing(String),
}

impl Webhook {
    /// Its address, behind the server's.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/webhooks/{}", self.full_name())
    }

    fn full_name(&self) -> String {
        format!("{}/{}", self.source, self.name)
    }

    fn secret_name(&self) -> String {
        format!("webhook/{}", self.full_name())
    }

    /// Adds it, with the secret of its signatures.
    ///
    /// # Errors
    /// [`WebhookError`] says what is wrong with it.
    pub async fn add(&self, state: &State, secret: &str, at: Timestamp) -> Result<(), WebhookError> {
        let fits = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
        if self.name.is_empty() || self.name.len() > 60 || !self.name.chars().all(fits) {
            return Err(WebhookError::Name(self.name.clone()));
        }
        let before = state.definition(KIND, &self.full_name(), None).await?;
        if before.as_ref().is_some_and(|before| !before.body.is_null()) {
            return Err(WebhookError::There(self.full_name()));
        }
        // The secret first: without it the webhook refuses everything.
        state.keep_secret(&self.secret_name(), secret.as_bytes()).await?;
        let body = json!({"key": self.key.to_string(), "shop": self.shop});
        state.save_definition(KIND, &self.full_name(), before.map_or(0, |before| before.version), &body, at).await?;
        Ok(())
    }

    /// Removes it and its secret.
    ///
    /// # Errors
    /// [`WebhookError::Missing`] when there is none.
    pub async fn remove(state: &State, source: WebhookSource, name: &str, at: Timestamp) -> Result<(), WebhookError> {
        let Some(webhook) = Webhook::find(state, source, name).await? else {
            return Err(WebhookError::Missing(format!("{source}/{name}")));
        };
        let version = state.definition(KIND, &webhook.full_name(), None).await?.map_or(0, |before| before.version);
        state.save_definition(KIND, &webhook.full_name(), version, &serde_json::Value::Null, at).await?;
        Ok(state.forget_secret(&webhook.secret_name()).await?)
    }

    /// All that there are, by source and name.
    ///
    /// # Errors
    /// [`StateError`] when the state fails.
    pub async fn list(state: &State) -> Result<Vec<Webhook>, StateError> {
        let kept = state.definitions(KIND).await?;
        Ok(kept.iter().filter_map(|one| Webhook::read(&one.name, &one.body)).collect())
    }

    async fn find(state: &State, source: WebhookSource, name: &str) -> Result<Option<Webhook>, StateError> {
        let full_name = format!("{source}/{name}");
        let kept = state.definition(KIND, &full_name, None).await?;
        Ok(kept.and_then(|kept| Webhook::read(&full_name, &kept.body)))
    }

    fn read(full_name: &str, body: &serde_json::Value) -> Option<Webhook> {
        let (source, name) = full_name.split_once('/')?;
        Some(Webhook {
            source: source.parse().ok()?,
            name: name.to_owned(),
            key: body["key"].as_str()?.parse().ok()?,
            shop: body["shop"].as_str().map(str::to_owned),
        })
    }
}

/// When a webhook was looked up, what it is, and its secret.
type LookedUp = (Timestamp, Webhook, Vec<u8>);

/// The webhooks that were looked up of late, by source and name.
#[derive(Default)]
pub(crate) struct Webhooks {
    known: Mutex<HashMap<(WebhookSource, String), LookedUp>>,
}

impl Webhooks {
    async fn find(&self, app: &Shared, source: WebhookSource, name: &str) -> Result<(Webhook, Vec<u8>), Refused> {
        let now = (app.clock)();
        let place = (source, name.to_owned());
        // A poisoned lock is no danger: every value in it is whole.
        if let Some((since, webhook, secret)) = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&place)
            && (SignedDuration::ZERO..KNOWN).contains(&now.duration_since(*since))
        {
            return Ok((webhook.clone(), secret.clone()));
        }
        let unknown =
            || Refused::Unknown("there is no webhook of this name; add it with `mehrwert webhooks add`".to_owned());
        let webhook = Webhook::find(&app.state, source, name).await?.ok_or_else(unknown)?;
        let secret = app.state.secret(&webhook.secret_name()).await?.ok_or_else(unknown)?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(place, (now, webhook.clone(), secret.clone()));
        Ok((webhook, secret))
    }
}

/// Takes what a shop or payment provider sends.
pub(crate) async fn receive(
    Given(app): Given<App>,
    Path((source, name)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    match taken(&app, &source, &name, &headers, body).await {
        Ok(()) => (StatusCode::OK, "ok").into_response(),
        Err(refused) => {
            app.metrics.refused(refused.reason());
            tracing::warn!(reason = refused.reason(), "a webhook was refused");
            refused.into_response()
        }
    }
}

async fn taken(app: &Shared, source: &str, name: &str, headers: &HeaderMap, body: Body) -> Result<(), Refused> {
    let begin = Instant::now();
    let source: WebhookSource = source.parse().map_err(Refused::Unknown)?;
    let (webhook, secret) = app.webhooks.find(app, source, name).await?;
    let body = take(app, headers, body, app.settings.limits.webhook_bytes).await?;
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if source == WebhookSource::WooCommerce && is_ping(&body.bytes) {
        return Ok(());
    }
    let now = (app.clock)();
    check(source, &secret, &body.bytes, header, now).map_err(Refused::Signature)?;
    let topic = match source {
        WebhookSource::Stripe => Some(""),
        WebhookSource::Shopify => header("x-shopify-topic"),
        WebhookSource::WooCommerce => header("x-wc-webhook-topic"),
    };
    let topic = topic.ok_or_else(|| Refused::Wrong("the header with the topic is missing".to_owned()))?;
    let received = Received {
        key: webhook.key,
        shop: webhook.shop.unwrap_or_else(|| app.settings.shop.clone()),
        prices: Prices::Net,
        received_at: now,
    };
    let reading = read_webhook(source.reader(), topic, &body.bytes, &received)?;
    app.metrics.received(source.name(), reading.events.len());
    let appended = app.appender.append(reading.events).await?;
    app.metrics.acknowledged(appended, begin.elapsed().as_secs_f64());
    Ok(())
}

/// WooCommerce asks with a form whether anybody is there, before it signs anything.
fn is_ping(body: &[u8]) -> bool {
    body.strip_prefix(b"webhook_id=").is_some_and(|number| number.iter().all(u8::is_ascii_digit))
}

fn check<'a>(
    source: WebhookSource,
    secret: &[u8],
    body: &[u8],
    header: impl Fn(&str) -> Option<&'a str>,
    now: Timestamp,
) -> Result<(), &'static str> {
    let name = match source {
        WebhookSource::Shopify => "x-shopify-hmac-sha256",
        WebhookSource::WooCommerce => "x-wc-webhook-signature",
        WebhookSource::Stripe => "stripe-signature",
    };
    let given = header(name).ok_or("the signature is missing")?;
    match source {
        WebhookSource::Stripe => signature::check_stripe(secret, body, given, now),
        _ if signature::base64_is_right(secret, body, given) => Ok(()),
        _ => Err("the signature is wrong"),
    }
}
