//! What a model of renewals answers.

use rand::Rng;
use rand_distr::{Distribution, Exp1};

use super::{Contract, Contracts};
use crate::draw::draw_beta;
use crate::gamma_difference::log_of_leaving;
use crate::model::{ParameterError, check_parameters};
use crate::period::{Discounting, Horizon};
use crate::survival::BetaSurvival;

/// The models of renewals to choose from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ContractModelKind {
    /// Every contract has its own constant chance of not being renewed (Fader & Hardie 2007). Two parameters; retention
    /// rises with age only because those prone to leave have left.
    ShiftedBetaGeometric,
    /// The chance of a contract may itself rise (c > 1) or fall (c < 1) with age (Fader, Hardie, Liu, Davin &
    /// Steenburgh 2018). Three parameters.
    BetaDiscreteWeibull,
}

impl ContractModelKind {
    /// All models.
    pub const ALL: [ContractModelKind; 2] =
        [ContractModelKind::ShiftedBetaGeometric, ContractModelKind::BetaDiscreteWeibull];

    /// The name in the literature, such as "sBG".
    pub fn name(self) -> &'static str {
        match self {
            ContractModelKind::ShiftedBetaGeometric => "sBG",
            ContractModelKind::BetaDiscreteWeibull => "BdW",
        }
    }

    /// The names of the parameters, in the order in which they are always given.
    pub fn parameter_names(self) -> &'static [&'static str] {
        match self {
            ContractModelKind::ShiftedBetaGeometric => &NAMES[..2],
            ContractModelKind::BetaDiscreteWeibull => &NAMES,
        }
    }
}

pub(super) const NAMES: [&str; 3] = ["alpha", "beta", "c"];

/// A model of contracts that are renewed or not: `S(t) = B(alpha, beta + t^c) / B(alpha, beta)` is the probability of
/// making t renewals, with c = 1 in the shifted beta-geometric model.
///
/// ```
/// use mehrwert_clv::contracts::ContractModel;
/// use mehrwert_clv::{Discounting, FirstPeriod, Horizon};
/// // The "regular" customers of Fader & Hardie (2007).
/// let model = ContractModel::shifted_beta_geometric(0.704, 1.182)?;
/// assert!((model.survival(1) - 0.627).abs() < 1e-3);
/// // Retention rises with age, so an old contract is worth more than a new one: 100 a year, 10 %, next payment due now.
/// let yearly = Discounting::per_period(0.10, FirstPeriod::Undiscounted)?;
/// let [new, old] = [0, 4].map(|renewals| model.residual_value(renewals, 100.0, Horizon::Forever, yearly));
/// assert!(model.retention(4) > model.retention(0) && old > 1.4 * new);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ContractModel {
    kind: ContractModelKind,
    survival: BetaSurvival,
}

impl ContractModel {
    /// The shifted beta-geometric model: the chance of leaving is Beta(alpha, beta) between contracts.
    ///
    /// # Errors
    /// If a parameter is not a finite number above zero.
    pub fn shifted_beta_geometric(alpha: f64, beta: f64) -> Result<ContractModel, ParameterError> {
        ContractModel::with(ContractModelKind::ShiftedBetaGeometric, [alpha, beta, 1.0])
    }

    /// The beta-discrete-Weibull model: as the shifted beta-geometric at the first renewal; from then on the chance of a
    /// contract rises with age if c is above one and falls if it is below.
    ///
    /// # Errors
    /// If a parameter is not a finite number above zero.
    pub fn beta_discrete_weibull(alpha: f64, beta: f64, c: f64) -> Result<ContractModel, ParameterError> {
        ContractModel::with(ContractModelKind::BetaDiscreteWeibull, [alpha, beta, c])
    }

    fn with(kind: ContractModelKind, values: [f64; 3]) -> Result<ContractModel, ParameterError> {
        check_parameters(NAMES, values)?;
        Ok(ContractModel::of(kind, values))
    }

    /// For values that are known to be finite and above zero.
    pub(super) fn of(kind: ContractModelKind, [alpha, beta, c]: [f64; 3]) -> ContractModel {
        ContractModel { kind, survival: BetaSurvival { alpha, beta, c } }
    }

    /// Which model it is.
    pub fn kind(&self) -> ContractModelKind {
        self.kind
    }

    /// Names and values of the parameters.
    pub fn parameters(&self) -> Vec<(&'static str, f64)> {
        let values = [self.survival.alpha, self.survival.beta, self.survival.c];
        self.kind.parameter_names().iter().copied().zip(values).collect()
    }

    /// The log-likelihood of the contracts: `ln P(T = t)` for those that left at renewal t, `ln S(n)` for those that made
    /// n renewals and still run.
    pub fn log_likelihood(&self, contracts: &Contracts) -> f64 {
        contracts.iter().map(|(contract, weight)| weight * self.log_probability(contract)).sum()
    }

    fn log_probability(&self, contract: Contract) -> f64 {
        let renewals = f64::from(contract.renewals());
        let until = -self.survival.hazard(0.0, renewals);
        if contract.is_active() { until } else { until + log_of_leaving(self.survival.hazard(renewals, 1.0)) }
    }

    /// Probability that a new contract makes so many renewals, 1 for none.
    pub fn survival(&self, renewals: u32) -> f64 {
        self.survival_given(0, renewals)
    }

    /// Probability that a contract that has made `survived` renewals makes `more` of them.
    pub fn survival_given(&self, survived: u32, more: u32) -> f64 {
        self.survival.survival(f64::from(survived), f64::from(more))
    }

    /// Retention rate: the probability that a contract that has made `survived` renewals makes the next.
    pub fn retention(&self, survived: u32) -> f64 {
        self.survival_given(survived, 1)
    }

    /// Churn rate, `1 - retention` with all digits: that a contract that has made `survived` renewals misses the next.
    pub fn churn(&self, survived: u32) -> f64 {
        -(-self.survival.hazard(f64::from(survived), 1.0)).exp_m1()
    }

    /// `P(T = renewal)`: that a new contract misses the renewal of this number, from 1; 0 for number 0, which is none.
    pub fn probability_of_leaving_at(&self, renewal: u32) -> f64 {
        match renewal.checked_sub(1) {
            Some(survived) => self.survival(survived) * self.churn(survived),
            None => 0.0,
        }
    }

    /// Survival after 0, 1, ... `renewals` renewals: `renewals + 1` numbers, the first of them 1.
    pub fn survival_curve(&self, renewals: u32) -> Vec<f64> {
        (0..=renewals).map(|t| self.survival(t)).collect()
    }

    /// Retention at the 1st, 2nd, ... renewal: so many numbers.
    pub fn retention_curve(&self, renewals: u32) -> Vec<f64> {
        (0..renewals).map(|survived| self.retention(survived)).collect()
    }

    /// Expected renewals still to be made by a contract that has made `survived`: the expected residual lifetime in
    /// periods, the current period not counted.
    ///
    /// Infinite only for [`Horizon::Forever`] where it is (c alpha <= 1), or beyond the greatest number.
    pub fn expected_residual_lifetime(&self, survived: u32, over: Horizon) -> f64 {
        self.survival.discounted_sum(f64::from(survived), over, 0.0)
    }

    /// Discounted expected residual lifetime (DERL; Fader & Hardie 2010, Marketing Science 29:1) of a contract that has
    /// made `survived` renewals, in periods: the sum of `S(survived + k) / S(survived)` over the renewals k = 1, 2, ...
    /// of the horizon, each discounted.
    ///
    /// With [`crate::FirstPeriod::Undiscounted`] one looks right before the next renewal, with `Discounted` right after
    /// the last one. Finite for every rate above zero.
    pub fn discounted_residual_lifetime(&self, survived: u32, over: Horizon, discounting: Discounting) -> f64 {
        discounting.convention() * self.survival.discounted_sum(f64::from(survived), over, discounting.log_growth())
    }

    /// Expected discounted payments of a contract that has made `survived` renewals, in the unit of `payment`: as much is
    /// paid at the start of every period, that is with every renewal. The payment of the current period has been made and
    /// is not in it. See [`ContractModel::discounted_residual_lifetime`] for the moment from which one looks.
    pub fn residual_value(&self, survived: u32, payment: f64, over: Horizon, discounting: Discounting) -> f64 {
        // A payment of nothing for ever is nothing.
        if payment == 0.0 {
            return 0.0;
        }
        payment * self.discounted_residual_lifetime(survived, over, discounting)
    }

    /// Expected discounted payments of a contract at its beginning, in the unit of `payment`: the first payment now and in
    /// full, and one with every renewal of the horizon, the k-th of them `(1 + d)^-k`, whichever convention
    /// `discounting` states for those who look later.
    pub fn value_of_new_contract(&self, payment: f64, over: Horizon, discounting: Discounting) -> f64 {
        if payment == 0.0 {
            return 0.0;
        }
        payment * (1.0 + self.survival.discounted_sum(0.0, over, discounting.log_growth()))
    }

    /// Draws how a contract that has made `survived` renewals goes on for at most `periods` more. With none survived it is
    /// a new contract.
    pub fn simulate(&self, survived: u32, periods: u32, rng: &mut dyn Rng) -> Contract {
        let BetaSurvival { alpha, beta, c } = self.survival;
        let from = f64::from(survived).powf(c);
        let chance = draw_beta(alpha, (beta + from).min(f64::MAX), rng);
        let waited: f64 = Exp1.sample(rng);
        // Left at the first renewal t with (1 - chance)^(t^c - from^c) <= exp(-waited).
        let power = from + waited / -(-chance).ln_1p();
        let left_at = power.powf(1.0 / c).ceil().max(f64::from(survived) + 1.0);
        let last = survived.saturating_add(periods);
        // Infinite where the powers are: then nobody has left.
        if left_at <= f64::from(last) { Contract::ended(left_at as u32 - 1) } else { Contract::active(last) }
    }
}
