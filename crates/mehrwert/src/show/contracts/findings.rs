//! The sentences about contracts. Terminal and page print the same ones.

use mehrwert_insight::contracts::{ContractChoice, CutScore, IntervalGroup};

use super::Shown;
use crate::show::words::Fill;

/// Errors smaller than this are called a hit rather than too few or too many.
const HIT: f64 = 0.005;

/// The finding in one sentence.
pub(super) fn headline(shown: &Shown<'_>) -> String {
    let result = shown.result;
    if result.counts.running + result.counts.ending == 0 {
        return shown.text("finding-contracts-none");
    }
    let key = if shown.is_value() { "finding-contracts-value" } else { "finding-contracts-revenue" };
    let (total, next) = (shown.format.money_short(result.total.value), shown.next());
    let (low, high) = (shown.format.money_short(result.total.low), shown.format.money_short(result.total.high));
    let fills = [
        ("contracts", Fill::Count(result.counts.running + result.counts.ending)),
        ("next", Fill::Text(&next)),
        ("total", Fill::Text(&total)),
        ("low", Fill::Text(&low)),
        ("high", Fill::Text(&high)),
    ];
    shown.words.say(key, &fills)
}

/// What the running contracts bring a month and how many of them will leave.
pub(super) fn lead(shown: &Shown<'_>) -> Vec<String> {
    if shown.result.counts.running + shown.result.counts.ending == 0 {
        return Vec::new();
    }
    let monthly = shown.format.money_short(shown.result.monthly.to_f64());
    let mut sentences = vec![shown.words.say("finding-monthly", &[("monthly", Fill::Text(&monthly))])];
    sentences.extend(shown.main_group().and_then(|group| churn(shown, group)));
    sentences
}

/// The churn expected at the next renewal.
pub(super) fn churn(shown: &Shown<'_>, group: &IntervalGroup) -> Option<String> {
    let churn = group.churn?;
    let percent = |share: f64| shown.format.percent(share, 1);
    let (value, low, high) = (percent(churn.value), percent(churn.low), percent(churn.high));
    let interval = shown.interval(group.interval);
    let fills = [
        ("interval", Fill::Text(&interval)),
        ("churn", Fill::Text(&value)),
        ("low", Fill::Text(&low)),
        ("high", Fill::Text(&high)),
    ];
    Some(shown.words.say("finding-churn", &fills))
}

/// What a new and an old contract keep at a renewal: the finding of the retention curve.
pub(super) fn retention(shown: &Shown<'_>, group: &IntervalGroup) -> String {
    let first = group.curve.first().and_then(|point| Some((point.renewal, point.retention?)));
    let last =
        group.curve.iter().rfind(|point| point.due > 0).and_then(|point| Some((point.renewal, point.retention?)));
    let (Some((_, first)), Some((renewal, last))) = (first, last) else { return String::new() };
    let percent = |share: f64| shown.format.percent(share, 1);
    let (first, last) = (percent(first.value), percent(last.value));
    let fills =
        [("first", Fill::Text(&first)), ("last", Fill::Text(&last)), ("renewal", Fill::Count(u64::from(renewal)))];
    shown.words.say("finding-retention", &fills)
}

/// Share of contracts still there at the last renewal seen: the finding of the survival curve.
pub(super) fn survival(shown: &Shown<'_>, group: &IntervalGroup) -> String {
    let last = group.curve.iter().rfind(|point| point.due > 0).and_then(|point| Some((point, point.survival?)));
    let Some((point, survival)) = last else { return String::new() };
    let of_hundred = |share: f64| shown.format.decimal(100.0 * share, 0);
    let (value, low, high) = (of_hundred(survival.value), of_hundred(survival.low), of_hundred(survival.high));
    let fills = [
        ("renewal", Fill::Count(u64::from(point.renewal))),
        ("share", Fill::Text(&value)),
        ("low", Fill::Text(&low)),
        ("high", Fill::Text(&high)),
    ];
    shown.words.say("finding-survival", &fills)
}

/// The one line that matters, at the end of the table.
pub(super) fn last_line(shown: &Shown<'_>) -> String {
    let total = shown.result.total;
    let money = |value: f64| shown.format.money_short(value);
    let running = (shown.result.counts.running + shown.result.counts.ending).max(1) as f64;
    let (title, next, mean) = (shown.worth_title(), shown.next(), money(total.value / running));
    let (value, low, high) = (money(total.value), money(total.low), money(total.high));
    let fills = [
        ("worth", Fill::Text(&title)),
        ("next", Fill::Text(&next)),
        ("total", Fill::Text(&value)),
        ("low", Fill::Text(&low)),
        ("high", Fill::Text(&high)),
        ("mean", Fill::Text(&mean)),
    ];
    shown.words.say("finding-contracts-last-line", &fills)
}

/// How sure the figures are: what the interval holds, then what the forecast did where it could be checked.
pub(super) fn certainty(shown: &Shown<'_>) -> Vec<String> {
    let result = shown.result;
    let confidence = shown.format.percent(result.confidence, 0);
    let (low, high) = (shown.format.money_short(result.total.low), shown.format.money_short(result.total.high));
    let fills = [("confidence", Fill::Text(&confidence)), ("low", Fill::Text(&low)), ("high", Fill::Text(&high))];
    let mut sentences = vec![shown.words.say("certainty-contracts-interval", &fills)];
    if let Some(score) = &result.holdout {
        sentences.push(met(shown, score, ["certainty-contracts-held-low", "certainty-contracts-held-high"]));
    }
    let mut is_checked = result.holdout.is_some();
    for group in &result.groups {
        let chosen = group.models.iter().find(|model| Some(model.kind) == group.chosen);
        if let Some(score) = chosen.and_then(|model| model.rolling.as_ref()) {
            let interval = shown.interval_first(group.interval);
            let sentence = met(shown, score, ["certainty-contracts-back-low", "certainty-contracts-back-high"]);
            let named = [("interval", Fill::Text(interval.as_str())), ("sentence", Fill::Text(&sentence))];
            let several = shown.has_several_intervals();
            sentences.push(if several { shown.words.say("interval-sentence", &named) } else { sentence });
            is_checked = true;
        }
    }
    if !is_checked {
        sentences.push(shown.text("certainty-contracts-unchecked"));
    }
    sentences
}

fn met(shown: &Shown<'_>, score: &CutScore, [low, high]: [&str; 2]) -> String {
    let expected = shown.format.decimal(score.renewals_expected, 0);
    let decimals = if score.aggregate_error.abs() < HIT { 2 } else { 1 };
    let error = shown.format.percent(score.aggregate_error.abs(), decimals);
    let fills = [
        ("actual", Fill::Count(score.renewals_actual as u64)),
        ("expected", Fill::Text(&expected)),
        ("error", Fill::Text(&error)),
    ];
    shown.words.say(if score.aggregate_error < 0.0 { low } else { high }, &fills)
}

/// Why the values come from this model.
pub(super) fn choice(shown: &Shown<'_>, group: &IntervalGroup) -> String {
    let model = group.chosen.map_or("", super::model);
    let named = ("model", Fill::Text(model));
    let sentence = match &group.choice {
        ContractChoice::RollingCuts { cuts, days } => {
            let fills = [named, ("cuts", Fill::Count(cuts.len() as u64)), ("days", Fill::Count(u64::from(*days)))];
            shown.words.say("choice-contracts-rolling", &fills)
        }
        ContractChoice::Criterion => shown.words.say("choice-contracts-aic", &[named]),
        ContractChoice::Only => shown.words.say("choice-contracts-only", &[named]),
        ContractChoice::Nothing => shown.text("choice-contracts-nothing"),
    };
    if !shown.has_several_intervals() {
        return sentence;
    }
    let interval = shown.interval_first(group.interval);
    shown.words.say("interval-sentence", &[("interval", Fill::Text(&interval)), ("sentence", Fill::Text(&sentence))])
}
