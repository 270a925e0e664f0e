//! What the BG/BB answers.

use rand::{Rng, RngExt};

use super::fit::log_likelihood;
use super::{OccasionHistories, OccasionHistory, OccasionHistoryError};
use crate::draw::draw_beta;
use crate::jet::log_sum;
use crate::model::{ParameterError, check_parameters};
use crate::period::{Discounting, Horizon};
use crate::special::log_rising_factorial;
use crate::survival::BetaSurvival;

pub(super) const NAMES: [&str; 4] = ["alpha", "beta", "gamma", "delta"];

/// The BG/BB: purchases at discrete occasions until the customer leaves for good.
///
/// "Purchases" are those after the first, at occasions 1, 2, ...; all horizons count occasions.
///
/// ```
/// use mehrwert_clv::bg_bb::{BgBb, OccasionHistory};
/// use mehrwert_clv::{Discounting, FirstPeriod, Horizon};
/// // The donors of Fader, Hardie & Shang (2010): gave 3 times, last at the 4th of 6 occasions; 10 % a year.
/// let model = BgBb::new(1.20, 0.75, 0.66, 2.78)?;
/// let donor = OccasionHistory::new(3, 4, 6)?;
/// let [now, later] = [FirstPeriod::Undiscounted, FirstPeriod::Discounted]
///     .map(|first| model.discounted_purchases(&donor, Horizon::Forever, Discounting::per_period(0.1, first).unwrap()));
/// assert!((now - 1.783517).abs() < 1e-6 && (later - now / 1.1).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BgBb {
    alpha: f64,
    beta: f64,
    gamma: f64,
    delta: f64,
}

/// A customer drawn from the BG/BB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimulatedOccasions {
    /// Whether the customer bought at each occasion.
    pub bought: Vec<bool>,
    /// At the start of which occasion, from 1, the customer left for good, if within the occasions simulated.
    pub left: Option<u32>,
}

impl SimulatedOccasions {
    /// What a seller would know of the customer.
    ///
    /// # Errors
    /// If more than [`OccasionHistory::MOST_OCCASIONS`] were simulated.
    pub fn history(&self) -> Result<OccasionHistory, OccasionHistoryError> {
        OccasionHistory::of_purchases(&self.bought)
    }
}

impl BgBb {
    /// The names of the parameters, in the order in which they are always given.
    pub const PARAMETER_NAMES: [&str; 4] = NAMES;

    /// The model with these parameters: the chance of buying at an occasion is Beta(alpha, beta) between customers, the
    /// chance of leaving at its start Beta(gamma, delta).
    ///
    /// # Errors
    /// If a parameter is not a finite number above zero.
    pub fn new(alpha: f64, beta: f64, gamma: f64, delta: f64) -> Result<BgBb, ParameterError> {
        check_parameters(NAMES, [alpha, beta, gamma, delta])?;
        Ok(BgBb::of([alpha, beta, gamma, delta]))
    }

    /// For values that are known to be finite and above zero.
    pub(super) fn of([alpha, beta, gamma, delta]: [f64; 4]) -> BgBb {
        BgBb { alpha, beta, gamma, delta }
    }

    pub(super) fn values(&self) -> [f64; 4] {
        [self.alpha, self.beta, self.gamma, self.delta]
    }

    /// Names and values of the parameters.
    pub fn parameters(&self) -> [(&'static str, f64); 4] {
        let values = self.values();
        std::array::from_fn(|i| (NAMES[i], values[i]))
    }

    /// The log-likelihood of the histories: of the very purchases, that is without the number of ways to place them.
    pub fn log_likelihood(&self, histories: &OccasionHistories) -> f64 {
        log_likelihood(self.values(), histories).value
    }

    /// How a customer who is alive after n occasions goes on leaving.
    fn leaving(&self, occasions: u32) -> BetaSurvival {
        BetaSurvival { alpha: self.gamma, beta: self.delta + f64::from(occasions), c: 1.0 }
    }

    /// Odds that a customer of this history has left, among the occasions since the last purchase.
    fn odds_of_having_left(&self, history: &OccasionHistory) -> f64 {
        let (x, n) = (f64::from(history.repeats()), f64::from(history.occasions()));
        let silent = history.occasions() - history.last();
        // How much likelier it is to have left at the start of occasion k + 1 than to have stayed and not bought.
        let (mut odds, mut sum) = (1.0, 0.0);
        for back in 1..=silent {
            let k = n - f64::from(back);
            odds *= (self.alpha + self.beta + k) / (self.beta + k - x);
            odds *= if back == 1 { self.gamma } else { self.gamma + self.delta + k + 1.0 } / (self.delta + k);
            sum += odds;
        }
        sum
    }

    /// Probability that a customer of this history is alive after the last occasion seen.
    pub fn probability_alive(&self, history: &OccasionHistory) -> f64 {
        1.0 / (1.0 + self.odds_of_having_left(history))
    }

    /// Probability that a customer of this history is alive at the occasion `ahead` of the last one seen, having not left
    /// at its start either: with 1 it is the paper's P(alive at n + 1).
    pub fn probability_alive_at(&self, history: &OccasionHistory, ahead: u32) -> f64 {
        self.probability_alive(history) * self.leaving(history.occasions()).survival(0.0, f64::from(ahead))
    }

    /// Expected purchases of a customer of this history at the next occasions.
    ///
    /// Infinite only for [`Horizon::Forever`] where customers may stay for ever (gamma <= 1).
    pub fn expected_purchases(&self, history: &OccasionHistory, over: Horizon) -> f64 {
        self.discounted_purchases(history, over, Discounting::NONE)
    }

    /// Expected purchases at the next occasions, each discounted to today; for ever it is the DERT of the paper, with
    /// [`crate::FirstPeriod`] saying whether the next occasion is a period away or now. Finite for every rate above zero.
    pub fn discounted_purchases(&self, history: &OccasionHistory, over: Horizon, discounting: Discounting) -> f64 {
        let alive = self.probability_alive(history);
        if alive == 0.0 {
            return 0.0;
        }
        let (x, n) = (f64::from(history.repeats()), f64::from(history.occasions()));
        let buys = (self.alpha + x) / (self.alpha + self.beta + n);
        let staying = self.leaving(history.occasions()).discounted_sum(0.0, over, discounting.log_growth());
        alive * buys * discounting.convention() * staying
    }

    /// Expected purchases of a customer just won.
    pub fn expected_purchases_of_new_customer(&self, over: Horizon) -> f64 {
        self.expected_purchases(&OccasionHistory::NEWBORN, over)
    }

    /// P(X(n) = x): the probability that a customer just won buys at exactly `count` of `occasions`. Takes time in
    /// proportion to `occasions - count`.
    pub fn probability_of_purchases(&self, count: u32, occasions: u32) -> f64 {
        if count > occasions {
            return 0.0;
        }
        let x = f64::from(count);
        // Bought at the first `count` occasions, then stays; occasion by occasion without purchase multiplies.
        let mut bought = log_rising_factorial(self.alpha, count).value
            - log_rising_factorial(self.alpha + self.beta, count).value
            + log_rising_factorial(self.delta, count).value
            - log_rising_factorial(self.gamma + self.delta, count).value;
        let mut sum = f64::NEG_INFINITY;
        for seen in count..occasions {
            let k = f64::from(seen);
            let leaves = (self.gamma / (self.gamma + self.delta + k)).ln();
            sum = log_sum(sum, bought + leaves);
            let ways = (k + 1.0) / (k + 1.0 - x);
            bought += (ways * (self.beta + k - x) / (self.alpha + self.beta + k)).ln()
                - (self.gamma / (self.delta + k)).ln_1p();
        }
        log_sum(sum, bought).exp().min(1.0)
    }

    /// The probability that a customer of this history buys at exactly `count` of the next `occasions`.
    pub fn probability_of_further_purchases(&self, history: &OccasionHistory, count: u32, occasions: u32) -> f64 {
        let alive = self.probability_alive(history);
        // A living customer is a new one of whom more is known.
        let (x, n) = (f64::from(history.repeats()), f64::from(history.occasions()));
        let known = BgBb::of([self.alpha + x, self.beta + (n - x), self.gamma, self.delta + n]);
        let left = if count == 0 { 1.0 - alive } else { 0.0 };
        (left + alive * known.probability_of_purchases(count, occasions)).min(1.0)
    }

    /// Draws a customer and follows it over so many occasions.
    pub fn simulate(&self, occasions: u32, rng: &mut dyn Rng) -> SimulatedOccasions {
        let buys = draw_beta(self.alpha, self.beta, rng);
        let leaves = draw_beta(self.gamma, self.delta, rng);
        let mut drawn = SimulatedOccasions { bought: Vec::new(), left: None };
        for occasion in 1..=occasions {
            if drawn.left.is_none() && rng.random::<f64>() < leaves {
                drawn.left = Some(occasion);
            }
            drawn.bought.push(drawn.left.is_none() && rng.random::<f64>() < buys);
        }
        drawn
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::special::ln_gamma;

    /// `ln(n over k)`.
    fn log_ways(n: u32, k: u32) -> f64 {
        let log_factorial = |m: u32| ln_gamma(f64::from(m) + 1.0).value;
        log_factorial(n) - log_factorial(k) - log_factorial(n - k)
    }

    /// Equation by equation, as printed: ways times beta functions.
    #[test]
    fn probabilities_equal_the_printed_formula() {
        let model = BgBb::of([1.2, 0.75, 0.66, 2.78]);
        let log_beta = |a: f64, b: f64| ln_gamma(a).value + ln_gamma(b).value - ln_gamma(a + b).value;
        let [a, b, g, d] = model.values();
        for n in [1, 4, 9] {
            for x in 0..=n {
                let bought =
                    |k: u32| log_ways(k, x) + log_beta(a + f64::from(x), b + f64::from(k - x)) - log_beta(a, b);
                let stayed = log_beta(g, d + f64::from(n)) - log_beta(g, d);
                let mut sum = (bought(n) + stayed).exp();
                for k in x..n {
                    sum += (bought(k) + log_beta(g + 1.0, d + f64::from(k)) - log_beta(g, d)).exp();
                }
                assert!((model.probability_of_purchases(x, n) - sum).abs() < 1e-13);
            }
        }
    }
}
