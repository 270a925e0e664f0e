//! Seasons: found where there are some, not found where there are none, and what they bring to forecasts.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so best by stopping")]

use mehrwert_clv::calendar::{
    Clock, DatedCustomer, PeriodCount, Season, SeasonError, SeasonalFit, SeasonalFitError, date_of, day_number,
    fit_in_season,
};
use mehrwert_clv::{
    Days, DiscountRate, FitError, FitOptions, Histories, ModelKind, PurchaseModel, TimeUnit, fit, model_with,
};
use proptest::prelude::*;
use rand::RngExt;
use rand_distr::{Distribution, Poisson, StandardNormal};
use rand_pcg::Pcg64Mcg;

/// All purchase days of a shop's customers, the first of each included.
struct Shop {
    customers: Vec<Vec<i32>>,
    end: i32,
}

impl Shop {
    /// Customers won evenly over `years` before `end`, followed for a year more.
    fn simulated(
        model: &dyn PurchaseModel,
        season: &Season,
        size: u32,
        years: f64,
        end: i32,
        rng: &mut Pcg64Mcg,
    ) -> Shop {
        let clock = Clock::new(season.clone());
        let days = (365.25 * years) as i32;
        let customers = (0..size).map(|_| {
            let first = end - rng.random_range(0..days);
            let drawn = model.simulate(Days::new(clock.days_between(first, end + 366)), rng);
            let mut dates = vec![first];
            let mut day = first;
            for time in drawn.purchases {
                while clock.days_between(first, day) < time.days() {
                    day += 1;
                }
                if day > *dates.last().unwrap() {
                    dates.push(day);
                }
            }
            dates
        });
        Shop { customers: customers.collect(), end }
    }

    fn known(&self) -> Vec<DatedCustomer> {
        let of = |dates: &Vec<i32>| {
            let seen = dates.iter().take_while(|day| **day <= self.end).count();
            DatedCustomer { first: dates[0], last: dates[seen - 1], repeats: seen as u32 - 1 }
        };
        self.customers.iter().map(of).collect()
    }

    fn purchases(&self) -> Vec<(i32, f64)> {
        let repeats = self.customers.iter().flat_map(|dates| &dates[1..]);
        repeats.filter(|day| **day <= self.end).map(|day| (*day, 1.0)).collect()
    }

    fn later(&self, days: i32) -> f64 {
        let later = |day: &&i32| **day > self.end && **day <= self.end + days;
        self.customers.iter().flatten().filter(later).count() as f64
    }

    fn in_season(&self, kind: ModelKind) -> Result<SeasonalFit, SeasonalFitError> {
        fit_in_season(kind, &self.known(), &self.purchases(), self.end, &FitOptions::default())
    }
}

fn total(model: &dyn PurchaseModel, histories: &Histories, over: Days) -> f64 {
    let scores = model.score(histories.distinct(), over, DiscountRate::NONE);
    scores.iter().zip(histories.weights()).map(|(score, weight)| weight * score.expected_purchases).sum()
}

fn bg_nbd() -> Box<dyn PurchaseModel> {
    model_with(ModelKind::BgNbd, [0.8, 12.0, 0.7, 3.0], TimeUnit::Week).unwrap()
}

fn any_season(rng: &mut Pcg64Mcg) -> Season {
    let mut wave = |size: f64| {
        let phase: f64 = rng.random_range(0.0..std::f64::consts::TAU);
        [size * phase.cos(), size * phase.sin()]
    };
    Season::from_harmonics(&[wave(0.35), wave(0.2), wave(0.1)]).unwrap()
}

/// The mean factor of a month.
fn month(season: &Season, month: u32) -> f64 {
    let days = (day_number(2023, month, 1)..day_number(2023, month + 1, 1)).filter(|day| date_of(*day).1 == month);
    let factors: Vec<f64> = days.map(|day| season.factor(day)).collect();
    factors.iter().sum::<f64>() / factors.len() as f64
}

#[test]
fn a_simulated_season_is_found_to_within_its_errors() {
    let mut rng = Pcg64Mcg::new(1);
    let (mut squares, mut within, mut count) = (0.0, 0, 0);
    for kind in [ModelKind::BgNbd, ModelKind::MbgNbd] {
        for shop in 0..10 {
            let truth = any_season(&mut rng);
            let model = model_with(kind, [0.8, 12.0, 0.7, 3.0], TimeUnit::Week).unwrap();
            let end = day_number(2025, 1 + shop, 15);
            let shop = Shop::simulated(&*model, &truth, 4000, 3.2, end, &mut rng);
            let found = shop.in_season(kind).expect("a fit").season;
            assert!(found.is_distinguishable() && found.flatness.p_value < 1e-4, "{found:?}");
            for of_month in &found.months {
                let away = (of_month.factor / month(&truth, of_month.month)).ln() / of_month.log_standard_error;
                squares += away * away;
                within += usize::from(away.abs() < 1.645);
                count += 1;
            }
        }
    }
    let (spread, share) = ((squares / count as f64).sqrt(), within as f64 / count as f64);
    println!("root mean square of error over standard error {spread:.2}, within 90 %: {share:.3}");
    assert!((0.7..1.3).contains(&spread) && (0.82..=0.97).contains(&share), "{spread} {share}");
}

#[test]
fn without_a_season_there_is_none_and_forecasts_stay() {
    let mut rng = Pcg64Mcg::new(2);
    let mut distinguishable = 0;
    for number in 0..40 {
        let shop =
            Shop::simulated(&*bg_nbd(), &Season::flat(), 1500, 2.6, day_number(2025, 3, 1) + 9 * number, &mut rng);
        let seasonal = shop.in_season(ModelKind::BgNbd).expect("a fit");
        distinguishable += usize::from(seasonal.season.is_distinguishable());
        for month in &seasonal.season.months {
            assert!((month.factor - 1.0).abs() < 0.25, "{:?}", seasonal.season);
        }
        let plain = plain_fit(&shop, ModelKind::BgNbd);
        let half = Days::new(182.0);
        let one = total(&*plain.0.model, &plain.1, half);
        let other = total(&*seasonal.fit.model, &seasonal.histories, seasonal.clock.span(shop.end, half));
        assert!((one / other).ln().abs() < 0.08, "{one} {other}");
    }
    println!("{distinguishable} of 40 flat shops are told to have a season");
    // One in twenty by construction: seven or more of forty have a probability of less than one in a hundred.
    assert!(distinguishable <= 6, "{distinguishable}");
}

fn plain_fit(shop: &Shop, kind: ModelKind) -> (mehrwert_clv::Fit, Histories) {
    let clock = Clock::plain();
    let history = |c: DatedCustomer| clock.history(c.first, c.last, shop.end, c.repeats).unwrap();
    let histories = Histories::compress(shop.known().into_iter().map(history));
    (fit(kind, &histories, &FitOptions::default()).expect("a fit"), histories)
}

/// Side by side on sixty shops: half a year ahead the season is most of the error, a full year ahead it is nothing.
#[test]
fn half_years_are_foretold_better_with_the_season() {
    let mut rng = Pcg64Mcg::new(3);
    let mut errors = [[0.0; 2]; 2];
    let shops = 60;
    for number in 0..shops {
        let end = day_number(2024, 6, 1) + 11 * number;
        let shop = Shop::simulated(&*bg_nbd(), &any_season(&mut rng), 2000, 2.5, end, &mut rng);
        let (plain, histories) = plain_fit(&shop, ModelKind::BgNbd);
        let seasonal = shop.in_season(ModelKind::BgNbd).expect("a fit");
        for (errors, days) in errors.iter_mut().zip([182, 365]) {
            let over = Days::new(f64::from(days));
            let with = total(&*seasonal.fit.model, &seasonal.histories, seasonal.clock.span(end, over));
            let without = total(&*plain.model, &histories, over);
            errors[0] += (without / shop.later(days)).ln().abs() / f64::from(shops);
            errors[1] += (with / shop.later(days)).ln().abs() / f64::from(shops);
        }
    }
    let [half, year] = errors;
    println!("mean absolute log error without and with season: half a year {half:.3?}, a year {year:.3?}");
    assert!(half[1] < 0.6 * half[0], "{half:?}");
    assert!(year[1] < 1.15 * year[0], "{year:?}");
}

/// Customers of a Pareto/NBD who leave by the calendar, and a season with a sharp peak before Christmas: neither is what
/// the clock takes them to be. By thinning: purchases come at the highest rate of the year and some are struck out.
#[test]
fn a_season_that_is_not_quite_the_models_still_helps() {
    let mut rng = Pcg64Mcg::new(8);
    let mut errors = [0.0; 2];
    let (shops, over) = (30, 182);
    for number in 0..shops {
        let wave = any_season(&mut rng);
        let factor = |day: i32| match date_of(day) {
            (_, 11, 25..) | (_, 12, ..=23) => 2.2 * wave.factor(day),
            _ => wave.factor(day),
        };
        let end = day_number(2024, 6, 1) + 17 * number;
        let highest = (end..end + 366).map(factor).fold(0.0, f64::max);
        let model = model_with(ModelKind::ParetoNbd, [0.8, 12.0 / highest, 0.8, 30.0], TimeUnit::Week).unwrap();
        let customers = (0..2000).map(|_| {
            let first = end - rng.random_range(0..913);
            let drawn = model.simulate(Days::new(f64::from(end + over - first)), &mut rng);
            let days = drawn.purchases.iter().map(|time| first + time.days().ceil() as i32);
            let mut dates: Vec<i32> = days.filter(|&day| rng.random_range(0.0..highest) < factor(day)).collect();
            dates.insert(0, first);
            dates.dedup();
            dates
        });
        let shop = Shop { customers: customers.collect(), end };
        let (plain, histories) = plain_fit(&shop, ModelKind::ParetoNbd);
        let seasonal = shop.in_season(ModelKind::ParetoNbd).expect("a fit");
        assert!(seasonal.season.is_distinguishable());
        let days = Days::new(f64::from(over));
        let with = total(&*seasonal.fit.model, &seasonal.histories, seasonal.clock.span(end, days));
        let without = total(&*plain.model, &histories, days);
        errors[0] += (without / shop.later(over)).ln().abs() / f64::from(shops);
        errors[1] += (with / shop.later(over)).ln().abs() / f64::from(shops);
    }
    println!("mean absolute log error of half a year without and with a season that is not the model's: {errors:.3?}");
    assert!(errors[1] < 0.6 * errors[0], "{errors:?}");
}

#[test]
fn drawn_seasons_scatter_like_the_errors_of_their_months() {
    let mut rng = Pcg64Mcg::new(9);
    let mut periods = periods(3.0, 20.0);
    for period in &mut periods {
        period.purchases = if (4..10).contains(&date_of(period.first_day).1) { 12.0 } else { 28.0 };
    }
    let found = Season::estimate(&periods).expect("a season");
    let draws: Vec<f64> = (0..2_000).map(|_| month(&found.draw_season(&mut rng), 12).ln()).collect();
    let mean = draws.iter().sum::<f64>() / draws.len() as f64;
    let deviation = (draws.iter().map(|draw| (draw - mean).powi(2)).sum::<f64>() / draws.len() as f64).sqrt();
    assert!((deviation / found.months[11].log_standard_error - 1.0).abs() < 0.1, "{deviation} {found:?}");
}

#[test]
fn a_full_year_does_not_depend_on_the_season() {
    let mut rng = Pcg64Mcg::new(4);
    let shop = Shop::simulated(&*bg_nbd(), &any_season(&mut rng), 2000, 2.5, day_number(2023, 9, 1) - 1, &mut rng);
    let clock = shop.in_season(ModelKind::BgNbd).expect("a fit").clock;
    for offset in 0..700 {
        // No leap year comes near.
        let from = day_number(2025, 1, 1) + offset;
        assert!((clock.span(from, Days::new(365.0)).days() - 365.0).abs() < 1e-9);
        // A leap day shifts the phase of the rest of its year by part of a day.
        let four = clock.span(from, Days::new(1461.0)).days();
        assert!((four - 1461.0).abs() < 1e-2, "{four}");
    }
    let model = bg_nbd();
    let (newborn, year) = (mehrwert_clv::History::NEWBORN, Days::new(365.0));
    let span = clock.span(day_number(2025, 10, 1), year);
    let (one, other) = (model.expected_purchases(&newborn, span), model.expected_purchases(&newborn, year));
    assert!((one / other - 1.0).abs() < 1e-9);
}

/// Months that differ from year to year are no season, and make one less sure.
#[test]
fn changes_from_year_to_year_are_no_season() {
    let mut rng = Pcg64Mcg::new(6);
    let truth = Season::from_harmonics(&[[0.2, 0.1]]).unwrap();
    let (mut flat_told, mut squares, mut count) = (0, 0.0, 0.0);
    for replicate in 0..200 {
        let season = if replicate % 2 == 0 { Season::flat() } else { truth.clone() };
        let mut effects = std::collections::BTreeMap::new();
        let mut periods = periods(3.0, 0.0);
        for period in &mut periods {
            let (year, month, _) = date_of(period.first_day + 3);
            let normal: f64 = StandardNormal.sample(&mut rng);
            let effect: f64 = *effects.entry((year, month)).or_insert(0.15 * normal);
            let factor: f64 = (0..7).map(|day| season.factor(period.first_day + day)).sum::<f64>() / 7.0;
            period.expected = 200.0;
            period.purchases = Poisson::new(200.0 * factor * effect.exp()).unwrap().sample(&mut rng);
        }
        let found = Season::estimate(&periods).expect("a season");
        assert!(found.dispersion > 3.0, "{found:?}");
        if replicate % 2 == 0 {
            flat_told += usize::from(found.is_distinguishable());
            continue;
        }
        for of_month in &found.months {
            squares += ((of_month.factor / month(&truth, of_month.month)).ln() / of_month.log_standard_error).powi(2);
            count += 1.0;
        }
    }
    let spread = f64::sqrt(squares / count);
    println!("{flat_told} of 100 flat series are told to have a season; error over standard error {spread:.2}");
    // Five by construction; eleven or more have a probability of about one in a hundred.
    assert!(flat_told <= 11 && (0.7..1.35).contains(&spread), "{flat_told} {spread}");
}

fn periods(years: f64, purchases: f64) -> Vec<PeriodCount> {
    let first = day_number(2022, 5, 5);
    let of_week = |week: i32| PeriodCount { first_day: first + 7 * week, days: 7, purchases, expected: 20.0 };
    (0..(365.25 * years / 7.0).ceil() as i32).map(of_week).collect()
}

#[test]
fn what_cannot_tell_a_season_is_refused() {
    assert!(matches!(Season::estimate(&[]), Err(SeasonError::TooShort { days: 0, .. })));
    let error = Season::estimate(&periods(1.9, 20.0)).unwrap_err();
    assert!(matches!(error, SeasonError::TooShort { needed: 730, .. }) && error.to_string().contains("two full years"));
    assert!(matches!(Season::estimate(&periods(3.0, 0.1)), Err(SeasonError::TooFewPurchases { .. })));
    for bad in [f64::NAN, -1.0, f64::INFINITY] {
        let mut periods = periods(3.0, 20.0);
        periods[7].purchases = bad;
        assert!(matches!(Season::estimate(&periods), Err(SeasonError::BadPeriod { position: 7, .. })));
    }
    let mut twice = periods(3.0, 20.0);
    twice[9].first_day -= 1;
    assert!(matches!(Season::estimate(&twice), Err(SeasonError::BadPeriod { position: 9, .. })));
    // Weeks without a purchase, and weeks in which none was expected, are ordinary.
    let mut holidays = periods(3.0, 20.0);
    holidays[20].purchases = 0.0;
    holidays[30].expected = 0.0;
    assert!(Season::estimate(&holidays).is_ok());

    let customers =
        [DatedCustomer { first: 100, last: 160, repeats: 2 }, DatedCustomer { first: 50, last: 50, repeats: 0 }];
    let fitted = |purchases: &[(i32, f64)], end| {
        fit_in_season(ModelKind::BgNbd, &customers, purchases, end, &FitOptions::default())
    };
    let seen = [(120, 1.0), (160, 1.0)];
    assert!(matches!(fitted(&seen, 700), Err(SeasonalFitError::Season(SeasonError::TooShort { .. }))));
    assert!(matches!(fitted(&seen[..1], 900), Err(SeasonalFitError::OtherPurchases { counted: 1.0, expected: 2.0 })));
    assert!(matches!(fitted(&seen, 159), Err(SeasonalFitError::OtherPurchases { .. })));
    assert!(matches!(fitted(&seen, 900), Err(SeasonalFitError::Season(SeasonError::TooFewPurchases { .. }))));
    let none = fit_in_season(ModelKind::BgNbd, &[], &[], 900, &FitOptions::default());
    assert!(matches!(none, Err(SeasonalFitError::Fit(FitError::NoCustomers))));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn operational_time_runs_forward_and_adds_up(
        harmonics in prop::collection::vec(prop::array::uniform2(-0.3..0.3f64), 0..8),
        from in -80_000..80_000i32, one in 0..3_000i32, other in 0..3_000i32,
    ) {
        let clock = Clock::new(Season::from_harmonics(&harmonics).unwrap());
        let (near, far) = (clock.days_between(from, from + one), clock.days_between(from + one, from + one + other));
        prop_assert!((near + far - clock.days_between(from, from + one + other)).abs() < 1e-6);
        prop_assert!(near >= 0.0 && (one == 0) == (near == 0.0));
        let span = clock.span(from, Days::new(f64::from(one))).days();
        prop_assert!((span - near).abs() < 1e-9);
        if one > 0 {
            let history = clock.history(from, from + one, from + one + other, 3).unwrap();
            prop_assert!(history.recency() >= 1 && history.age() >= history.recency() && history.repeats() == 3);
        }
    }
}
