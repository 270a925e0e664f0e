//! One row of a file of any kind: may it be read at all, what is its amount, what does it come to.

use mehrwert_core::Amount;

use super::context::Context;
use super::entry::Entry;
use super::{activity, agreements, costs, counts, master, payments, sales};
use crate::orders::formats::{Figures, Memory, Reject, RowView};
use crate::orders::plan::Reading;
use crate::orders::rows::Record;
use crate::orders::{FileKind, SetAsideReason};

/// What is known of a row before its meaning.
pub(crate) enum Gate {
    /// Nothing stands in it.
    Blank,
    /// It cannot be read.
    Closed(Reject),
    /// It can.
    Open,
}

pub(crate) fn gate(record: &Record<'_>, reading: &Reading) -> Gate {
    if record.cells.first().is_none_or(|(start, end)| start == end) && record.is_blank() {
        Gate::Blank
    } else if record.too_long {
        Gate::Closed(Reject { reason: SetAsideReason::Unreadable, column: None })
    } else if record.has_wrong_cell_count(reading.cells) {
        Gate::Closed(Reject { reason: SetAsideReason::WrongCellCount, column: None })
    } else {
        Gate::Open
    }
}

/// Adds what a row comes to, and gives its amount where it can be read.
pub(crate) fn translate<'r>(
    row: &RowView<'r>,
    context: &Context<'r>,
    memory: &mut Memory,
    out: &mut Vec<Entry<'r>>,
) -> (Option<Amount>, Result<(), Reject>) {
    let figures = context.format.figures(row);
    let given = figures.as_ref().ok().map(Figures::given);
    let judged = match context.kind {
        FileKind::GoogleAds | FileKind::MetaAds | FileKind::Costs => costs::entries(row, figures, context, out),
        FileKind::Payments => payments::entries(row, figures, context, out),
        FileKind::Touches => activity::touch(row, context, out),
        FileKind::Events => activity::event(row, figures, context, out),
        FileKind::Tallies => counts::entries(row, context, out),
        FileKind::Contracts => agreements::entries(row, figures, context, out),
        FileKind::Products => master::product(row, context, out),
        FileKind::Rates => master::exchange(row, context, out),
        FileKind::People => master::person(row, context, out),
        FileKind::Generic
        | FileKind::Shopify
        | FileKind::WooCommerce
        | FileKind::Stripe
        | FileKind::PayPal
        | FileKind::OnlineRetail
        | FileKind::Cdnow => sales::entries(row, figures, memory, context, out),
    };
    (given, judged)
}

/// The files whose rows belong to orders by their numbers, so that a row repeated in every cell is a duplicate.
pub(crate) fn has_orders(kind: FileKind) -> bool {
    matches!(
        kind,
        FileKind::Generic
            | FileKind::Shopify
            | FileKind::WooCommerce
            | FileKind::Stripe
            | FileKind::PayPal
            | FileKind::OnlineRetail
            | FileKind::Cdnow
    )
}
