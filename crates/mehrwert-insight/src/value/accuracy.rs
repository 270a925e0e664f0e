//! How well forecasts met what came after.

use super::result::Accuracy;

/// What one customer did after the cut.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Outcome {
    /// Purchases.
    pub purchases: f64,
    /// What they brought; equal to the purchases where there are no amounts.
    pub spend: f64,
}

/// A forecast for one customer.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Forecast {
    /// Expected purchases.
    pub purchases: f64,
    /// Expected spend, by which customers are ranked.
    pub spend: f64,
}

/// Compares forecasts with outcomes, customer by customer; both in the same order, at least one.
pub(super) fn accuracy(forecasts: &[Forecast], outcomes: &[Outcome]) -> Accuracy {
    debug_assert_eq!(forecasts.len(), outcomes.len());
    let count = forecasts.len().max(1) as f64;
    let mut absolute = 0.0;
    let mut squared = 0.0;
    let mut predicted = 0.0;
    let mut actual = 0.0;
    for (forecast, outcome) in forecasts.iter().zip(outcomes) {
        let error = forecast.purchases - outcome.purchases;
        absolute += error.abs();
        squared += error * error;
        predicted += forecast.purchases;
        actual += outcome.purchases;
    }
    Accuracy {
        mae: absolute / count,
        rmse: (squared / count).sqrt(),
        aggregate_error: if actual > 0.0 { (predicted - actual) / actual } else { f64::NAN },
        top10_share: top_tenth_share(forecasts, outcomes),
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
    })
}

/// Share of the spend that the tenth of the customers with the highest forecasts brought. Customers tied at the border
/// count in part, so that a forecast that tells nobody apart gets a tenth and not luck.
fn top_tenth_share(forecasts: &[Forecast], outcomes: &[Outcome]) -> f64 {
    let total: f64 = outcomes.iter().map(|outcome| outcome.spend).sum();
    if total <= 0.0 {
        return f64::NAN;
    }
    let mut ranked: Vec<(f64, f64)> =
        forecasts.iter().zip(outcomes).map(|(forecast, outcome)| (forecast.spend, outcome.spend)).collect();
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

    fn outcomes(spends: &[f64]) -> Vec<Outcome> {
        spends.iter().map(|&spend| Outcome { purchases: spend, spend }).collect()
    }

    fn forecasts(spends: &[f64]) -> Vec<Forecast> {
        spends.iter().map(|&spend| Forecast { purchases: spend, spend }).collect()
    }

    #[test]
    fn a_perfect_forecast_has_no_error() {
        let actual: Vec<f64> = (0..20).map(f64::from).collect();
        let accuracy = accuracy(&forecasts(&actual), &outcomes(&actual));
        assert_eq!((accuracy.mae, accuracy.rmse, accuracy.aggregate_error), (0.0, 0.0, 0.0));
        assert!((accuracy.top10_share - (19.0 + 18.0) / 190.0).abs() < 1e-12);
    }

    #[test]
    fn predicting_zero_misses_all_and_ranks_nobody() {
        let accuracy = accuracy(&forecasts(&[0.0; 20]), &outcomes(&[1.0; 20]));
        assert_eq!((accuracy.mae, accuracy.aggregate_error), (1.0, -1.0));
        assert!((accuracy.top10_share - 0.1).abs() < 1e-12);
    }

    #[test]
    fn errors_are_signed_in_total_and_squared_apiece() {
        let accuracy = accuracy(&forecasts(&[2.0, 0.0]), &outcomes(&[1.0, 3.0]));
        assert_eq!((accuracy.mae, accuracy.aggregate_error), (2.0, -0.5));
        assert!((accuracy.rmse - 5.0_f64.sqrt()).abs() < 1e-12);
    }
}
