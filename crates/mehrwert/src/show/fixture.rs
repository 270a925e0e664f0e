//! Hand-made results for the tests: a small shop of 200 customers, drawn from a fixed generator.

use mehrwert_clv::ModelKind;
use mehrwert_core::{Amount, Day, Horizon, Period};
use mehrwert_facts::orders::{
    AmountBasis, ColumnReport, FileKind, FileReport, ReadWarning, ReasonTotal, Reconciliation, Role, SetAsideReason,
};
use mehrwert_insight::value::*;

/// A small linear congruential generator: the same shop on every machine.
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn scores(customers: usize, period: Period) -> CustomerScores {
    let mut draw = Draw(20_240_229);
    let mut scores = CustomerScores::default();
    for number in 0..customers {
        let first = period.from.plus_days((draw.next() * 540.0) as i32);
        let left = period.to.since(first);
        // Skewed, as shops are: most buy once, a few buy often.
        let orders = 1 + (6.0 * draw.next().powi(4) / (0.12 + draw.next())) as u32;
        let last = if orders == 1 { first } else { first.plus_days((f64::from(left) * draw.next().sqrt()) as i32) };
        let quiet = f64::from(period.to.since(last));
        let pace = f64::from(orders) / (f64::from(left) + 60.0);
        let alive = 1.0 / (1.0 + (0.9 * quiet * pace - 2.4).exp());
        let expected = 1096.0 * pace * alive * 0.45;
        let mean_cents = (1_500.0 + 9_000.0 * draw.next().powi(3)).round();
        scores.customer.push(format!("K{:05}", 10_000 + number * 37));
        scores.orders.push(orders);
        scores.revenue.push(Amount::from_micros(mean_cents as i128 * 10_000 * i128::from(orders)));
        scores.first_order.push(first);
        scores.last_order.push(last);
        scores.probability_alive.push((orders > 1).then_some(alive));
        scores.expected_orders.push(expected);
        scores.expected_orders_range.push(Range { low: 0.0, high: (2.1 * expected).ceil() });
        let value = expected * mean_cents / 100.0 * 0.87;
        scores.value.push(value);
        scores.value_range.push(Range { low: 0.0, high: 2.4 * value });
        scores.from_acquisition.push((f64::from(orders) + 0.7 * expected) * mean_cents / 100.0);
    }
    scores
}

fn pyramid(scores: &CustomerScores) -> Vec<PyramidStep> {
    let mut rows: Vec<usize> = (0..scores.value.len()).collect();
    rows.sort_by(|left, right| scores.value[*right].total_cmp(&scores.value[*left]));
    let total: f64 = scores.value.iter().sum();
    let steps = [0.0, 0.01, 0.05, 0.1, 0.2, 0.5, 1.0];
    let at = |share: f64| (share * rows.len() as f64).round() as usize;
    let step = |pair: &[f64]| {
        let rows = &rows[at(pair[0])..at(pair[1])];
        let value: f64 = rows.iter().map(|row| scores.value[*row]).sum();
        let revenue: f64 = rows.iter().map(|row| scores.revenue[*row].to_f64()).sum();
        PyramidStep {
            from: pair[0],
            to: pair[1],
            customers: rows.len() as u64,
            value,
            share: if total > 0.0 { value / total } else { 0.0 },
            revenue,
        }
    };
    steps.windows(2).map(step).filter(|step| step.customers > 0).collect()
}

fn weeks(period: Period, holdout: Option<Period>) -> Vec<Week> {
    let mut draw = Draw(7);
    let last = holdout.map_or(period.to, |holdout| holdout.to);
    let mut weeks = Vec::new();
    let mut start = period.from;
    while start.plus_days(6) <= last {
        let age = f64::from(start.since(period.from)) / 7.0;
        let expected = 9.0 * (1.0 - (-age / 30.0).exp()) * (-(age - 60.0).max(0.0) / 120.0).exp();
        let season = if start.date().month() == 12 { 1.7 } else { 1.0 };
        let actual = (expected * season * (0.55 + 0.9 * draw.next())).round() as u64;
        weeks.push(Week { start, actual, expected, holdout: start > period.to });
        start = start.plus_days(7);
    }
    weeks
}

fn accuracy(mae: f64, rmse: f64, aggregate_error: f64, top10_share: f64) -> Option<Accuracy> {
    Some(Accuracy { mae, rmse, aggregate_error, top10_share, log_score: 1.1 * mae, crps: 0.7 * mae })
}

fn models() -> Vec<ModelReport> {
    let parameter = |(name, value, error): (&'static str, f64, f64)| ParameterReport {
        name,
        value,
        standard_error: Some(error).filter(|error| *error > 0.0),
    };
    let model = |kind, parameters: [(&'static str, f64, f64); 4], log_likelihood, rolling| ModelReport {
        kind,
        parameters: parameters.map(parameter).to_vec(),
        log_likelihood,
        converged: true,
        no_dropout_seen: false,
        rolling,
        holdout: None,
    };
    vec![
        model(
            ModelKind::BgNbd,
            [("r", 0.24259, 0.0123), ("alpha", 4.4136, 0.378), ("a", 0.79292, 0.186), ("b", 2.42589, 0.705)],
            -958.429,
            accuracy(0.7855, 1.608, -0.1215, 0.512),
        ),
        model(
            ModelKind::MbgNbd,
            [("r", 0.52484, 0.031), ("alpha", 6.18309, 0.512), ("a", 0.89136, 0.201), ("b", 1.614, 0.44)],
            -958.214,
            accuracy(0.7648, 1.6072, -0.1622, 0.514),
        ),
        model(
            ModelKind::ParetoNbd,
            [("r", 0.55328, 0.0476), ("alpha", 10.5777, 0.8427), ("s", 0.60624, 0.1873), ("beta", 11.6687, 6.2105)],
            -959.498,
            accuracy(0.7545, 1.6028, -0.1151, 0.521),
        ),
    ]
}

/// One cut in full, at which one model had no fit.
fn cuts() -> Vec<CutReport> {
    let judged = |accuracy: Option<Accuracy>| Judged {
        accuracy: accuracy.unwrap(),
        pit: [0.1; 10],
        calibration: vec![Calibration { customers: 20, expected: 3.5, low: 0.0, high: 8.25, actual: 4 }],
    };
    vec![CutReport {
        day: day("2023-12-31"),
        days: 182,
        customers: 200,
        models: models().iter().take(2).map(|model| (model.kind, judged(model.rolling))).collect(),
        without_fit: vec![(ModelKind::ParetoNbd, "did not converge".into())],
        baselines: baselines().iter().map(|one| (one.baseline, judged(one.rolling))).collect(),
    }]
}

fn baselines() -> Vec<BaselineReport> {
    let naive = |baseline, rolling| BaselineReport { baseline, rolling, holdout: None };
    vec![
        naive(Baseline::Zero, accuracy(0.7985, 2.2064, -1.0, 0.102)),
        naive(Baseline::OwnRate, accuracy(1.102, 2.412, 0.634, 0.447)),
        naive(Baseline::SameAsBefore, accuracy(0.981, 2.051, 0.211, 0.463)),
    ]
}

/// A cohort for each half year, the last one young.
fn acquired(scores: &CustomerScores, revenue: Amount) -> FromAcquisition {
    let mean = revenue.to_f64() / scores.customer.len() as f64;
    let segment = |name: SegmentName, customers: u64, age: f64, maturity: Maturity| {
        let (brought, expected) = (mean * age / 500.0, mean * 400.0 / (age + 300.0));
        let together = brought + expected;
        let remaining = expected * customers as f64 * 1.1;
        Segment {
            name,
            customers,
            orders: 2 * customers,
            revenue: Amount::from_units(100 * customers as i64),
            mean_age_days: age,
            brought,
            expected,
            from_acquisition: Estimate { value: together, low: brought + 0.8 * expected, high: together * 1.2 },
            remaining: Estimate { value: remaining, low: 0.8 * remaining, high: 1.2 * remaining },
            acquisition_cost: None,
            maturity,
        }
    };
    let cohort = |from: &str, to: &str| SegmentName::Cohort { from: day(from), to: day(to) };
    FromAcquisition {
        age: Horizon::years(3),
        all: segment(SegmentName::All, scores.customer.len() as u64, 520.0, Maturity::Mature),
        cohorts: vec![
            segment(cohort("2023-01-01", "2023-03-31"), 90, 700.0, Maturity::Mature),
            segment(cohort("2023-04-01", "2023-06-30"), 22, 500.0, Maturity::Few),
            segment(cohort("2023-07-01", "2023-09-30"), 88, 60.0, Maturity::Young),
        ],
    }
}

/// The same customers by where they live.
pub(super) fn shop_with_groups() -> ValueResult {
    let mut result = shop();
    let mut groups = result.from_acquisition.cohorts.clone();
    let names =
        [SegmentName::Group("Deutschland".into()), SegmentName::Group("Österreich <&>".into()), SegmentName::Unknown];
    for (group, name) in groups.iter_mut().zip(names) {
        group.name = name;
    }
    let pooled = vec![Pooled { own_weight: 0.97, own_weight_of_dropout: 0.41 }; groups.len()];
    result.groups = Some(Groups { column: "Land".into(), groups, pooled });
    result.scores.group = (0..200).map(|row| u32::from(row >= 90) + u32::from(row >= 112)).collect();
    result
}

/// The same shop with a column that explains something, and two years that tell a season.
pub(super) fn shop_with_covariates() -> ValueResult {
    let mut result = shop();
    let effect = |column: &str, on: EffectOn, coefficient: f64, error: Option<f64>| CovariateEffect {
        column: column.into(),
        on,
        coefficient,
        standard_error: error,
        factor: coefficient.exp(),
        low: error.map(|error| (coefficient - 1.645 * error).exp()),
        high: error.map(|error| (coefficient + 1.645 * error).exp()),
    };
    result.covariates = Some(CovariateReport {
        effects: vec![
            effect("newsletter = yes", EffectOn::Purchases, 0.693, Some(0.081)),
            effect("newsletter = yes", EffectOn::Dropout, -0.210, None),
        ],
        log_likelihood: -9_560.1,
        log_likelihood_without: -9_582.4,
        p_value: 0.0,
    });
    let month = |month: u32| SeasonMonth {
        month,
        factor: if month == 12 { 1.66 } else { 0.94 },
        log_standard_error: Some(0.05),
    };
    let months = std::array::from_fn(|at| month(at as u32 + 1));
    result.season = Some(SeasonReport { months, p_value: Some(0.003), is_used: true });
    result
}

fn file() -> FileReport {
    let column = |name: &str, role, example: &str| ColumnReport {
        name: name.into(),
        role,
        is_attribute: false,
        example: example.into(),
    };
    FileReport {
        path: "bestellungen-2022-2024.csv".into(),
        kind: FileKind::Generic,
        layout: "CSV, ';'".into(),
        encoding: "Windows-1252".into(),
        date_format: "DD.MM.YYYY".into(),
        number_format: "1.234,56".into(),
        columns: vec![
            column("Kundennummer", Some(Role::Customer), "K10000"),
            column("Bestelldatum", Some(Role::Date), "03.01.2022"),
            column("Bestellnr", Some(Role::Order), "2022-00017"),
            column("Betrag <netto> & mehr", Some(Role::Amount), "1.234,56"),
            column("Bemerkung", None, "bitte \"klingeln\""),
        ],
        rows: 642,
    }
}

/// The everyday case: revenue in euro, three models, rolling cuts, no holdout.
pub(super) fn shop() -> ValueResult {
    shop_until(day("2024-06-30"))
}

fn shop_until(last: Day) -> ValueResult {
    let period = Period { from: day("2022-01-03"), to: last };
    let scores = scores(200, period);
    let revenue: Amount = scores.revenue.iter().copied().sum();
    let total: f64 = scores.value.iter().sum();
    let orders: f64 = scores.expected_orders.iter().sum();
    let set_aside: Amount = "412.35".parse().unwrap();
    let reason = |reason, rows, amount: &str| ReasonTotal { reason, rows, amount: amount.parse().unwrap() };
    ValueResult {
        files: vec![file()],
        reconciliation: Reconciliation {
            rows_read: 642,
            rows_used: 631,
            rows_set_aside: 11,
            amount_read: revenue + set_aside,
            amount_used: revenue,
            amount_set_aside: set_aside,
            reasons: vec![
                reason(SetAsideReason::NoCustomer, 4, "118.20"),
                reason(SetAsideReason::TestOrder, 1, "1.00"),
                reason(SetAsideReason::FailedOrder, 6, "293.15"),
            ],
        },
        basis: AmountBasis::AsGiven,
        measure: Measure::Revenue,
        currency: "EUR".parse().ok(),
        margin: None,
        period,
        holdout_period: None,
        customers: 200,
        orders: scores.orders.iter().map(|orders| u64::from(*orders)).sum(),
        revenue,
        returns: Returns {
            matched_rows: 9,
            matched_amount: "-311.40".parse().unwrap(),
            unmatched_rows: 2,
            unmatched_amount: "-48.90".parse().unwrap(),
        },
        existing_customer_share: Some(0.614),
        models: models(),
        baselines: baselines(),
        chosen: ModelKind::ParetoNbd,
        choice: Choice::RollingCuts {
            cuts: vec![day("2023-06-30"), day("2023-09-30"), day("2023-12-31")],
            days: 182,
            customers: 200,
            told_apart: true,
        },
        cuts: cuts(),
        spend: Some(SpendReport {
            p: 6.2496,
            q: 3.7442,
            v: 15.4435,
            log_likelihood: -405.592,
            customers: 94,
            correlation: 0.059,
        }),
        value: ValueTotals {
            total: Estimate { value: total, low: total * 0.86, high: total * 1.17 },
            mean: total / 200.0,
            expected_orders: Estimate { value: orders, low: orders * 0.88, high: orders * 1.15 },
            horizon_days: 1095,
            discount_rate: 0.1,
        },
        from_acquisition: acquired(&scores, revenue),
        groups: None,
        covariates: None,
        season: None,
        model: None,
        confidence: 0.9,
        pyramid: pyramid(&scores),
        weeks: weeks(period, None),
        scores,
        warnings: vec![
            Warning::Read(ReadWarning::VatUnknown),
            Warning::Read(ReadWarning::IdenticalRows { rows: 3 }),
            Warning::UnmatchedReturns { rows: 2, amount: "-48.90".parse().unwrap() },
            Warning::ShortHistory { days: 910 },
        ],
    }
}

/// With a margin, so that it is value, and half a year held out.
pub(super) fn shop_with_holdout() -> ValueResult {
    let mut result = shop_until(day("2023-12-31"));
    let holdout = Period { from: day("2024-01-01"), to: day("2024-06-30") };
    result.holdout_period = Some(holdout);
    result.measure = Measure::Value;
    result.basis = AmountBasis::Net;
    result.margin = Some(0.42);
    result.value.horizon_days = 1096;
    result.weeks = weeks(result.period, Some(holdout));
    for model in &mut result.models {
        model.holdout =
            model.rolling.map(|errors| Accuracy { aggregate_error: errors.aggregate_error + 0.02, ..errors });
    }
    for baseline in &mut result.baselines {
        baseline.holdout = baseline.rolling;
    }
    result.warnings.clear();
    result
}

/// A log without amounts.
pub(super) fn orders_only() -> ValueResult {
    let mut result = shop();
    result.measure = Measure::Orders;
    result.basis = AmountBasis::NoAmounts;
    result.currency = None;
    result.revenue = Amount::ZERO;
    result.returns = Returns::default();
    result.spend = None;
    let sums = &mut result.reconciliation;
    sums.amount_read = Amount::ZERO;
    sums.amount_used = Amount::ZERO;
    sums.amount_set_aside = Amount::ZERO;
    sums.reasons.iter_mut().for_each(|total| total.amount = Amount::ZERO);
    let scores = &mut result.scores;
    scores.revenue.fill(Amount::ZERO);
    scores.value = scores.expected_orders.iter().map(|orders| orders * 0.87).collect();
    result.pyramid = pyramid(&result.scores);
    let total: f64 = result.scores.value.iter().sum();
    result.value.total = Estimate { value: total, low: total * 0.86, high: total * 1.17 };
    result.value.mean = total / 200.0;
    result.warnings = vec![Warning::Read(ReadWarning::NoAmounts)];
    result
}

/// One customer, one order.
pub(super) fn one_customer() -> ValueResult {
    let mut result = shop();
    let period = Period { from: day("2024-03-01"), to: day("2024-03-01") };
    result.scores = CustomerScores {
        customer: vec!["=HYPERLINK(\"x\")<script>".into()],
        orders: vec![1],
        revenue: vec!["19.90".parse().unwrap()],
        first_order: vec![period.from],
        last_order: vec![period.from],
        probability_alive: vec![None],
        expected_orders: vec![0.0],
        expected_orders_range: vec![Range::default()],
        value: vec![0.0],
        value_range: vec![Range::default()],
        from_acquisition: vec![19.9],
        group: Vec::new(),
    };
    result.period = period;
    result.customers = 1;
    result.orders = 1;
    result.revenue = "19.90".parse().unwrap();
    result.reconciliation = Reconciliation {
        rows_read: 1,
        rows_used: 1,
        amount_read: result.revenue,
        amount_used: result.revenue,
        ..Reconciliation::default()
    };
    result.returns = Returns::default();
    result.existing_customer_share = None;
    result.models.clear();
    result.baselines.clear();
    result.choice = Choice::TooLittleHistory;
    result.cuts.clear();
    result.spend = None;
    result.pyramid = pyramid(&result.scores);
    result.weeks.clear();
    result.value.total = Estimate { value: 0.0, low: 0.0, high: 0.0 };
    result.value.expected_orders = result.value.total;
    result.value.mean = 0.0;
    result.warnings = vec![Warning::FewCustomers { customers: 1 }, Warning::NobodyBoughtTwice];
    result
}

/// A file in which every row was set aside.
pub(super) fn nobody() -> ValueResult {
    let mut result = one_customer();
    result.scores = CustomerScores::default();
    result.customers = 0;
    result.orders = 0;
    result.revenue = Amount::ZERO;
    result.pyramid.clear();
    result.warnings.clear();
    result
}
