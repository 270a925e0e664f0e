//! The one integral the Pareto/NBD needs, positive and smooth.

use crate::jet::Jet;
use crate::quadrature;

/// Up to this p the power series takes fewer operations than the quadrature.
const SERIES_UP_TO: f64 = 0.5;

/// `K = integral over w from 0 to infinity of exp(-e w) (1 + q (exp(w) - 1))^-k`, for 0 < q <= 1 and e + k > 0,
/// e >= -1: an incomplete beta function, or 2F1, in disguise.
///
/// For p = 1 - q up to a half it is a power series with positive terms. For others it is integrated: the integrand is
/// log-concave in w, and analytic but for branch points at distance pi from the real line, so Gauss-Legendre panels
/// sized by its slope and curvature leave an error of a few units in the last place. Nothing cancels where k is great
/// and q small, as for customers who hardly differ in their dropout.
///
/// Returns ln K as a function of the jets. `p` is handed in with its complement because it may be tiny.
pub(super) fn log_tail_integral(e: &Jet, k: &Jet, q: &Jet, p: f64) -> Jet {
    if p <= SERIES_UP_TO {
        let c = *e + *k;
        let mut of_p = -*q;
        of_p.value = p;
        let (value, first, second) = series(c.value, k.value, p);
        return Jet::of_three([&c, k, &of_p], value, first, second);
    }
    let integrand = Integrand { e: e.value, k: k.value, q: q.value, p };
    let (value, first, second) = Moments::of(&integrand).log_with_derivatives(k.value);
    Jet::of_three([e, k, q], value, first, second)
}

/// A value, its gradient and Hessian (upper triangle) by three arguments.
type WithDerivatives = (f64, [f64; 3], [[f64; 3]; 3]);

/// `K = sum over n of (k)_n / (c)_(n+1) p^n`, by integrating the binomial series in `p (1 - exp(-w))`. Each term is at
/// most p times the one before.
fn series(c: f64, k: f64, p: f64) -> WithDerivatives {
    let inverse = 1.0 / c;
    // The term, the term over p, and over p squared: derivatives by p must not divide by a p of zero.
    let (mut term, mut over_p) = (inverse, 0.0);
    // Logarithmic derivatives of the term: by c with its own derivative; by k, and twice by k over the term, which as
    // a sum over pairs of factors loses nothing where k is tiny.
    let (mut by_c, mut by_cc, mut by_k, mut twice_by_k) = (-inverse, inverse * inverse, 0.0, 0.0);
    let mut sum = Moments { one: term, w: term * by_c, ww: term * (by_c * by_c + by_cc), ..Moments::default() };
    let mut n = 0.0;
    // The second derivative by p begins at the third term and converges last.
    let mut over_p_squared = 0.0;
    while n < 2.0 || n * n * over_p_squared > 1e-17 * sum.dd {
        let (of_c, of_k) = (1.0 / (c + n + 1.0), k + n);
        let ratio = of_k * of_c;
        over_p_squared = over_p * ratio;
        over_p = term * ratio;
        term = over_p * p;
        n += 1.0;
        let of_k = 1.0 / of_k;
        by_c -= of_c;
        by_cc += of_c * of_c;
        twice_by_k += 2.0 * by_k * of_k;
        by_k += of_k;
        sum.one += term;
        sum.w += term * by_c;
        sum.l += term * by_k;
        sum.d += n * over_p;
        sum.ww += term * (by_c * by_c + by_cc);
        sum.wl += term * by_c * by_k;
        sum.wd += n * over_p * by_c;
        sum.ll += term * twice_by_k;
        sum.ld += n * over_p * by_k;
        sum.dd += n * (n - 1.0) * over_p_squared;
    }
    let scale = 1.0 / sum.one;
    let (first_c, first_k, first_p) = (sum.w * scale, sum.l * scale, sum.d * scale);
    let second = [
        [sum.ww * scale - first_c * first_c, sum.wl * scale - first_c * first_k, sum.wd * scale - first_c * first_p],
        [0.0, sum.ll * scale - first_k * first_k, sum.ld * scale - first_k * first_p],
        [0.0, 0.0, sum.dd * scale - first_p * first_p],
    ];
    (sum.one.ln(), [first_c, first_k, first_p], second)
}

struct Integrand {
    e: f64,
    k: f64,
    q: f64,
    p: f64,
}

impl Integrand {
    /// `ln(1 + q (exp(w) - 1))`, also where the exponential overflows.
    #[inline]
    fn log_bracket(&self, w: f64) -> f64 {
        if w < 30.0 { (self.q * w.exp_m1()).ln_1p() } else { w + (self.q + self.p * (-w).exp()).ln() }
    }

    #[inline]
    fn at(&self, w: f64, log_bracket: f64) -> f64 {
        (-self.e * w - self.k * log_bracket).exp()
    }

    /// Slope and minus the curvature of the integrand's logarithm.
    fn slope_and_bend(&self, w: f64) -> (f64, f64) {
        let rest = self.p * (-w).exp();
        let share = self.q / (self.q + rest);
        (-self.e - self.k * share, self.k * share * (rest / (self.q + rest)))
    }
}

/// Integrals of the integrand times powers of w, l (the log of the bracket) and d (derivative of l by q); for the
/// series, sums of the terms times their logarithmic derivatives by c, k and p.
#[derive(Default)]
struct Moments {
    one: f64,
    w: f64,
    l: f64,
    d: f64,
    ww: f64,
    wl: f64,
    wd: f64,
    ll: f64,
    ld: f64,
    dd: f64,
}

/// On one panel the integrand's logarithm may change by so much, and bend by so much (width squared times curvature).
const LARGEST_CHANGE: f64 = 20.0;
const LARGEST_BEND: f64 = 20.0;

impl Moments {
    fn of(integrand: &Integrand) -> Moments {
        let mut moments = Moments::default();
        let branch_point = (integrand.p / integrand.q).ln();
        let mut start = 0.0;
        let (mut slope, mut bend) = integrand.slope_and_bend(start);
        loop {
            // Panels keep away from the branch points; far to their right they may grow geometrically.
            let distance = (start - branch_point).hypot(std::f64::consts::PI);
            let reach = if start < branch_point { 0.7 } else { 1.5 } * distance;
            let mut width = reach.min(LARGEST_CHANGE / slope.abs().max(1e-300));
            let (end_slope, end_bend) = loop {
                let at_end = integrand.slope_and_bend(start + width);
                let (middle_slope, middle_bend) = integrand.slope_and_bend(start + 0.5 * width);
                let steepest = slope.abs().max(at_end.0.abs()).max(middle_slope.abs());
                let most_bent = bend.max(at_end.1).max(middle_bend);
                if width * steepest <= LARGEST_CHANGE * 1.001 && width * width * most_bent <= LARGEST_BEND {
                    break at_end;
                }
                width *= 0.7;
            };
            quadrature::each_node(start, width, |w, weight| moments.add(integrand, w, weight));
            start += width;
            (slope, bend) = (end_slope, end_bend);
            // The integrand is log-concave: what remains is at most its value here over its slope.
            if slope < 0.0 {
                let here = integrand.at(start, integrand.log_bracket(start));
                if here <= 1e-17 * moments.one * -slope {
                    return moments;
                }
            }
        }
    }

    #[inline(always)]
    fn add(&mut self, integrand: &Integrand, w: f64, weight: f64) {
        let decay = (-w).exp();
        let l = integrand.log_bracket(w);
        let d = (1.0 - decay) / (integrand.q + integrand.p * decay);
        let f = weight * integrand.at(w, l);
        self.one += f;
        self.w += f * w;
        self.l += f * l;
        self.d += f * d;
        self.ww += f * w * w;
        self.wl += f * w * l;
        self.wd += f * w * d;
        self.ll += f * l * l;
        self.ld += f * l * d;
        self.dd += f * d * d;
    }

    /// ln K, its gradient and Hessian (upper triangle) by e, k and q.
    fn log_with_derivatives(&self, k: f64) -> WithDerivatives {
        let scale = 1.0 / self.one;
        let (w, l, d) = (self.w * scale, self.l * scale, self.d * scale);
        let dd = self.dd * scale;
        let by_ee = self.ww * scale - w * w;
        let by_ek = self.wl * scale - w * l;
        let by_eq = k * (self.wd * scale - w * d);
        let by_kk = self.ll * scale - l * l;
        let by_kq = k * (self.ld * scale - l * d) - d;
        let by_qq = k * dd + k * k * (dd - d * d);
        let second = [[by_ee, by_ek, by_eq], [0.0, by_kk, by_kq], [0.0, 0.0, by_qq]];
        (self.one.ln(), [-w, -l, -k * d], second)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// At p = 0 the integral is 1 / c, its derivatives by p are k B(c, 2) and k (k + 1) B(c, 3).
    #[test]
    fn the_series_has_its_derivatives_at_zero() {
        let (c, k) = (0.7, 2.5);
        let (value, first, second) = series(c, k, 0.0);
        let (mean, square) = (k / (c + 1.0), 2.0 * k * (k + 1.0) / ((c + 1.0) * (c + 2.0)));
        assert!((value + f64::ln(c)).abs() < 1e-15 && (first[2] - mean).abs() < 1e-15);
        assert!((second[2][2] - (square - mean * mean)).abs() < 1e-14);
    }

    #[test]
    fn series_and_quadrature_agree() {
        for c in [2e-4, 0.3, 1.16, 7.0, 140.0, 1e4] {
            for share in [1e-4, 0.4, 0.95] {
                for p in [0.1, 0.3, 0.5] {
                    let k = share * c;
                    let (value, by_series, bent) = series(c, k, p);
                    let integrand = Integrand { e: c - k, k, q: 1.0 - p, p };
                    let (by_panels, first, second) = Moments::of(&integrand).log_with_derivatives(k);
                    let close = |found: f64, expected: f64, size: f64| {
                        assert!((found - expected).abs() <= 1e-12 * (size + 1.0), "{c} {k} {p}: {found} {expected}");
                    };
                    close(value, by_panels, 0.0);
                    // e is c - k, q is 1 - p.
                    close(by_series[0], first[0], first[0].abs());
                    close(by_series[1], first[1] - first[0], first[0].abs());
                    close(by_series[2], -first[2], first[2].abs());
                    close(bent[0][0], second[0][0], first[0] * first[0]);
                    close(bent[0][2], -second[0][2], (first[0] * first[2]).abs());
                    close(bent[2][2], second[2][2], first[2] * first[2] + second[2][2].abs());
                }
            }
        }
    }
}
