"""Writes the high-precision values that the tests compare with: precise_models.csv and precise_special.csv.

Independent of the crate: the papers' closed forms with hypergeometric functions, at 70 digits where they need them.
Run with Python and mpmath (pip install mpmath): python precise.py
"""
import random
import signal

from mpmath.libmp import NoConvergence
from mpmath import beta, digamma, exp, gamma, hyp2f1, inf, log, loggamma, mp, mpf, nstr, psi, quad

mp.dps = 70
random.seed(7)


class TooSlow(Exception):
    pass


def raise_too_slow(*_):
    raise TooSlow


signal.signal(signal.SIGALRM, raise_too_slow)


def beta_geometric(offset, r, alpha, a, b, x, tx, T, t, rate):
    m = x + offset
    log_base = loggamma(r + x) - loggamma(r) + r * log(alpha)
    stayed = beta(a, b + m) / beta(a, b) * (alpha + T) ** -(r + x)
    left = beta(a + 1, b + m - 1) / beta(a, b) * (alpha + tx) ** -(r + x) if m > 0 else mpf(0)
    alive = stayed / (stayed + left)
    k, c = r + x, alpha + T
    # Purchases to come have the rate k / (alpha + T) 2F1(k + 1, a; a + b + m; -u / (alpha + T)).
    pace = lambda u: k / c * hyp2f1(k + 1, a, a + b + m, -u / c)
    return finish(log_base + log(stayed + left), alive, pace, c, t, rate)


def pareto(r, alpha, s, beta_, x, tx, T, t, rate):
    log_base = loggamma(r + x) - loggamma(r) + r * log(alpha) + s * log(beta_)

    def tail(time):
        c = r + s + x
        if alpha >= beta_:
            return (alpha + time) ** -c / c * hyp2f1(c, s + 1, c + 1, (alpha - beta_) / (alpha + time))
        return (beta_ + time) ** -c / c * hyp2f1(c, r + x, c + 1, (beta_ - alpha) / (beta_ + time))

    survived = (alpha + T) ** -(r + x) * (beta_ + T) ** -s
    likelihood = survived + s * (tail(tx) - tail(T))
    pace = lambda u: (r + x) / (alpha + T) * ((beta_ + T) / (beta_ + T + u)) ** s
    return finish(log_base + log(likelihood), survived / likelihood, pace, beta_ + T, t, rate)


def finish(log_likelihood, alive, pace, scale, t, rate):
    def total(discount):
        with mp.workdps(25):
            # In the logarithm of time since birth, in pieces of one.
            end = log(1 + t / scale)
            points = [end * i / (int(end) + 1) for i in range(int(end) + 2)]
            of_time = lambda v: pace(scale * (exp(v) - 1)) * exp(-discount * scale * (exp(v) - 1)) * scale * exp(v)
            return quad(of_time, points)

    return log_likelihood, alive, alive * total(0), alive * total(rate)


def models():
    rows = []
    while len(rows) < 150:
        kind = ["bg-nbd", "mbg-nbd", "pareto-nbd"][len(rows) % 3]
        wide = len(rows) % 2 == 0
        spread = 4 if wide else 1
        parameters = [float("%.6g" % 10 ** random.uniform(-spread, spread)) for _ in range(4)]
        x = random.choice([0, 0, 1, 2, 3, 7, 20, 133] + ([1000, 10000] if wide else []))
        age = random.choice([1, 30, 365, 1000, 10957])
        recency = 0 if x == 0 else random.randint(1, age)
        over = random.choice([1, 90, 365, 1096, 3652])
        rate = 0.002
        exact = [mpf(p) for p in parameters] + [x, mpf(recency) / 7, mpf(age) / 7, mpf(over) / 7, mpf(rate)]
        signal.alarm(4)
        try:
            values = pareto(*exact) if kind == "pareto-nbd" else beta_geometric(int(kind == "mbg-nbd"), *exact)
        except (TooSlow, NoConvergence, ValueError, ZeroDivisionError):
            continue
        finally:
            signal.alarm(0)
        rows.append([kind, *parameters, x, recency, age, over, rate] + [nstr(mp.re(v), 17) for v in values])
    with open("precise_models.csv", "w") as file:
        file.write("model,one,two,three,four,repeats,recency,age,over,weekly_rate,"
                   "log_likelihood,alive,expected,discounted\n")
        file.writelines(",".join(map(str, row)) + "\n" for row in rows)


def special():
    with open("precise_special.csv", "w") as file:
        file.write("function,z,n,value,first,second\n")
        for exponent in range(-40, 61, 4):
            z = float("%.6g" % (10 ** (mpf(exponent) / 10) * mpf("1.2345")))
            exact = mpf(z)
            file.write(f"ln_gamma,{z},0,{nstr(loggamma(exact), 18)},{nstr(digamma(exact), 18)},"
                       f"{nstr(psi(1, exact), 18)}\n")
            for n in (1, 2, 5, 15, 16, 100, 10_000):
                row = [loggamma(exact + n) - loggamma(exact), digamma(exact + n) - digamma(exact),
                       psi(1, exact + n) - psi(1, exact)]
                file.write(f"log_rising_factorial,{z},{n}," + ",".join(nstr(v, 18) for v in row) + "\n")
        for a, b, q in [(1, 0.25, 0.9), (3, 0.0003, 0.5), (20, 5000, 0.003), (500, 0.7, 0.999), (10_000, 2.5, 0.99999),
                        (7, 0.6, 1e-6), (2, 30, 0.4), (133, 0.55, 0.73)]:
            with mp.workdps(60):
                a_, b_, q_ = mpf(a), mpf(b), mpf(q)
                value = q_ ** a_ / a_ * (1 - q_) ** b_ * hyp2f1(a_ + b_, 1, a_ + 1, q_) / beta(a_, b_)
            file.write(f"incomplete_beta,{a},{b},{nstr(value, 18)},{q},0\n")


special()
models()
