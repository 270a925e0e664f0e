//! What lies after `--until`: compared with the forecasts once, never used to choose.

use mehrwert_clv::calendar::Clock;
use mehrwert_clv::scores::{Baseline, Scores, score_model, score_poisson};
use mehrwert_clv::{Days, Fit, History, ModelKind};
use mehrwert_core::Period;
use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::{Rng, SeedableRng};

use super::ValueError;
use super::purchases::Purchases;
use super::result::Accuracy;

/// Accuracy on the days held out; empty when nothing was.
#[derive(Default)]
pub(super) struct Holdout {
    pub models: Vec<(ModelKind, Accuracy)>,
    pub baselines: Vec<(Baseline, Accuracy)>,
}

impl Purchases<'_> {
    /// The days after the history.
    pub(super) fn holdout_period(&self) -> Option<Period> {
        (self.last > self.period.to).then(|| Period { from: self.period.to.plus_days(1), to: self.last })
    }
}

impl Holdout {
    pub(super) fn measure(
        purchases: &Purchases<'_>,
        with_amounts: bool,
        fits: &[Fit],
        clock: &Clock,
        seed: u64,
    ) -> Result<Holdout, ValueError> {
        let Some(period) = purchases.holdout_period() else { return Ok(Holdout::default()) };
        let (cut, days) = (purchases.period.to.epoch(), period.days().unsigned_abs());
        let all = purchases.sampled(purchases.last, 1)?;
        let known = all.timelines.known_on(cut)?;
        let outcomes = all.judged(&known.customers, cut, days, with_amounts);
        let mut rng = Pcg64Mcg::seed_from_u64(seed);
        // The 53 highest bits, as a fraction.
        let uniforms: Vec<f64> =
            known.customers.iter().map(|_| (rng.next_u64() >> 11) as f64 / (1_u64 << 53) as f64).collect();
        let over = clock.span(cut, Days::new(f64::from(days)));
        let by_clock = |(&customer, history): (&u32, &History)| {
            let first = all.timelines.of(customer as usize).first().copied().unwrap_or(cut);
            clock.history(first, first.saturating_add_unsigned(history.recency()), cut, history.repeats())
        };
        let customers = known.customers.iter().zip(&known.histories);
        let histories = customers.map(by_clock).collect::<Result<Vec<_>, _>>()?;
        let of_model = |fit: &Fit| {
            let model = fit.model.as_ref();
            let scores = score_model(model, &histories, &outcomes.purchases, over, &uniforms);
            (model.kind(), outcomes.accuracy(&Scores::of(&scores, &outcomes.purchases), &scores))
        };
        let of_baseline = |baseline: Baseline| {
            let means = baseline.forecasts(&all.timelines, &known, cut, days);
            let scores = score_poisson(&means, &outcomes.purchases, &uniforms);
            (baseline, outcomes.accuracy(&Scores::of(&scores, &outcomes.purchases), &scores))
        };
        Ok(Holdout {
            models: fits.iter().map(of_model).collect(),
            baselines: Baseline::ALL.into_iter().map(of_baseline).collect(),
        })
    }
}
