//! Partial pooling: small groups lean on the others as far as they should, and intervals cover.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so best by stopping")]

mod common;

use common::{close, customers, fitted, histories, sample};
use mehrwert_clv::pooling::{PoolError, PoolOptions, Pooling, SpendPoolOptions, pool, pool_spend};
use mehrwert_clv::posterior::{IntervalOptions, Posterior, PosteriorOptions, Prior};
use mehrwert_clv::spend::{SpendHistory, fit_spend};
use mehrwert_clv::{
    Days, FitError, FitOptions, Histories, History, ModelKind, PurchaseModel, TimeUnit, fit, model_with,
};
use proptest::prelude::{ProptestConfig, prop_assert, prop_assert_eq, proptest};
use rand::{Rng, RngExt, SeedableRng};
use rand_distr::{Distribution, Gamma, StandardNormal};
use rand_pcg::Pcg64Mcg;
use rayon::prelude::*;

fn normal(rng: &mut Pcg64Mcg) -> f64 {
    StandardNormal.sample(rng)
}

/// A group's own model: level of purchases, shape, odds or rate of dropout and its shape vary around common means.
fn group_model(kind: ModelKind, spread: [f64; 4], rng: &mut Pcg64Mcg) -> Box<dyn PurchaseModel> {
    let moved = spread.map(|spread| spread * normal(rng));
    let (r, level) = ((0.8f64.ln() + moved[1]).exp(), (0.1f64.ln() + moved[0]).exp());
    let parameters = match kind {
        ModelKind::BgNbd | ModelKind::MbgNbd => {
            let (shape, odds) = (1.6 * moved[3].exp(), 0.3 * moved[2].exp());
            [r, r / level, shape * odds.sqrt(), shape / odds.sqrt()]
        }
        ModelKind::ParetoNbd => {
            let (s, level) = (0.8 * moved[3].exp(), 0.05 * moved[2].exp());
            [r, r / level, s, s / level]
        }
    };
    model_with(kind, parameters, TimeUnit::Week).unwrap()
}

fn simulated(model: &dyn PurchaseModel, customers: usize, rng: &mut Pcg64Mcg) -> Histories {
    let customer = |_| {
        let age = Days::new(f64::from(rng.random_range(60..500u32)));
        model.simulate(age, rng).history()
    };
    Histories::compress((0..customers).map(customer))
}

fn pooled(kind: ModelKind, groups: &[Histories], rng: &mut dyn Rng) -> Pooling {
    pool(kind, groups, &PoolOptions::default(), rng).unwrap()
}

/// What is compared: the logarithm of the purchases expected of a new customer within a year.
fn worth(model: &dyn PurchaseModel) -> f64 {
    model.expected_purchases(&History::NEWBORN, Days::new(365.0)).ln()
}

/// An estimate with its 90 % interval.
#[derive(Clone, Copy, Debug)]
struct Estimate {
    middle: f64,
    low: f64,
    high: f64,
}

impl Estimate {
    fn of(posterior: &Posterior, rng: &mut Pcg64Mcg) -> Estimate {
        let mut worths: Vec<f64> = posterior.models(200, rng).iter().map(|model| worth(model.as_ref())).collect();
        worths.sort_by(f64::total_cmp);
        Estimate {
            middle: worths.iter().sum::<f64>() / 200.0,
            low: 0.5 * (worths[9] + worths[10]),
            high: 0.5 * (worths[189] + worths[190]),
        }
    }

    fn covers(&self, truth: f64) -> bool {
        self.low <= truth && truth <= self.high
    }

    /// Gneiting & Raftery 2007: the width, and twenty times what is missed.
    fn interval_score(&self, truth: f64) -> f64 {
        self.high - self.low + 20.0 * ((self.low - truth).max(0.0) + (truth - self.high).max(0.0))
    }
}

/// Simulated sets of groups.
const SETS: u64 = 8;
const SIZES: [usize; 8] = [0, 4, 12, 30, 100, 300, 1000, 5000];

/// A group's customers, truth, and estimates: partial, none (where possible), complete pooling.
struct Compared {
    customers: usize,
    truth: f64,
    partial: Estimate,
    alone: Option<Estimate>,
    complete: Estimate,
    trusted: bool,
}

fn compared(kind: ModelKind, seed: u64, spread: [f64; 4]) -> Vec<Compared> {
    let mut rng = Pcg64Mcg::seed_from_u64(seed);
    let count = [2, 3, 5, 10, 20, 60][seed as usize % 6];
    let sizes: Vec<usize> = (0..count).map(|i| if i == 0 { 300 } else { SIZES[rng.random_range(0..8)] }).collect();
    let models: Vec<Box<dyn PurchaseModel>> = sizes.iter().map(|_| group_model(kind, spread, &mut rng)).collect();
    let groups: Vec<Histories> =
        sizes.iter().zip(&models).map(|(&size, model)| simulated(model.as_ref(), size, &mut rng)).collect();
    let together = Histories::from_weighted(
        groups.iter().flat_map(|group| group.distinct().iter().copied().zip(group.weights().iter().copied())),
    )
    .unwrap();
    let partial = pooled(kind, &groups, &mut rng);
    let posterior = |histories: &Histories, rng: &mut Pcg64Mcg| {
        let prior = Some(Prior::weak(kind, histories, TimeUnit::Week));
        let fit = fit(kind, histories, &FitOptions { prior, ..FitOptions::default() }).ok()?;
        let short = PosteriorOptions { warmup: 200, draws: 300, ..PosteriorOptions::default() };
        Posterior::sample(&fit, histories, &short, rng).ok()
    };
    let complete = posterior(&together, &mut rng).unwrap();
    let complete = Estimate::of(&complete, &mut rng);
    let mut all = Vec::new();
    for (place, group) in groups.iter().enumerate() {
        let alone = posterior(group, &mut rng).map(|posterior| Estimate::of(&posterior, &mut rng));
        all.push(Compared {
            customers: sizes[place],
            truth: worth(models[place].as_ref()),
            partial: Estimate::of(&partial.groups[place].posterior, &mut rng),
            alone,
            complete,
            trusted: partial.groups[place].is_trusted(),
        });
    }
    all
}

fn report(kind: ModelKind, sets: std::ops::Range<u64>) -> Vec<Compared> {
    let all: Vec<Compared> =
        sets.into_par_iter().flat_map_iter(|seed| compared(kind, seed, [0.4, 0.2, 0.4, 0.2])).collect();
    for size in [None].into_iter().chain(SIZES.map(Some)) {
        let some: Vec<&Compared> = all.iter().filter(|one| size.is_none_or(|size| one.customers == size)).collect();
        let covered = some.iter().filter(|one| one.partial.covers(one.truth)).count() as f64 / some.len() as f64;
        let trusted = some.iter().filter(|one| one.trusted).count() as f64 / some.len() as f64;
        println!("{kind}, size {size:?}: {} groups, trusted {trusted:.3}, covered {covered:.3}", some.len());
        // The comparison is among groups that have an answer of their own.
        let known: Vec<(&Compared, Estimate)> = some.iter().filter_map(|one| Some((*one, one.alone?))).collect();
        let mean = |of: &dyn Fn(&Compared, Estimate) -> f64| {
            known.iter().map(|(one, alone)| of(one, *alone)).sum::<f64>() / known.len() as f64
        };
        let error = |estimate: Estimate, one: &Compared| (estimate.middle - one.truth).powi(2);
        println!(
            "    {} of them compared to none / all: squared error {:.4} to {:.4} / {:.4}, score {:.3} to {:.3} / {:.3}",
            known.len(),
            mean(&|one, _| error(one.partial, one)),
            mean(&|one, alone| error(alone, one)),
            mean(&|one, _| error(one.complete, one)),
            mean(&|one, _| one.partial.interval_score(one.truth)),
            mean(&|one, alone| alone.interval_score(one.truth)),
            mean(&|one, _| one.complete.interval_score(one.truth)),
        );
    }
    all
}

/// 105 groups in eight sets of 2 to 60; the module's documentation says what many more sets gave.
#[test]
fn partial_pooling_is_better_than_none_and_than_all() {
    let all = report(ModelKind::BgNbd, 0..SETS);
    let known: Vec<(&Compared, Estimate)> = all.iter().filter_map(|one| Some((one, one.alone?))).collect();
    let mean = |of: &dyn Fn(&Compared, Estimate) -> f64| {
        known.iter().map(|(one, alone)| of(one, *alone)).sum::<f64>() / known.len() as f64
    };
    let [partial, none, complete] = [
        mean(&|one, _| (one.partial.middle - one.truth).powi(2)),
        mean(&|one, alone| (alone.middle - one.truth).powi(2)),
        mean(&|one, _| (one.complete.middle - one.truth).powi(2)),
    ];
    assert!(partial < 0.6 * none && partial < 0.6 * complete, "{partial} {none} {complete}");
    let [partial, none, complete] = [
        mean(&|one, _| one.partial.interval_score(one.truth)),
        mean(&|one, alone| alone.interval_score(one.truth)),
        mean(&|one, _| one.complete.interval_score(one.truth)),
    ];
    assert!(partial < 0.9 * none && partial < 0.5 * complete, "{partial} {none} {complete}");
    let covered = all.iter().filter(|one| one.partial.covers(one.truth)).count() as f64 / all.len() as f64;
    assert!((0.82..=0.97).contains(&covered), "{covered}");
}

fn source(kind: ModelKind, level: f64, customers: usize, rng: &mut Pcg64Mcg) -> Histories {
    let parameters = match kind {
        ModelKind::BgNbd | ModelKind::MbgNbd => [0.8, 0.8 / level, 0.9, 3.0],
        ModelKind::ParetoNbd => [0.8, 0.8 / level, 0.8, 15.0],
    };
    simulated(model_with(kind, parameters, TimeUnit::Week).unwrap().as_ref(), customers, rng)
}

/// Twelve customers who buy far more than the others' are neither ignored nor believed.
#[test]
fn a_small_group_lies_between_its_own_and_the_others() {
    for kind in ModelKind::ALL {
        let mut rng = Pcg64Mcg::seed_from_u64(3);
        let mut groups: Vec<Histories> =
            [0.08, 0.1, 0.12, 0.09, 0.11, 0.13].map(|level| source(kind, level, 400, &mut rng)).into();
        groups.push(source(kind, 0.5, 12, &mut rng));
        let pooled = pooled(kind, &groups, &mut rng);
        // Alone: twelve customers under a prior that says next to nothing.
        let prior = Prior { log_deviation: [4.0; 4], ..Prior::weak(kind, &groups[6], TimeUnit::Week) };
        let options = FitOptions { prior: Some(prior), ..FitOptions::default() };
        let alone = fit(kind, &groups[6], &options).unwrap();
        let level = |model: &dyn PurchaseModel| (model.parameters()[0].1 / model.parameters()[1].1).ln();
        let others: f64 = pooled.groups[..6].iter().map(|group| level(group.model.as_ref())).sum::<f64>() / 6.0;
        let (own, found) = (level(alone.model.as_ref()), level(pooled.groups[6].model.as_ref()));
        println!("{kind}: {others} {found} {own}, {:?}", pooled.groups[6].own_weights);
        assert!(others + 0.1 < found && found < own - 0.05, "{kind}: {others} {found} {own}");
        let weights: Vec<f64> = pooled.groups.iter().map(|group| group.own_weight()).collect();
        assert!(weights[..6].iter().all(|weight| *weight > weights[6]), "{weights:?}");
        assert!(weights[6] > 0.02 && weights[6] < 0.98);
    }
}

/// What the posterior says of the logarithms of the parameters: means and deviations.
fn log_moments(posterior: &Posterior) -> [(f64, f64); 4] {
    std::array::from_fn(|i| {
        let logs = || posterior.draws().iter().zip(posterior.weights()).map(|(draw, weight)| (draw[i].ln(), weight));
        let mean: f64 = logs().map(|(log, weight)| log * weight).sum();
        (mean, logs().map(|(log, weight)| weight * (log - mean).powi(2)).sum::<f64>().sqrt())
    })
}

#[test]
fn one_group_alone_is_like_a_single_population() {
    let histories = histories(&customers(&sample()));
    for kind in [ModelKind::BgNbd, ModelKind::MbgNbd] {
        let mut rng = Pcg64Mcg::seed_from_u64(8);
        let options = PoolOptions { draws: 2000, ..PoolOptions::default() };
        let pooled = pool(kind, std::slice::from_ref(&histories), &options, &mut rng).unwrap();
        let plain = PosteriorOptions { importance_draws: 4000, ..PosteriorOptions::default() };
        let single = Posterior::sample(&fitted(kind, &histories), &histories, &plain, &mut rng).unwrap();
        // The group's prior is a little wider than that of the means.
        for (found, expected) in log_moments(&pooled.groups[0].posterior).iter().zip(log_moments(&single)) {
            close(found.0, expected.0, 0.25 * expected.1);
            close(found.1, expected.1, 0.15 * expected.1);
        }
    }
}

#[test]
fn equal_groups_are_taken_together() {
    let kind = ModelKind::BgNbd;
    let mut rng = Pcg64Mcg::seed_from_u64(21);
    let group = source(kind, 0.1, 150, &mut rng);
    let groups = vec![group.clone(); 20];
    let pooled = pooled(kind, &groups, &mut rng);
    let alone = Posterior::sample(&fitted(kind, &group), &group, &PosteriorOptions::default(), &mut rng).unwrap();
    let [one, single] = [&pooled.groups[7].posterior, &alone].map(|posterior| Estimate::of(posterior, &mut rng));
    assert!(one.high - one.low < 0.6 * (single.high - single.low), "{one:?} {single:?}");
    assert!(pooled.groups.iter().all(|group| group.own_weight() < 0.5));
}

#[test]
fn a_group_without_customers_is_a_new_group() {
    let kind = ModelKind::MbgNbd;
    let mut rng = Pcg64Mcg::seed_from_u64(4);
    let groups = [source(kind, 0.1, 300, &mut rng), Histories::default(), source(kind, 0.15, 40, &mut rng)];
    let pooled = pooled(kind, &groups, &mut rng);
    let [empty, new] = [&pooled.groups[1].posterior, &pooled.new_group].map(log_moments);
    for (one, other) in empty.iter().zip(new) {
        close(one.0, other.0, 0.35 * other.1);
        close(one.1 / other.1, 1.0, 0.35);
    }
    assert_eq!(pooled.groups[1].own_weights, [0.0; 4]);
    let [known, unknown] = [0, 1].map(|place| Estimate::of(&pooled.groups[place].posterior, &mut rng));
    assert!(known.high - known.low < 0.5 * (unknown.high - unknown.low));
    let nobody = IntervalOptions::default();
    let none = pooled.groups[1].posterior.total_purchases(&groups[1], Days::new(90.0), &nobody, &mut rng).unwrap();
    assert_eq!((none.mean, none.low, none.high), (0.0, 0.0, 0.0));
}

#[test]
fn groups_nobody_of_whom_bought_again_have_an_answer() {
    let once = |days: u32| Histories::compress((0..8).map(|i| History::new(0, 0, days + i).unwrap()));
    for kind in ModelKind::ALL {
        let mut rng = Pcg64Mcg::seed_from_u64(2);
        let found = pooled(kind, &[once(30), once(200)], &mut rng);
        assert!(found.groups.iter().all(|group| worth(group.model.as_ref()).is_finite()), "{kind}");
        let none = pool(kind, &[], &PoolOptions::default(), &mut rng).unwrap_err();
        assert!(matches!(none, PoolError::Together(_)));
        let bad = PoolOptions { spread: [0.5, 0.0, 0.5, 0.5], ..PoolOptions::default() };
        let refused = pool(kind, &[once(30)], &bad, &mut rng).unwrap_err();
        assert!(matches!(refused, PoolError::BadOption { option: "spread", .. }), "{refused}");
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let mut rng = Pcg64Mcg::seed_from_u64(6);
    let groups: Vec<Histories> = [3, 2000, 40].map(|size| source(ModelKind::BgNbd, 0.1, size, &mut rng)).into();
    let by = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let found = pool.install(|| pooled(ModelKind::BgNbd, &groups, &mut Pcg64Mcg::seed_from_u64(1)));
        found.groups.iter().map(|group| group.posterior.clone()).collect::<Vec<_>>()
    };
    assert_eq!(by(1), by(3));
}

/// Customers of a group with this level of spend, p 6, q 4.
fn spends(level: f64, customers: usize, rng: &mut Pcg64Mcg) -> Vec<SpendHistory> {
    let customer = |_| {
        let scale: f64 = Gamma::new(4.0, 1.0 / (15.0 * level)).unwrap().sample(rng);
        let repeats = rng.random_range(1..6u32);
        let total: f64 = Gamma::new(6.0 * f64::from(repeats), 1.0 / scale).unwrap().sample(rng);
        SpendHistory { repeats, mean: total / f64::from(repeats) }
    };
    (0..customers).map(customer).collect()
}

#[test]
fn pooled_spend_covers_and_is_better_than_none_and_than_all() {
    let (mut covered, mut count) = (0, 0);
    let mut errors = [0.0; 3];
    for seed in 0..40 {
        let mut rng = Pcg64Mcg::seed_from_u64(seed);
        let size = [3, 6, 15, 30][seed as usize % 4];
        let levels: Vec<f64> = (0..size).map(|_| (0.3 * normal(&mut rng)).exp()).collect();
        let sizes = [0, 3, 10, 40, 200, 3000];
        let groups: Vec<Vec<SpendHistory>> =
            levels.iter().enumerate().map(|(i, &level)| spends(level, sizes[(i + 1) % 6], &mut rng)).collect();
        let pooled = pool_spend(&groups, &SpendPoolOptions::default(), &mut rng).unwrap();
        let complete = fit_spend(&groups.concat()).unwrap().model.population_mean().ln();
        for ((level, group), found) in levels.iter().zip(&groups).zip(&pooled.groups) {
            // p v / (q - 1), v being 15 times the level.
            let truth = (6.0 * 15.0 * level / 3.0).ln();
            let interval = found.population_mean(0.9);
            covered += usize::from(interval.low.ln() <= truth && truth <= interval.high.ln());
            count += 1;
            if let Ok(alone) = fit_spend(group) {
                let estimates = [found.model.population_mean().ln(), alone.model.population_mean().ln(), complete];
                (0..3).for_each(|i| errors[i] += (estimates[i] - truth).powi(2));
            }
        }
    }
    let share = covered as f64 / count as f64;
    println!("{share} of {count} covered, squared errors {errors:?}");
    assert!((0.84..=0.96).contains(&share), "{share}");
    assert!(errors[0] < 0.7 * errors[1] && errors[0] < 0.7 * errors[2], "{errors:?}");
}

#[test]
fn degenerate_spend_has_an_answer_or_a_refusal() {
    let mut rng = Pcg64Mcg::seed_from_u64(1);
    let options = SpendPoolOptions::default();
    let equal = vec![SpendHistory { repeats: 2, mean: 30.0 }; 5];
    let found = pool_spend(&[equal, vec![]], &options, &mut rng).unwrap();
    let [known, unknown] = [0, 1].map(|place: usize| found.groups[place].population_mean(0.9));
    assert!(known.low > 5.0 && known.high < 200.0, "{known:?}");
    assert!(unknown.high.ln() - unknown.low.ln() > known.high.ln() - known.low.ln());
    let none = pool_spend(&[vec![], vec![SpendHistory { repeats: 0, mean: 3.0 }]], &options, &mut rng).unwrap_err();
    assert_eq!(none, PoolError::Together(FitError::NoSpend));
    let wrong = pool_spend(&[vec![], vec![SpendHistory { repeats: 1, mean: f64::NAN }]], &options, &mut rng);
    assert!(matches!(wrong, Err(PoolError::SpendNotFinite { group: 1, customer: 0, .. })));
    let bad = SpendPoolOptions { draws: 3, ..options };
    assert!(matches!(pool_spend(&[], &bad, &mut rng), Err(PoolError::BadOption { option: "draws", .. })));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_groups_have_a_finite_answer(
        kind in 0..3usize,
        groups in proptest::collection::vec(proptest::collection::vec((0..60u32, 1..900u32, 0..900u32), 0..8), 1..6),
    ) {
        let kind = ModelKind::ALL[kind];
        let history = |&(repeats, recency, silent): &(u32, u32, u32)| {
            let recency = if repeats > 0 { recency } else { 0 };
            History::new(repeats, recency, recency + silent).unwrap()
        };
        let groups: Vec<Histories> = groups.iter().map(|group| Histories::compress(group.iter().map(history))).collect();
        let options = PoolOptions { draws: 100, ..PoolOptions::default() };
        match pool(kind, &groups, &options, &mut Pcg64Mcg::seed_from_u64(1)) {
            Ok(found) => {
                for group in &found.groups {
                    prop_assert!(worth(group.model.as_ref()).is_finite());
                    prop_assert!(group.own_weights.iter().all(|weight| (0.0..=1.0).contains(weight)));
                    prop_assert!(group.log_covariance.iter().flatten().all(|entry| entry.is_finite()));
                    prop_assert!((group.posterior.weights().iter().sum::<f64>() - 1.0).abs() < 1e-9);
                    prop_assert!(group.posterior.draws().iter().flatten().all(|value| value.is_finite()));
                }
                for one in found.coordinates {
                    prop_assert!(one.mean.is_finite() && one.spread > 0.0 && one.mean_error > 0.0);
                }
            }
            Err(error) => {
                prop_assert!(groups.iter().all(Histories::is_empty), "{error}");
                prop_assert_eq!(error, PoolError::Together(FitError::NoCustomers));
            }
        }
    }
}
