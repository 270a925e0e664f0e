//! The season that counts of purchases give evidence of.

use std::collections::BTreeMap;

use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

use super::date::date_of;
use super::evidence::{Cholesky, Found, Regression, Row, f_tail, least_squares, quadratic};
use super::season::waves;
use super::{Season, SeasonError};

/// Repeat purchases of some days in a row, and how many a model without season expects, see
/// [`super::expected_purchases_by_day`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PeriodCount {
    /// The first day.
    pub first_day: i32,
    /// How many days, 1 to 31.
    pub days: u32,
    /// Repeat purchases counted.
    pub purchases: f64,
    /// Repeat purchases expected without season.
    pub expected: f64,
}

/// A month's factor of the purchase rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MonthFactor {
    /// The month, from 1.
    pub month: u32,
    /// The mean factor of its days.
    pub factor: f64,
    /// The standard error of the factor's logarithm.
    pub log_standard_error: f64,
}

/// Whether months differ by more than the same month differs from year to year: the F test of months in the logarithms of
/// counted over expected purchases by calendar month, next to a level and linear and quadratic growth. The variance
/// between years is taken to be at least that of pure chance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FlatnessTest {
    /// The variance between months over that between years.
    pub f: f64,
    /// Degrees of freedom of the two.
    pub degrees: [f64; 2],
    /// The probability of so great a value, or a greater one, where there is no season.
    pub p_value: f64,
}

/// A season found in counts.
#[derive(Debug, Clone, PartialEq)]
pub struct SeasonFit {
    /// The season; shrunk towards none as far as the counts give no evidence of it.
    pub season: Season,
    /// Its months with their standard errors, which include what chance and changes from year to year leave uncertain.
    pub months: [MonthFactor; 12],
    /// Whether there is any.
    pub flatness: FlatnessTest,
    /// The variance of counts by month from year to year over that of pure chance, at least 1.
    pub dispersion: f64,
    /// The standard deviation of the first wave's coefficients before the data, as far as they give evidence of it.
    pub spread: f64,
    /// Of the harmonics, then of level and growth.
    coefficients: Vec<f64>,
    information: Cholesky,
}

impl SeasonFit {
    /// Whether the season can be told from none, at the usual 5 %.
    pub fn is_distinguishable(&self) -> bool {
        self.flatness.p_value < 0.05
    }

    /// A season drawn from what the counts leave uncertain of it, for intervals of predictions.
    pub fn draw_season(&self, rng: &mut dyn Rng) -> Season {
        let normals: Vec<f64> = self.coefficients.iter().map(|_| StandardNormal.sample(rng)).collect();
        let away = self.information.solve_upper(normals);
        let drawn: Vec<f64> = self.coefficients.iter().zip(&away).map(|(found, away)| found + away).collect();
        // A draw out of all bounds is as good as none.
        Season::from_harmonics(&harmonics_of(&drawn)).unwrap_or_else(|_| self.season.clone())
    }
}

/// Two years without a leap day.
const NEEDED_DAYS: i64 = 730;
/// Some four purchases a month and year.
const NEEDED_PURCHASES: f64 = 100.0;
/// Waves of a year to an eighth of a year: what is shorter is left out, or smoothed.
const HARMONICS: usize = 8;
/// Spreads tried: from none to speak of (0.2 %) to a factor of twenty, in steps of half.
const SPREADS: usize = 17;
const LEAST_SPREAD: f64 = 0.002;
/// Counts are taken together up to so many days.
const BLOCK: u32 = 7;

impl Season {
    /// The season in counts of repeat purchases, in the order of time. Gaps are allowed.
    ///
    /// A regression of the counts on eight harmonics of the year beside level and growth, whose coefficients fall with the
    /// number of the wave; how great they may be is found by the greatest evidence (the marginal likelihood), so that
    /// without a season hardly anything is left. The counts vary more than by chance where the same month differs between
    /// years; that is estimated first, and widens the errors.
    ///
    /// # Errors
    /// If the counts cover less than two years, if they are not in order or not finite, if there are fewer than a hundred
    /// purchases or they fall into one year only, or if the search does not converge.
    pub fn estimate(periods: &[PeriodCount]) -> Result<SeasonFit, SeasonError> {
        check(periods)?;
        let blocks = in_blocks(periods);
        let (flatness, dispersion) = year_to_year(&blocks).ok_or_else(|| too_few(periods))?;
        let time = Time::of(&blocks);
        let row = |block: &PeriodCount| Row {
            count: block.purchases,
            expected: block.expected,
            days: (0..block.days as i32).map(|day| waves(block.first_day + day, HARMONICS)).collect(),
            trend: time.trend(middle(block)),
        };
        // Days on which nothing was expected say nothing.
        let rows = blocks.iter().filter(|block| block.expected > 0.0).map(row).collect();
        let scales = (0..2 * HARMONICS).map(|at| 1.0 / ((at / 2 + 1) as f64).powi(2)).collect();
        let regression = Regression { rows, dispersion, scales };
        let (spread, found) = most_evident(&regression).ok_or(SeasonError::NotConverged)?;
        let season = Season::from_harmonics(&harmonics_of(&found.coefficients))?;
        let months = months_of(&season, &found);
        let Found { coefficients, information, .. } = found;
        Ok(SeasonFit { season, months, flatness, dispersion, spread, coefficients, information })
    }
}

fn harmonics_of(coefficients: &[f64]) -> Vec<[f64; 2]> {
    coefficients[..2 * HARMONICS].chunks(2).map(|pair| [pair[0], pair[1]]).collect()
}

fn check(periods: &[PeriodCount]) -> Result<(), SeasonError> {
    let mut next = i64::MIN;
    for (position, period) in periods.iter().enumerate() {
        let counts = [period.purchases, period.expected].iter().all(|count| count.is_finite() && *count >= 0.0);
        let starts = i64::from(period.first_day);
        if !counts || !(1..=31).contains(&period.days) || starts < next {
            return Err(SeasonError::BadPeriod { position, first_day: period.first_day });
        }
        next = starts + i64::from(period.days);
    }
    let days = periods.first().map_or(0, |first| next - i64::from(first.first_day));
    if days < NEEDED_DAYS {
        return Err(SeasonError::TooShort { days, needed: NEEDED_DAYS });
    }
    let total = |of: fn(&PeriodCount) -> f64| periods.iter().map(of).sum::<f64>();
    match total(|period| period.purchases).min(total(|period| period.expected)) >= NEEDED_PURCHASES {
        true => Ok(()),
        false => Err(too_few(periods)),
    }
}

fn too_few(periods: &[PeriodCount]) -> SeasonError {
    SeasonError::TooFewPurchases {
        purchases: periods.iter().map(|period| period.purchases).sum(),
        expected: periods.iter().map(|period| period.expected).sum(),
        needed: NEEDED_PURCHASES,
    }
}

/// Days that follow each other taken together, up to a week.
fn in_blocks(periods: &[PeriodCount]) -> Vec<PeriodCount> {
    let mut blocks: Vec<PeriodCount> = Vec::new();
    for period in periods {
        match blocks.last_mut() {
            Some(last) if last.days + period.days <= BLOCK && last.first_day + last.days as i32 == period.first_day => {
                last.days += period.days;
                last.purchases += period.purchases;
                last.expected += period.expected;
            }
            _ => blocks.push(*period),
        }
    }
    blocks
}

fn middle(block: &PeriodCount) -> f64 {
    f64::from(block.first_day) + 0.5 * f64::from(block.days)
}

/// Time from -1 to 1.
struct Time {
    centre: f64,
    half: f64,
}

impl Time {
    fn of(blocks: &[PeriodCount]) -> Time {
        let ends = [blocks.first(), blocks.last()].map(|block| block.map_or(0.0, middle));
        Time { centre: 0.5 * (ends[0] + ends[1]), half: (0.5 * (ends[1] - ends[0])).max(1.0) }
    }

    /// Level, growth, and its change.
    fn trend(&self, day: f64) -> Vec<f64> {
        let time = (day - self.centre) / self.half;
        vec![1.0, time, time * time]
    }
}

/// The test of flatness, and the dispersion of counts by month from year to year.
fn year_to_year(blocks: &[PeriodCount]) -> Option<(FlatnessTest, f64)> {
    let mut months: BTreeMap<(i32, u32), (f64, f64)> = BTreeMap::new();
    for block in blocks {
        let (year, month, _) = date_of(middle(block) as i32);
        let (count, expected) = months.entry((year, month)).or_default();
        *count += block.purchases;
        *expected += block.expected;
    }
    let (counted, expected) = months.values().fold((0.0, 0.0), |sum, month| (sum.0 + month.0, sum.1 + month.1));
    let time = Time::of(blocks);
    let (mut flat, mut seasonal, mut values, mut weights) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for ((year, month), (count, of_model)) in months {
        // A month in which hardly anything was expected has no logarithm to speak of.
        let mean = of_model * counted / expected;
        if mean < 1.0 {
            continue;
        }
        let trend = time.trend(f64::from(super::day_number(year, month, 15)));
        let mut of_month = vec![0.0; 12];
        of_month[month as usize - 1] = 1.0;
        of_month.extend_from_slice(&trend[1..]);
        flat.push(trend);
        seasonal.push(of_month);
        // Half a purchase keeps months without any finite.
        values.push(((count + 0.5) / (mean + 0.5)).ln());
        weights.push(mean);
    }
    let degrees = [11.0, values.len() as f64 - 14.0];
    let (without, with) = (least_squares(&flat, &values, &weights)?, least_squares(&seasonal, &values, &weights)?);
    if degrees[1] < 1.0 {
        return None;
    }
    let dispersion = (with / degrees[1]).max(1.0);
    let f = (without - with).max(0.0) / degrees[0] / dispersion;
    Some((FlatnessTest { f, degrees, p_value: f_tail(f, degrees[0], degrees[1]) }, dispersion))
}

fn most_evident(regression: &Regression) -> Option<(f64, Found)> {
    let mut best: Option<(f64, Found)> = None;
    let mut start: Option<Vec<f64>> = None;
    for step in 0..SPREADS {
        let spread = LEAST_SPREAD * 1.5f64.powi(step as i32);
        let Some(found) = regression.fit(spread, start.as_deref()) else { continue };
        start = Some(found.coefficients.clone());
        if best.as_ref().is_none_or(|(_, best)| found.evidence > best.evidence) {
            best = Some((spread, found));
        }
    }
    best
}

/// The mean factors of a year's months. Its logarithm moves with a coefficient by the mean of its wave over the month less
/// that over the year, both weighted by the factor.
fn months_of(season: &Season, found: &Found) -> [MonthFactor; 12] {
    let year: Vec<(u32, f64, Vec<f64>)> =
        (0..365).map(|day| (date_of(day).1, season.factor(day), waves(day, HARMONICS))).collect();
    let mean_of = |month: Option<u32>| {
        let (mut days, mut sum, mut slope) = (0.0, 0.0, vec![0.0; found.coefficients.len()]);
        for (_, factor, waves) in year.iter().filter(|day| month.is_none_or(|month| month == day.0)) {
            days += 1.0;
            sum += factor;
            for (slope, wave) in slope.iter_mut().zip(waves) {
                *slope += factor * wave;
            }
        }
        (sum / days, slope.iter().map(|slope| slope / sum).collect::<Vec<f64>>())
    };
    let (_, of_year) = mean_of(None);
    std::array::from_fn(|at| {
        let month = at as u32 + 1;
        let (factor, slope) = mean_of(Some(month));
        let slope: Vec<f64> = slope.iter().zip(&of_year).map(|(month, year)| month - year).collect();
        MonthFactor { month, factor, log_standard_error: quadratic(&found.information, &slope).max(0.0).sqrt() }
    })
}
