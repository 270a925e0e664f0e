//! A factor of the purchase rate by day of the year.

use std::f64::consts::TAU;

use thiserror::Error;

use super::date::{date_of, place_in_year};

/// Why there is no season.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum SeasonError {
    /// Too short a time to tell a season from growth.
    #[error(
        "purchases were counted over {days} days: expected at least {needed} (two full years), in less a season cannot be \
         told from growth; fit without a season"
    )]
    TooShort {
        /// Days counted.
        days: i64,
        /// The least number.
        needed: i64,
    },
    /// Counts that are none, or not in order.
    #[error(
        "period {position} from day {first_day}: expected at least one day and at most 31, after the period before, and \
         finite numbers not below zero"
    )]
    BadPeriod {
        /// Position among the periods handed in, from zero.
        position: usize,
        /// Its first day.
        first_day: i32,
    },
    /// Nothing to learn a season from.
    #[error(
        "{purchases} repeat purchases where {expected:.1} were expected: expected at least {needed} of both, spread over two years, to tell a season"
    )]
    TooFewPurchases {
        /// Purchases counted.
        purchases: f64,
        /// Purchases that the model expects.
        expected: f64,
        /// The least number.
        needed: f64,
    },
    /// Harmonics that make no factor.
    #[error(
        "the harmonics sum up to {size}: expected finite numbers whose sizes sum to at most {most}, and at most {harmonics} harmonics"
    )]
    BadHarmonics {
        /// The sum of their sizes.
        size: f64,
        /// The greatest possible.
        most: f64,
        /// The greatest number of harmonics.
        harmonics: usize,
    },
    /// The search for the season failed.
    #[error("the season did not converge: check the counts for days that are not like the others")]
    NotConverged,
}

/// A factor of the purchase rate that recurs every year: the exponential of a few harmonics of the part of the year that
/// has passed, smooth, above zero, and one on average over every year, leap or not.
#[derive(Debug, Clone, PartialEq)]
pub struct Season {
    harmonics: Vec<[f64; 2]>,
    /// The sum of the factors until the end of a day, by its place in a year of 365 or 366 days.
    passed: [Vec<f64>; 2],
}

/// Harmonics beyond this go up and down within three weeks.
pub(super) const MOST_HARMONICS: usize = 16;
/// The factor stays within about a twentieth and twenty.
const MOST_SIZE: f64 = 12.0;

impl Season {
    /// No season: the factor is one on every day.
    pub fn flat() -> Season {
        Season::of(&[])
    }

    /// The season whose log factor is the sum of `c cos(k u) + s sin(k u)` over the pairs [c, s], k being 1, 2, ... and u
    /// running from 0 to one turn in the course of the year, up to what makes the factor one on average.
    ///
    /// # Errors
    /// If a number is not finite, if their sizes sum to more than 12, or if there are more than 16 pairs.
    pub fn from_harmonics(harmonics: &[[f64; 2]]) -> Result<Season, SeasonError> {
        let size: f64 = harmonics.iter().flatten().map(|number| number.abs()).sum();
        if size <= MOST_SIZE && harmonics.len() <= MOST_HARMONICS {
            return Ok(Season::of(harmonics));
        }
        Err(SeasonError::BadHarmonics { size, most: MOST_SIZE, harmonics: MOST_HARMONICS })
    }

    fn of(harmonics: &[[f64; 2]]) -> Season {
        let passed = [365, 366].map(|length| {
            let factors: Vec<f64> =
                (0..length).map(|place| log_factor(harmonics, phase(place, length)).exp()).collect();
            let mean = factors.iter().sum::<f64>() / length as f64;
            let mut sum = 0.0;
            let mut passed: Vec<f64> = Vec::with_capacity(length);
            for factor in factors {
                sum += factor / mean;
                passed.push(sum);
            }
            // A year is a year to the last digit.
            passed[length - 1] = length as f64;
            passed
        });
        Season { harmonics: harmonics.to_vec(), passed }
    }

    /// The harmonics, as [`Season::from_harmonics`] takes them: all that has to be kept of a season.
    pub fn harmonics(&self) -> &[[f64; 2]] {
        &self.harmonics
    }

    /// The factor of the purchase rate on a day.
    pub fn factor(&self, day: i32) -> f64 {
        let (place, _, length) = place_in_year(day);
        let passed = &self.passed[length - 365];
        passed[place] - if place > 0 { passed[place - 1] } else { 0.0 }
    }

    /// The mean factor of the days of each month of a year without a leap day, from January on.
    pub fn month_factors(&self) -> [f64; 12] {
        let mut months = [(0.0, 0.0); 12];
        // Days 0 to 364 are those of 1970.
        for day in 0..365 {
            let (days, sum) = &mut months[date_of(day).1 as usize - 1];
            (*days, *sum) = (*days + 1.0, *sum + self.factor(day));
        }
        months.map(|(days, sum)| sum / days)
    }

    /// The sum of the factors of all days from some fixed day until the end of this one.
    pub(super) fn passed_by(&self, day: i32) -> f64 {
        let (place, first, length) = place_in_year(day);
        // Every year passed counts as its days.
        f64::from(first) + self.passed[length - 365][place]
    }
}

/// The part of the year that has passed at noon, as an angle.
fn phase(place: usize, length: usize) -> f64 {
    TAU * (place as f64 + 0.5) / length as f64
}

fn log_factor(harmonics: &[[f64; 2]], phase: f64) -> f64 {
    let of = |(k, [c, s]): (usize, &[f64; 2])| {
        let (sine, cosine) = ((k + 1) as f64 * phase).sin_cos();
        c * cosine + s * sine
    };
    harmonics.iter().enumerate().map(of).sum()
}

/// Cosines and sines of the harmonics on a day: cos 1, sin 1, cos 2, ...
pub(super) fn waves(day: i32, harmonics: usize) -> Vec<f64> {
    let (place, _, length) = place_in_year(day);
    let phase = phase(place, length);
    (1..=harmonics)
        .flat_map(|k| {
            let (sine, cosine) = (k as f64 * phase).sin_cos();
            [cosine, sine]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::day_number;

    #[test]
    fn the_factor_is_one_on_average_over_any_year() {
        let season = Season::from_harmonics(&[[0.4, -0.3], [0.2, 0.1], [0.0, 0.3]]).unwrap();
        for year in [2023, 2024, 1900, 2000] {
            let (first, next) = (day_number(year, 1, 1), day_number(year + 1, 1, 1));
            let sum: f64 = (first..next).map(|day| season.factor(day)).sum();
            assert!((sum - f64::from(next - first)).abs() < 1e-9);
            assert!((first..next).all(|day| season.factor(day) > 0.0));
            let differences = (first..next).map(|day| season.passed_by(day) - season.passed_by(day - 1));
            assert!(differences.zip(first..next).all(|(found, day)| (found - season.factor(day)).abs() < 1e-9));
        }
        assert!((Season::flat().factor(day_number(2024, 2, 29)) - 1.0).abs() < 1e-12);
        let months = season.month_factors();
        let june: f64 = (day_number(2023, 6, 1)..day_number(2023, 7, 1)).map(|day| season.factor(day)).sum();
        assert!((months[5] - june / 30.0).abs() < 1e-12 && months[0] > months[5]);
    }

    #[test]
    fn impossible_harmonics_are_refused() {
        for bad in [vec![[f64::NAN, 0.0]], vec![[9.0, 9.0]], vec![[0.0, 0.0]; 17]] {
            assert!(matches!(Season::from_harmonics(&bad), Err(SeasonError::BadHarmonics { .. })));
        }
    }
}
