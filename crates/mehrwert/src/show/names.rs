//! What things are called: models, roles, reasons and warnings, in the reader's language.

use mehrwert_clv::ModelKind;
use mehrwert_facts::orders::{FileKind, ReadWarning, Role, SetAsideReason};
use mehrwert_insight::value::{Baseline, Warning};

use super::shown::Shown;
use super::words::{Fill, Words};

/// A model as its paper calls it, in every language.
pub(super) const fn model(kind: ModelKind) -> &'static str {
    match kind {
        ModelKind::BgNbd => "BG/NBD",
        ModelKind::MbgNbd => "MBG/NBD",
        ModelKind::ParetoNbd => "Pareto/NBD",
    }
}

pub(super) const fn baseline_key(baseline: Baseline) -> &'static str {
    match baseline {
        Baseline::Zero => "baseline-zero",
        Baseline::OwnRate => "baseline-own-rate",
        Baseline::SameAsBefore => "baseline-same-as-before",
    }
}

pub(super) const fn reason_key(reason: SetAsideReason) -> &'static str {
    match reason {
        SetAsideReason::NoCustomer => "reason-no-customer",
        SetAsideReason::NoDate => "reason-no-date",
        SetAsideReason::BadDate => "reason-bad-date",
        SetAsideReason::FutureDate => "reason-future-date",
        SetAsideReason::BadAmount => "reason-bad-amount",
        SetAsideReason::BadNumber => "reason-bad-number",
        SetAsideReason::TestOrder => "reason-test-order",
        SetAsideReason::FailedOrder => "reason-failed-order",
        SetAsideReason::Duplicate => "reason-duplicate",
        SetAsideReason::NotAnOrder => "reason-not-an-order",
        SetAsideReason::OtherCurrency => "reason-other-currency",
        SetAsideReason::WrongCellCount => "reason-wrong-cell-count",
        SetAsideReason::Unreadable => "reason-unreadable",
        SetAsideReason::EndBeforeStart => "reason-end-before-start",
        SetAsideReason::NoEnd => "reason-no-end",
        SetAsideReason::NegativePrice => "reason-negative-price",
        SetAsideReason::BadInterval => "reason-bad-interval",
        SetAsideReason::TotalLine => "reason-total-line",
        SetAsideReason::EmptyCell => "reason-empty-cell",
        SetAsideReason::UnknownWord => "reason-unknown-word",
        SetAsideReason::Erased => "reason-erased",
    }
}

pub(super) fn role_key(role: Option<Role>) -> String {
    role.map_or_else(|| "role-ignored".to_owned(), |role| format!("role-{}", role.name().replace('_', "-")))
}

pub(super) const fn file_kind_key(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Generic => "kind-generic",
        FileKind::Shopify => "kind-shopify",
        FileKind::WooCommerce => "kind-woocommerce",
        FileKind::Stripe => "kind-stripe",
        FileKind::PayPal => "kind-paypal",
        FileKind::OnlineRetail => "kind-online-retail",
        FileKind::Cdnow => "kind-cdnow",
        FileKind::Contracts => "kind-contracts",
        FileKind::Payments => "kind-payments",
        FileKind::Costs => "kind-costs",
        FileKind::GoogleAds => "kind-google-ads",
        FileKind::MetaAds => "kind-meta-ads",
        FileKind::Touches => "kind-touches",
        FileKind::Events => "kind-events",
        FileKind::Tallies => "kind-tallies",
        FileKind::Products => "kind-products",
        FileKind::Rates => "kind-rates",
        FileKind::People => "kind-people",
    }
}

/// A warning as a sentence.
pub(super) fn warning(shown: &Shown<'_>, warning: &Warning) -> String {
    let say = |key: &str, fills: &[(&str, Fill<'_>)]| shown.words.say(key, fills);
    let count = |key: &str, count: u64| say(key, &[("n", Fill::Count(count))]);
    match warning {
        Warning::Read(warning) => read_warning(&shown.words, warning),
        Warning::UnmatchedReturns { rows, amount } => {
            let amount = shown.amount(*amount);
            say("warning-unmatched-returns", &[("n", Fill::Count(*rows)), ("amount", Fill::Text(&amount))])
        }
        Warning::NegativeCustomers { customers } => count("warning-negative-customers", *customers),
        Warning::FewCustomers { customers } => count("warning-few-customers", *customers),
        Warning::NobodyBoughtTwice => shown.text("warning-nobody-twice"),
        Warning::NoDropoutSeen { kind } => say("warning-no-dropout", &[("model", Fill::Text(model(*kind)))]),
        Warning::AmountsDoNotVary => shown.text("warning-amounts-equal"),
        Warning::HeavyTailedSpend => shown.text("warning-heavy-tail"),
        Warning::SpendCorrelated { correlation } => {
            let correlation = shown.format.decimal(*correlation, 2);
            say("warning-spend-correlated", &[("correlation", Fill::Text(&correlation))])
        }
        Warning::ShortHistory { days } => count("warning-short-history", u64::from(days.unsigned_abs())),
        Warning::IntervalsNarrow { reason } => say("warning-intervals-narrow", &[("reason", Fill::Text(reason))]),
        Warning::UselessCovariate { column } => {
            say("warning-useless-covariate", &[("column", Fill::Text(&plain(column, 36)))])
        }
        Warning::ModelFailed { kind, reason } => {
            say("warning-model-failed", &[("model", Fill::Text(model(*kind))), ("reason", Fill::Text(reason))])
        }
        Warning::GoodsCostMissing { share } => {
            let share = shown.format.percent(*share, 1);
            say("warning-goods-cost-missing", &[("share", Fill::Text(&share))])
        }
    }
}

/// What reading found, as a sentence.
pub(super) fn read_warning(words: &Words, warning: &ReadWarning) -> String {
    let count = |key: &str, count: u64| words.say(key, &[("n", Fill::Count(count))]);
    match warning {
        ReadWarning::IdenticalRows { rows } => count("warning-identical-rows", *rows),
        ReadWarning::RoundedAmounts { rows } => count("warning-rounded-amounts", *rows),
        ReadWarning::VatUnknown => words.text("warning-vat-unknown"),
        ReadWarning::NoAmounts => words.text("warning-no-amounts"),
        ReadWarning::CustomersByName => words.text("warning-customers-by-name"),
        ReadWarning::OrdersWithSeveralCustomers { orders } => count("warning-orders-several-customers", *orders),
        ReadWarning::OrdersRestated { orders } => count("warning-orders-restated", *orders),
        ReadWarning::Currency { currency } => {
            words.say("warning-currency", &[("currency", Fill::Text(currency.code()))])
        }
    }
}

/// A text from a file made harmless for a terminal: no control characters, no longer than `most` characters.
pub(super) fn plain(text: &str, most: usize) -> String {
    let mut plain: String = text.chars().filter(|character| !is_hidden(*character)).take(most + 1).collect();
    if plain.chars().count() > most {
        plain = plain.chars().take(most.saturating_sub(1)).collect();
        plain.push('…');
    }
    plain
}

/// Control characters could move the cursor; direction marks could show a text as another.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}
