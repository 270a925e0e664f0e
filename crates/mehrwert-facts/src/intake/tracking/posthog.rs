//! Events as PostHog's clients send them, in the words of a Segment call.
//!
//! `distinct_id` is a user's id, unless the client says that nobody has been identified yet; then it is an anonymous one.

use serde_json::{Map, Value, json};

/// The event in Segment's words; what is no object stays as it is.
pub(super) fn as_segment(event: Value) -> Value {
    let Value::Object(mut event) = event else { return event };
    let mut properties = match event.remove("properties") {
        Some(Value::Object(properties)) => properties,
        _ => Map::new(),
    };
    let mut take = |name: &str| properties.remove(name).filter(|value| !value.is_null());
    let distinct = event.remove("distinct_id").filter(|id| !id.is_null()).or_else(|| take("distinct_id"));
    let device = take("$device_id");
    let is_anonymous = take("$is_identified") == Some(Value::Bool(false)) || (device.is_some() && device == distinct);
    let earlier = take("$anon_distinct_id");
    let alias = take("alias");
    let (group_type, group) = (take("$group_type"), take("$group_key"));
    let group_traits = take("$group_set");
    let mut traits = Map::new();
    for name in ["$set_once", "$set"] {
        if let Some(Value::Object(set)) = take(name).or_else(|| event.remove(name)) {
            traits.extend(set);
        }
    }
    let context = context(&mut take);
    let name = event.get("event").and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut segment = match name.as_str() {
        "$identify" => json!({"type": "identify", "anonymousId": earlier}),
        "$set" => json!({"type": "identify"}),
        "$create_alias" => json!({"type": "alias", "previousId": alias}),
        "$groupidentify" => json!({"type": "group", "groupId": group, "traits": group_traits, "groupType": group_type}),
        "$pageview" => json!({"type": "page"}),
        "$screen" => json!({"type": "screen"}),
        _ => json!({"type": "track", "event": name}),
    };
    if name == "$identify" || name == "$set" {
        segment["traits"] = Value::Object(traits);
    }
    segment[if is_anonymous { "anonymousId" } else { "userId" }] = distinct.unwrap_or_default();
    segment["properties"] = Value::Object(properties);
    segment["context"] = context;
    for (theirs, ours) in [("uuid", "messageId"), ("timestamp", "timestamp")] {
        if let Some(value) = event.remove(theirs) {
            segment[ours] = value;
        }
    }
    segment
}

fn context(take: &mut impl FnMut(&str) -> Option<Value>) -> Value {
    let mut campaign = Map::new();
    for (theirs, ours) in [
        ("utm_source", "source"),
        ("utm_medium", "medium"),
        ("utm_campaign", "name"),
        ("utm_content", "content"),
        ("utm_term", "term"),
    ] {
        campaign.extend(take(theirs).map(|value| (ours.to_owned(), value)));
    }
    json!({
        "campaign": campaign,
        "page": {
            "url": take("$current_url"),
            "path": take("$pathname"),
            "referrer": take("$referrer").filter(|referrer| referrer != "$direct"),
            "title": take("title"),
        },
        "sessionId": take("$session_id"),
        "library": {"name": take("$lib"), "version": take("$lib_version")},
    })
}
