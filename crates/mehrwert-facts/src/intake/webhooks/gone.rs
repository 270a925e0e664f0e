//! Orders that their shop has deleted. The webhook names only the shop's own id, and may come before the order itself.

use std::collections::HashMap;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::error::ArrowError;
use jiff::Timestamp;
use mehrwert_core::KeyId;
use mehrwert_state::{InboxEvent, State};

use super::super::envelope::{Envelope, Kind};
use super::super::fields::{first, number, text};
use super::super::rows::{Occasion, Rows};
use super::super::seal::{Outcome, SealError};
use super::no_sale;
use crate::lake::{Lake, LakeError, read_file};
use crate::tables::FactTable;

/// The shop of an order and its own id of it.
type Reference = (String, String);

/// The orders that a portion of the inbox deletes, and those of its orders that were deleted before.
#[derive(Debug, Default)]
pub(in super::super) struct Gone {
    /// When.
    deleted: HashMap<Reference, Timestamp>,
    /// Under which numbers customers know them.
    numbers: HashMap<Reference, String>,
}

/// The message id of a deletion, by which it is found again among what was set aside.
pub(super) fn message_id(topic: &str, id: &str, received_at: Timestamp) -> String {
    match topic {
        // An order in the bin may be restored and deleted once more.
        "order.deleted" => format!("{topic} {id} {}", received_at.as_second() / 60),
        _ => format!("{topic} {id}"),
    }
}

fn is_deletion(envelope: &Envelope) -> bool {
    matches!(envelope.topic.as_str(), "orders/delete" | "order.deleted")
}

fn reference(envelope: &Envelope) -> Option<Reference> {
    Some((envelope.shop.clone(), text(&envelope.body, &["id"])?.into_owned()))
}

impl Gone {
    /// Looks up what a portion needs.
    pub async fn find(
        state: &State,
        lake: &Lake,
        events: &[InboxEvent],
        opened: &[Result<Envelope, String>],
    ) -> Result<Gone, SealError> {
        let mut gone = Gone::default();
        let mut ask: Vec<(KeyId, String)> = Vec::new();
        let readable = || events.iter().zip(opened).filter_map(|(event, one)| Some((event, one.as_ref().ok()?)));
        for (event, envelope) in readable() {
            let is_order = envelope.kind == Kind::Shopify && envelope.topic.starts_with("orders/");
            let Some(reference) = reference(envelope) else { continue };
            if is_deletion(envelope) {
                gone.deleted.insert(reference, event.received_at);
            } else if is_order {
                ask.push((event.key, message_id("orders/delete", &reference.1, event.received_at)));
            }
        }
        if !gone.deleted.is_empty() {
            gone.find_numbers(state, lake, readable().map(|(_, envelope)| envelope)).await?;
        }
        if !ask.is_empty() {
            for aside in state.aside_among(&ask).await? {
                let Ok(envelope) = super::super::envelope::open(&aside.event.body) else { continue };
                gone.deleted.extend(reference(&envelope).map(|reference| (reference, aside.event.received_at)));
            }
        }
        Ok(gone)
    }

    /// When the order was deleted that an order's webhook tells.
    pub fn deleted(&self, envelope: &Envelope) -> Option<Timestamp> {
        // Only Shopify's deletions are for ever.
        let deleted = self.deleted.get(&reference(envelope)?).copied();
        deleted.filter(|_| envelope.kind == Kind::Shopify)
    }

    /// Takes out the order that a deletion names.
    pub fn take_out(&self, envelope: &Envelope, occasion: &Occasion<'_>, rows: &mut Rows) -> Result<Outcome, String> {
        let reference = reference(envelope).ok_or("id: expected the shop's id of the order, found none")?;
        let own = (envelope.kind == Kind::WooCommerce).then_some(&reference.1);
        let Some(named) = self.numbers.get(&reference).or(own) else {
            return Err(format!(
                "order {} was deleted by the shop before it was told of; it will be left out when it comes",
                reference.1
            ));
        };
        let version = occasion.record(occasion.received_at);
        no_sale(occasion, named, Some(&reference.1), occasion.at, version, rows)?;
        Ok(Outcome::Told)
    }

    /// Finds the numbers of deleted orders: in the same portion, else in the lake.
    async fn find_numbers(
        &mut self,
        state: &State,
        lake: &Lake,
        portion: impl Iterator<Item = &Envelope>,
    ) -> Result<(), SealError> {
        for envelope in portion.filter(|envelope| !is_deletion(envelope) && envelope.kind.is_webhook()) {
            if let (Some(reference), Some(name)) = (reference(envelope), first(&envelope.body, &["name", "number"]))
                && self.deleted.contains_key(&reference)
            {
                self.numbers.insert(reference, number(&name).to_owned());
            }
        }
        if self.deleted.keys().all(|reference| self.numbers.contains_key(reference)) {
            return Ok(());
        }
        let snapshot = state.snapshot(None).await?;
        for file in snapshot.files.iter().filter(|file| file.fact == FactTable::Orders.name()) {
            read_file(&lake.path(file), Some(&["shop", "order_id", "reference"]), |batch| {
                let wrong = |source| LakeError::Rows { operation: "look up", table: "orders", source };
                self.note_numbers(&batch).map_err(wrong)
            })?;
        }
        Ok(())
    }

    fn note_numbers(&mut self, batch: &RecordBatch) -> Result<(), ArrowError> {
        let column = |name: &str| {
            let column = batch.column_by_name(name).and_then(|column| column.as_string_opt::<i32>());
            column.ok_or_else(|| ArrowError::SchemaError(format!("expected a column '{name}' of texts")))
        };
        let (shops, numbers, references) = (column("shop")?, column("order_id")?, column("reference")?);
        for row in (0..batch.num_rows()).filter(|row| references.is_valid(*row) && numbers.is_valid(*row)) {
            let reference = (shops.value(row).to_owned(), references.value(row).to_owned());
            if self.deleted.contains_key(&reference) {
                self.numbers.insert(reference, numbers.value(row).to_owned());
            }
        }
        Ok(())
    }
}
