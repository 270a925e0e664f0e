//! How well forecasts met what came after.

use mehrwert_clv::scores::{CustomerScore, Scores};

use super::result::Accuracy;

/// What the customers of a forecast did afterwards, and what each was expected to spend a purchase.
pub(super) struct Outcomes {
    /// Purchases of each customer.
    pub purchases: Vec<u32>,
    /// What each customer spent; the purchases where there are no amounts.
    pub spend: Vec<f64>,
    /// Expected amount of a purchase of each customer; one where there are no amounts.
    pub expected_spend: Vec<f64>,
}

impl Outcomes {
    /// The accuracy of forecasts of the purchases, in the order of the customers.
    pub(super) fn accuracy(&self, scores: &Scores, customers: &[CustomerScore]) -> Accuracy {
        let expected = customers.iter().zip(&self.expected_spend).map(|(score, spend)| score.expected * spend);
        Accuracy {
            mae: scores.mae,
            rmse: scores.rmse,
            aggregate_error: scores.aggregate_error.unwrap_or(f64::NAN),
            top10_share: top_tenth_share(&expected.collect::<Vec<_>>(), &self.spend),
            log_score: scores.log_score,
            crps: scores.crps,
        }
    }
}

/// The mean of several cuts' accuracies, errors of the total with their sign; `None` of none.
pub(super) fn mean(accuracies: &[Accuracy]) -> Option<Accuracy> {
    let count = accuracies.len() as f64;
    let average = |figure: fn(&Accuracy) -> f64| accuracies.iter().map(figure).sum::<f64>() / count;
    (!accuracies.is_empty()).then(|| Accuracy {
        mae: average(|accuracy| accuracy.mae),
        rmse: average(|accuracy| accuracy.rmse),
        aggregate_error: average(|accuracy| accuracy.aggregate_error),
        top10_share: average(|accuracy| accuracy.top10_share),
        log_score: average(|accuracy| accuracy.log_score),
        crps: average(|accuracy| accuracy.crps),
    })
}

/// Share of the spend that the tenth of the customers with the highest forecasts brought. Customers tied at the border
/// count in part, so that a forecast that tells nobody apart gets a tenth and not luck.
fn top_tenth_share(expected: &[f64], spend: &[f64]) -> f64 {
    let total: f64 = spend.iter().sum();
    if total <= 0.0 {
        return f64::NAN;
    }
    let mut ranked: Vec<(f64, f64)> = expected.iter().copied().zip(spend.iter().copied()).collect();
    ranked.sort_unstable_by(|left, right| right.0.total_cmp(&left.0));
    let places = ranked.len() as f64 / 10.0;
    let border = ranked[(places.ceil() as usize).saturating_sub(1).min(ranked.len() - 1)].0;
    let above: f64 = ranked.iter().filter(|(forecast, _)| *forecast > border).map(|(_, spend)| spend).sum();
    let above_count = ranked.iter().filter(|(forecast, _)| *forecast > border).count() as f64;
    let tied: Vec<f64> = ranked.iter().filter(|(forecast, _)| *forecast == border).map(|(_, spend)| *spend).collect();
    let part = ((places - above_count) / tied.len() as f64).clamp(0.0, 1.0);
    (above + part * tied.iter().sum::<f64>()) / total
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_perfect_forecast_finds_the_best_tenth() {
        let actual: Vec<f64> = (0..20).map(f64::from).collect();
        assert!((top_tenth_share(&actual, &actual) - (19.0 + 18.0) / 190.0).abs() < 1e-12);
    }

    #[test]
    fn predicting_zero_ranks_nobody() {
        assert!((top_tenth_share(&[0.0; 20], &[1.0; 20]) - 0.1).abs() < 1e-12);
    }

    #[test]
    fn what_is_not_defined_at_a_cut_is_not_a_number() {
        assert!(top_tenth_share(&[1.0; 20], &[0.0; 20]).is_nan());
        assert_eq!(mean(&[]), None);
    }
}
