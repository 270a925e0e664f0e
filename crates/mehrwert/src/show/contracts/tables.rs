//! The rows behind the sentences about contracts.

use mehrwert_charts::{Column, DataTable, UNKNOWN};
use mehrwert_insight::contracts::{CurvePoint, Estimate, IntervalGroup};

use super::Shown;
use crate::show::names;
use crate::show::shown::basis_key;
use crate::show::tables::{Total, significant, sums};
use crate::show::words::Fill;

/// Rows of a curve that a terminal shows.
const MOST_CURVE_ROWS: usize = 14;

/// Rows and prices: read = used + set aside, with the reasons; then the prices used by interval.
pub(super) fn reconciliation(shown: &Shown<'_>) -> DataTable {
    let amounts = Some(shown.text("column-price-per-interval"));
    let mut table = sums(&shown.words, &shown.format, &shown.result.reconciliation, amounts);
    for total in &shown.result.intervals {
        let interval = shown.interval(total.interval);
        let name = shown.words.say("row-used-interval", &[("interval", Fill::Text(&interval))]);
        table.push([name, shown.format.count(total.rows), shown.format.amount(total.amount)]);
    }
    table
}

/// The totals, each with its definition.
pub(super) fn totals(shown: &Shown<'_>) -> Vec<Total> {
    let result = shown.result;
    let mut totals = Vec::new();
    let mut push = |name: &str, figure: String, range: Option<String>, definition: String| {
        totals.push(Total { name: name.to_owned(), figure, range, definition });
    };
    let money = |value: f64| shown.format.money(value);
    let total = result.total;
    let definition = if shown.is_value() { "define-contracts-value" } else { "define-contracts-revenue" };
    push(&shown.worth_title(), money(total.value), Some(shown.range(total, money)), shown.text(definition));
    let basis = shown.text(basis_key(result.basis));
    let definition = shown.words.say("define-monthly", &[("basis", Fill::Text(&basis))]);
    push(&shown.text("total-monthly"), shown.format.amount(result.monthly), None, definition);
    let payments = |payments: f64| shown.format.decimal(payments, 0);
    let definition = shown.words.say("define-payments", &[("next", Fill::Text(&shown.next()))]);
    let range = shown.range(result.payments, payments);
    push(&shown.text("total-payments"), payments(result.payments.value), Some(range), definition);
    for group in &result.groups {
        let named = |key: &str| {
            let interval = shown.interval(group.interval);
            let text = shown.text(key);
            let fills = [("item", Fill::Text(text.as_str())), ("interval", Fill::Text(&interval))];
            if shown.has_several_intervals() { shown.words.say("item-interval", &fills) } else { text }
        };
        if let Some(churn) = group.churn {
            let percent = |share: f64| shown.format.percent(share, 2);
            let range = shown.range(churn, percent);
            push(&named("total-churn"), percent(churn.value), Some(range), shown.text("define-churn"));
        }
        if let Some(rate) = group.missed.rate {
            let percent = |share: f64| shown.format.percent(share, 2);
            let fills = [("missed", Fill::Count(group.missed.count)), ("due", Fill::Count(group.missed.of))];
            let definition = shown.words.say("define-churn-seen", &fills);
            push(&named("total-churn-seen"), percent(rate.value), Some(shown.range(rate, percent)), definition);
        }
        if let Some(remaining) = group.remaining {
            let definition = shown.words.say("define-remaining", &[("next", Fill::Text(&shown.next()))]);
            push(&named("total-remaining"), shown.format.decimal(remaining, 1), None, definition);
        }
    }
    let counts = result.counts;
    let count = |count: u64| shown.format.count(count);
    push(&shown.text("total-running"), count(counts.running), None, shown.text("define-running"));
    if counts.ending > 0 {
        push(&shown.text("total-ending"), count(counts.ending), None, shown.text("define-ending"));
    }
    push(&shown.text("total-ended"), count(counts.ended), None, shown.text("define-ended"));
    if counts.changed > 0 {
        push(&shown.text("total-changed"), count(counts.changed), None, shown.text("define-changed"));
    }
    push(&shown.text("total-customers"), count(counts.customers), None, shown.text("define-contract-customers"));
    push(&shown.text("total-paid"), shown.format.amount(result.paid), None, shown.text("define-paid"));
    let as_of = if result.is_named { "define-as-of-named" } else { "define-as-of" };
    push(&shown.text("total-as-of"), shown.format.day(result.period.to), None, shown.text(as_of));
    totals
}

/// Totals and settings in one table; the definitions stand on the page, where there is room for them.
pub(super) fn totals_table(shown: &Shown<'_>) -> DataTable {
    let mut table = settings(shown);
    let totals = totals(shown).into_iter().map(|total| {
        let figure = match total.range {
            Some(range) => format!("{} ({range})", total.figure),
            None => total.figure,
        };
        vec![total.name, figure]
    });
    let settings = std::mem::take(&mut table.rows);
    table.rows = totals.chain(settings).collect();
    table
}

/// The settings that belong beside the totals.
pub(super) fn settings(shown: &Shown<'_>) -> DataTable {
    let columns = [Column::words(shown.text("column-item")), Column::figures(shown.text("column-value"))];
    let mut table = DataTable::new(shown.text("heading-totals"), columns);
    table.push([shown.text("total-horizon"), shown.ahead().length(&shown.words)]);
    table.push([shown.text("total-discount"), shown.format.percent(shown.result.discount_rate, 1)]);
    if let Some(margin) = shown.result.margin {
        table.push([shown.text("total-margin"), shown.format.percent(margin, 1)]);
    }
    table
}

/// Retention and survival by renewal.
pub(super) fn curve(shown: &Shown<'_>, group: &IntervalGroup) -> DataTable {
    let interval = shown.interval(group.interval);
    let caption = shown.words.say("heading-curve", &[("interval", Fill::Text(&interval))]);
    let columns = [
        "column-renewal",
        "column-due",
        "column-retention-seen",
        "column-retention",
        "column-survival-seen",
        "column-survival",
    ];
    let mut table = DataTable::new(caption, columns.map(|key| Column::figures(shown.text(key))));
    let percent = |estimate: Option<Estimate>| {
        estimate.map_or(UNKNOWN.to_owned(), |estimate| shown.format.percent(estimate.value, 1))
    };
    let ranged = |estimate: Option<Estimate>| match estimate {
        None => UNKNOWN.to_owned(),
        Some(one) => {
            let range = shown.range(one, |share| shown.format.percent(share, 1));
            format!("{} ({range})", shown.format.percent(one.value, 1))
        }
    };
    for point in picked(&group.curve) {
        table.push([
            shown.format.count(u64::from(point.renewal)),
            shown.format.count(point.due),
            percent(point.retention_seen),
            percent(point.retention),
            percent(point.survival_seen),
            ranged(point.survival),
        ]);
    }
    table
}

/// All points of a short curve; of a long one every so many, the first and the last of those seen among them.
fn picked(curve: &[CurvePoint]) -> Vec<&CurvePoint> {
    if curve.len() <= MOST_CURVE_ROWS {
        return curve.iter().collect();
    }
    let step = [2, 3, 4, 6, 12, 24].into_iter().find(|step| curve.len() / step < MOST_CURVE_ROWS).unwrap_or(50);
    let seen = curve.iter().filter(|point| point.due > 0).count();
    let is_shown = |renewal: usize| renewal == 1 || renewal == seen || renewal.is_multiple_of(step);
    curve.iter().filter(|point| is_shown(point.renewal as usize)).collect()
}

/// Value from acquisition by start, beside the remaining value.
pub(super) fn cohorts(shown: &Shown<'_>) -> DataTable {
    let years = u64::from(shown.result.cohort_age_years);
    let caption = shown.words.say("heading-cohorts", &[("n", Fill::Count(years))]);
    let columns = [
        Column::words(shown.text("column-begun")),
        Column::figures(shown.text("column-contracts")),
        Column::figures(shown.text("column-running")),
        Column::figures(shown.text("column-paid")),
        Column::figures(shown.text("column-still-expected")),
        Column::figures(shown.text("column-since-start")),
        Column::figures(shown.worth_title()),
    ];
    let mut table = DataTable::new(caption, columns);
    let short = |value: f64| shown.format.money_short(value);
    for cohort in &shown.result.cohorts {
        let name = shown.cohort(cohort);
        let unripe = shown.words.say("cohort-unripe", &[("cohort", Fill::Text(&name))]);
        // Estimates in three digits, so that the table fits; what was paid is exact.
        let mean = if cohort.mean.low == cohort.mean.high {
            shown.format.money(cohort.mean.value)
        } else {
            format!("{} ({})", short(cohort.mean.value), shown.range(cohort.mean, short))
        };
        table.push([
            if cohort.is_ripe { name } else { unripe },
            shown.format.count(cohort.relationships),
            shown.format.count(cohort.running),
            shown.format.amount(cohort.paid),
            short(cohort.expected.value),
            mean,
            short(cohort.remaining),
        ]);
    }
    table
}

/// The most valuable contracts, best first; equals stand in the order of the files.
pub(super) fn most_valuable(shown: &Shown<'_>, count: usize) -> Vec<usize> {
    let value = |row: usize| shown.result.scores.value[row].map_or(0.0, |estimate| estimate.value);
    let mut rows: Vec<usize> = (0..shown.result.scores.value.len()).filter(|&row| value(row) > 0.0).collect();
    rows.sort_by(|left, right| value(*right).total_cmp(&value(*left)));
    rows.truncate(count);
    rows
}

/// The ten most valuable contracts.
pub(super) fn top(shown: &Shown<'_>) -> DataTable {
    let best = most_valuable(shown, 10);
    let columns = [
        Column::words(shown.text("column-customer")),
        Column::figures(shown.text("column-begun")),
        Column::figures(shown.text("column-price")),
        Column::figures(shown.text("column-renewals")),
        Column::figures(shown.text("column-renews-next")),
        Column::figures(shown.text("column-payments")),
        Column::figures(shown.worth_title()),
    ];
    let caption = shown.words.say("heading-top-contracts", &[("n", Fill::Count(best.len() as u64))]);
    let mut table = DataTable::new(caption, columns);
    let scores = &shown.result.scores;
    for row in best {
        let percent = |share: f64| shown.format.percent(share, 1);
        table.push([
            names::plain(&scores.customer[row], 20),
            shown.format.day(scores.start[row]),
            shown.format.amount(scores.price[row]),
            shown.format.count(u64::from(scores.renewals[row])),
            scores.renews[row].map_or(UNKNOWN.to_owned(), percent),
            scores.payments[row].map_or(UNKNOWN.to_owned(), |payments| shown.format.decimal(payments, 1)),
            scores.value[row].map_or(UNKNOWN.to_owned(), |value| shown.format.money(value.value)),
        ]);
    }
    table
}

/// The fitted parameters and criteria, a row each.
pub(super) fn parameters(shown: &Shown<'_>) -> DataTable {
    let columns = [
        Column::words(shown.text("column-model")),
        Column::words(shown.text("column-parameter")),
        Column::figures(shown.text("column-value")),
        Column::figures(shown.text("column-standard-error")),
    ];
    let mut table = DataTable::new(shown.text("heading-parameters"), columns);
    for group in &shown.result.groups {
        for model in &group.models {
            let name = super::model(model.kind).to_owned();
            let chosen = shown.words.say("row-chosen", &[("name", Fill::Text(&name))]);
            let mut name = if group.chosen == Some(model.kind) { chosen } else { name };
            if shown.has_several_intervals() {
                let interval = shown.interval(group.interval);
                let fills = [("item", Fill::Text(name.as_str())), ("interval", Fill::Text(&interval))];
                name = shown.words.say("item-interval", &fills);
            }
            for (parameter, value, error) in &model.parameters {
                let error = error.map_or(UNKNOWN.to_owned(), |error| significant(&shown.format, error));
                let value = significant(&shown.format, *value);
                table.push([std::mem::take(&mut name), (*parameter).to_owned(), value, error]);
            }
            let likelihood = shown.format.decimal(model.log_likelihood, 3);
            table.push([String::new(), shown.text("row-log-likelihood"), likelihood, String::new()]);
            let criteria = [("AIC", model.aic), ("BIC", model.bic)];
            for (criterion, value) in criteria {
                table.push([String::new(), criterion.to_owned(), shown.format.decimal(value, 2), String::new()]);
            }
            if let Some(rolling) = model.rolling {
                let score = shown.format.decimal(rolling.log_score, 5);
                table.push([String::new(), shown.text("row-log-score"), score, String::new()]);
            }
        }
    }
    table
}
