//! The one integral the Pareto/NBD needs, positive and smooth.

use crate::jet::Jet;
use crate::quadrature;

/// `K(c, k, p) = integral over w from 0 to infinity of exp(-c w) (1 - p (1 - exp(-w)))^-k`, for c > 0, k >= 0 and
/// 0 <= p < 1: an incomplete beta function, or 2F1, in disguise. The integrand is log-concave in w, and analytic but
/// for branch points at distance pi from the real line, so Gauss-Legendre panels sized by its slope and curvature
/// leave an error of a few units in the last place.
///
/// Returns ln K as a function of the jets. `p` is handed in with its complement `q`, which may be tiny.
pub(super) fn log_tail_integral(c: &Jet, k: &Jet, p: &Jet, q: f64) -> Jet {
    let moments = Moments::of(&Integrand {
        c: c.value,
        k: k.value,
        p: p.value,
        q,
    });
    let (value, first, second) = moments.log_with_derivatives(k.value);
    Jet::of_three([c, k, p], value, first, second)
}

struct Integrand {
    c: f64,
    k: f64,
    p: f64,
    q: f64,
}

impl Integrand {
    /// `1 - p (1 - exp(-w))`, without cancellation.
    #[inline]
    fn bracket(&self, decay: f64) -> f64 {
        self.q + self.p * decay
    }

    /// Minus the logarithm of the bracket, to full precision also where the bracket is close to one.
    #[inline]
    fn log_bracket(&self, decay: f64, w: f64) -> f64 {
        if self.p < 0.5 || w < 0.1 {
            -(self.p * (-w).exp_m1()).ln_1p()
        } else {
            -self.bracket(decay).ln()
        }
    }

    /// Slope and minus the curvature of the integrand's logarithm.
    fn slope_and_bend(&self, w: f64) -> (f64, f64) {
        let decay = (-w).exp();
        let share = self.p * decay / self.bracket(decay);
        (-self.c + self.k * share, self.k * share * (1.0 - share))
    }
}

/// Integrals of the integrand times powers of w, l (minus the log of the bracket) and d (derivative of l by p).
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
                if width * steepest <= LARGEST_CHANGE * 1.001
                    && width * width * most_bent <= LARGEST_BEND
                {
                    break at_end;
                }
                width *= 0.7;
            };
            quadrature::each_node(start, width, |w, weight| moments.add(integrand, w, weight));
            start += width;
            (slope, bend) = (end_slope, end_bend);
            // The integrand is log-concave: what remains is at most its value here over its slope.
            if slope < 0.0 {
                let decay = (-start).exp();
                let here = (-integrand.c * start
                    + integrand.k * integrand.log_bracket(decay, start))
                .exp();
                if here <= 1e-17 * moments.one * -slope {
                    return moments;
                }
            }
        }
    }

    #[inline(always)]
    fn add(&mut self, integrand: &Integrand, w: f64, weight: f64) {
        let decay = (-w).exp();
        let l = integrand.log_bracket(decay, w);
        let d = (1.0 - decay) / integrand.bracket(decay);
        let f = weight * (integrand.k * l - integrand.c * w).exp();
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

    /// ln K, its gradient and Hessian (upper triangle) by c, k and p.
    fn log_with_derivatives(&self, k: f64) -> (f64, [f64; 3], [[f64; 3]; 3]) {
        let scale = 1.0 / self.one;
        let (w, l, d) = (self.w * scale, self.l * scale, self.d * scale);
        let dd = self.dd * scale;
        let by_cc = self.ww * scale - w * w;
        let by_ck = w * l - self.wl * scale;
        let by_cp = k * (w * d - self.wd * scale);
        let by_kk = self.ll * scale - l * l;
        let by_kp = d + k * (self.ld * scale - l * d);
        let by_pp = k * dd + k * k * (dd - d * d);
        let second = [
            [by_cc, by_ck, by_cp],
            [0.0, by_kk, by_kp],
            [0.0, 0.0, by_pp],
        ];
        (self.one.ln(), [-w, l, k * d], second)
    }
}
