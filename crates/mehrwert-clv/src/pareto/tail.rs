//! The one integral the Pareto/NBD needs, positive and smooth.

use crate::jet::Jet;
use crate::quadrature;

/// Up to this p the power series takes less time than the quadrature.
const SERIES_UP_TO: f64 = 0.8;

/// `K = integral over w from 0 to infinity of exp(-e w) (1 + q (exp(w) - 1))^-k`, for 0 < q <= 1 and e + k > 0,
/// e >= -1: an incomplete beta function, or 2F1, in disguise.
///
/// For most p = 1 - q it is a power series in p with positive terms, whose coefficients serve all p. For others it is
/// integrated: the integrand is log-concave in w, and analytic but for branch points at distance pi from the real line,
/// so Gauss-Legendre panels sized by its slope and curvature leave an error of a few units in the last place. Nothing
/// cancels where k is great and q small, as for customers who hardly differ in their dropout.
pub(crate) struct TailIntegral<const H: usize> {
    e: Jet<H>,
    k: Jet<H>,
    c: Jet<H>,
    series: Series<H>,
}

impl<const H: usize> TailIntegral<H> {
    /// c is e + k, handed in because where e is close to -k their sum has lost its digits.
    pub fn new(e: Jet<H>, k: Jet<H>, c: Jet<H>) -> Self {
        TailIntegral { e, k, c, series: Series::new(c.value, k.value) }
    }

    /// ln K as a function of the jets. `p` is handed in with its complement because it may be tiny.
    pub fn log_at(&mut self, q: &Jet<H>, p: f64) -> Jet<H> {
        if p <= SERIES_UP_TO {
            let mut of_p = -*q;
            of_p.value = p;
            let (value, first, second) = self.series.at(p);
            return Jet::of_three([&self.c, &self.k, &of_p], value, first, second);
        }
        let integrand = Integrand { e: self.e.value, k: self.k.value, q: q.value, p };
        let (value, first, second) = Moments::<H>::of(&integrand).log_with_derivatives(self.k.value);
        Jet::of_three([&self.e, &self.k, q], value, first, second)
    }
}

/// A value, its gradient and Hessian (upper triangle) by three arguments; without Hessian, zeros.
type WithDerivatives = (f64, [f64; 3], [[f64; 3]; 3]);

/// `K = sum over n of (k)_n / (c)_(n+1) p^n`, by integrating the binomial series in `p (1 - exp(-w))`. Each term is at
/// most p times the one before.
struct Series<const H: usize> {
    c: f64,
    k: f64,
    /// For each two powers of p, the coefficients of K and of its derivatives by c, k and p, and those of the second
    /// derivatives. Two sums that do not wait for each other take half the time of one.
    first: Vec<[[f64; 4]; 2]>,
    second: Vec<[[f64; 6]; 2]>,
    /// The coefficients of K from the first power on that has none above.
    ahead: [Coefficient; 3],
}

/// A coefficient with its logarithmic derivatives: by c with its own derivative; by k, and twice by k over the
/// coefficient, which as a sum over pairs of factors loses nothing where k is tiny.
#[derive(Clone, Copy, Default)]
struct Coefficient {
    n: f64,
    value: f64,
    by_c: f64,
    by_cc: f64,
    by_k: f64,
    twice_by_k: f64,
}

impl Coefficient {
    fn next(&self, c: f64, k: f64) -> Coefficient {
        let (n, of_k) = (self.n + 1.0, k + self.n);
        let (of_c, inverse) = (1.0 / (c + n), 1.0 / of_k);
        Coefficient {
            n,
            value: self.value * of_k * of_c,
            by_c: self.by_c - of_c,
            by_cc: self.by_cc + of_c * of_c,
            by_k: self.by_k + inverse,
            twice_by_k: self.twice_by_k + 2.0 * self.by_k * inverse,
        }
    }
}

impl<const H: usize> Series<H> {
    fn new(c: f64, k: f64) -> Self {
        let value = 1.0 / c;
        let start = Coefficient { value, by_c: -value, by_cc: value * value, ..Coefficient::default() };
        let next = start.next(c, k);
        Series { c, k, first: Vec::with_capacity(32), second: Vec::new(), ahead: [start, next, next.next(c, k)] }
    }

    /// Appends the coefficients of the next two powers.
    #[cold]
    #[inline(never)]
    fn extend(&mut self) {
        let [even, odd] = [self.next_coefficients(), self.next_coefficients()];
        self.first.push([even.0, odd.0]);
        if H > 0 {
            self.second.push([even.1, odd.1]);
        }
    }

    fn next_coefficients(&mut self) -> ([f64; 4], [f64; 6]) {
        let [here, next, second] = self.ahead;
        self.ahead = [next, second, second.next(self.c, self.k)];
        let Coefficient { value, by_c, by_cc, by_k, twice_by_k, .. } = here;
        let by_p = next.n * next.value;
        let by_pp = next.n * second.n * second.value;
        let (by_cp, by_kp) = (by_p * next.by_c, by_p * next.by_k);
        let by_cc = value * (by_c * by_c + by_cc);
        let seconds = [by_cc, value * by_c * by_k, by_cp, value * twice_by_k, by_kp, by_pp];
        ([value, value * by_c, value * by_k, by_p], seconds)
    }

    /// ln K at p, with its derivatives by c, k and p.
    fn at(&mut self, p: f64) -> WithDerivatives {
        let (mut first, mut second) = ([[0.0; 4]; 2], [[0.0; 6]; 2]);
        let (mut powers, squared) = ([1.0, p], p * p);
        let negligible = 1e-17 * (1.0 - p);
        for n in 0.. {
            if n == self.first.len() {
                self.extend();
            }
            let of_first = &self.first[n];
            add_scaled(&mut first, powers, of_first);
            // The highest derivative by p converges last. Without Hessian the value decides: a slope may be a few digits
            // less sharp.
            let (last, sum) = if H > 0 {
                add_scaled(&mut second, powers, &self.second[n]);
                (self.second[n][1][5], second[0][5])
            } else {
                (of_first[1][0], first[0][0])
            };
            if powers[1] * last <= negligible * sum {
                break;
            }
            powers = powers.map(|power| power * squared);
        }
        let first: [f64; 4] = std::array::from_fn(|i| first[0][i] + first[1][i]);
        let second: [f64; 6] = std::array::from_fn(|i| second[0][i] + second[1][i]);
        let scale = 1.0 / first[0];
        let [_, c, k, p] = first.map(|sum| sum * scale);
        let [cc, ck, cp, kk, kp, pp] = second.map(|sum| sum * scale);
        let second = [[cc - c * c, ck - c * k, cp - c * p], [0.0, kk - k * k, kp - k * p], [0.0, 0.0, pp - p * p]];
        (first[0].ln(), [c, k, p], second)
    }
}

#[inline(always)]
fn add_scaled<const N: usize>(sums: &mut [[f64; N]; 2], powers: [f64; 2], coefficients: &[[f64; N]; 2]) {
    for i in 0..N {
        sums[0][i] += powers[0] * coefficients[0][i];
        sums[1][i] += powers[1] * coefficients[1][i];
    }
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

/// Integrals of the integrand times powers of w, l (the log of the bracket) and d (derivative of l by q).
#[derive(Default)]
struct Moments<const H: usize> {
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

impl<const H: usize> Moments<H> {
    fn of(integrand: &Integrand) -> Self {
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
        if H > 0 {
            self.ww += f * w * w;
            self.wl += f * w * l;
            self.wd += f * w * d;
            self.ll += f * l * l;
            self.ld += f * l * d;
            self.dd += f * d * d;
        }
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
    use crate::jet::TRIANGLE;

    /// At p = 0 the integral is 1 / c, its derivatives by p are k B(c, 2) and k (k + 1) B(c, 3).
    #[test]
    fn the_series_has_its_derivatives_at_zero() {
        let (c, k) = (0.7, 2.5);
        let (value, first, second) = Series::<TRIANGLE>::new(c, k).at(0.0);
        let (mean, square) = (k / (c + 1.0), 2.0 * k * (k + 1.0) / ((c + 1.0) * (c + 2.0)));
        assert!((value + f64::ln(c)).abs() < 1e-15 && (first[2] - mean).abs() < 1e-15);
        assert!((second[2][2] - (square - mean * mean)).abs() < 1e-14);
    }

    #[test]
    fn series_and_quadrature_agree() {
        for c in [2e-4, 0.3, 1.16, 7.0, 140.0, 1e4] {
            for share in [1e-4, 0.4, 0.95] {
                let k = share * c;
                let mut series = Series::<TRIANGLE>::new(c, k);
                for p in [0.1, 0.5, 0.8] {
                    let (value, by_series, bent) = series.at(p);
                    let integrand = Integrand { e: c - k, k, q: 1.0 - p, p };
                    let (by_panels, first, second) = Moments::<TRIANGLE>::of(&integrand).log_with_derivatives(k);
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
