"""Reference fits with covariates, by other code than the crate's: closed likelihoods of the literature in scipy.

Run: python covariates.py > covariates.csv. Needs numpy and scipy. Writes the customers (repeats, recency and age in
days, two covariates), then after a blank line one line for each fit: model, log-likelihood, the logarithms of the four
parameters at covariates of zero, coefficients of purchases and of dropout. Times are in weeks. No priors.
"""

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, gammaln, hyp2f1

rng = np.random.default_rng(20)


def customers(count=150):
    rows = []
    for _ in range(count):
        z = (float(rng.integers(0, 2)), round(float(rng.normal(40, 10)), 1))
        rate = rng.gamma(0.9, 1 / (6 * np.exp(-0.6 * z[0] + 0.02 * (z[1] - 40))))
        leave = rng.gamma(0.9, 1 / (12 * np.exp(-0.5 * z[0])))
        age = int(rng.integers(100, 400))
        life = min(rng.exponential(1 / leave) * 7, age)
        days, t = set(), 0.0
        while True:
            t += rng.exponential(1 / rate) * 7
            if t > life:
                break
            days.add(max(1, int(np.ceil(t))))
        rows.append((len(days), max(days, default=0), age, *z))
    return np.array(rows)


def bg(x, tx, age, r, alpha, a, b):
    front = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    alive = betaln(a, b + x) - betaln(a, b) - (r + x) * np.log(alpha + age)
    left = np.where(x > 0, betaln(a + 1, b + x - 1) - betaln(a, b) - (r + x) * np.log(alpha + tx), -np.inf)
    return front + np.logaddexp(alive, left)


def mbg(x, tx, age, r, alpha, a, b):
    front = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    alive = betaln(a, b + x + 1) - betaln(a, b) - (r + x) * np.log(alpha + age)
    left = betaln(a + 1, b + x) - betaln(a, b) - (r + x) * np.log(alpha + tx)
    return front + np.logaddexp(alive, left)


def pareto(x, tx, age, r, alpha, s, beta):
    """Fader & Hardie 2005, equations with the Gaussian hypergeometric function."""
    total = r + s + x
    more, least = np.maximum(alpha, beta), np.minimum(alpha, beta)
    second = np.where(alpha >= beta, s + 1, r + x)

    def f(t):
        return hyp2f1(total, second, total + 1, (more - least) / (more + t)) / (more + t) ** total

    a0 = f(tx) - f(age)
    front = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    alive = 1 / ((alpha + age) ** (r + x) * (beta + age) ** s)
    return front + np.log(alive + s / total * a0)


data = customers()
x, tx, age = data[:, 0], data[:, 1] / 7, data[:, 2] / 7
z = data[:, 3:]
standard = (z - z.mean(0)) / z.std(0)


def fitted(name, likelihood):
    def minus(at):
        buy, leave = standard @ at[4:6], standard @ at[6:8]
        r, alpha = np.exp(at[0]), np.exp(at[1] - buy)
        if name == "pareto-nbd":
            third, fourth = np.exp(at[2]), np.exp(at[3] - leave)
        else:
            third, fourth = np.exp(at[2] + leave / 2), np.exp(at[3] - leave / 2)
        return -np.sum(likelihood(x, tx, age, r, alpha, third, fourth))

    best = None
    for start in ([0.0, 1.8, 0.0, 2.5], [-0.5, 1.5, -0.5, 1.0]):
        at = np.array(start + [0.0] * 4)
        for _ in range(4):
            at = minimize(minus, at, method="Nelder-Mead", options=dict(maxiter=20000, maxfev=20000, xatol=1e-9, fatol=1e-11, adaptive=True)).x
            at = minimize(minus, at, method="BFGS", options=dict(gtol=1e-9)).x
        if best is None or minus(at) < minus(best):
            best = at
    coefficients = best[4:] / np.tile(z.std(0), 2)
    buy, leave = coefficients[:2] @ z.mean(0), coefficients[2:] @ z.mean(0)
    shift = [0, buy, 0, leave] if name == "pareto-nbd" else [0, buy, -leave / 2, leave / 2]
    numbers = [-minus(best), *(best[:4] + shift), *coefficients]
    print(",".join([name] + [f"{number:.8f}" for number in numbers]))


for row in data:
    print(",".join(f"{value:g}" for value in row))
print()
fitted("bg-nbd", bg)
fitted("mbg-nbd", mbg)
fitted("pareto-nbd", pareto)
