//! Nothing that names a human enters the lake: JSON without personal data.
//!
//! What a field is called decides, and what its text looks like: a field called like a name, an address, a telephone
//! number, a birthday, a device or a secret is left out, and so is a text that holds an e-mail address or is an IP
//! address; page addresses lose their query and fragment. A field `name` stays only where it is a thing's: beside a
//! product's price or number, or in `campaign`, `library` and the like. Yes and no name nobody: `emailOptIn: true` stays.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::{Map, Value};

/// A value that is written as JSON without personal data.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stripped<'a> {
    value: &'a Value,
    /// Under which name it stands.
    parent: &'a str,
}

impl<'a> Stripped<'a> {
    /// The value as it may be kept.
    pub fn new(value: &'a Value) -> Stripped<'a> {
        Stripped { value, parent: "" }
    }
}

/// Names of fields, in small letters without signs, that are left out wherever they stand.
const LEFT_OUT: [&str; 73] = [
    "addr",
    "address",
    "address1",
    "address2",
    "addressline1",
    "addressline2",
    "adresse",
    "advertisingid",
    "authorization",
    "bic",
    "billingaddress",
    "cardnumber",
    "clientip",
    "cookie",
    "deviceid",
    "displayname",
    "dob",
    "familyname",
    "fax",
    "fbc",
    "fbclid",
    "fbp",
    "fullname",
    "gaclientid",
    "gaid",
    "gclid",
    "givenname",
    "hausnummer",
    "housenumber",
    "iban",
    "idfa",
    "idfv",
    "ip",
    "ipaddress",
    "ipv4",
    "ipv6",
    "landline",
    "latitude",
    "longitude",
    "mail",
    "mobil",
    "mobile",
    "msclkid",
    "nachname",
    "nickname",
    "ort",
    "password",
    "passwort",
    "plz",
    "postalcode",
    "postcode",
    "remoteaddr",
    "shippingaddress",
    "ssn",
    "strasse",
    "street",
    "streetaddress",
    "surname",
    "taxid",
    "tel",
    "telefon",
    "telephone",
    "token",
    "traits",
    "twitter",
    "useragent",
    "useragentdata",
    "username",
    "vatid",
    "vorname",
    "xforwardedfor",
    "zip",
    "zipcode",
];

/// Parts of names that are left out.
const LEFT_OUT_PARTS: [&str; 8] =
    ["email", "phone", "firstname", "lastname", "birth", "geburt", "passwd", "creditcard"];

/// Objects of these names are about a human.
const HUMANS: [&str; 11] =
    ["billing", "buyer", "contact", "customer", "guest", "kunde", "person", "recipient", "shipping", "user", "visitor"];

/// A name stands for a thing in objects of these names, and beside these fields.
const THINGS: [&str; 20] = [
    "app",
    "browser",
    "campaign",
    "coupon",
    "experiment",
    "feature",
    "form",
    "integration",
    "item",
    "items",
    "library",
    "os",
    "page",
    "plan",
    "product",
    "products",
    "promotion",
    "promotions",
    "screen",
    "video",
];
const BESIDE: [&str; 8] =
    ["product_id", "productId", "sku", "price", "category", "variant", "quantity", "promotion_id"];

impl Serialize for Stripped<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.value {
            Value::Object(fields) => {
                let mut map = serializer.serialize_map(None)?;
                for (name, value) in fields {
                    if keeps(name, value, self.parent, fields) {
                        map.serialize_entry(name, &Stripped { value, parent: name })?;
                    }
                }
                map.end()
            }
            Value::Array(values) => {
                let mut sequence = serializer.serialize_seq(Some(values.len()))?;
                for value in values {
                    sequence.serialize_element(&Stripped { value, parent: self.parent })?;
                }
                sequence.end()
            }
            Value::String(text) => match kept_text(text) {
                Some(text) => serializer.serialize_str(text),
                None => serializer.serialize_unit(),
            },
            other => other.serialize(serializer),
        }
    }
}

/// Whether a field may be kept.
fn keeps(name: &str, value: &Value, parent: &str, beside: &Map<String, Value>) -> bool {
    if value.is_boolean() {
        return true;
    }
    let plain: String =
        name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect();
    if plain.contains("consent") {
        return true;
    }
    if plain == "name" {
        return THINGS.contains(&parent) || BESIDE.iter().any(|thing| beside.contains_key(*thing));
    }
    let is_left_out = LEFT_OUT.binary_search(&plain.as_str()).is_ok()
        || LEFT_OUT_PARTS.iter().any(|part| plain.contains(part))
        || (value.is_object() && HUMANS.binary_search(&plain.as_str()).is_ok())
        || (parent == "page" && plain == "search");
    !is_left_out
}

/// A text as it may be kept; none where it names someone.
pub(super) fn kept_text(text: &str) -> Option<&str> {
    let text = if looks_like_address(text) { without_query(text) } else { text };
    let names_someone = text.split(char::is_whitespace).any(is_mail) || text.parse::<std::net::IpAddr>().is_ok();
    (!names_someone).then_some(text)
}

fn looks_like_address(text: &str) -> bool {
    text.starts_with('/') || text.contains("://")
}

/// A page address without query and fragment.
pub(super) fn without_query(address: &str) -> &str {
    address.split(['?', '#']).next().unwrap_or_default()
}

fn is_mail(word: &str) -> bool {
    let decoded = word.find("%40").or_else(|| word.find('@'));
    decoded.is_some_and(|place| place > 0 && word[place..].contains('.'))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn kept(value: &Value) -> Value {
        serde_json::to_value(Stripped::new(value)).unwrap()
    }

    #[test]
    fn the_lists_are_sorted() {
        assert!(LEFT_OUT.is_sorted() || { panic!("{:?}", LEFT_OUT.windows(2).find(|pair| pair[0] > pair[1])) });
        assert!(HUMANS.is_sorted());
    }

    #[test]
    fn what_names_someone_is_left_out() {
        let said = json!({
            "email": "eva@example.com", "customer_email": "x", "First Name": "Eva", "name": "Eva Muster",
            "birthday": "1980-01-01", "ip": "10.0.0.1", "address": {"street": "Weg 1"}, "phone": 301_234_567,
            "billing": {"city": "Berlin"}, "shipping": 3.5, "emailOptIn": true,
            "note": "write to eva@example.com", "host": "2001:db8::1",
            "email_marketing_consent": {"state": "subscribed"},
            "url": "https://shop.example/a?token=1#x", "path": "/user/eva%40example.com",
            "products": [{"name": "Soap", "price": 3}], "campaign": {"name": "spring"}, "plan": "gold",
        });
        assert_eq!(
            kept(&said),
            json!({
                "shipping": 3.5, "emailOptIn": true, "note": null, "host": null,
                "email_marketing_consent": {"state": "subscribed"},
                "url": "https://shop.example/a", "path": null,
                "products": [{"name": "Soap", "price": 3}], "campaign": {"name": "spring"}, "plan": "gold",
            })
        );
    }

    #[test]
    fn what_names_nobody_stays() {
        let said =
            json!({"query": "soap", "score": 3, "@type": "x", "size": "A@", "version": "1.2.3", "list": [1, null]});
        assert_eq!(kept(&said), said);
    }
}
