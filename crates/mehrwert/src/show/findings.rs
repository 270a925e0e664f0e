//! The sentences: what was found, how sure it is, why this model. Terminal and page print the same ones.

use mehrwert_insight::value::{Accuracy, BaselineReport, Choice, Measure, ModelReport, ValueResult};

use super::names;
use super::shown::Shown;
use super::words::Fill;

/// Errors smaller than this are called a hit rather than too few or too many.
const HIT: f64 = 0.005;

/// The finding in one or two sentences.
pub(super) fn finding(shown: &Shown<'_>) -> String {
    match concentration(shown) {
        Some(second) => format!("{} {second}", headline(shown)),
        None => headline(shown),
    }
}

/// The finding in one sentence.
pub(super) fn headline(shown: &Shown<'_>) -> String {
    let result = shown.result;
    if result.customers == 0 {
        return shown.text("finding-nobody");
    }
    let key = match result.measure {
        Measure::Value => "finding-value",
        Measure::Revenue => "finding-revenue",
        Measure::Orders => "finding-orders",
    };
    let estimate = shown.headline_total();
    let total = shown.worth_short(estimate.value);
    let (low, high) = (shown.worth_short(estimate.low), shown.worth_short(estimate.high));
    let next = shown.horizon_next();
    let fills = [
        ("customers", Fill::Count(result.customers)),
        ("next", Fill::Text(&next)),
        ("total", Fill::Text(&total)),
        ("low", Fill::Text(&low)),
        ("high", Fill::Text(&high)),
    ];
    shown.words.say(key, &fills)
}

/// How much of the value the best customers bring, read off the pyramid at its first step of a tenth or more.
pub(super) fn concentration(shown: &Shown<'_>) -> Option<String> {
    if shown.result.customers < 10 {
        return None;
    }
    let mut share = 0.0;
    for step in &shown.result.pyramid {
        share += step.share;
        if step.to >= 0.0999 && step.to < 0.9999 {
            let customers = shown.format.percent(step.to, 0);
            let share = shown.format.percent(share, 0);
            let fills = [("customers", Fill::Text(&customers)), ("share", Fill::Text(&share))];
            return Some(shown.words.say("finding-concentration", &fills));
        }
    }
    None
}

/// How much of the business existing customers bring.
pub(super) fn existing_customers(shown: &Shown<'_>) -> String {
    let Some(share) = shown.result.existing_customer_share else {
        return shown.text("finding-existing-unknown");
    };
    let key = if shown.has_amounts() { "finding-existing-revenue" } else { "finding-existing-orders" };
    shown.words.say(key, &[("share", Fill::Text(&shown.format.percent(share, 0)))])
}

/// The one line that matters, at the end of the table.
pub(super) fn last_line(shown: &Shown<'_>) -> String {
    let result = shown.result;
    if result.customers == 0 {
        return shown.text("finding-nobody");
    }
    let title = shown.worth_title();
    let next = shown.horizon_next();
    let estimate = shown.headline_total();
    let total = shown.worth_short(estimate.value);
    let (low, high) = (shown.worth_short(estimate.low), shown.worth_short(estimate.high));
    let mean = shown.worth_short(shown.headline_mean());
    let fills = [
        ("worth", Fill::Text(&title)),
        ("next", Fill::Text(&next)),
        ("total", Fill::Text(&total)),
        ("low", Fill::Text(&low)),
        ("high", Fill::Text(&high)),
        ("mean", Fill::Text(&mean)),
    ];
    shown.words.say("finding-last-line", &fills)
}

/// How sure the figures are: the interval in words, then what the forecast did where it could be checked.
pub(super) fn certainty(shown: &Shown<'_>) -> Vec<String> {
    let result = shown.result;
    if result.customers == 0 {
        return Vec::new();
    }
    let total = shown.headline_total();
    let confidence = shown.format.percent(result.confidence, 0);
    let (low, high) = (shown.worth_short(total.low), shown.worth_short(total.high));
    let fills = [("confidence", Fill::Text(&confidence)), ("low", Fill::Text(&low)), ("high", Fill::Text(&high))];
    let mut sentences = vec![shown.words.say("certainty-interval", &fills)];
    let Some(chosen) = chosen_model(result) else { return sentences };
    let measured = chosen.holdout.or(chosen.rolling);
    let Some(accuracy) = measured else {
        sentences.push(shown.text("certainty-not-measured"));
        return sentences;
    };
    let on_holdout = chosen.holdout.is_some();
    sentences.push(aggregate_error(shown, chosen, accuracy, on_holdout));
    let top_tenth = shown.format.percent(accuracy.top10_share, 0);
    let fills = [("model", Fill::Text(names::model(chosen.kind))), ("share", Fill::Text(&top_tenth))];
    sentences.push(shown.words.say("certainty-top-tenth", &fills));
    sentences.extend(against_baselines(shown, accuracy, on_holdout));
    sentences
}

fn aggregate_error(shown: &Shown<'_>, chosen: &ModelReport, accuracy: Accuracy, on_holdout: bool) -> String {
    let error = accuracy.aggregate_error;
    let key = match (on_holdout, error) {
        (true, error) if error.abs() < HIT => "certainty-holdout-exact",
        (true, error) if error < 0.0 => "certainty-holdout-low",
        (true, _) => "certainty-holdout-high",
        (false, error) if error.abs() < HIT => "certainty-rolling-exact",
        (false, error) if error < 0.0 => "certainty-rolling-low",
        (false, _) => "certainty-rolling-high",
    };
    let shown_error = shown.format.percent(error.abs(), 1);
    let fills = [("model", Fill::Text(names::model(chosen.kind))), ("error", Fill::Text(&shown_error))];
    shown.words.say(key, &fills)
}

/// Against the best simple rule by RMSE: the mean absolute error alone rewards predicting that nobody buys again.
fn against_baselines(shown: &Shown<'_>, accuracy: Accuracy, on_holdout: bool) -> Option<String> {
    let errors = |report: &BaselineReport| if on_holdout { report.holdout } else { report.rolling };
    let best = shown
        .result
        .baselines
        .iter()
        .filter_map(|report| errors(report).map(|errors| (report.baseline, errors.rmse)))
        .filter(|(_, rmse)| rmse.is_finite() && *rmse > 0.0)
        .min_by(|(_, left), (_, right)| left.total_cmp(right));
    let (baseline, rmse) = best?;
    let improvement = 1.0 - accuracy.rmse / rmse;
    let baseline = shown.text(names::baseline_key(baseline));
    if improvement > HIT {
        let improvement = shown.format.percent(improvement, 0);
        let fills = [("improvement", Fill::Text(&improvement)), ("baseline", Fill::Text(&baseline))];
        Some(shown.words.say("certainty-beats", &fills))
    } else {
        Some(shown.words.say("certainty-not-beats", &[("baseline", Fill::Text(&baseline))]))
    }
}

/// Why the values come from this model.
pub(super) fn choice(shown: &Shown<'_>) -> String {
    let model = names::model(shown.result.chosen);
    let named = ("model", Fill::Text(model));
    match &shown.result.choice {
        Choice::Named => shown.words.say("choice-named", &[named]),
        Choice::Saved { until } => shown.words.say("choice-saved", &[named, ("until", Fill::Text(until))]),
        Choice::RollingCuts { cuts, days, customers, told_apart } => {
            let fills = [
                named,
                ("cuts", Fill::Count(cuts.len() as u64)),
                ("days", Fill::Count(u64::from(*days))),
                ("customers", Fill::Count(*customers)),
            ];
            shown.words.say(if *told_apart { "choice-rolling" } else { "choice-not-told-apart" }, &fills)
        }
        Choice::TooLittleHistory => shown.words.say("choice-little-history", &[named]),
        Choice::TooFewRepeatCustomers => shown.words.say("choice-few-repeaters", &[named]),
    }
}

/// What the spend model was fitted on.
pub(super) fn spend(shown: &Shown<'_>) -> Option<String> {
    let spend = shown.result.spend.as_ref()?;
    let correlation = shown.format.decimal(spend.correlation, 2);
    let fills = [("n", Fill::Count(spend.customers)), ("correlation", Fill::Text(&correlation))];
    Some(shown.words.say("spend-fitted", &fills))
}

pub(super) fn chosen_model(result: &ValueResult) -> Option<&ModelReport> {
    result.models.iter().find(|model| model.kind == result.chosen)
}
