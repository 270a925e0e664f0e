//! What a caller is answered: 200, or what was wrong, as JSON that vendors' clients understand.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use mehrwert_facts::intake::IntakeError;
use mehrwert_state::{AppendError, StateError};
use serde_json::json;

/// Why a request was not taken. Nothing of it was kept.
#[derive(Debug)]
pub(crate) enum Refused {
    /// 401: no key, or not one that opens this.
    Key(&'static str),
    /// 401: the signature of a webhook is not right.
    Signature(&'static str),
    /// 404: there is nothing of that name.
    Unknown(String),
    /// 413: more bytes than are taken at all.
    TooLarge { most: usize },
    /// 400: the body or a header is not what it should be.
    Wrong(String),
    /// 400 or 413, as the API says.
    Reading(IntakeError),
    /// 429: this key has sent too much; it may try again after so many seconds.
    TooFast { seconds: u64 },
    /// 429: the server has too much to do.
    Busy,
    /// 503: the state failed. The caller may send it again.
    Failed(String),
}

impl Refused {
    /// For metrics: why, in one word.
    pub fn reason(&self) -> &'static str {
        match self {
            Refused::Key(_) => "key",
            Refused::Signature(_) => "signature",
            Refused::Unknown(_) => "unknown",
            Refused::TooLarge { .. } | Refused::Reading(IntakeError::TooLarge { .. }) => "too_large",
            Refused::Wrong(_) | Refused::Reading(_) => "malformed",
            Refused::TooFast { .. } => "rate",
            Refused::Busy => "busy",
            Refused::Failed(_) => "failed",
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Refused::Key(_) | Refused::Signature(_) => StatusCode::UNAUTHORIZED,
            Refused::Unknown(_) => StatusCode::NOT_FOUND,
            Refused::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Refused::Wrong(_) | Refused::Reading(_) => StatusCode::BAD_REQUEST,
            Refused::TooFast { .. } | Refused::Busy => StatusCode::TOO_MANY_REQUESTS,
            Refused::Failed(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn message(&self) -> String {
        match self {
            Refused::Key(found) => format!("{found}; send a write key (mw_...) that `mehrwert keys add` has made"),
            Refused::Signature(found) => {
                format!("{found}; the secret here and that of the sender must be the same (`mehrwert webhooks add`)")
            }
            Refused::Unknown(what) => what.clone(),
            Refused::TooLarge { most } => format!("the body is too large; at most {most} bytes are taken"),
            Refused::Wrong(found) => found.clone(),
            Refused::Reading(error) => error.to_string(),
            Refused::TooFast { seconds } => format!("too many events with this key; try again in {seconds} s"),
            Refused::Busy => "too much to do at the moment; try again in a second".to_owned(),
            // What failed is in the log; the outside need not know.
            Refused::Failed(_) => "the server could not keep it; send it again".to_owned(),
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        if let Refused::Failed(error) = &self {
            tracing::error!(%error, "what came in could not be kept");
        }
        let body = json!({"success": false, "code": self.reason(), "message": self.message()});
        let mut response = (self.status(), Json(body)).into_response();
        let seconds = match self {
            Refused::TooFast { seconds } => Some(seconds),
            Refused::Busy | Refused::Failed(_) => Some(1),
            _ => None,
        };
        if let Some(seconds) = seconds {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if matches!(self, Refused::Key(_)) {
            let challenge = HeaderValue::from_static("Basic realm=\"mehrwert\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

impl From<IntakeError> for Refused {
    fn from(error: IntakeError) -> Refused {
        Refused::Reading(error)
    }
}

impl From<StateError> for Refused {
    fn from(error: StateError) -> Refused {
        Refused::Failed(error.to_string())
    }
}

impl From<AppendError> for Refused {
    fn from(error: AppendError) -> Refused {
        match error {
            AppendError::Full => Refused::Busy,
            other => Refused::Failed(other.to_string()),
        }
    }
}
