//! Names of events: those that are known, and what the owner says that others mean.
//!
//! A definition of the kind `event-mapping`, named as the event is, says what it means and where the fields are:
//!
//! ```json
//! {"as": "Order Completed",
//!  "fields": {"order_id": "transaction_id", "total": "value", "products": "items"},
//!  "product_fields": {"product_id": "item_id"}}
//! ```
//!
//! `as` is `Order Completed`, `Order Refunded`, `Order Cancelled` or `Page`; fields that are not named keep their names,
//! and a dot leads into an object. The event itself stays as it was sent. A mapping that is made later is held to the
//! events that are there by [`remap`]: whether it was there before or comes after, the rows are the same.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::TimestampMicrosecondType;
use arrow::error::ArrowError;
use jiff::Timestamp;
use mehrwert_core::AliasId;
use mehrwert_state::{State, StateError};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::fields::{at, text};
use super::super::rows::{Occasion, Rows};
use super::super::{Prices, SealError, Settings};
use super::orders::{self, Told};
use super::touches;
use crate::identities::Fresh;
use crate::lake::{Added, Addition, Lake, LakeError, LookUp, read_file};
use crate::tables::{FactTable, Unit};

/// The kind of the definitions.
const KIND: &str = "event-mapping";

/// What an event means besides being one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Order(Told),
    Touch,
}

impl Meaning {
    /// What a name means by itself.
    fn of(name: &str) -> Option<Meaning> {
        let plain = name.chars().filter(|letter| letter.is_alphanumeric());
        let plain: String = plain.map(|letter| letter.to_ascii_lowercase()).collect();
        Some(match plain.as_str() {
            "ordercompleted" | "completedorder" | "orderupdated" | "updatedorder" => Meaning::Order(Told::Completed),
            "orderrefunded" | "refundedorder" => Meaning::Order(Told::Refunded),
            "ordercancelled" | "ordercanceled" | "cancelledorder" => Meaning::Order(Told::Cancelled),
            "page" | "screen" | "deeplinkopened" | "installattributed" => Meaning::Touch,
            _ => return None,
        })
    }
}

/// One mapping.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mapping {
    #[serde(rename = "as")]
    name: String,
    #[serde(default)]
    fields: BTreeMap<String, String>,
    #[serde(default)]
    product_fields: BTreeMap<String, String>,
}

/// All mappings.
#[derive(Debug, Default)]
pub(in super::super) struct Mappings {
    by_name: HashMap<String, (Meaning, Mapping)>,
}

impl Mappings {
    /// The mappings that hold at present. One that cannot be read maps nothing: its events are kept, and mapped later.
    pub async fn load(state: &State) -> Result<Mappings, StateError> {
        let mut by_name = HashMap::new();
        for definition in state.definitions(KIND).await? {
            let read = serde_json::from_value::<Mapping>(definition.body).map_err(|error| error.to_string());
            let meaning = |mapping: Mapping| match Meaning::of(&mapping.name) {
                Some(meaning) => Ok((meaning, mapping)),
                None => Err(format!("'{}' is not known", mapping.name)),
            };
            match read.and_then(meaning) {
                Ok(mapping) => drop(by_name.insert(definition.name, mapping)),
                Err(error) => tracing::warn!(event = definition.name, error, "an event's mapping cannot be read"),
            }
        }
        Ok(Mappings { by_name })
    }

    /// Whether nothing is mapped.
    fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }

    fn meaning<'a>(&self, name: &str, properties: &'a Value) -> Option<(Meaning, Cow<'a, Value>)> {
        match self.by_name.get(name) {
            Some((meaning, mapping)) => Some((*meaning, Cow::Owned(mapping.applied(properties)))),
            None => Meaning::of(name).map(|meaning| (meaning, Cow::Borrowed(properties))),
        }
    }

    /// The number of the order that a `track` call is about.
    pub fn order_number(&self, body: &Value) -> Option<String> {
        let properties = body.get("properties")?;
        match self.meaning(body.get("event")?.as_str()?, properties)? {
            (Meaning::Order(_), properties) => text(&properties, &["order_id"]).map(Cow::into_owned),
            (Meaning::Touch, _) => None,
        }
    }

    /// Adds what an event means besides being one. Returns why it could not mean what its name says.
    pub fn tell(
        &self,
        name: &str,
        properties: &Value,
        context: &Value,
        occasion: &Occasion<'_>,
        rows: &mut Rows,
    ) -> Option<String> {
        let (meaning, properties) = self.meaning(name, properties)?;
        match meaning {
            Meaning::Order(told) => orders::tell(told, &properties, occasion, rows).err(),
            Meaning::Touch => {
                touches::add(None, &properties, context, occasion, rows);
                None
            }
        }
    }
}

impl Mapping {
    /// The properties under the names of the known event.
    fn applied(&self, properties: &Value) -> Value {
        let mut mapped = renamed(properties, &self.fields);
        if let Some(Value::Array(products)) = mapped.get_mut("products") {
            for product in products {
                *product = Value::Object(renamed(product, &self.product_fields));
            }
        }
        Value::Object(mapped)
    }
}

fn renamed(value: &Value, fields: &BTreeMap<String, String>) -> Map<String, Value> {
    let mut mapped = value.as_object().cloned().unwrap_or_default();
    for (ours, theirs) in fields {
        let path: Vec<&str> = theirs.split('.').collect();
        if let Some(found) = at(value, &path) {
            mapped.insert(ours.clone(), found.clone());
        }
    }
    mapped
}

/// Holds the mappings to the events that are in the lake already, and adds what they come to. Doing it twice changes
/// nothing.
///
/// # Errors
/// [`SealError`]; the lake is then as it was.
pub async fn remap(
    state: &State,
    lake: &Lake,
    settings: &Settings,
    fresh: &mut dyn Fresh,
    now: Timestamp,
) -> Result<Added, SealError> {
    let mappings = Mappings::load(state).await?;
    let mut rows = Rows::default();
    if !mappings.is_empty() {
        let snapshot = state.snapshot(None).await?;
        for file in snapshot.files.iter().filter(|file| file.fact == FactTable::Events.name()) {
            read_file(&lake.path(file), None, |batch| {
                let wrong = |source| LakeError::Rows { operation: "map", table: "events", source };
                mappings.tell_again(&batch, settings, &mut rows).map_err(wrong)
            })?;
        }
    }
    let readings = rows.finish().map_err(SealError::Rows)?;
    let addition = Addition { readings, read: None, reason: "mapped".to_owned() };
    Ok(lake.add(state, addition, LookUp::All, &mut || fresh.file(), now).await?)
}

/// The words of an event's `detail` that a mapping needs.
#[derive(Deserialize)]
struct Kept {
    #[serde(default)]
    properties: Value,
    #[serde(default)]
    context: Value,
    #[serde(default)]
    shop: String,
    #[serde(default)]
    gross: bool,
    #[serde(default)]
    vat: Option<String>,
}

impl Mappings {
    /// Goes through rows of `events` and tells of those that are mapped what they mean.
    fn tell_again(&self, batch: &RecordBatch, settings: &Settings, rows: &mut Rows) -> Result<(), ArrowError> {
        let column = |name: &str| {
            batch.column_by_name(name).ok_or_else(|| ArrowError::SchemaError(format!("expected a column '{name}'")))
        };
        let wrong = |name: &str| ArrowError::SchemaError(format!("the column '{name}' has another type"));
        let text = |name: &str| column(name)?.as_string_opt::<i32>().ok_or_else(|| wrong(name));
        let bytes = |name: &str| column(name)?.as_fixed_size_binary_opt().ok_or_else(|| wrong(name));
        let times =
            |name: &str| column(name)?.as_primitive_opt::<TimestampMicrosecondType>().ok_or_else(|| wrong(name));
        let (names, origins, details) = (text("name")?, text("origin")?, text("detail")?);
        let (ids, aliases) = (bytes("id")?, bytes("who")?);
        let (happened, received) = (times("at")?, times("received_at")?);
        for row in (0..batch.num_rows()).filter(|row| self.by_name.contains_key(names.value(*row))) {
            let Ok(kept) = serde_json::from_str::<Kept>(details.value(row)) else { continue };
            let time = |micros| Timestamp::from_microsecond(micros).unwrap_or_default();
            let id = |bytes: &[u8]| <[u8; 16]>::try_from(bytes).unwrap_or_default();
            let vat = kept.vat.and_then(|vat| vat.parse().ok());
            let occasion = Occasion {
                message: Unit::of_row(&id(ids.value(row))),
                shop: &kept.shop,
                prices: if kept.gross { Prices::Gross { vat } } else { Prices::Net },
                origin: origins.value(row),
                at: time(happened.value(row)),
                received_at: time(received.value(row)),
                who: aliases.is_valid(row).then(|| AliasId::from_bytes(id(aliases.value(row)))),
                time_zone: &settings.time_zone,
            };
            // What cannot be mapped stays the event that it is.
            drop(self.tell(names.value(row), &kept.properties, &kept.context, &occasion, rows));
        }
        Ok(())
    }
}
