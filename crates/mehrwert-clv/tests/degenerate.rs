//! Data and parameters at the edge of sense: every way through the models ends in a stated, finite and sensible answer or
//! in a refusal that says why.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so best by stopping")]

use mehrwert_clv::bg_bb::{OccasionHistories, OccasionHistory, fit_bg_bb};
use mehrwert_clv::contracts::{Contract, ContractModelKind, Contracts, fit_contracts};
use mehrwert_clv::posterior::{IntervalOptions, Posterior, PosteriorError, PosteriorOptions};
use mehrwert_clv::spend::{GammaGamma, SpendHistory, SpendOptions, SpendPrior, fit_spend, fit_spend_with};
use mehrwert_clv::{
    Boundary, Convergence, ConvergenceState, Days, DiscountRate, Discounting, FirstPeriod, Fit, FitError, FitOptions,
    Histories, History, Horizon, ModelKind, PurchaseModel, TimeUnit, fit, model_with,
};
use rand::RngExt;
use rand_pcg::Pcg64Mcg;

const YEAR: f64 = 365.0;

fn compressed(customers: &[(u32, u32, u32)]) -> Histories {
    Histories::compress(customers.iter().map(|&(x, recency, age)| History::new(x, recency, age).unwrap()))
}

fn fitted(kind: ModelKind, histories: &Histories) -> Result<Fit, FitError> {
    fit(kind, histories, &FitOptions::default())
}

fn explanations(convergence: &Convergence) -> Vec<Boundary> {
    match &convergence.state {
        ConvergenceState::Converged => Vec::new(),
        ConvergenceState::AtBoundary { explanations } => explanations.clone(),
    }
}

/// Every answer of the model for these customers is finite and in range; none expects more than `most` a year.
#[track_caller]
fn sound(model: &dyn PurchaseModel, histories: &Histories, most: f64) {
    let rate = DiscountRate::yearly(0.1);
    for (history, score) in histories.distinct().iter().zip(model.score(histories.distinct(), Days::new(YEAR), rate)) {
        assert!((0.0..=1.0).contains(&score.probability_alive), "{model:?} {history:?} {score:?}");
        assert!((0.0..=most).contains(&score.expected_purchases), "{model:?} {history:?} {score:?}");
        assert!((0.0..=score.expected_purchases).contains(&score.discounted_purchases), "{history:?} {score:?}");
        let for_ever = model.discounted_purchases(history, Days::FOREVER, rate);
        assert!(for_ever.is_finite() && for_ever >= 0.0, "{model:?} {history:?} {for_ever}");
    }
    for moments in model.purchase_moments(histories.distinct(), Days::new(YEAR)) {
        assert!(moments.mean.is_finite() && moments.variance.is_finite() && moments.variance >= 0.0, "{moments:?}");
    }
    assert!(model.log_likelihood(histories).is_finite());
}

#[test]
fn nobody_and_one_timers_are_refused_by_name() {
    for kind in ModelKind::ALL {
        assert_eq!(fitted(kind, &Histories::default()).unwrap_err(), FitError::NoCustomers);
        for count in [1, 20, 5_000] {
            let once: Vec<(u32, u32, u32)> = (0..count).map(|i| (0, 0, 10 + i % 700)).collect();
            let customers = f64::from(count);
            assert_eq!(fitted(kind, &compressed(&once)).unwrap_err(), FitError::NoRepeatPurchases { customers });
        }
        // A model there is yet, from elsewhere: what it says of one-timers is finite.
        let model = model_with(kind, [0.3, 5.0, 0.8, 2.5], TimeUnit::Week).unwrap();
        sound(&*model, &compressed(&[(0, 0, 0), (0, 0, 1), (0, 0, 73_050)]), 4.0);
    }
    let none = fit_spend(&[SpendHistory { repeats: 0, mean: 0.0 }; 9]);
    assert_eq!(none, Err(FitError::NoSpend));
}

#[test]
fn who_buys_every_day_is_expected_every_day() {
    let daily: Vec<(u32, u32, u32)> = (200..260).map(|age| (age, age, age)).collect();
    let histories = compressed(&daily);
    for kind in ModelKind::ALL {
        let fit = fitted(kind, &histories).unwrap();
        let expected = [Boundary::NoDropoutSeen, Boundary::PurchaseRatesDoNotVary];
        assert_eq!(explanations(&fit.convergence), expected, "{kind}");
        let newcomer = History::new(30, 30, 30).unwrap();
        let month = fit.model.expected_purchases(&newcomer, Days::new(30.0));
        assert!((29.0..31.0).contains(&month), "{kind} {month}");
        sound(&*fit.model, &histories, 366.0);
    }
}

#[test]
fn one_cohort_of_one_age_suffices() {
    for (kind, fourth) in ModelKind::ALL.into_iter().zip([3.0, 3.0, 15.0]) {
        let truth = model_with(kind, [0.8, 8.0, 0.8, fourth], TimeUnit::Week).unwrap();
        let mut rng = Pcg64Mcg::new(4);
        let histories = Histories::compress((0..3_000).map(|_| truth.simulate(Days::new(300.0), &mut rng).history()));
        let fit = fitted(kind, &histories).unwrap();
        // Equal ages may leave it open whether dropout varies; never whether there is any.
        assert!(explanations(&fit.convergence).iter().all(|&b| b == Boundary::DropoutDoesNotVary), "{kind} {fit:?}");
        let [found, expected] = [&fit.model, &truth].map(|m| m.expected_purchases(&History::NEWBORN, Days::new(YEAR)));
        assert!((found / expected - 1.0).abs() < 0.1, "{kind} {found} {expected}");
        sound(&*fit.model, &histories, 200.0);
    }
}

#[test]
fn shapes_that_sum_to_less_than_one_have_finite_answers() {
    let histories =
        compressed(&[(0, 0, 0), (0, 0, 3000), (1, 1, 3000), (1, 1, 1), (9, 2000, 2010), (4000, 9000, 9001)]);
    for kind in ModelKind::ALL {
        for parameters in [[0.4, 3.0, 0.2, 0.3], [0.01, 3.0, 0.01, 0.02], [5.0, 3.0, 0.3, 0.6999], [0.4, 3.0, 0.5, 0.5]]
        {
            let model = model_with(kind, parameters, TimeUnit::Week).unwrap();
            sound(&*model, &histories, 3000.0);
            let year = |over: f64| model.expected_purchases(&History::NEWBORN, Days::new(over));
            assert!(year(YEAR) > 0.0 && year(2.0 * YEAR) > year(YEAR), "{kind} {parameters:?}");
        }
    }
}

/// Up to twenty customers of a shop: never more than a few times what was seen, whatever the few of them do.
#[test]
fn few_customers_have_bounded_forecasts() {
    let truth = model_with(ModelKind::MbgNbd, [0.8, 8.0, 0.8, 2.0], TimeUnit::Week).unwrap();
    let mut rng = Pcg64Mcg::new(12);
    for count in [1, 2, 3, 5, 8, 13, 20] {
        for _ in 0..2 {
            let mut age = || Days::new(f64::from(rng.random_range(60..700u32)));
            let ages: Vec<Days> = (0..count).map(|_| age()).collect();
            let histories = Histories::compress(ages.iter().map(|age| truth.simulate(*age, &mut rng).history()));
            // The fastest pace seen, and one purchase more; per year.
            let paces = histories.distinct().iter().map(|h| f64::from(h.repeats() + 1) / f64::from(h.age()));
            let fastest = YEAR * paces.fold(0.0, f64::max);
            for kind in ModelKind::ALL {
                match fitted(kind, &histories) {
                    Ok(fit) => sound(&*fit.model, &histories, 2.0 * fastest),
                    Err(error) => {
                        assert_eq!(error, FitError::NoRepeatPurchases { customers: f64::from(count) });
                        assert!(histories.distinct().iter().all(|history| history.repeats() == 0));
                    }
                }
            }
        }
    }
}

#[test]
fn huge_counts_stay_finite() {
    let some = compressed(&[(10_000, 10_900, 10_957), (9_000, 10_950, 10_957), (0, 0, 10_957), (3, 4000, 9000)]);
    let most = compressed(&[(u32::MAX, 10, 10), (u32::MAX, 73_050, 73_050), (0, 0, 73_050), (1, 1, 73_050)]);
    for kind in ModelKind::ALL {
        let fit = fitted(kind, &some).unwrap();
        sound(&*fit.model, &some, 400.0);
        // Four thousand million purchases within ten days are a mistake of the data; the answer is theirs, and finite.
        sound(&*fitted(kind, &most).unwrap().model, &most, f64::MAX);
        let model = model_with(kind, [0.5, 5.0, 0.7, 3.0], TimeUnit::Week).unwrap();
        sound(&*model, &most, 4e11);
    }
}

#[test]
fn identical_customers_go_on_as_they_did() {
    for count in [1usize, 50] {
        let histories = compressed(&vec![(4, 100, 110); count]);
        for kind in ModelKind::ALL {
            let fit = fitted(kind, &histories).unwrap();
            assert!(!explanations(&fit.convergence).is_empty(), "{kind} {:?}", fit.convergence);
            // Four in 110 days are 13 a year, less for those who may have left.
            let year = fit.model.expected_purchases(&histories.distinct()[0], Days::new(YEAR));
            assert!((0.05..20.0).contains(&year), "{kind} {count} {year}");
            sound(&*fit.model, &histories, 20.0);
        }
    }
}

#[test]
fn who_left_at_once_is_not_expected_back() {
    let gone: Vec<(u32, u32, u32)> =
        (0..200).map(|i| if i < 100 { (1, 1 + i % 5, 3000) } else { (0, 0, 3000) }).collect();
    let histories = compressed(&gone);
    for kind in ModelKind::ALL {
        let fit = fitted(kind, &histories).unwrap();
        sound(&*fit.model, &histories, 0.2);
    }
}

/// With its weak prior the posterior has an answer where the likelihood has none inside.
#[test]
fn posteriors_of_degenerate_data_are_bounded_by_their_prior() {
    let options = PosteriorOptions::default();
    let cases = [
        ("one", compressed(&[(3, 60, 90)]), 60.0),
        ("alike", compressed(&[(4, 100, 200); 50]), 40.0),
        ("daily", compressed(&[(50, 50, 50), (80, 80, 80), (365, 365, 365)]), 500.0),
        ("gone", compressed(&[(1, 5, 3000), (2, 9, 3000), (1, 3, 3000), (0, 0, 3000)]), 20.0),
    ];
    for (name, histories, most) in &cases {
        for kind in ModelKind::ALL {
            let fit = fitted(kind, histories).unwrap();
            let mut rng = Pcg64Mcg::new(3);
            let posterior = Posterior::sample(&fit, histories, &options, &mut rng);
            let posterior = posterior.unwrap_or_else(|error| panic!("{name} {kind}: {error}"));
            let year = Days::new(YEAR);
            let settings = IntervalOptions { simulations: 400, ..IntervalOptions::default() };
            let total = posterior.total_purchases(histories, year, &settings, &mut rng).unwrap();
            assert!(0.0 <= total.low && total.low <= total.high && total.high.is_finite(), "{name} {total:?}");
            let one = posterior.purchases(&histories.distinct()[0], year, &settings, &mut rng).unwrap();
            assert!(0.0 <= one.low && one.low <= one.high && one.high <= *most, "{name} {one:?}");
        }
    }
    let fit = fitted(ModelKind::BgNbd, &cases[0].1).unwrap();
    let none = Posterior::sample(&fit, &Histories::default(), &options, &mut Pcg64Mcg::new(1));
    assert_eq!(none.unwrap_err(), PosteriorError::NoCustomers);
}

#[test]
fn spend_at_the_edge_is_answered_or_refused() {
    let customers = |means: &[f64]| means.iter().map(|&mean| SpendHistory { repeats: 2, mean }).collect::<Vec<_>>();
    // q below one has no mean of its own; what stands in is ten times the typical amount at most.
    let heavy = GammaGamma::new(2.0, 0.3, 10.0).unwrap();
    assert!((heavy.population_mean() - 10.0 * 2.0 * 10.0 / 0.3).abs() < 1e-9);
    for (repeats, mean) in [(0, 0.0), (1, 0.0), (1, -20.0), (1, 1e-300), (u32::MAX, 1e300)] {
        let spend = heavy.expected_spend(repeats, mean);
        assert!(spend > 0.0 && spend.is_finite(), "{repeats} {mean}: {spend}");
    }
    for means in [vec![5.0], vec![5.0; 20], vec![1e-12; 3], vec![1e200; 3]] {
        let fit = fit_spend(&customers(&means)).unwrap();
        assert_eq!(explanations(&fit.convergence), [Boundary::AmountsDoNotVary]);
        assert!((fit.model.population_mean() / means[0] - 1.0).abs() < 1e-6);
    }
    for means in [vec![1.0, 2.0], vec![1e-9, 1e9], vec![1.0, 1.0 + 1e-8, 1.0], vec![0.01, 0.01, 5000.0]] {
        let fit = fit_spend(&customers(&means)).unwrap();
        let most = means.iter().copied().fold(0.0, f64::max);
        for expected in [fit.model.population_mean(), fit.model.expected_spend(2, means[0])] {
            assert!(expected > 0.0 && expected < 30.0 * most, "{means:?} {fit:?} {expected}");
        }
        let options = SpendOptions { prior: Some(SpendPrior::weak_of_spend(1.0)), ..SpendOptions::default() };
        let held = fit_spend_with(&customers(&means), &options).unwrap();
        assert!(held.log_covariance.is_some() && held.model.population_mean() < 30.0 * most, "{means:?} {held:?}");
    }
    assert!(matches!(fit_spend(&customers(&[1.0, f64::NAN])), Err(FitError::SpendNotFinite { position: 1, .. })));
}

#[test]
fn contracts_at_the_edge_are_answered_or_refused() {
    let yearly = Discounting::per_period(0.1, FirstPeriod::Undiscounted).unwrap();
    for kind in ContractModelKind::ALL {
        let fitted = |contracts: Vec<Contract>| fit_contracts(kind, &Contracts::compress(contracts));
        assert_eq!(fitted(Vec::new()), Err(FitError::NoRenewals));
        assert_eq!(fitted(vec![Contract::active(0); 20]), Err(FitError::NoRenewals));
        let cases = [
            (vec![Contract::active(7)], Boundary::NoDropoutSeen, 1.0),
            (vec![Contract::ended(0); 30], Boundary::EverybodyLeavesAtOnce, 0.0),
            (vec![Contract::active(100_000), Contract::active(1)], Boundary::NoDropoutSeen, 1.0),
        ];
        for (contracts, boundary, retained) in cases {
            let fit = fitted(contracts).unwrap();
            assert_eq!(explanations(&fit.convergence), [boundary]);
            assert!((fit.model.survival(1) - retained).abs() < 1e-6);
            let value = fit.model.residual_value(0, 100.0, Horizon::Forever, yearly);
            // A payment of 100 for ever at 10 % is worth 1,100 with the one due now.
            assert!((0.0..=1_100.000_1).contains(&value), "{value}");
        }
        for count in 1..=20 {
            let mixed: Vec<Contract> = (0..count)
                .map(|i| if i % 3 == 0 { Contract::active(1 + i % 5) } else { Contract::ended(i % 4) })
                .collect();
            match fitted(mixed) {
                Ok(fit) => assert!((0.0..=1.0).contains(&fit.model.survival(3)), "{fit:?}"),
                Err(error) => assert!(
                    matches!(error, FitError::TooFewRenewals { .. } | FitError::EndTogether { .. }),
                    "{kind:?} {count}: {error}"
                ),
            }
        }
    }
}

#[test]
fn occasions_at_the_edge_are_answered_or_refused() {
    let fitted = |rows: &[(u32, u32, u32, f64)]| {
        let rows = rows.iter().map(|&(x, last, n, count)| (OccasionHistory::new(x, last, n).unwrap(), count));
        fit_bg_bb(&OccasionHistories::from_weighted(rows).unwrap())
    };
    assert_eq!(fitted(&[]), Err(FitError::NoCustomers));
    assert_eq!(fitted(&[(0, 0, 6, 20.0)]), Err(FitError::NoRepeatPurchases { customers: 20.0 }));
    assert_eq!(fitted(&[(1, 1, 2, 20.0)]), Err(FitError::TooFewOccasions { seen: 2, needed: 3 }));
    for (rows, low, high) in [
        // Bought at all, at the first only, alike, few and huge.
        (vec![(6, 6, 6, 1.0)], 3.9, 4.0),
        (vec![(1, 1, 40, 100.0)], 0.0, 0.01),
        (vec![(3, 4, 6, 50.0)], 0.0, 4.0),
        (vec![(0, 0, 3, 1.0), (1, 3, 3, 1.0)], 0.0, 4.0),
        (vec![(500, 980, 1000, 1e9), (0, 0, 1000, 1e9)], 0.0, 4.0),
    ] {
        let fit = fitted(&rows).unwrap();
        let (x, last, n, _) = rows[0];
        let history = OccasionHistory::new(x, last, n).unwrap();
        let next = fit.model.expected_purchases(&history, Horizon::Periods(4));
        assert!((low..=high).contains(&next), "{rows:?} {next} {fit:?}");
        assert!((0.0..=1.0).contains(&fit.model.probability_alive(&history)) && fit.log_likelihood.is_finite());
    }
}
