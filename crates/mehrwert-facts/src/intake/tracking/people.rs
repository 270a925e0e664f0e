//! Whom a tracking call is about, and what it says of them.

use mehrwert_core::PersonId;
use mehrwert_state::{Identity, IdentityKind, Trait};
use serde_json::Value;

use super::super::envelope::{Envelope, Kind};
use super::super::fields::{first, number, plain, text};
use super::super::rows::{Occasion, Rows};
use super::mapping::Mappings;
use crate::identities::{Said, account_of_group, order_identity};

/// By which names a call names somebody: the user's id first, then addresses, then what may be shared.
pub(in super::super) fn said(envelope: &Envelope, mappings: &Mappings) -> Said {
    let body = &envelope.body;
    let mut identities = Vec::new();
    let mut add = |identity: Option<Identity>| {
        identities.extend(identity.filter(|identity| !identities.contains(identity)));
    };
    add(text(body, &["userId"]).and_then(|id| given(&id)));
    for traits in [&["traits"][..], &["context", "traits"]] {
        if envelope.kind == Kind::Group && traits == ["traits"] {
            // The traits of a group are the account's.
            continue;
        }
        let of = |name| text(body, &[traits, &[name]].concat());
        add(of("email").and_then(|text| Identity::new(IdentityKind::Email, &text).ok()));
        add(of("phone").and_then(|text| Identity::new(IdentityKind::Phone, &text).ok()));
    }
    if envelope.kind == Kind::Alias
        && let Some(previous) = text(body, &["previousId"])
    {
        // What was an anonymous id until now, or a user's former id: nobody says which.
        add(given(&previous));
        add(Identity::new(IdentityKind::Anonymous, &previous).ok());
    }
    add(text(body, &["anonymousId"]).and_then(|id| Identity::new(IdentityKind::Anonymous, &id).ok()));
    if envelope.kind == Kind::Track
        && !identities.is_empty()
        && let Some(order) = mappings.order_number(body)
    {
        identities.extend(order_identity(&envelope.shop, number(&order)));
    }
    let reason = match envelope.kind {
        Kind::Alias => "declared one by an alias call".to_owned(),
        _ => format!("named together in {} call", with_article(envelope.kind)),
    };
    Said { identities, declared: envelope.kind == Kind::Alias, reason }
}

/// The identity that a user's id is: an e-mail address where it is one.
fn given(id: &str) -> Option<Identity> {
    let email = Identity::new(IdentityKind::Email, id);
    email.or_else(|_| Identity::new(IdentityKind::Given, id)).ok()
}

fn with_article(kind: Kind) -> &'static str {
    match kind {
        Kind::Identify => "an identify",
        Kind::Page => "a page",
        Kind::Screen => "a screen",
        Kind::Group => "a group",
        _ => "a track",
    }
}

/// What an `identify` call says of a person.
pub(in super::super) fn traits(envelope: &Envelope, person: PersonId, occasion: &Occasion<'_>, rows: &mut Rows) {
    if envelope.kind != Kind::Identify {
        return;
    }
    let body = &envelope.body;
    let inner = body.get("context").and_then(|context| context.get("traits"));
    // Those of the call itself last: they hold.
    for said in [inner, body.get("traits")].into_iter().flatten().filter_map(Value::as_object) {
        for (name, value) in said.iter().filter(|(_, value)| !value.is_null()) {
            let one = Trait { name: name.clone(), value: value.clone(), set_at: occasion.at };
            rows.traits.push((person, one));
        }
    }
}

/// The account that a `group` call names.
pub(in super::super) fn accounts(envelope: &Envelope, person: PersonId, rows: &mut Rows) {
    if envelope.kind == Kind::Group
        && let Some(group) = envelope.body.get("groupId").and_then(plain)
    {
        let traits = envelope.body.get("traits").unwrap_or(&Value::Null);
        rows.joins(account_of_group(&group, first(traits, &["name", "company"]).as_deref()), person);
    }
}
