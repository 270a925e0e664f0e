//! Message ids: the sender's own, or else made of what was said.
//!
//! An id made of content lets a call that is sent again be known again. Identical events of one call are counted, so that
//! they stay apart. An event that names no time either could be said twice in truth, so then its sending time, or else
//! its arrival, is part of the id.

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::Value;
use xxhash_rust::xxh3::xxh3_128;

/// Longer ids are shortened to a hash: the inbox and the list of what was set aside keep them as keys.
const LONGEST: usize = 200;

/// Gives ids to the events of one call.
#[derive(Debug, Default)]
pub(super) struct MessageIds {
    seen: HashMap<u128, u32>,
}

impl MessageIds {
    /// The id of an event.
    pub fn of(&mut self, event: &Value, sent_at: Option<&Value>, received_at: Timestamp) -> String {
        match event.get("messageId").or_else(|| event.get("uuid")) {
            Some(Value::String(own)) if !own.trim().is_empty() => return own_id(own),
            Some(Value::Number(own)) => return own.to_string(),
            _ => {}
        }
        let mut bytes = serde_json::to_vec(&without_sending_time(event)).unwrap_or_default();
        let has_time =
            ["timestamp", "originalTimestamp"].iter().any(|name| event.get(*name).is_some_and(|one| !one.is_null()));
        if !has_time {
            match sent_at.filter(|sent_at| !sent_at.is_null()) {
                Some(sent_at) => bytes.extend(sent_at.to_string().into_bytes()),
                None => bytes.extend(received_at.as_microsecond().to_le_bytes()),
            }
        }
        let hash = xxh3_128(&bytes);
        let count = self.seen.entry(hash).or_insert(0);
        *count += 1;
        if *count == 1 { format!("content-{hash:032x}") } else { format!("content-{hash:032x}-{count}") }
    }
}

/// An id that a sender gave, shortened where it is long.
pub(super) fn own_id(own: &str) -> String {
    let own = own.trim();
    if own.len() <= LONGEST { own.to_owned() } else { format!("long-{:032x}", xxh3_128(own.as_bytes())) }
}

/// A short hash of what a webhook says, to tell two states of one second apart.
pub(super) fn content(body: &Value) -> String {
    let hash = xxh3_128(&serde_json::to_vec(body).unwrap_or_default());
    format!("{:016x}", (hash >> 64) as u64)
}

fn without_sending_time(event: &Value) -> Value {
    let mut event = event.clone();
    if let Value::Object(fields) = &mut event {
        fields.remove("sentAt");
        fields.remove("sent_at");
    }
    event
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ids(events: &[Value], sent_at: &Value, received: i64) -> Vec<String> {
        let mut ids = MessageIds::default();
        let received = Timestamp::from_second(received).unwrap();
        events.iter().map(|event| ids.of(event, Some(sent_at), received)).collect()
    }

    #[test]
    fn a_call_sent_again_has_the_same_ids() {
        let event = json!({"event": "Opened", "userId": "u", "timestamp": "2026-11-24T10:00:00Z"});
        let other = json!({"event": "Closed", "userId": "u", "timestamp": "2026-11-24T10:00:00Z"});
        let call = [event.clone(), other, event];
        let first = ids(&call, &json!("2026-11-24T10:00:01Z"), 1);
        assert_eq!(first, ids(&call, &json!("2026-11-24T10:00:09Z"), 9));
        let distinct: std::collections::HashSet<_> = first.iter().collect();
        assert_eq!(distinct.len(), 3);
    }

    #[test]
    fn without_any_time_two_are_two() {
        let call = [json!({"event": "Opened", "userId": "u"})];
        let sent = json!("2026-11-24T10:00:01Z");
        assert_eq!(ids(&call, &sent, 1), ids(&call, &sent, 2));
        assert_ne!(ids(&call, &sent, 1), ids(&call, &json!("2026-11-24T10:00:02Z"), 1));
        assert_ne!(ids(&call, &Value::Null, 1), ids(&call, &Value::Null, 2));
    }

    #[test]
    fn a_long_id_is_shortened_and_stays_its_own() {
        let long = |end: &str| json!({"messageId": format!("{}{end}", "x".repeat(900))});
        let both = ids(&[long("a"), long("b"), json!({"messageId": " m-1 "})], &Value::Null, 1);
        assert!(both.iter().all(|id| id.len() <= LONGEST) && both[0] != both[1]);
        assert_eq!(both[2], "m-1");
    }
}
