//! Whether chains agree and how much they say: rank-normalised split R-hat, bulk and tail effective sample sizes
//! (Vehtari, Gelman, Simpson, Carpenter & Bürkner 2021, Bayesian Analysis 16:2).

/// R-hat, the greater of that of the ranks and of the folded ranks, which sees chains of different spread.
pub(crate) fn r_hat(chains: &[Vec<f64>]) -> f64 {
    let halves = split(chains);
    let mut all: Vec<f64> = halves.concat();
    let median = quantile_of(&mut all, 0.5);
    let folded: Vec<Vec<f64>> = halves.iter().map(|half| half.iter().map(|x| (x - median).abs()).collect()).collect();
    plain_r_hat(&rank_normalised(&halves)).max(plain_r_hat(&rank_normalised(&folded)))
}

/// The effective number of draws for the middle of the distribution.
pub(crate) fn bulk_effective(chains: &[Vec<f64>]) -> f64 {
    effective(&rank_normalised(&split(chains)))
}

/// The lesser effective number of draws for the 5 % and the 95 % quantile.
pub(crate) fn tail_effective(chains: &[Vec<f64>]) -> f64 {
    let halves = split(chains);
    let mut all: Vec<f64> = halves.concat();
    let of = |share: f64, all: &mut Vec<f64>| {
        let cut = quantile_of(all, share);
        let below = |x: &f64| if *x <= cut { 1.0 } else { 0.0 };
        effective(&halves.iter().map(|half| half.iter().map(below).collect()).collect::<Vec<Vec<f64>>>())
    };
    of(0.05, &mut all).min(of(0.95, &mut all))
}

fn split(chains: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let halves = chains.iter().flat_map(|chain| {
        let half = chain.len() / 2;
        [chain[..half].to_vec(), chain[chain.len() - half..].to_vec()]
    });
    halves.collect()
}

fn quantile_of(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    values.get((share * last as f64).round() as usize).copied().unwrap_or(f64::NAN)
}

/// Normal scores of the ranks among all draws; equal draws share their mean rank.
fn rank_normalised(chains: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mut order: Vec<(f64, usize, usize)> = Vec::new();
    for (chain, draws) in chains.iter().enumerate() {
        order.extend(draws.iter().enumerate().map(|(at, &draw)| (draw, chain, at)));
    }
    order.sort_by(|one, other| one.0.total_cmp(&other.0));
    let count = order.len() as f64;
    let mut scores: Vec<Vec<f64>> = chains.iter().map(|draws| vec![0.0; draws.len()]).collect();
    let mut before = 0;
    for equal in order.chunk_by(|one, other| one.0 == other.0) {
        let rank = before as f64 + 0.5 * (equal.len() as f64 + 1.0);
        for &(_, chain, at) in equal {
            scores[chain][at] = normal_quantile((rank - 0.375) / (count + 0.25));
        }
        before += equal.len();
    }
    scores
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn variance(values: &[f64]) -> f64 {
    let centre = mean(values);
    values.iter().map(|value| (value - centre).powi(2)).sum::<f64>() / (values.len() as f64 - 1.0)
}

/// The variance within chains, and the estimate of the whole variance from within and between.
fn variances(chains: &[Vec<f64>]) -> (f64, f64) {
    let length = chains.first().map_or(0, Vec::len) as f64;
    let within = mean(&chains.iter().map(|chain| variance(chain)).collect::<Vec<_>>());
    let between = variance(&chains.iter().map(|chain| mean(chain)).collect::<Vec<_>>());
    (within, within * (length - 1.0) / length + between)
}

fn plain_r_hat(chains: &[Vec<f64>]) -> f64 {
    let (within, whole) = variances(chains);
    // Draws that are all equal agree.
    if whole == 0.0 { 1.0 } else { (whole / within).sqrt() }
}

/// The effective number of draws by Geyer's initial monotone sequence.
fn effective(chains: &[Vec<f64>]) -> f64 {
    let length = chains.first().map_or(0, Vec::len);
    let total = (chains.len() * length) as f64;
    let (within, whole) = variances(chains);
    if whole == 0.0 {
        return total;
    }
    let centres: Vec<f64> = chains.iter().map(|chain| mean(chain)).collect();
    let correlation = |lag: usize| {
        let of = |(chain, centre): (&Vec<f64>, &f64)| -> f64 {
            chain.iter().zip(&chain[lag..]).map(|(x, later)| (x - centre) * (later - centre)).sum()
        };
        let covariance = chains.iter().zip(&centres).map(of).sum::<f64>() / total;
        1.0 - (within - covariance) / whole
    };
    let (mut sum, mut least) = (0.0, f64::INFINITY);
    let mut lag = 0;
    while lag + 1 < length {
        let pair = correlation(lag) + correlation(lag + 1);
        if pair.is_nan() || pair <= 0.0 {
            break;
        }
        least = least.min(pair);
        sum += least;
        lag += 2;
    }
    // Antithetic chains may say more than independent draws, but not without bound.
    total / (2.0 * sum - 1.0).max(1.0 / total.log10().max(1.0))
}

/// The quantile of the standard normal distribution, to nine digits (Acklam's rational approximation).
pub(crate) fn normal_quantile(share: f64) -> f64 {
    const A: [f64; 6] = [
        -3.969683028665376e1,
        2.209460984245205e2,
        -2.759285104469687e2,
        1.38357751867269e2,
        -3.066479806614716e1,
        2.506628277459239,
    ];
    const B: [f64; 6] = [
        -5.447609879822406e1,
        1.615858368580409e2,
        -1.556989798598866e2,
        6.680131188771972e1,
        -1.328068155288572e1,
        1.0,
    ];
    const C: [f64; 6] = [
        -7.784894002430293e-3,
        -3.223964580411365e-1,
        -2.400758277161838,
        -2.549732539343734,
        4.374664141464968,
        2.938163982698783,
    ];
    const D: [f64; 5] = [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1.0];
    let polynomial = |coefficients: &[f64], x: f64| coefficients.iter().fold(0.0, |sum, c| sum * x + c);
    if share <= 0.0 {
        return f64::NEG_INFINITY;
    }
    if share > 0.5 {
        return -normal_quantile(1.0 - share);
    }
    if share < 0.02425 {
        let q = (-2.0 * share.ln()).sqrt();
        return polynomial(&C, q) / polynomial(&D, q);
    }
    let q = share - 0.5;
    polynomial(&A, q * q) * q / polynomial(&B, q * q)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_distr::{Distribution, StandardNormal};
    use rand_pcg::Pcg64Mcg;

    /// Chains of an autoregression, whose effective number is (1 - rho) / (1 + rho) of the draws.
    fn chains(rho: f64, shift: f64, spread: f64) -> Vec<Vec<f64>> {
        let mut rng = Pcg64Mcg::new(17);
        let mut chain = |number: usize| {
            let mut x = 0.0;
            let mut next = || {
                let noise: f64 = StandardNormal.sample(&mut rng);
                x = rho * x + (1.0 - rho * rho).sqrt() * noise;
                x * if number == 0 { spread } else { 1.0 } + if number == 0 { shift } else { 0.0 }
            };
            (0..2000).map(|_| next()).collect()
        };
        (0..4).map(&mut chain).collect()
    }

    #[test]
    fn chains_that_agree_and_that_do_not_are_told_apart() {
        assert!(r_hat(&chains(0.3, 0.0, 1.0)) < 1.01);
        assert!(r_hat(&chains(0.3, 0.5, 1.0)) > 1.02);
        assert!(r_hat(&chains(0.3, 0.0, 3.0)) > 1.02);
    }

    #[test]
    fn effective_numbers_follow_the_autocorrelation() {
        for rho in [-0.3, 0.0, 0.5, 0.9] {
            let expected = 8000.0 * (1.0 - rho) / (1.0 + rho);
            let found = bulk_effective(&chains(rho, 0.0, 1.0));
            assert!((found / expected - 1.0).abs() < 0.2, "{rho}: {found} {expected}");
        }
        assert!(tail_effective(&chains(0.9, 0.0, 1.0)) < 2000.0);
    }

    #[test]
    fn normal_quantiles_are_known() {
        for (share, expected) in [(0.5, 0.0), (0.95, 1.644853627), (0.001, -3.090232306), (0.975, 1.959963985)] {
            assert!((normal_quantile(share) - expected).abs() < 1e-8);
        }
    }
}
