//! Real data: every cut, and whether choosing among models is worth anything afterwards.

use std::fmt::Write;

use mehrwert_clv::backtest::{Backtest, BacktestOptions};
use mehrwert_clv::scores::{Baseline, CustomerScore, Scores, score_model, score_poisson};
use mehrwert_clv::{Days, FitOptions, Histories, ModelKind, Timelines, fit};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use crate::run::Failure;

/// The model that needs no choice.
const DEFAULT: ModelKind = ModelKind::ParetoNbd;
/// Resamples of the customers.
const RESAMPLES: usize = 2000;
/// Of tables of errors.
pub const HEADER: &str = "| at | forecast | customers | log score | CRPS | MAE | RMSE | aggregate error |\n\
                      |---|---|---|---|---|---|---|---|\n";

/// The cuts inside the history up to `until`, the choice, and the forecasts of the `days` after it, in Markdown.
pub fn report(name: &str, timelines: &Timelines, until: i32, days: u32) -> Result<String, Failure> {
    let promise = |error: &dyn std::fmt::Display| Failure::Promise(format!("{name}: {error}"));
    let mut rng = Pcg64Mcg::seed_from_u64(1);
    let options = BacktestOptions { horizon: days, ..BacktestOptions::default() };
    let backtest = Backtest::run(timelines, until, &options, &mut rng).map_err(|error| promise(&error))?;
    let choice = backtest.choose(DEFAULT);
    let first = timelines.span().map_or(0, |span| span.0);
    let mut text = format!("## {name}\n\nDays of the history are counted from 1.\n\n{HEADER}");
    for cut in &backtest.cuts {
        let at = format!("day {}, {} days", cut.day - first + 1, cut.days);
        for model in &cut.models {
            row(&mut text, &at, model.kind.name(), &model.scores);
        }
        for one in &cut.baselines {
            row(&mut text, &at, &one.baseline.to_string(), &one.scores);
        }
    }
    let known = timelines.known_on(until).map_err(|error| promise(&error))?;
    let purchases = timelines.purchases_between(&known.customers, until, until.saturating_add_unsigned(days));
    let uniforms: Vec<f64> = (0..known.customers.len()).map(|_| rng.random()).collect();
    let histories = Histories::compress(known.histories.iter().copied());
    let at = format!("held out: day {}, {days} days", until - first + 1);
    let mut by_model: Vec<(ModelKind, Vec<CustomerScore>)> = Vec::new();
    for kind in ModelKind::ALL {
        let fit = fit(kind, &histories, &FitOptions::default()).map_err(|error| promise(&error))?;
        let over = Days::new(f64::from(days));
        let scores = score_model(fit.model.as_ref(), &known.histories, &purchases, over, &uniforms);
        row(&mut text, &at, kind.name(), &Scores::of(&scores, &purchases));
        by_model.push((kind, scores));
    }
    for baseline in Baseline::ALL {
        let scores = score_poisson(&baseline.forecasts(timelines, &known, until, days), &purchases, &uniforms);
        row(&mut text, &at, &baseline.to_string(), &Scores::of(&scores, &purchases));
    }
    let _ = writeln!(text, "\nOver the cuts, each model beside the {}:\n", DEFAULT.name());
    let _ = writeln!(
        text,
        "| model | log score | less the default's | standard error | CRPS | RMSE |\n|---|---|---|---|---|---|"
    );
    for one in &choice.compared {
        let [difference, error] = [one.difference, one.standard_error].map(Option::unwrap_or_default);
        let _ = writeln!(
            text,
            "| {} | {:.5} | {difference:+.5} | {error:.5} | {:.5} | {:.4} |",
            one.model.name(),
            one.log_score,
            one.crps,
            one.rmse
        );
    }
    let by_rmse = choice.by_rmse.map_or("none", ModelKind::name);
    let off = backtest.misspecification(choice.model);
    let _ = writeln!(
        text,
        "\nChosen: {} ({:?}); by RMSE: {by_rmse}. Misspecification of its totals for 90 %: {:.3}, none with probability \
         {:.2}.\n",
        choice.model.name(),
        choice.reason,
        off.deviation(0.9),
        off.none
    );
    let of = |kind: ModelKind| by_model.iter().find(|one| one.0 == kind).map_or(&[][..], |one| &one.1);
    for (what, score) in [("log score", (|one| one.log_score) as fn(&CustomerScore) -> f64), ("CRPS", |one| one.crps)] {
        let pairs = of(choice.model).iter().zip(of(DEFAULT));
        let differences: Vec<f64> = pairs.map(|(own, other)| score(own) - score(other)).collect();
        let (mean, low, high) = bootstrap(&differences, &mut rng);
        let _ = writeln!(
            text,
            "- {what} held out, the choice less always {}: {mean:+.5} (95 % of {RESAMPLES} resamples of the customers: \
             {low:+.5} to {high:+.5}); below zero is better.",
            DEFAULT.name()
        );
    }
    Ok(text)
}

fn row(text: &mut String, at: &str, name: &str, scores: &Scores) {
    let aggregate =
        scores.aggregate_error.map_or_else(|| String::from("-"), |error| format!("{:+.1} %", 100.0 * error));
    let Scores { customers, log_score, crps, mae, rmse, .. } = scores;
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "| {at} | {name} | {customers} | {log_score:.4} | {crps:.4} | {mae:.4} | {rmse:.4} | {aggregate} |"
    );
}

/// The mean, and the ends of what 95 % of the means of resamples lie within.
fn bootstrap(differences: &[f64], rng: &mut Pcg64Mcg) -> (f64, f64, f64) {
    let count = differences.len().max(1);
    let mean = |of: &mut dyn Iterator<Item = f64>| of.sum::<f64>() / count as f64;
    let mut means: Vec<f64> = (0..RESAMPLES)
        .map(|_| mean(&mut (0..differences.len()).map(|_| differences[rng.random_range(0..count)])))
        .collect();
    means.sort_by(f64::total_cmp);
    (mean(&mut differences.iter().copied()), means[RESAMPLES / 40], means[RESAMPLES - 1 - RESAMPLES / 40])
}
