"""Writes functions.csv: values of high precision of the functions that the models are made of.

Independent of the crate: mpmath's own functions, at enough digits that nothing is lost to cancellation. Arguments are
drawn over the whole domain in which the crate uses them, and are exact in double precision.
Run with Python and mpmath (pip install mpmath), here: python functions.py
"""
import random

from mpmath import beta, betainc, digamma, exp, expm1, hyp2f1, log, loggamma, mp, mpf, nstr, psi

mp.dps = 60
random.seed(11)
rows = []


def decades(low, high):
    """A number of four digits, evenly in its logarithm."""
    return float("%.4g" % 10 ** random.uniform(low, high))


def write(function, arguments, values):
    rows.append(",".join([function] + [repr(a) for a in arguments] + ["="] + [nstr(v, 17) for v in values]))


def difference(y, step):
    y, step = mpf(y), mpf(step)
    return [loggamma(y + step) - loggamma(y), digamma(y + step) - digamma(y), psi(1, y + step) - psi(1, y)]


for _ in range(80):
    z = decades(-8, 7)
    write("ln_gamma", [z], [loggamma(mpf(z)), digamma(mpf(z)), psi(1, mpf(z))])
for _ in range(80):
    z, n = decades(-8, 6), random.choice([1, 2, 3, 7, 16, 40, 133, 1000, 20000])
    write("log_rising_factorial", [z, n], difference(z, n))
for _ in range(60):
    z, n = decades(1.21, 7), decades(-6, 7)
    write("stirling_difference", [z, n], difference(z, n))
for _ in range(60):
    y, z = decades(-6, 7), decades(-6, 6)
    write("log_gamma_ratio", [y, z], difference(y, z)[:1])
for _ in range(80):
    y, step = decades(-8, 7), decades(-8, 7)
    write("log_gamma_step", [y, step], difference(y, step))
for _ in range(80):
    y, a, b = decades(-6, 6), decades(-6, 6), random.choice([1.0, 2.0, 12.0, decades(-4, 5)])
    exact = [mpf(v) for v in (y, a, b)]
    y_, a_, b_ = exact
    write("second_difference", [y, a, b], [loggamma(y_ + a_ + b_) - loggamma(y_ + a_) - loggamma(y_ + b_) + loggamma(y_)])
for _ in range(40):
    hazard = decades(-12, 2.5)
    with mp.workdps(200):
        write("log_of_leaving", [hazard], [log(-expm1(-mpf(hazard)))])
while sum(row.startswith("incomplete_beta") for row in rows) < 60:
    a, b, odds = random.choice([1.0, 2.0, 7.0, 40.0, 400.0]), decades(-2, 3), decades(-3, 3)
    q = odds / (1 + odds)
    value = betainc(mpf(a), mpf(b), 0, mpf(q), regularized=True)
    if value > 1e-250:
        # The complement is what is left to 1 of the double q, exactly.
        write("incomplete_beta", [a, b, q, float(1 - mpf(q))], [value])
# K = integral of exp(-e w) (1 + q (exp(w) - 1))^-k = 2F1(k, 1; c + 1; p) / c with c = e + k; of the Pareto/NBD's two
# integrals one has e = r + x, k = s, the other e = s - 1, k = r + x + 1, or with the parts changed.
for _ in range(80):
    shape = decades(-2, 1) + random.choice([0, 0, 1, 2, 5, 20, 133, 1000])
    s = decades(-2, 1.5)
    e, k = random.choice([(shape, s), (s - 1.0, shape + 1.0), (shape - 1.0, s + 1.0), (s, shape)])
    p = random.choice([decades(-9, -2), random.uniform(0, 0.8), random.uniform(0.7, 0.999), 1.0 - decades(-6, -2)])
    q = 1.0 - p
    p = 1.0 - q
    e_, k_, p_ = mpf(e), mpf(k), mpf(p)
    of = lambda e, k, p: log(hyp2f1(k, 1, e + k + 1, p) / (e + k))
    step = mpf(10) ** -20
    slope = lambda f: (f(step) - f(-step)) / (2 * step)
    write("tail", [e, k, q, p], [of(e_, k_, p_), slope(lambda h: of(e_ + h, k_, p_)), slope(lambda h: of(e_, k_ + h, p_)),
                                 slope(lambda h: of(e_, k_, p_ - h))])
for _ in range(60):
    alpha, beta_, c = decades(-2, 2), decades(-2, 3), random.choice([1.0, 1.0, 0.6, 0.9, 1.3, 2.2])
    start, more = float(random.choice([0, 0, 1, 5, 60])), float(random.choice([1, 2, 12, 52, 600]))
    s = lambda t: beta(mpf(alpha), mpf(beta_) + mpf(t) ** mpf(c))
    write("hazard", [alpha, beta_, c, start, more], [log(s(start) / s(start + more))])
for _ in range(30):
    # The sum over ever of v^k (b)_k / (a + b)_k, with the first term left out.
    alpha, beta_, start, rate = decades(-1, 1), decades(-1, 2), float(random.choice([0, 3, 40])), decades(-3, 0)
    v, b = exp(-mpf(rate)), mpf(beta_) + mpf(start)
    write("endless_sum", [alpha, beta_, 1.0, start, rate], [hyp2f1(1, b, mpf(alpha) + b, v) - 1])
for _ in range(30):
    alpha, beta_, c = decades(-1, 1), decades(-1, 2), random.choice([1.0, 0.7, 1.4])
    start, rate, last = float(random.choice([0, 3, 40])), decades(-4, -1), random.choice([1, 12, 60, 400])
    s = lambda t: beta(mpf(alpha), mpf(beta_) + mpf(t) ** mpf(c))
    value = sum(exp(-mpf(rate) * k) * s(start + k) for k in range(1, last + 1)) / s(start)
    write("finite_sum", [alpha, beta_, c, start, rate, last], [value])

with open("functions.csv", "w") as file:
    file.write("function,arguments...,=,values...\n")
    file.writelines(row + "\n" for row in rows)
