//! Tracking calls: the Segment HTTP Tracking API, what RudderStack's and browsers' clients make of it, and PostHog's batch.
//!
//! A [`Call`] is parsed first, so that the write key that may stand in its body can be checked before anything else is
//! done, then [read](Call::read) into inbox events. When they are sealed, [`said`] tells who an event is about and
//! [`translate`] what it comes to:
//!
//! | call | becomes |
//! |---|---|
//! | `track` | an event, kept whole; those about orders an order, refund or cancellation besides ([`orders`]) |
//! | `page`, `screen` | a touch ([`touches`]) |
//! | `identify` | identities and traits; consent fields an event, as they were said |
//! | `group` | an account and who belongs to it |
//! | `alias` | two identities of one person |
//!
//! A name that is not known may be mapped to one that is, also later ([`mapping`]).

mod call;
mod events;
mod mapping;
mod orders;
mod people;
mod posthog;
mod sources;
mod touches;

use serde_json::Value;

pub use call::{Call, Endpoint, MOST_BATCH_BYTES, MOST_EVENT_BYTES};
pub(super) use events::add as add_event;
pub(super) use mapping::Mappings;
pub use mapping::remap;
pub(super) use people::{accounts, said, traits};
pub(super) use sources::{Source, host_of};

use super::envelope::{Envelope, Kind};
use super::fields::text;
use super::rows::{Occasion, Rows};

/// Longer names of events are no names.
const LONGEST_NAME: usize = 500;

/// What a tracking call comes to.
///
/// # Errors
/// Why nothing can be made of it, for people; then no row was made.
pub(super) fn translate(
    envelope: &Envelope,
    occasion: &Occasion<'_>,
    mappings: &Mappings,
    rows: &mut Rows,
) -> Result<(), String> {
    let body = &envelope.body;
    match envelope.kind {
        Kind::Track => {
            let name = text(body, &["event"]).ok_or("event: expected the name of what was done, found none")?;
            let properties = body.get("properties").unwrap_or(&Value::Null);
            let context = body.get("context").unwrap_or(&Value::Null);
            if name.len() > LONGEST_NAME {
                return Err(format!("event: expected a name of at most {LONGEST_NAME} bytes, found {}", name.len()));
            }
            let unclear = mappings.tell(&name, properties, context, occasion, rows);
            events::tracked(&name, properties, context, unclear, occasion, rows);
        }
        Kind::Page | Kind::Screen => touches::met(body, occasion, rows),
        Kind::Identify => events::consents(body, occasion, rows),
        _ => {}
    }
    Ok(())
}
