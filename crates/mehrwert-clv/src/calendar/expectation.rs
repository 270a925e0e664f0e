//! What a model expects of all customers together, day by day.

use super::Clock;
use crate::{Days, History, PurchaseModel};

/// Expected repeat purchases on every day from `from` to `to`, of customers won on the days given, before the factor of
/// the day itself: customers age by the clock, and what they buy on a day is as if the day were of average length. That is
/// what counts are held against to find a season; times [`super::Season::factor`] it is what the season makes of it.
///
/// It is the unconditional expectation, which knows when customers were won but not what they did. Takes time in
/// proportion to days times days on which customers were won.
pub fn expected_purchases_by_day(
    model: &dyn PurchaseModel,
    won: &[(i32, f64)],
    clock: &Clock,
    from: i32,
    to: i32,
) -> Vec<f64> {
    let longest = won.iter().map(|&(first, _)| clock.days_between(first, to)).fold(0.0, f64::max);
    let steps = longest.min(f64::from(History::OLDEST_DAYS)).ceil() as u32 + 1;
    let until = |day: u32| model.expected_purchases(&History::NEWBORN, Days::new(f64::from(day)));
    let sums: Vec<f64> = (0..=steps).map(until).collect();
    // Purchases of a customer in its first, second, ... day.
    let daily: Vec<f64> = sums.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let ages: Vec<(f64, f64)> = won.iter().map(|&(first, count)| (clock.days_between(0, first), count)).collect();
    (from..=to)
        .map(|day| {
            let noon = clock.days_between(0, day) - 0.5 * clock.season().factor(day);
            let on_the_day = |&(first, count): &(f64, f64)| count * at_age(&daily, noon - first);
            ages.iter().map(on_the_day).sum()
        })
        .collect()
}

/// Between the middles of whole days; nothing before the first purchase.
fn at_age(daily: &[f64], age: f64) -> f64 {
    if age <= 0.0 {
        return 0.0;
    }
    let place = (age - 0.5).clamp(0.0, (daily.len() - 1) as f64);
    let below = place as usize;
    let above = (below + 1).min(daily.len() - 1);
    daily[below] + (place - below as f64) * (daily[above] - daily[below])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ModelKind, TimeUnit, model_with};

    #[test]
    fn days_sum_up_to_the_expectation() {
        for kind in ModelKind::ALL {
            let model = model_with(kind, [0.6, 6.0, 0.8, 2.5], TimeUnit::Week).unwrap();
            let clock = Clock::try_from([[0.4, -0.2]].as_slice()).unwrap();
            let (won, end) = ([(19_000, 100.0), (19_100, 50.0)], 19_900);
            let days = expected_purchases_by_day(&*model, &won, &clock, 18_990, end);
            assert_eq!(days[..=10], [0.0; 11]);
            let sum: f64 = days.iter().zip(18_990..).map(|(e, day)| e * clock.season().factor(day)).sum();
            let of = |(first, count): (i32, f64)| {
                let age = Days::new(clock.days_between(first, end));
                count * model.expected_purchases(&History::NEWBORN, age)
            };
            let expected: f64 = won.into_iter().map(of).sum();
            assert!((sum / expected - 1.0).abs() < 1e-4, "{kind} {sum} {expected}");
        }
    }
}
