//! Gauss-Legendre quadrature on panels.

/// Positive abscissae and weights of the 16-point rule on [-1, 1]; it is exact for polynomials up to degree 31.
const HALF_RULE: [(f64, f64); 8] = [
    (0.095_012_509_837_637_44, 0.189_450_610_455_068_5),
    (0.281_603_550_779_258_9, 0.182_603_415_044_923_59),
    (0.458_016_777_657_227_39, 0.169_156_519_395_002_54),
    (0.617_876_244_402_643_8, 0.149_595_988_816_576_73),
    (0.755_404_408_355_003, 0.124_628_971_255_533_87),
    (0.865_631_202_387_831_8, 0.095_158_511_682_492_79),
    (0.944_575_023_073_232_6, 0.062_253_523_938_647_893),
    (0.989_400_934_991_649_9, 0.027_152_459_411_754_095),
];

/// Calls `visit(abscissa, weight)` for the nodes of the panel from `start` to `start + width`.
#[inline(always)]
pub(crate) fn each_node(start: f64, width: f64, mut visit: impl FnMut(f64, f64)) {
    let half = 0.5 * width;
    let middle = start + half;
    for (offset, weight) in HALF_RULE {
        visit(middle - half * offset, half * weight);
        visit(middle + half * offset, half * weight);
    }
}

/// The nodes of `[0, end]` cut into panels of at most the width `widest`, as (abscissa, weight). The first panel is at
/// most `first` wide and each of the next twice as wide as the one before: for functions that change fast near zero.
pub(crate) fn nodes(end: f64, first: f64, widest: f64) -> impl Iterator<Item = (f64, f64)> {
    let mut start = 0.0;
    let mut next = first;
    let panels = std::iter::from_fn(move || {
        if start >= end {
            return None;
        }
        // Equal parts of what is left once panels have their full width.
        let left = end - start;
        let width = if next < widest { next.min(left) } else { left / (left / widest).ceil().max(1.0) };
        let panel = (start, width);
        start = if width >= left { end } else { start + width };
        next *= 2.0;
        Some(panel)
    });
    panels.flat_map(|(start, width)| {
        let half = 0.5 * width;
        let middle = start + half;
        HALF_RULE.into_iter().flat_map(move |(offset, weight)| {
            [(middle - half * offset, half * weight), (middle + half * offset, half * weight)]
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integrates_smooth_functions_to_the_last_digits() {
        let exponential: f64 = nodes(30.0, 10.0, 10.0).map(|(x, w)| w * (-x).exp()).sum();
        assert!((exponential - (1.0 - (-30.0f64).exp())).abs() < 1e-14);
        let fast: f64 = nodes(3.0, 0.02, 1.0).map(|(x, w)| w * (-1000.0 * x).exp()).sum();
        assert!((1000.0 * fast - 1.0).abs() < 1e-13);
        let mut area = 0.0;
        each_node(-1.0, 2.0, |x, w| area += w * x.powi(30));
        assert!((area - 2.0 / 31.0).abs() < 1e-16);
    }
}
