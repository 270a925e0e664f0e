//! Who is who: anonymous to known, guests, shared browsers, firms; and what is known of people stays in the state.

use mehrwert_core::PersonId;
use mehrwert_facts::intake::Webhook;
use mehrwert_state::{Identity, IdentityKind, Recognised};
use serde_json::{Value, json};

use crate::support::{Shop, fixture, now, webhook};

fn page(id: &str, anonymous: &str, user: Value) -> Value {
    json!({"type": "page", "messageId": id, "anonymousId": anonymous, "userId": user, "name": id})
}

fn identify(id: &str, anonymous: &str, user: &str, email: Value) -> Value {
    json!({"type": "identify", "messageId": id, "anonymousId": anonymous, "userId": user, "traits": {"email": email}})
}

async fn person(shop: &mut Shop, kind: IdentityKind, value: &str) -> PersonId {
    use mehrwert_facts::identities::Fresh;
    let identity = Identity::new(kind, value).unwrap();
    let fresh = &mut shop.fresh;
    let found = shop.state.recognise(&[identity], &mut || fresh.person(), now()).await.unwrap();
    match found[..] {
        [Recognised::Person { person, .. }] => person,
        _ => panic!("{found:?}"),
    }
}

#[test]
fn what_was_done_before_the_name_was_known_is_theirs() {
    Shop::run(async |shop| {
        shop.batch(json!([page("before", "a", Value::Null)])).await;
        shop.batch(json!([identify("who", "a", "u1", json!("Eva@Example.com")), page("after", "a", json!("u1"))]))
            .await;
        let whose = shop.column("touches", &["page", "who"]).await;
        assert_eq!(whose, ["who=a+eva@example.com+u1 page=after", "who=a+eva@example.com+u1 page=before"]);
        assert_eq!(shop.state.person_count().await.unwrap(), 1);
    });
}

#[test]
fn two_who_share_a_browser_stay_two_and_it_is_the_seconds_from_then_on() {
    Shop::run(async |shop| {
        shop.batch(json!([identify("1", "a", "u1", json!("eva@example.com")), page("evas", "a", Value::Null)])).await;
        shop.batch(json!([
            page("still evas", "a", Value::Null),
            identify("2", "a", "u2", json!("adam@example.com")),
            page("adams", "a", Value::Null)
        ]))
        .await;
        shop.batch(json!([page("adams later", "a", Value::Null)])).await;
        let whose = shop.column("touches", &["page", "who"]).await;
        assert_eq!(
            whose,
            [
                "who=a+adam@example.com+u2 page=adams",
                "who=a+adam@example.com+u2 page=adams later",
                "who=eva@example.com+u1 page=evas",
                "who=eva@example.com+u1 page=still evas",
            ]
        );
        assert_eq!(shop.state.person_count().await.unwrap(), 2);
    });
}

#[test]
fn a_guest_is_known_by_the_address_and_the_customer_number_joins_it() {
    Shop::run(async |shop| {
        let mut guest = fixture("shopify_order");
        guest["customer"] = Value::Null;
        shop.take(&webhook(Webhook::Shopify, "orders/create", &guest)).await;
        let eva = person(shop, IdentityKind::Email, "eva.muster@example.com").await;
        let mut order = fixture("shopify_order");
        (order["name"], order["id"]) = (json!("#1002"), json!(2));
        shop.take(&webhook(Webhook::Shopify, "orders/create", &order)).await;
        assert_eq!(person(shop, IdentityKind::Shop, "main/115310627314723954").await, eva);
        assert_eq!(shop.state.person_count().await.unwrap(), 1);
        let traits = shop.state.traits(eva).await.unwrap();
        let of = |name: &str| traits.iter().find(|one| one.name == name).map(|one| one.value.clone());
        assert_eq!(of("lastName"), Some(json!("Muster")));
        assert_eq!(of("address").unwrap()["postalCode"], json!("10115"));
    });
}

#[test]
fn two_customer_numbers_of_one_address_stay_two() {
    Shop::run(async |shop| {
        let mut order = fixture("shopify_order");
        shop.take(&webhook(Webhook::Shopify, "orders/create", &order)).await;
        (order["name"], order["id"], order["customer"]["id"]) = (json!("#1002"), json!(2), json!(77));
        shop.take(&webhook(Webhook::Shopify, "orders/create", &order)).await;
        let [old, new] = ["main/115310627314723954", "main/77"];
        assert_ne!(person(shop, IdentityKind::Shop, old).await, person(shop, IdentityKind::Shop, new).await);
        // The orders are those of the address.
        let eva = person(shop, IdentityKind::Email, "eva.muster@example.com").await;
        assert_eq!(eva, person(shop, IdentityKind::Shop, old).await);
    });
}

#[test]
fn an_alias_call_joins_what_would_stay_two_and_an_unmerge_parts_them() {
    Shop::run(async |shop| {
        shop.batch(json!([page("old", "a", json!("u1")), page("new", "b", json!("u2"))])).await;
        assert_eq!(shop.state.person_count().await.unwrap(), 2);
        shop.batch(json!([{"type": "alias", "messageId": "x", "userId": "u2", "previousId": "u1"}])).await;
        let one = person(shop, IdentityKind::Given, "u1").await;
        assert_eq!(person(shop, IdentityKind::Given, "u2").await, one);
        let merge = (1..=shop.state.alias_version().await.unwrap()).rev();
        for version in merge {
            if shop.state.unmerge(version, "two after all", now()).await.is_ok()
                && person(shop, IdentityKind::Given, "u1").await != person(shop, IdentityKind::Given, "u2").await
            {
                return;
            }
        }
        panic!("no unmerge parted them");
    });
}

#[test]
fn firms_are_found_by_domain_and_by_group() {
    Shop::run(async |shop| {
        shop.batch(json!([
            identify("1", "a", "u1", json!("eva@muster.de")),
            identify("2", "b", "u2", json!("adam@muster.de")),
            identify("3", "c", "u3", json!("ida@gmx.de")),
            {"type": "group", "messageId": "4", "userId": "u3", "groupId": "g-1", "traits": {"name": "Imkerei Ida"}},
            {"type": "group", "messageId": "5", "userId": "u3", "groupId": "g-1", "traits": {"name": "Imkerei Ida"}},
        ]))
        .await;
        let accounts = shop.state.accounts().await.unwrap();
        let mut names: Vec<&str> = accounts.iter().map(|account| account.name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["Imkerei Ida", "muster.de"]);
        let members = shop.state.members(now()).await.unwrap();
        assert_eq!(members.len(), 3);
        // Sealing more of them changes nothing.
        shop.batch(json!([identify("6", "a", "u1", json!("eva@muster.de"))])).await;
        assert_eq!(shop.state.members(now()).await.unwrap().len(), 3);
    });
}

#[test]
fn what_names_someone_is_in_the_state_and_never_in_a_fact() {
    Shop::run(async |shop| {
        shop.take(&crate::support::batch(&fixture("segment_batch"), &crate::support::received(1, now()))).await;
        for (topic, name) in [
            ("orders/create", "shopify_order"),
            ("customers/update", "shopify_customer"),
            ("checkouts/create", "shopify_checkout"),
        ] {
            shop.take(&webhook(Webhook::Shopify, topic, &fixture(name))).await;
        }
        shop.take(&webhook(Webhook::WooCommerce, "order.created", &fixture("woocommerce_order"))).await;
        shop.take(&webhook(Webhook::Stripe, "", &fixture("stripe_charge"))).await;
        let eva = person(shop, IdentityKind::Email, "eva.muster@example.com").await;
        assert!(shop.state.traits(eva).await.unwrap().iter().any(|one| one.name == "birthday"));
        let mut read = String::new();
        for row in shop.facts().await {
            // Whose a row is, is told by the test and not by the row.
            read.extend(row.split(" | ").filter(|cell| !cell.starts_with("who=")).map(str::to_lowercase));
        }
        for word in
            ["muster", "eva", "example.com", "jörg", "beispiel", "203.0.113", "1980", "mozilla", "234567", "weg 1"]
        {
            assert!(!read.contains(word), "{word}: {read}");
        }
    });
}

#[test]
fn who_was_erased_is_not_brought_back_and_a_later_order_has_no_name() {
    Shop::run(async |shop| {
        let mut order = fixture("shopify_order");
        shop.take(&webhook(Webhook::Shopify, "orders/create", &order)).await;
        let eva = person(shop, IdentityKind::Email, "eva.muster@example.com").await;
        shop.state.erase(eva, "2026-11-22T00:00:00Z".parse().unwrap()).await.unwrap();
        order["updated_at"] = json!("2026-11-23T00:00:00Z");
        let sealed = shop.take(&webhook(Webhook::Shopify, "orders/updated", &order)).await;
        assert_eq!((sealed.erased, sealed.persons), (1, 0));
        (order["name"], order["id"]) = (json!("#1002"), json!(2));
        for time in ["created_at", "updated_at"] {
            order[time] = json!("2026-11-24T00:00:00Z");
        }
        let sealed = shop.take(&webhook(Webhook::Shopify, "orders/create", &order)).await;
        assert_eq!(sealed.erased, 0);
        let new = shop.column("orders", &["order_id", "who"]).await;
        assert!(new.contains(&"order_id=1002".to_owned()), "{new:?}");
        assert_eq!(shop.state.aside_count().await.unwrap(), 0);
    });
}
