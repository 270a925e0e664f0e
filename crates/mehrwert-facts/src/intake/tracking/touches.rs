//! Pages and screens that were seen: touches, with the source they came from.

use serde_json::Value;
use url::Url;

use super::super::fields::{first, text};
use super::super::personal::{kept_text, without_query};
use super::super::rows::{Occasion, Rows};
use super::sources::Source;
use crate::tables::Touch;

/// Adds the touch of a `page` or `screen` call.
pub(super) fn met(body: &Value, occasion: &Occasion<'_>, rows: &mut Rows) {
    let nothing = Value::Null;
    let (properties, context) = (body.get("properties").unwrap_or(&nothing), body.get("context").unwrap_or(&nothing));
    let name = text(body, &["name"]);
    add(name.as_deref(), properties, context, occasion, rows);
}

/// Adds a touch: of a page by its address, or of a screen by its name.
pub(super) fn add(name: Option<&str>, properties: &Value, context: &Value, occasion: &Occasion<'_>, rows: &mut Rows) {
    let page = context.get("page").unwrap_or(&Value::Null);
    let either = |name: &str| text(properties, &[name]).or_else(|| text(page, &[name]));
    let address = either("url");
    let url = address.as_deref().and_then(|address| Url::parse(address).ok());
    let source = Source::of(context, url.as_ref(), either("search").as_deref(), either("referrer").as_deref());
    let shown = match &url {
        Some(url) => Some(page_of(url)),
        None => either("path").map(|path| without_query(&path).to_owned()),
    };
    let shown = shown.or_else(|| name.map(str::to_owned));
    let session =
        first(context, &["sessionId", "session_id"]).or_else(|| first(properties, &["session_id", "$session_id"]));
    let row = Touch {
        source: source.source.as_deref(),
        medium: source.medium.as_deref(),
        campaign: source.campaign.as_deref(),
        content: source.content.as_deref(),
        term: source.term.as_deref(),
        referrer_host: source.referrer_host.as_deref(),
        page: shown.as_deref().and_then(kept_text),
        session: session.as_deref().and_then(kept_text),
    };
    let head = occasion.head(occasion.message, 0, occasion.report());
    rows.once().touches.push(&head, &row);
}

/// A page's address without query, fragment and what may stand before the host.
fn page_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{host}{port}{}", url.scheme(), url.path())
}
