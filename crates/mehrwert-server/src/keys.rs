//! Write keys: who sends, and what is set for them.
//!
//! A key is looked up in the state and then known for some seconds, so that a revoked one opens nothing soon after. What is
//! set for it (its shop, what its prices contain) is a definition of the state of the kind [`KIND`] under the key's id.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::{SignedDuration, Timestamp};
use mehrwert_core::{Amount, KeyId};
use mehrwert_facts::intake::Prices;
use mehrwert_state::{KeyKind, State, StateError};
use serde::{Deserialize, Serialize};

use crate::answer::Refused;

/// The kind of definition that holds what is set for keys.
const KIND: &str = "intake-key";

/// For how long a key that was looked up is known.
const KNOWN: SignedDuration = SignedDuration::from_secs(5);

/// Keys known at once; callers make up as many as they like.
const MOST_KNOWN: usize = 10_000;

/// What is set for a key.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeySettings {
    /// The shop whose orders are tracked with it; none means the server's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shop: Option<String>,
    /// What the amounts of tracked orders contain.
    #[serde(default)]
    pub prices: PricesSetting,
    /// The rate of VAT in gross amounts, as a share of the net: `0.19`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat: Option<String>,
}

/// What the amounts of tracked orders contain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PricesSetting {
    /// No VAT.
    #[default]
    Net,
    /// VAT.
    Gross,
}

impl KeySettings {
    /// Keeps what is set for a key.
    ///
    /// # Errors
    /// [`StateError`] when the state fails.
    pub async fn save(&self, state: &State, key: KeyId, at: Timestamp) -> Result<(), StateError> {
        let body = serde_json::json!(self);
        state.save_definition(KIND, &key.to_string(), 0, &body, at).await.map(drop)
    }

    /// What is set for a key; the defaults where nothing is.
    ///
    /// # Errors
    /// [`StateError`] when the state fails.
    pub async fn load(state: &State, key: KeyId) -> Result<KeySettings, StateError> {
        let kept = state.definition(KIND, &key.to_string(), None).await?;
        Ok(kept.and_then(|kept| serde_json::from_value(kept.body).ok()).unwrap_or_default())
    }

    fn prices(&self) -> Prices {
        match self.prices {
            PricesSetting::Net => Prices::Net,
            PricesSetting::Gross => Prices::Gross { vat: self.vat.as_ref().and_then(|vat| vat.parse::<Amount>().ok()) },
        }
    }
}

/// A key that may send.
#[derive(Debug, Clone)]
pub(crate) struct Sender {
    pub key: KeyId,
    pub shop: String,
    pub prices: Prices,
}

/// The keys that were looked up of late.
#[derive(Debug)]
pub(crate) struct Keys {
    shop: String,
    known: Mutex<HashMap<String, (Timestamp, Sender)>>,
}

impl Keys {
    pub fn new(shop: String) -> Keys {
        Keys { shop, known: Mutex::default() }
    }

    /// Who sends with this key.
    pub async fn sender(&self, state: &State, text: &str, now: Timestamp) -> Result<Sender, Refused> {
        if let Some((since, sender)) = self.lock().get(text)
            && now.duration_since(*since) < KNOWN
            && now >= *since
        {
            return Ok(sender.clone());
        }
        let key = match state.key(text).await? {
            None => return Err(Refused::Key("the key opens nothing, or no longer")),
            Some(key) if key.kind == KeyKind::Secret => {
                return Err(Refused::Key("a secret key has no place in pages and apps"));
            }
            Some(key) => key,
        };
        let settings = KeySettings::load(state, key.id).await?;
        let shop = settings.shop.clone().unwrap_or_else(|| self.shop.clone());
        let sender = Sender { key: key.id, shop, prices: settings.prices() };
        let mut known = self.lock();
        if known.len() >= MOST_KNOWN {
            known.clear();
        }
        known.insert(text.to_owned(), (now, sender.clone()));
        Ok(sender)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, (Timestamp, Sender)>> {
        // A poisoned lock is no danger: every value in it is whole.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The key in the header: `Basic` with the key as its user, or `Bearer`.
pub(crate) fn in_header(headers: &HeaderMap) -> Result<Option<String>, Refused> {
    let Some(value) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
    let unreadable = || Refused::Key("the header Authorization is neither Basic nor Bearer with a key");
    let value = value.to_str().map_err(|_| unreadable())?;
    let (scheme, credentials) = value.split_once(' ').ok_or_else(unreadable)?;
    let credentials = credentials.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return Ok(Some(credentials.to_owned()));
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(unreadable());
    }
    let decoded = BASE64_STANDARD.decode(credentials).map_err(|_| unreadable())?;
    let decoded = String::from_utf8(decoded).map_err(|_| unreadable())?;
    let user = decoded.split_once(':').map_or(decoded.as_str(), |(user, _)| user);
    Ok(Some(user.to_owned()).filter(|user| !user.is_empty()))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_key_is_found_in_every_form_of_the_header() {
        let key = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, HeaderValue::from_static(text));
            in_header(&headers)
        };
        assert_eq!(key("Basic bXdfMTo=").unwrap().as_deref(), Some("mw_1"));
        assert_eq!(key("basic bXdfMTp4").unwrap().as_deref(), Some("mw_1"));
        assert_eq!(key("Bearer mw_1").unwrap().as_deref(), Some("mw_1"));
        assert_eq!(key("Basic Og==").unwrap(), None);
        assert!(key("Digest x").is_err());
        assert!(key("Basic ???").is_err());
        assert!(in_header(&HeaderMap::new()).unwrap().is_none());
    }
}
