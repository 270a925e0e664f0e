//! One call: its body parsed and held to the limits, its events each with context, time and message id.

use serde_json::{Map, Value};

use super::super::clock;
use super::super::envelope::{Envelope, Kind, inbox_event};
use super::super::fields::text;
use super::super::ids::MessageIds;
use super::super::{IntakeError, Reading, Received, Unreadable};
use super::posthog;

/// The most bytes that one event may have.
pub const MOST_EVENT_BYTES: usize = 32 * 1024;
/// The most bytes that one batch may have.
pub const MOST_BATCH_BYTES: usize = 500 * 1024;
/// What our own words around an event take at most.
const ENVELOPE: usize = 1_024;

/// Where a call goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoint {
    /// Somebody did something.
    Track,
    /// Who somebody is.
    Identify,
    /// A page was seen.
    Page,
    /// A screen of an app was seen.
    Screen,
    /// Somebody belongs to an account.
    Group,
    /// Two ids are one person.
    Alias,
    /// Several of these.
    Batch,
    /// A batch as PostHog's clients send it.
    PostHog,
}

impl Endpoint {
    /// All of them.
    pub const ALL: [Endpoint; 8] = [
        Endpoint::Track,
        Endpoint::Identify,
        Endpoint::Page,
        Endpoint::Screen,
        Endpoint::Group,
        Endpoint::Alias,
        Endpoint::Batch,
        Endpoint::PostHog,
    ];

    /// The endpoint of the last part of a path: `track`, or as browsers have it `t`.
    ///
    /// ```
    /// use mehrwert_facts::intake::Endpoint;
    /// assert_eq!(Endpoint::from_name("t"), Some(Endpoint::Track));
    /// ```
    #[must_use]
    pub fn from_name(name: &str) -> Option<Endpoint> {
        Some(match name {
            "track" | "t" => Endpoint::Track,
            "identify" | "i" => Endpoint::Identify,
            "page" | "p" => Endpoint::Page,
            "screen" | "s" => Endpoint::Screen,
            "group" | "g" => Endpoint::Group,
            "alias" | "a" => Endpoint::Alias,
            "batch" | "b" => Endpoint::Batch,
            _ => return None,
        })
    }

    /// What a call to it is, where it is one event.
    fn kind(self) -> Option<Kind> {
        match self {
            Endpoint::Track => Some(Kind::Track),
            Endpoint::Identify => Some(Kind::Identify),
            Endpoint::Page => Some(Kind::Page),
            Endpoint::Screen => Some(Kind::Screen),
            Endpoint::Group => Some(Kind::Group),
            Endpoint::Alias => Some(Kind::Alias),
            Endpoint::Batch | Endpoint::PostHog => None,
        }
    }
}

/// A call that is JSON, within the limits, and of the shape that its endpoint takes.
#[derive(Debug, Clone)]
pub struct Call {
    endpoint: Endpoint,
    /// The body without its events.
    frame: Map<String, Value>,
    events: Vec<Value>,
}

impl Call {
    /// Parses the body of a call.
    ///
    /// # Errors
    /// [`IntakeError`] says where and what; nothing of the call is to be taken then.
    pub fn parse(endpoint: Endpoint, body: &[u8]) -> Result<Call, IntakeError> {
        let most = if endpoint.kind().is_some() { MOST_EVENT_BYTES } else { MOST_BATCH_BYTES };
        if body.len() > most {
            return Err(IntakeError::TooLarge { what: "the body".to_owned(), bytes: body.len(), most });
        }
        let body: Value = serde_json::from_slice(body).map_err(|error| IntakeError::json(&error))?;
        let Value::Object(mut frame) = body else {
            return Err(IntakeError::shape("the body", "an object"));
        };
        if endpoint.kind().is_some() {
            let mut names = Map::new();
            for name in ["writeKey", "sentAt"] {
                names.extend(frame.get(name).map(|value| (name.to_owned(), value.clone())));
            }
            frame.remove("writeKey");
            return Ok(Call { endpoint, frame: names, events: vec![Value::Object(frame)] });
        }
        match frame.remove("batch") {
            Some(Value::Array(events)) => Ok(Call { endpoint, frame, events }),
            // PostHog's clients send a single event without a batch too.
            None if endpoint == Endpoint::PostHog && frame.contains_key("event") => {
                let events = vec![Value::Object(frame.clone())];
                Ok(Call { endpoint, frame, events })
            }
            _ => Err(IntakeError::shape("batch", "a list of events")),
        }
    }

    /// The key that stands in the body, where one does.
    #[must_use]
    pub fn write_key(&self) -> Option<&str> {
        ["writeKey", "api_key", "token"].iter().find_map(|name| self.frame.get(*name)?.as_str())
    }

    /// How many events it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// The events, each with its context, its time and its message id.
    ///
    /// # Errors
    /// [`IntakeError::TooLarge`] where an event of a batch is; nothing of the call is to be taken then.
    pub fn read(self, received: &Received) -> Result<Reading, IntakeError> {
        let Call { endpoint, frame, events } = self;
        let context = frame.get("context").filter(|context| context.is_object());
        let context_bytes = context.map_or(0, |context| context.to_string().len());
        let most = MOST_EVENT_BYTES + context_bytes + ENVELOPE;
        let mut ids = MessageIds::default();
        let mut reading = Reading::default();
        for (place, mut event) in events.into_iter().enumerate() {
            if endpoint == Endpoint::PostHog {
                event = posthog::as_segment(event);
            }
            if let (Some(context), Value::Object(fields)) = (context, &mut event) {
                merge(fields.entry("context").or_insert(Value::Null), context);
            }
            let sent_at = [event.get("sentAt"), frame.get("sentAt"), frame.get("sent_at")];
            let sent_at = sent_at.into_iter().flatten().find(|value| !value.is_null());
            let message_id = ids.of(&event, sent_at, received.received_at);
            let (kind, at, unreadable) = judge(endpoint, &event, sent_at, received);
            if let Some(reason) = &unreadable {
                reading.aside.push(Unreadable { place, reason: reason.clone() });
            }
            without_address(&mut event);
            let envelope = Envelope {
                kind,
                shop: received.shop.clone(),
                prices: received.prices,
                at,
                topic: String::new(),
                unreadable,
                body: event,
            };
            let kept = inbox_event(received, message_id, &envelope);
            if kept.body.len() > most {
                let what = format!("event {} of the batch", place + 1);
                return Err(IntakeError::TooLarge { what, bytes: kept.body.len(), most: MOST_EVENT_BYTES });
            }
            reading.events.push(kept);
        }
        Ok(reading)
    }
}

/// What an event is and when it happened, or why nothing can be made of it.
fn judge(
    endpoint: Endpoint,
    event: &Value,
    sent_at: Option<&Value>,
    received: &Received,
) -> (Kind, jiff::Timestamp, Option<String>) {
    let now = received.received_at;
    let kind = match endpoint.kind() {
        Some(kind) => Ok(kind),
        None => kind_of(event),
    };
    let kind = match kind {
        Ok(kind) => kind,
        Err(reason) => return (Kind::Track, now, Some(reason)),
    };
    if kind == Kind::Track && text(event, &["event"]).is_none() {
        return (kind, now, Some("event: expected the name of what was done, found none".to_owned()));
    }
    let timestamp = ["originalTimestamp", "timestamp"].iter().filter_map(|name| event.get(*name));
    match clock::happened(timestamp.into_iter().find(|value| !value.is_null()), sent_at, now) {
        Ok(at) => (kind, at, None),
        Err(reason) => (kind, now, Some(reason)),
    }
}

fn kind_of(event: &Value) -> Result<Kind, String> {
    let name = event.get("type").and_then(Value::as_str).unwrap_or_default();
    Endpoint::from_name(name).and_then(Endpoint::kind).ok_or_else(|| {
        let found: String = name.chars().take(40).collect();
        format!("type: expected track, identify, page, screen, group or alias, found '{found}'")
    })
}

/// Adds to a context what a batch's context says and it does not.
fn merge(own: &mut Value, batch: &Value) {
    match (own, batch) {
        (Value::Object(own), Value::Object(batch)) => {
            for (name, value) in batch {
                merge(own.entry(name).or_insert(Value::Null), value);
            }
        }
        (own @ Value::Null, batch) => *own = batch.clone(),
        _ => {}
    }
}

/// Takes out what is not kept at all: network addresses, and keys.
fn without_address(event: &mut Value) {
    let Value::Object(fields) = event else { return };
    for name in ["ip", "writeKey", "api_key", "token"] {
        fields.remove(name);
    }
    for inner in ["context", "properties"] {
        if let Some(Value::Object(fields)) = fields.get_mut(inner) {
            fields.remove("ip");
            fields.remove("$ip");
        }
    }
}
