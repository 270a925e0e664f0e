//! The rows behind the sentences, as typed tables that terminal and page print alike.

use mehrwert_charts::{Column, DataTable, Format, UNKNOWN};
use mehrwert_core::Period;
use mehrwert_facts::orders::Reconciliation;
use mehrwert_insight::value::{Accuracy, Choice, Estimate, ValueResult};

use super::names;
use super::shown::Shown;
use super::words::{Fill, Words};

/// Rows and amounts: read = used + set aside, with the reasons.
pub(super) fn reconciliation(shown: &Shown<'_>) -> DataTable {
    let amounts = shown.has_amounts().then(|| shown.text("column-amount"));
    sums(&shown.words, &shown.format, &shown.result.reconciliation, amounts)
}

/// The same for whatever was read; `amounts` is what the column of amounts is called, where there is one.
pub(super) fn sums(words: &Words, format: &Format, sums: &Reconciliation, amounts: Option<String>) -> DataTable {
    let mut columns = vec![Column::words(""), Column::figures(words.text("column-rows"))];
    let has_amounts = amounts.is_some();
    columns.extend(amounts.map(Column::figures));
    let mut table = DataTable::new(words.text("heading-reconciliation"), columns);
    let mut push = |name: String, rows: u64, amount| {
        let mut cells = vec![name, format.count(rows)];
        if has_amounts {
            cells.push(format.amount(amount));
        }
        table.push(cells);
    };
    push(words.text("row-read"), sums.rows_read, sums.amount_read);
    push(words.text("row-used"), sums.rows_used, sums.amount_used);
    push(words.text("row-set-aside"), sums.rows_set_aside, sums.amount_set_aside);
    for total in &sums.reasons {
        let reason = words.text(names::reason_key(total.reason));
        let name = words.say("row-set-aside-reason", &[("reason", Fill::Text(&reason))]);
        push(name, total.rows, total.amount);
    }
    table
}

/// A figure with its name, its bounds where it is an estimate, and what it means.
pub(super) struct Total {
    pub name: String,
    pub figure: String,
    pub range: Option<String>,
    pub definition: String,
}

/// The totals, each with its definition.
pub(super) fn totals(shown: &Shown<'_>) -> Vec<Total> {
    let result = shown.result;
    let value = result.value;
    let mut totals = Vec::new();
    let worth = |value| shown.worth(value);
    totals.push(Total {
        name: shown.worth_column(),
        figure: worth(value.total.value),
        range: Some(range(shown, value.total, worth)),
        definition: shown.worth_definition(),
    });
    let orders = |orders| shown.format.decimal(orders, 0);
    let next = shown.horizon_next();
    totals.push(Total {
        name: shown.text("total-expected-orders"),
        figure: orders(value.expected_orders.value),
        range: Some(range(shown, value.expected_orders, orders)),
        definition: shown.words.say("define-expected-orders", &[("next", Fill::Text(&next))]),
    });
    let mut push = |name: String, figure: String, definition: String| {
        totals.push(Total { name, figure, range: None, definition });
    };
    push(shown.text("total-mean"), shown.worth(shown.headline_mean()), shown.text("define-mean"));
    push(shown.text("total-customers"), shown.format.count(result.customers), shown.text("define-customers"));
    push(shown.text("total-orders"), shown.format.count(result.orders), shown.text("define-orders"));
    if shown.has_amounts() {
        let basis = shown.basis_name();
        let definition = shown.words.say("define-revenue", &[("basis", Fill::Text(&basis))]);
        push(shown.text("total-revenue"), shown.amount(result.revenue), definition);
    }
    if let Some(share) = result.existing_customer_share {
        push(shown.text("total-existing"), shown.format.percent(share, 1), shown.text("define-existing"));
    }
    push(shown.text("total-period"), period(shown, result.period), shown.text("define-period"));
    totals
}

/// `1.100,00 € bis 1.370,00 €`, each bound written by `write`.
fn range(shown: &Shown<'_>, estimate: Estimate, write: impl Fn(f64) -> String) -> String {
    let (low, high) = (write(estimate.low), write(estimate.high));
    shown.words.say("range-from-to", &[("low", Fill::Text(&low)), ("high", Fill::Text(&high))])
}

/// The settings and side figures that belong beside the totals.
pub(super) fn settings(shown: &Shown<'_>) -> DataTable {
    let result = shown.result;
    let columns = [Column::words(shown.text("column-item")), Column::figures(shown.text("column-value"))];
    let mut table = DataTable::new(shown.text("heading-totals"), columns);
    if let Some(holdout) = result.holdout_period {
        table.push([shown.text("total-holdout"), period(shown, holdout)]);
    }
    table.push([shown.text("total-horizon"), shown.horizon()]);
    table.push([shown.text("total-discount"), shown.format.percent(result.value.discount_rate, 1)]);
    if let Some(margin) = result.margin {
        table.push([shown.text("total-margin"), shown.format.percent(margin, 1)]);
    }
    let returns = &result.returns;
    let rows = returns.matched_rows + returns.unmatched_rows;
    if rows > 0 {
        let amount = shown.amount(returns.matched_amount + returns.unmatched_amount);
        let figure = shown.words.say("returns-rows", &[("n", Fill::Count(rows)), ("amount", Fill::Text(&amount))]);
        table.push([shown.text("total-returns"), figure]);
    }
    table
}

pub(super) fn period(shown: &Shown<'_>, period: Period) -> String {
    let (from, to) = (shown.format.day(period.from), shown.format.day(period.to));
    shown.words.say("period-from-to", &[("from", Fill::Text(&from)), ("to", Fill::Text(&to))])
}

/// The value pyramid.
pub(super) fn pyramid(shown: &Shown<'_>) -> DataTable {
    let mut columns = vec![
        Column::words(shown.text("column-step")),
        Column::figures(shown.text("column-customers")),
        Column::figures(shown.worth_column()),
        Column::figures(shown.text("column-share")),
    ];
    if shown.has_amounts() {
        columns.push(Column::figures(shown.text("column-revenue-so-far")));
    }
    let mut table = DataTable::new(shown.text("heading-pyramid"), columns);
    for step in &shown.result.pyramid {
        let mut cells = vec![
            step_name(shown, step.from, step.to),
            shown.format.count(step.customers),
            shown.worth(step.value),
            shown.format.percent(step.share, 1),
        ];
        if shown.has_amounts() {
            cells.push(shown.format.money(step.revenue));
        }
        table.push(cells);
    }
    table
}

/// `die obersten 1 %`, `1 % bis 5 %`.
pub(super) fn step_name(shown: &Shown<'_>, from: f64, to: f64) -> String {
    let (from_shown, to_shown) = (shown.format.percent(from, 0), shown.format.percent(to, 0));
    if from <= 0.0 {
        shown.words.say("step-first", &[("to", Fill::Text(&to_shown))])
    } else {
        shown.words.say("step-between", &[("from", Fill::Text(&from_shown)), ("to", Fill::Text(&to_shown))])
    }
}

/// Rows of the most valuable customers, best first; equals stand in the order of their first appearance.
pub(super) fn most_valuable(result: &ValueResult, count: usize) -> Vec<usize> {
    let values = &result.scores.value;
    let better = |left: &usize, right: &usize| values[*right].total_cmp(&values[*left]).then(left.cmp(right));
    let mut rows: Vec<usize> = (0..values.len()).collect();
    if count < rows.len() {
        rows.select_nth_unstable_by(count, better);
        rows.truncate(count);
    }
    rows.sort_unstable_by(better);
    rows
}

/// The ten most valuable customers, each value with its bounds.
pub(super) fn top_customers(shown: &Shown<'_>) -> DataTable {
    let mut columns = vec![Column::words(shown.text("column-customer")), Column::figures(shown.text("column-bought"))];
    if shown.has_amounts() {
        columns.push(Column::figures(shown.text("column-revenue-so-far")));
    }
    columns.extend([
        Column::figures(shown.text("column-alive")),
        Column::figures(shown.text("column-still-expected")),
        Column::figures(shown.worth_column()),
        Column::figures(shown.text("column-low")),
        Column::figures(shown.text("column-high")),
    ]);
    let best = most_valuable(shown.result, 10);
    let caption = shown.words.say("heading-top", &[("n", Fill::Count(best.len() as u64))]);
    let mut table = DataTable::new(caption, columns);
    let scores = &shown.result.scores;
    for row in best {
        let mut cells =
            vec![names::plain(&scores.customer[row], 20), shown.format.count(u64::from(scores.orders[row]))];
        if shown.has_amounts() {
            cells.push(shown.amount(scores.revenue[row]));
        }
        let alive = scores.probability_alive[row];
        let range = scores.value_range[row];
        cells.extend([
            alive.map_or(UNKNOWN.to_owned(), |probability| shown.format.percent(probability, 0)),
            shown.format.decimal(scores.expected_orders[row], 1),
            shown.worth(scores.value[row]),
            shown.worth_short(range.low),
            shown.worth_short(range.high),
        ]);
        table.push(cells);
    }
    table
}

/// The fitted parameters, a row each, with standard errors and the log-likelihood.
pub(super) fn parameters(shown: &Shown<'_>) -> DataTable {
    let columns = [
        Column::words(shown.text("column-model")),
        Column::words(shown.text("column-parameter")),
        Column::figures(shown.text("column-value")),
        Column::figures(shown.text("column-standard-error")),
        Column::words(shown.text("column-note")),
    ];
    let mut table = DataTable::new(shown.text("heading-parameters"), columns);
    for model in &shown.result.models {
        let mut name = model_name(shown, model.kind == shown.result.chosen, names::model(model.kind));
        for parameter in &model.parameters {
            let error = parameter.standard_error.map_or(UNKNOWN.to_owned(), |error| significant(&shown.format, error));
            table.push([
                std::mem::take(&mut name),
                parameter.name.to_owned(),
                significant(&shown.format, parameter.value),
                error,
                String::new(),
            ]);
        }
        let note = match (model.converged, model.no_dropout_seen) {
            (false, _) => shown.text("model-not-converged"),
            (true, true) => shown.text("model-no-dropout"),
            (true, false) => String::new(),
        };
        let likelihood = shown.format.decimal(model.log_likelihood, 3);
        table.push([name, shown.text("row-log-likelihood"), likelihood, String::new(), note]);
    }
    if let Some(spend) = &shown.result.spend {
        let mut name = shown.text("spend-model");
        for (parameter, value) in [("p", spend.p), ("q", spend.q), ("v", spend.v)] {
            let value = significant(&shown.format, value);
            table.push([std::mem::take(&mut name), parameter.to_owned(), value, UNKNOWN.to_owned(), String::new()]);
        }
        let likelihood = shown.format.decimal(spend.log_likelihood, 3);
        table.push([name, shown.text("row-log-likelihood"), likelihood, String::new(), String::new()]);
    }
    table
}

/// Five significant digits, so that small and large parameters can both be checked against the papers.
pub(super) fn significant(format: &Format, value: f64) -> String {
    let decimals = match value.abs() {
        value if value >= 10_000.0 => 0,
        value if value >= 1_000.0 => 1,
        value if value >= 100.0 => 2,
        value if value >= 10.0 => 3,
        value if value >= 1.0 => 4,
        _ => 5,
    };
    format.decimal(value, decimals)
}

/// Errors of models and naive forecasts over the rolling cuts.
pub(super) fn rolling_accuracy(shown: &Shown<'_>) -> Option<DataTable> {
    let cuts = match &shown.result.choice {
        Choice::RollingCuts { cuts, .. } => cuts.len() as u64,
        _ => 0,
    };
    let caption = shown.words.say("heading-accuracy-rolling", &[("cuts", Fill::Count(cuts))]);
    accuracy(shown, caption, |rolling, _| rolling)
}

/// Errors of models and naive forecasts on the days held out.
pub(super) fn holdout_accuracy(shown: &Shown<'_>) -> Option<DataTable> {
    let holdout = shown.result.holdout_period?;
    let (from, to) = (shown.format.day(holdout.from), shown.format.day(holdout.to));
    let fills = [("from", Fill::Text(&from)), ("to", Fill::Text(&to))];
    accuracy(shown, shown.words.say("heading-accuracy-holdout", &fills), |_, holdout| holdout)
}

fn accuracy(
    shown: &Shown<'_>,
    caption: String,
    pick: impl Fn(Option<Accuracy>, Option<Accuracy>) -> Option<Accuracy>,
) -> Option<DataTable> {
    let columns = [
        Column::words(shown.text("column-forecast")),
        Column::figures(shown.text("column-mae")),
        Column::figures(shown.text("column-rmse")),
        Column::figures(shown.text("column-aggregate")),
        Column::figures(shown.text("column-top-tenth")),
        Column::figures(shown.text("column-log-score")),
        Column::figures(shown.text("column-crps")),
    ];
    let mut table = DataTable::new(caption, columns);
    let mut push = |name: String, accuracy: Option<Accuracy>| {
        let Some(accuracy) = accuracy else { return };
        table.push([
            name,
            shown.format.decimal(accuracy.mae, 4),
            shown.format.decimal(accuracy.rmse, 4),
            shown.format.signed_percent(accuracy.aggregate_error, 1),
            shown.format.percent(accuracy.top10_share, 1),
            shown.format.decimal(accuracy.log_score, 4),
            shown.format.decimal(accuracy.crps, 4),
        ]);
    };
    for model in &shown.result.models {
        let name = model_name(shown, model.kind == shown.result.chosen, names::model(model.kind));
        push(name, pick(model.rolling, model.holdout));
    }
    for baseline in &shown.result.baselines {
        let name = shown.text(names::baseline_key(baseline.baseline));
        push(name, pick(baseline.rolling, baseline.holdout));
    }
    (!table.rows.is_empty()).then_some(table)
}

fn model_name(shown: &Shown<'_>, chosen: bool, name: &str) -> String {
    if chosen { shown.words.say("row-chosen", &[("name", Fill::Text(name))]) } else { name.to_owned() }
}

/// What each measure of accuracy means.
pub(super) fn accuracy_definitions(shown: &Shown<'_>) -> Vec<String> {
    ["define-mae", "define-rmse", "define-aggregate", "define-top-tenth", "define-log-score", "define-crps"]
        .map(|key| shown.text(key))
        .to_vec()
}
