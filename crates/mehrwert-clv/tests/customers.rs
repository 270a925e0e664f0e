//! Intervals of every customer at once against simulating each of them, and totals of groups against each other.

mod common;

use common::{close, customers, fitted, histories, sample, weeks};
use mehrwert_clv::posterior::{IntervalError, IntervalOptions, Posterior, PosteriorOptions};
use mehrwert_clv::spend::GammaGamma;
use mehrwert_clv::{Days, DiscountRate, Histories, History, ModelKind, TimeUnit, fit, model_with};
use rand::RngExt;
use rand_distr::{Distribution, Gamma, StandardNormal};
use rand_pcg::Pcg64Mcg;

fn posterior(kind: ModelKind, histories: &Histories) -> Posterior {
    let fit = fitted(kind, histories);
    Posterior::sample(&fit, histories, &PosteriorOptions::default(), &mut Pcg64Mcg::new(4)).expect("a posterior")
}

/// Purchases of one history, every future drawn on its own, with a mean amount of each.
fn simulated(
    posterior: &Posterior,
    history: &History,
    over: Days,
    misspecification: f64,
    (spend, mean): (&GammaGamma, f64),
) -> (Vec<f64>, Vec<f64>) {
    let mut rng = Pcg64Mcg::new(91);
    let [(_, p), (_, q), (_, v)] = spend.parameters();
    let repeats = f64::from(history.repeats());
    let inverse = Gamma::new(p * repeats + q, 1.0 / (p * (v + repeats * mean))).expect("a distribution");
    let mut counts = Vec::new();
    for model in posterior.models(256, &mut rng) {
        let mut pace = || {
            let normal: f64 = StandardNormal.sample(&mut rng);
            (misspecification * normal).exp()
        };
        let paces: Vec<f64> = (0..100).map(|_| pace()).collect();
        counts.extend(model.simulate_purchases(history, over, &paces, &mut rng).into_iter().map(f64::from));
    }
    let amounts = counts.iter().map(|count| count / inverse.sample(&mut rng)).collect();
    (counts, amounts)
}

/// That so large a share of the values lies up to `quantile`, as far as simulations can tell.
#[track_caller]
fn is_quantile(values: &[f64], quantile: f64, share: f64, what: &str) {
    let part = |holds: &dyn Fn(f64) -> bool| values.iter().filter(|value| holds(**value)).count() as f64;
    let below = part(&|value| value < quantile * (1.0 - 1e-9)) / values.len() as f64;
    let up_to = part(&|value| value <= quantile * (1.0 + 1e-9)) / values.len() as f64;
    assert!(below <= share + 0.025 && up_to >= share - 0.025, "{what}: {quantile} is not at {share}: {below} {up_to}");
}

#[test]
fn intervals_of_all_customers_are_those_of_each() {
    let histories = histories(&customers(&sample()));
    let spend = GammaGamma::new(6.25, 3.74, 15.44).expect("possible parameters");
    let over = weeks(39.0);
    let options = IntervalOptions { misspecification: 0.3, ..IntervalOptions::default() };
    for kind in ModelKind::ALL {
        let posterior = posterior(kind, &histories);
        let futures =
            posterior.customers(&histories, Some(&spend), over, &options, &mut Pcg64Mcg::new(7)).expect("futures");
        let count = histories.distinct().len();
        for distinct in (0..count).step_by(count / 12).chain([count - 1]) {
            let history = histories.distinct()[distinct];
            let what = format!("{kind} {history:?}");
            let (counts, amounts) = simulated(&posterior, &history, over, 0.3, (&spend, 30.0));
            let purchases = futures.purchases(distinct).expect("an interval");
            let amount = futures.amount(distinct, 30.0).expect("an interval");
            for (values, interval) in [(&counts, purchases), (&amounts, amount)] {
                is_quantile(values, interval.low, 0.05, &what);
                is_quantile(values, interval.high, 0.95, &what);
            }
            let mean = counts.iter().sum::<f64>() / counts.len() as f64;
            // The misspecification quickens by more than it slows.
            assert!((purchases.mean / mean - 1.0).abs() < 0.15, "{what}: {} {mean}", purchases.mean);
            close(amount.mean, purchases.mean * spend.expected_spend(history.repeats(), 30.0), 1e-9 * amount.mean);
            assert!(futures.amount(distinct, f64::NAN).is_some_and(|one| one.high.is_finite()));
        }
        assert_eq!(futures.purchases(count), None);
        let without = posterior.customers(&histories, None, over, &options, &mut Pcg64Mcg::new(7)).expect("futures");
        assert!(without.amount(0, 30.0).is_none() && without.purchases(0).is_some());
        let endless = posterior.customers(&histories, None, Days::FOREVER, &options, &mut Pcg64Mcg::new(7));
        assert_eq!(endless, Err(IntervalError::EndlessHorizon));
    }
}

#[test]
fn futures_do_not_depend_on_the_number_of_threads() {
    let histories = histories(&customers(&sample()));
    let posterior = posterior(ModelKind::MbgNbd, &histories);
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        let options = IntervalOptions { simulations: 200, ..IntervalOptions::default() };
        pool.install(|| posterior.customers(&histories, None, weeks(9.0), &options, &mut Pcg64Mcg::new(7)))
    };
    assert_eq!(run(1), run(3));
}

#[test]
fn groups_add_up_to_their_union() {
    let all = customers(&sample());
    let histories = histories(&all);
    let posterior = posterior(ModelKind::BgNbd, &histories);
    let (over, options) = (weeks(39.0), IntervalOptions { misspecification: 0.1, ..IntervalOptions::default() });
    let (even, odd): (Vec<usize>, Vec<usize>) = (0..all.len()).partition(|customer| customer % 2 == 0);
    let groups = [even, odd, (0..all.len()).collect(), Vec::new()];
    let totals =
        posterior.total_purchases_by(&histories, &groups, over, &options, &mut Pcg64Mcg::new(3)).expect("totals");
    let whole = posterior.total_purchases(&histories, over, &options, &mut Pcg64Mcg::new(3)).expect("a total");
    let [even, odd, together, nobody] = &totals[..] else { panic!("four groups") };
    close(even.interval.mean + odd.interval.mean, together.interval.mean, 1e-9 * whole.mean);
    close(together.interval.mean, whole.mean, 1e-9 * whole.mean);
    close(together.interval.low, whole.low, 0.02 * whole.mean);
    close(together.interval.high, whole.high, 0.02 * whole.mean);
    assert_eq!((nobody.interval.mean, nobody.interval.high, nobody.draws.len()), (0.0, 0.0, 4000));
    // Parameters and misspecification are shared: the sum is as uncertain as the whole.
    let mut sums: Vec<f64> = even.draws.iter().zip(&odd.draws).map(|(even, odd)| even + odd).collect();
    sums.sort_by(f64::total_cmp);
    close(sums[199], whole.low, 0.02 * whole.mean);
    close(sums[3799], whole.high, 0.02 * whole.mean);
    let missing = posterior.total_purchases_by(&histories, &[vec![all.len()]], over, &options, &mut Pcg64Mcg::new(3));
    let customers = all.len();
    assert_eq!(missing, Err(IntervalError::NoCustomer { group: 0, customer: customers, customers }));
}

/// With many histories sums are those of a sample, in proportion to the whole.
#[test]
fn totals_of_samples_are_centred_on_the_whole() {
    let mut rng = Pcg64Mcg::new(31);
    let truth = model_with(ModelKind::ParetoNbd, [0.7, 8.0, 0.8, 15.0], TimeUnit::Week).expect("possible parameters");
    let many = Histories::compress(
        (0..40_000).map(|_| truth.simulate(Days::new(f64::from(rng.random_range(100..1800u32))), &mut rng).history()),
    );
    let fit = fit(ModelKind::ParetoNbd, &many, &Default::default()).expect("a fit");
    let posterior = Posterior::sample(&fit, &many, &PosteriorOptions::default(), &mut rng).expect("a posterior");
    let groups: Vec<Vec<usize>> = (0..4).map(|group| (group * 10_000..(group + 1) * 10_000).collect()).collect();
    let over = Days::new(365.0);
    let totals = posterior.total_purchases_by(&many, &groups, over, &IntervalOptions::default(), &mut rng);
    let totals = totals.expect("totals");
    let exact = |customers: &[usize], draw: &[f64; 4]| -> f64 {
        let model = model_with(ModelKind::ParetoNbd, *draw, TimeUnit::Week).expect("possible parameters");
        let scores = model.score(many.distinct(), over, DiscountRate::NONE);
        customers.iter().map(|&one| scores[many.distinct_of(one).expect("a customer")].expected_purchases).sum()
    };
    let mut sum = 0.0;
    for (customers, total) in groups.iter().zip(&totals) {
        let mean = posterior
            .draws()
            .iter()
            .zip(posterior.weights())
            .step_by(8)
            .map(|(draw, weight)| (exact(customers, draw), weight));
        let (weighted, weights) = mean.fold((0.0, 0.0), |sum, (mean, weight)| (sum.0 + mean * weight, sum.1 + weight));
        println!("{:?}, exact {}", total.interval, weighted / weights);
        close(total.interval.mean, weighted / weights, 0.3 * total.interval.from_parameters);
        sum += total.interval.mean;
    }
    let whole = posterior.total_purchases(&many, over, &IntervalOptions::default(), &mut rng).expect("a total");
    close(whole.mean, sum, 0.3 * whole.from_parameters);
}
