//! Scales: round steps, and where a value stands between two edges of the plot.

/// A linear scale over round ticks.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Scale {
    low: f64,
    high: f64,
    start: f64,
    end: f64,
}

impl Scale {
    /// From `low`..`high` in data to `start`..`end` in the drawing.
    pub fn new(low: f64, high: f64, start: f64, end: f64) -> Scale {
        let high = if high > low { high } else { low + 1.0 };
        Scale { low, high, start, end }
    }

    pub fn at(&self, value: f64) -> f64 {
        let share = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        self.start + share * (self.end - self.start)
    }
}

/// The round step (1, 2, 2.5 or 5 times a power of ten) that cuts a range into at most so many parts.
pub(crate) fn round_step(range: f64, parts: usize) -> f64 {
    if !range.is_finite() || range <= 0.0 {
        return 1.0;
    }
    let rough = range / parts.max(1) as f64;
    let power = 10_f64.powf(rough.log10().floor());
    for step in [1.0, 2.0, 2.5, 5.0] {
        if step * power >= rough * (1.0 - 1e-9) {
            return step * power;
        }
    }
    10.0 * power
}

/// Ticks from zero to the first round number at or above `high`, about so many.
pub(crate) fn ticks_from_zero(high: f64, parts: usize) -> Vec<f64> {
    let high = if high.is_finite() && high > 0.0 { high } else { 1.0 };
    let step = round_step(high, parts);
    let count = (high / step - 1e-9).ceil().max(1.0) as usize;
    (0..=count).map(|index| index as f64 * step).collect()
}

/// The same for counts: never a tick between two whole numbers.
pub(crate) fn whole_ticks_from_zero(high: f64, parts: usize) -> Vec<f64> {
    let high = high.max(1.0);
    let step = round_step(high, parts).ceil().max(1.0);
    let count = (high / step - 1e-9).ceil().max(1.0) as usize;
    (0..=count).map(|index| index as f64 * step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round() {
        assert_eq!(round_step(100.0, 5), 20.0);
        assert_eq!(round_step(97.0, 4), 25.0);
        assert_eq!(round_step(0.003, 3), 0.001);
        assert_eq!(ticks_from_zero(47.0, 5), [0.0, 10.0, 20.0, 30.0, 40.0, 50.0]);
        assert_eq!(whole_ticks_from_zero(2.0, 5), [0.0, 1.0, 2.0]);
        assert_eq!(ticks_from_zero(f64::NAN, 5).first(), Some(&0.0));
    }
}
