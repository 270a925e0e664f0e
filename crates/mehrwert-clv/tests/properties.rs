//! What must hold for every customer under every model.

use mehrwert_clv::{Days, DiscountRate, Histories, History, ModelKind, PurchaseModel, TimeUnit, model_with};
use proptest::prelude::*;

/// Parameters over eight decades, ages up to thirty years, up to ten thousand repeats.
fn any_model() -> impl Strategy<Value = Box<dyn PurchaseModel>> {
    (prop::sample::select(ModelKind::ALL.to_vec()), prop::array::uniform4(-4.0..4.0f64)).prop_map(
        |(kind, exponents)| {
            model_with(kind, exponents.map(|e| 10f64.powf(e)), TimeUnit::Week).expect("possible parameters")
        },
    )
}

fn any_history() -> impl Strategy<Value = History> {
    let repeats = prop_oneof![Just(0u32), 1..20u32, 1..10_000u32];
    (repeats, 1..=10_957u32, 0.0..1.0f64).prop_map(|(repeats, age, part)| {
        let recency = if repeats == 0 { 0 } else { ((f64::from(age) * part) as u32).max(1) };
        History::new(repeats, recency, age).expect("a possible history")
    })
}

fn any_horizon() -> impl Strategy<Value = Days> {
    (-2.0..4.0f64).prop_map(|exponent| Days::new(10f64.powf(exponent)))
}

const TEN_PERCENT: f64 = 0.10;

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_quantity_is_finite_and_in_range(model in any_model(), history in any_history(), over in any_horizon()) {
        let rate = DiscountRate::yearly(TEN_PERCENT);
        let alive = model.probability_alive(&history);
        prop_assert!((0.0..=1.0).contains(&alive), "P(alive) {alive}");
        let expected = model.expected_purchases(&history, over);
        let discounted = model.discounted_purchases(&history, over, rate);
        let for_ever = model.discounted_purchases(&history, Days::FOREVER, rate);
        prop_assert!(expected.is_finite() && expected >= 0.0, "expected {expected}");
        prop_assert!(discounted >= 0.0 && discounted <= expected, "discounted {discounted} of {expected}");
        prop_assert!(for_ever.is_finite() && for_ever >= discounted * (1.0 - 1e-10), "{for_ever} for ever");
        let likelihood = model.log_likelihood(&Histories::compress([history]));
        prop_assert!(likelihood.is_finite(), "log-likelihood {likelihood}");
        let probability = model.probability_of_purchases(history.repeats(), over);
        prop_assert!((0.0..=1.0).contains(&probability), "probability {probability}");
    }

    #[test]
    fn being_alive_never_grows_likelier_in_silence(model in any_model(), history in any_history(), more in 1..2_000u32) {
        let later = History::new(history.repeats(), history.recency(), history.age() + more).expect("a possible history");
        let (now, then) = (model.probability_alive(&history), model.probability_alive(&later));
        prop_assert!(then <= now * (1.0 + 1e-9) + 1e-12, "{now} then {then}");
    }

    #[test]
    fn more_time_brings_more_purchases(model in any_model(), history in any_history(), over in any_horizon()) {
        let longer = Days::new(1.5 * over.days());
        let rate = DiscountRate::yearly(TEN_PERCENT);
        let slack = 1.0 + 1e-10;
        prop_assert!(model.expected_purchases(&history, over) <= slack * model.expected_purchases(&history, longer));
        prop_assert!(
            model.discounted_purchases(&history, over, rate)
                <= slack * model.discounted_purchases(&history, longer, rate)
        );
    }

    #[test]
    fn scoring_many_equals_asking_one_by_one(
        model in any_model(), histories in prop::collection::vec(any_history(), 1..40), over in any_horizon(),
    ) {
        let rate = DiscountRate::yearly(TEN_PERCENT);
        // Few repeats, so that several ages share them and are interpolated.
        let histories: Vec<History> = histories
            .into_iter()
            .map(|h| History::new(h.repeats() % 3, if h.repeats() % 3 == 0 { 0 } else { h.recency().max(1) }, h.age()))
            .map(|history| history.expect("a possible history"))
            .collect();
        for (history, score) in histories.iter().zip(model.score(&histories, over, rate)) {
            let expected = model.expected_purchases(history, over);
            let discounted = model.discounted_purchases(history, over, rate);
            prop_assert_eq!(score.probability_alive, model.probability_alive(history));
            prop_assert!((score.expected_purchases - expected).abs() <= 1e-11 * expected, "{score:?} {expected}");
            prop_assert!((score.discounted_purchases - discounted).abs() <= 1e-11 * discounted, "{score:?} {discounted}");
        }
    }

    #[test]
    fn units_do_not_change_predictions(model in any_model(), history in any_history(), over in any_horizon()) {
        let mut values = model.parameters().into_iter().map(|(name, value)| match name {
            "alpha" | "beta" => 7.0 * value,
            _ => value,
        });
        let values = std::array::from_fn(|_| values.next().expect("four parameters"));
        let daily = model_with(model.kind(), values, TimeUnit::Day).expect("possible parameters");
        let rate = DiscountRate::yearly(TEN_PERCENT);
        for (one, other) in [
            (model.expected_purchases(&history, over), daily.expected_purchases(&history, over)),
            (model.discounted_purchases(&history, over, rate), daily.discounted_purchases(&history, over, rate)),
            (model.probability_of_purchases(3, over), daily.probability_of_purchases(3, over)),
        ] {
            prop_assert!((one - other).abs() <= 1e-9 * one.abs(), "{one} {other}");
        }
    }

    #[test]
    fn weights_are_repetition(model in any_model(), histories in prop::collection::vec((any_history(), 1..9u32), 1..20)) {
        let weighted = histories.iter().map(|&(history, count)| (history, f64::from(count)));
        let weighted = Histories::from_weighted(weighted).expect("positive weights");
        let repeated = histories.iter().flat_map(|&(history, count)| (0..count).map(move |_| history));
        let repeated = Histories::compress(repeated);
        prop_assert_eq!(weighted.distinct(), repeated.distinct());
        prop_assert_eq!(model.log_likelihood(&weighted), model.log_likelihood(&repeated));
    }
}

/// Ordinary parameters, for which sums over all counts end in reasonable time.
#[test]
fn probabilities_of_purchases_sum_to_one_and_have_the_expected_mean() {
    let cases = [
        (ModelKind::BgNbd, [0.243, 4.414, 0.793, 2.426]),
        (ModelKind::MbgNbd, [0.525, 6.183, 0.891, 1.614]),
        (ModelKind::ParetoNbd, [0.553, 10.578, 0.606, 11.669]),
        (ModelKind::BgNbd, [3.0, 2.0, 0.05, 0.2]),
        (ModelKind::MbgNbd, [3.0, 2.0, 0.05, 0.2]),
        (ModelKind::ParetoNbd, [3.0, 2.0, 0.05, 0.2]),
        (ModelKind::ParetoNbd, [0.8, 1.0, 2.0, 300.0]),
    ];
    for (kind, parameters) in cases {
        let model = model_with(kind, parameters, TimeUnit::Week).expect("possible parameters");
        for over in [Days::from_weeks(1.0), Days::from_weeks(39.0), Days::from_weeks(156.0)] {
            let (mut sum, mut mean) = (0.0, 0.0);
            for count in 0..6_000 {
                let probability = model.probability_of_purchases(count, over);
                sum += probability;
                mean += f64::from(count) * probability;
            }
            let expected = model.expected_purchases(&History::NEWBORN, over);
            assert!((sum - 1.0).abs() < 1e-11, "{kind} {parameters:?} sum {sum}");
            assert!((mean - expected).abs() < 1e-9 * expected, "{kind} {parameters:?} mean {mean} {expected}");
        }
    }
}

#[test]
fn no_time_brings_nothing() {
    for kind in ModelKind::ALL {
        let model = model_with(kind, [0.5, 5.0, 0.7, 3.0], TimeUnit::Week).expect("possible parameters");
        let history = History::new(3, 50, 90).expect("a possible history");
        assert_eq!(model.expected_purchases(&history, Days::ZERO), 0.0);
        assert_eq!(model.discounted_purchases(&history, Days::ZERO, DiscountRate::yearly(0.1)), 0.0);
        assert!((model.probability_of_purchases(0, Days::ZERO) - 1.0).abs() < 1e-13);
        assert_eq!(model.probability_of_purchases(2, Days::ZERO), 0.0);
        assert!(model.score(&[], Days::ZERO, DiscountRate::NONE).is_empty());
    }
}
