//! Contracts whose answers are published, can be worked out by hand, or are known because they were drawn.

use std::fmt::Write;

use mehrwert_core::{Amount, Silent};
use mehrwert_facts::contracts::read_contracts_from_bytes;
use mehrwert_facts::orders::{FileKind, OrderRequest};

use super::*;
use mehrwert_clv::contracts::ContractModelKind::{BetaDiscreteWeibull, ShiftedBetaGeometric};

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn request(until: Option<&str>) -> ContractRequest {
    ContractRequest {
        horizon: Horizon::years(3),
        discount_rate: "10%".parse().unwrap(),
        margin: None,
        until: until.map(day),
    }
}

fn answer(text: &str, request: &ContractRequest) -> Result<ContractResult, ContractValueError> {
    let mut reading = OrderRequest::new(vec!["contracts.csv".into()], day("2026-01-01"));
    reading.kind = Some(FileKind::Contracts);
    let log = read_contracts_from_bytes(text.as_bytes(), &reading).unwrap();
    value_contracts(&log, request, &Silent)
}

/// A cohort of yearly contracts begun on the same day, by the survivors of each year.
fn cohort(survivors: &[u32]) -> String {
    let mut text = "customer,start,end,price,interval\n".to_owned();
    let mut customer = 0;
    let mut push = |count: u32, end: String| {
        for _ in 0..count {
            customer += 1;
            let _ = writeln!(text, "c{customer},2000-01-01,{end},100,year");
        }
    };
    for (year, pair) in survivors.windows(2).enumerate() {
        push(pair[0] - pair[1], format!("{}-12-31", 2000 + year));
    }
    push(survivors[survivors.len() - 1], String::new());
    text
}

const REGULAR: [u32; 8] = [1000, 631, 468, 382, 326, 289, 262, 241];
const HIGH_END: [u32; 8] = [1000, 869, 743, 653, 593, 551, 517, 491];

#[test]
fn the_published_parameters_come_out_of_a_file() {
    for (survivors, alpha, beta, log_likelihood, chosen) in [
        (REGULAR, 0.704077, 1.182043, -1680.265, ShiftedBetaGeometric),
        (HIGH_END, 0.668088, 3.806095, -1611.158, BetaDiscreteWeibull),
    ] {
        let result = answer(&cohort(&survivors), &request(None)).unwrap();
        // The end of the seventh year is the renewal that those who left did not make.
        assert_eq!(result.period.to, day("2007-01-01"));
        let group = &result.groups[0];
        let model = &group.models[0];
        assert!((model.parameters[0].1 - alpha).abs() < 6e-6 && (model.parameters[1].1 - beta).abs() < 6e-6);
        assert!((model.log_likelihood - log_likelihood).abs() < 6e-4);
        assert!(model.aic - group.models[1].aic < 0.0 || chosen == BetaDiscreteWeibull);
        assert_eq!(group.chosen, Some(chosen), "{:?}", group.choice);
        assert_eq!(
            (result.counts.running, result.counts.ended),
            (u64::from(survivors[7]), 1000 - u64::from(survivors[7]))
        );
        let seen: Vec<u64> = group.curve.iter().take(7).map(|point| point.made).collect();
        assert_eq!(seen, survivors[1..].iter().map(|count| u64::from(*count)).collect::<Vec<_>>());
        assert!((group.curve[6].survival_seen.unwrap().value - f64::from(survivors[7]) / 1000.0).abs() < 1e-12);
    }
}

#[test]
fn the_value_is_the_discounted_sum_of_survival() {
    let result = answer(&cohort(&REGULAR), &request(None)).unwrap();
    let model = mehrwert_clv::contracts::ContractModel::shifted_beta_geometric(
        result.groups[0].models[0].parameters[0].1,
        result.groups[0].models[0].parameters[1].1,
    )
    .unwrap();
    // As of 2007-01-01 with seven renewals made: the next on 2008-01-01 (365 days), and two more within three years.
    let rate = DiscountRate::yearly(0.1);
    let at = |years: f64| rate.factor(mehrwert_clv::Days::new(365.0 + 365.25 * years));
    let one: f64 = (0..3_u32).map(|k| model.survival_given(7, k + 1) * at(f64::from(k)) * 100.0).sum();
    let last = result.scores.value.len() - 1;
    assert!((result.scores.value[last].unwrap().value - one).abs() < 1e-9);
    assert!((result.total.value - 241.0 * one).abs() < 1e-6);
    assert!(result.total.low < result.total.value && result.total.value < result.total.high);
    assert!((result.scores.renews[last].unwrap() - model.retention(7)).abs() < 1e-12);
    assert_eq!(result.scores.renewals[last], 7);
    // Every contract paid at its start and with each renewal: the sum of survivors.
    assert_eq!(result.paid, Amount::from_units(100 * i64::from(REGULAR.iter().sum::<u32>())));
    assert_eq!(result.monthly, "2008.33".parse().unwrap());
    // The cohort has reached the age of three years long ago.
    let cohort = &result.cohorts[0];
    assert!(cohort.is_ripe && cohort.expected.value == 0.0);
    assert_eq!(cohort.paid, Amount::from_units(100 * (1000 + 631 + 468)));
}

/// A generator of our own: the same numbers on every machine.
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    /// Renewals made by a contract whose chance of leaving is drawn from Beta(1, beta).
    fn renewals(&mut self, beta: f64) -> u32 {
        let churn = 1.0 - self.next().powf(1.0 / beta);
        (self.next().ln() / (1.0 - churn).ln()).min(1e6) as u32
    }
}

/// Monthly contracts of Beta(1, 15), won over three years, and what those that run at the end of 2023 pay in 2024 to 2026.
fn shop(seed: u64, contracts: u32) -> (String, f64) {
    let mut draw = Draw(seed);
    let mut text = "customer,start,end,price,interval\n".to_owned();
    let (today, horizon) = (day("2023-12-31"), day("2026-12-31"));
    let mut paid = 0.0;
    for customer in 0..contracts {
        let start = day("2021-01-01").plus_days((draw.next() * 1095.0) as i32);
        let price = 10.0 + (draw.next() * 3.0).floor() * 10.0;
        let made = draw.renewals(15.0);
        let missed = Interval::Month.renewal(start, made.saturating_add(1).min(5_000));
        let end = if missed > today.plus_days(1) { String::new() } else { missed.plus_days(-1).to_string() };
        let _ = writeln!(text, "c{customer},{start},{end},{price},month");
        if end.is_empty() {
            let before = Interval::Month.renewals_until(start, today);
            let until = Interval::Month.renewals_until(start, horizon).min(made);
            let each = |renewal: u32| {
                let days = f64::from(Interval::Month.renewal(start, renewal).since(today));
                price * DiscountRate::yearly(0.1).factor(mehrwert_clv::Days::new(days))
            };
            paid += (before + 1..=until).map(each).sum::<f64>();
        }
    }
    (text, paid)
}

/// Ninety of a hundred intervals should hold; with 40 shops fewer than 31 would be a chance of one in a hundred.
#[test]
fn the_interval_of_the_total_covers() {
    let mut held = 0;
    let mut error = 0.0;
    for seed in 0..40 {
        let (text, paid) = shop(seed * 7_919 + 1, 300);
        let result = answer(&text, &request(Some("2023-12-31"))).unwrap();
        held += u32::from(result.total.low <= paid && paid <= result.total.high);
        error += (result.total.value / paid).ln() / 40.0;
    }
    println!("{held} of 40 intervals held, mean error {:.1} %", 100.0 * error);
    assert!(held >= 31, "{held} of 40");
    assert!(error.abs() < 0.05, "{error}");
}

#[test]
fn what_is_terminated_pays_for_certain_until_its_end() {
    // As of 1 October, payments on the first of November and December, and none with the year.
    let text = cohort(&REGULAR).replace("2000-01-01", "2018-10-01") + "late,2025-01-01,2026-12-31,10,month\n";
    let text = text.lines().filter(|line| !line.contains(",200")).collect::<Vec<_>>().join("\n");
    let text = text
        + "\ngone,2025-01-01,2025-06-30,10,month\nthird,2025-01-01,,10,month\nfourth,2025-01-01,2025-02-28,10,month\n";
    let result = answer(&text, &request(Some("2025-12-31"))).unwrap();
    let row = result.scores.customer.iter().position(|name| name == "late").unwrap();
    assert_eq!(result.scores.state[row], ContractState::Ending);
    // 2026-01-01 to 2026-12-01.
    assert_eq!(result.scores.payments[row], Some(12.0));
    let value = result.scores.value[row].unwrap();
    assert!(value.low == value.value && value.high == value.value && value.value > 110.0 && value.value < 120.0);
    assert_eq!((result.counts.ending, result.scores.renews[row]), (1, Some(1.0)));
}

#[test]
fn a_change_of_plan_is_no_end() {
    let plain = shop(5, 300).0;
    let changed = plain.clone() + "x,2021-01-01,2021-12-31,10,month\nx,2022-01-01,,20,month\n";
    let result = answer(&changed, &request(Some("2023-12-31"))).unwrap();
    let rows: Vec<usize> =
        (0..result.scores.customer.len()).filter(|row| result.scores.customer[*row] == "x").collect();
    assert_eq!(result.scores.state[rows[0]], ContractState::Changed);
    assert_eq!(result.scores.state[rows[1]], ContractState::Running);
    // The second goes on where the first was: 35 renewals since January 2021.
    assert_eq!(result.scores.renewals[rows[1]], 35);
    assert_eq!(result.scores.value[rows[0]].unwrap().value, 0.0);
    assert_eq!(
        (result.scores.paid[rows[0]], result.scores.paid[rows[1]]),
        (Amount::from_units(120), Amount::from_units(480))
    );
    let group = &result.groups[0];
    assert_eq!((result.counts.contracts, group.relationships, result.counts.changed), (302, 301, 1));
}

#[test]
fn a_day_named_hides_what_came_later_and_scores_it() {
    let (text, _) = shop(11, 600);
    let whole = answer(&text, &request(None)).unwrap();
    let cut = answer(&text, &request(Some("2022-12-31"))).unwrap();
    let holdout = cut.holdout.unwrap();
    assert!(whole.holdout.is_none() && holdout.renewals_actual > 100.0);
    assert!(holdout.aggregate_error.abs() < 0.15, "{holdout:?}");
    assert_eq!(cut.counts.ending, 0);
    assert!(cut.counts.later > 0 && cut.counts.contracts + cut.counts.later == 600);
    let early = answer(&text, &request(Some("2020-06-30")));
    assert!(matches!(early, Err(ContractValueError::UntilBeforeFirst { .. })));
    let late = answer(&text, &request(Some("2030-06-30")));
    assert!(matches!(late, Err(ContractValueError::UntilInFuture { .. })));
}

#[test]
fn sums_agree_and_nothing_is_out_of_range() {
    let (text, _) = shop(3, 400);
    let result = answer(&text, &request(None)).unwrap();
    let sum: f64 = result.scores.value.iter().flatten().map(|value| value.value).sum();
    assert!((sum - result.total.value).abs() < 1e-6 * sum);
    let groups: f64 = result.groups.iter().filter_map(|group| group.total).map(|total| total.value).sum();
    assert!((groups - sum).abs() < 1e-6 * sum);
    let remaining: f64 = result.cohorts.iter().map(|cohort| cohort.remaining).sum();
    assert!((remaining - sum).abs() < 1e-6 * sum);
    let relationships: u64 = result.cohorts.iter().map(|cohort| cohort.relationships).sum();
    assert_eq!(relationships, 400);
    for point in &result.groups[0].curve {
        for estimate in
            [point.retention_seen, point.retention, point.survival_seen, point.survival].into_iter().flatten()
        {
            let Estimate { value, low, high } = estimate;
            assert!((0.0..=1.0).contains(&low) && low <= value && value <= high && high <= 1.0, "{point:?}");
        }
    }
}

/// A mistyped year must not take for ever.
#[test]
fn very_old_contracts_are_no_burden() {
    let text =
        shop(9, 200).0 + "old,0001-01-01,,10,week\nolder,0001-01-01,,10,month\nworn,0001-01-01,2020-01-01,10,week\n";
    let result = answer(&text, &request(Some("2023-12-31"))).unwrap();
    assert_eq!(result.counts.contracts, 203);
    assert!(result.total.value.is_finite() && result.total.high.is_finite());
}

#[test]
fn too_little_says_so() {
    let few = answer("customer,start,end,price\na,2024-01-01,,10\nb,2024-01-02,,10\n", &request(None));
    assert!(matches!(few, Err(ContractValueError::NoModel { .. })), "{few:?}");
    let all_stay = cohort(&[50, 50, 50, 50]) + "x,2003-01-01,,100,year\n";
    let result = answer(&all_stay, &request(None)).unwrap();
    assert!(result.warnings.iter().any(|warning| matches!(warning, ContractWarning::NobodyLeft { .. })));
    // Nobody left in 150 renewals; that is no certainty.
    assert!(result.total.low < 0.999 * result.total.value, "{:?}", result.total);
    let mixed = cohort(&REGULAR) + "y,2006-12-15,,5,month\n";
    let result = answer(&mixed, &request(None)).unwrap();
    assert!(result.warnings.iter().any(|warning| matches!(warning, ContractWarning::NotValued { contracts: 1, .. })));
    assert_eq!(result.scores.value.last(), Some(&None));
}
