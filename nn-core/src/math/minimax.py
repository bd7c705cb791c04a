"""Minimax polynomials by the Remez exchange, in high precision: the tables of constants.rs, with their largest errors.

    python3 minimax.py        (Python 3, mpmath 1.3; a few seconds)
"""
import mpmath as mp
mp.mp.dps = 60

def remez(f, weight, lo, hi, n, rounds=8):
    """The n coefficients c of the polynomial with the least max |weight * (sum(c_k x^k) - f)| on [lo, hi], and that maximum."""
    lo, hi = mp.mpf(lo), mp.mpf(hi)
    m = n + 1
    xs = [(lo + hi) / 2 - (hi - lo) / 2 * mp.cos(mp.pi * (i + mp.mpf(1) / 2) / m) for i in range(m)]
    # A node where the weight vanishes would make the system singular.
    xs = [x if abs(weight(x)) > 0 and abs(x) > (hi - lo) / 1000 else x + (hi - lo) / (5 * m) for x in xs]
    for _ in range(rounds):
        A, b = mp.matrix(m, m), mp.matrix(m, 1)
        for i, x in enumerate(xs):
            for k in range(n):
                A[i, k] = x ** k
            A[i, n] = (-1) ** i / weight(x)
            b[i] = f(x)
        sol = mp.lu_solve(A, b)
        c = [sol[k] for k in range(n)]
        err = lambda x: weight(x) * (mp.polyval(c[::-1], x) - f(x))
        N = 24 * m
        grid = [(lo + hi) / 2 - (hi - lo) / 2 * mp.cos(mp.pi * i / N) for i in range(N + 1)]
        e = [err(x) for x in grid]
        # One extremum for each sign.
        best, cur = [], None
        for x, v in zip(grid, e):
            if cur is None or (v > 0) != (cur[1] > 0):
                if cur is not None:
                    best.append(cur)
                cur = (x, v)
            elif abs(v) > abs(cur[1]):
                cur = (x, v)
        best.append(cur)
        while len(best) > m:
            best.pop(0 if abs(best[0][1]) < abs(best[-1][1]) else -1)
        assert len(best) == m
        xs = [x for x, _ in best]
        mags = [abs(v) for _, v in best]
        if max(mags) / min(mags) < mp.mpf('1.001'):
            break
    return c, max(abs(v) for v in e)


SMALL = mp.mpf(10) ** -15


def exp(r):
    """(e^r - 1 - r) / r^2"""
    return (mp.expm1(r) - r) / r**2 if abs(r) > SMALL else mp.mpf(1) / 2 + r / 6


def ln(z):
    """(ln((1 + s) / (1 - s)) / s - 2) / s^2 at z = s^2"""
    s = mp.sqrt(z)
    return (mp.log((1 + s) / (1 - s)) / s - 2) / z if s > SMALL else mp.mpf(2) / 3 + z * 2 / 5


def tanh(z):
    """(tanh(x) / x - 1) / x^2 at z = x^2"""
    x = mp.sqrt(z)
    return (mp.tanh(x) / x - 1) / z if x > SMALL else -mp.mpf(1) / 3 + z * 2 / 15


def erf(z):
    """erf(x) / x - 1 at z = x^2"""
    x = mp.sqrt(z)
    return mp.erf(x) / x - 1 if x > SMALL else 2 / mp.sqrt(mp.pi) - 1


def erfc(center):
    """(1 + 2 a) e^(a^2) erfc(a) at t = (a - center) / (a + center)"""

    def f(t):
        a = center * (1 + t) / (1 - t)
        return (1 + 2 * a) * mp.exp(a * a) * mp.erfc(a)

    return f


def table(name, f, weight, lo, hi, n):
    c, error = remez(f, weight, lo, hi, n)
    print(f"    // Relative error 2^{mp.nstr(mp.log(error, 2), 4)}.")
    if name == "ERFC":
        print(f"    const ERFC_CONSTANT: f64 = {float(c.pop(0))!r};")
    print(f"    const {name}: &'static [f64] = &[")
    for x in c:
        print(f"        {float(x)!r},")
    print("    ];")


HALF_LN_2 = mp.log(2) / 2 * mp.mpf("1.002")
LN_RANGE = (mp.sqrt(2) - 1) ** 4 * mp.mpf("1.002")
for t, counts, (center, last) in [("f32", (5, 4, 3, 5, 11), (3, 10.2)), ("f64", (11, 8, 7, 10, 24), (4, 27.3))]:
    print(t)
    # The errors are those of r + r^2 p(r) = e^r - 1, of 2 s + s z p(z), of x + x z p(z), of x + x p(z).
    table("EXP", exp, lambda r: r**2 / abs(mp.expm1(r)) if r else mp.mpf(0), -HALF_LN_2, HALF_LN_2, counts[0])
    table("LN", ln, lambda z: z / 2, 0, LN_RANGE, counts[1])
    table("TANH", tanh, lambda z: z, 0, mp.mpf("0.09"), counts[2])
    table("ERF", erf, lambda z: 1, 0, mp.mpf("0.25"), counts[3])
    f, last = erfc(mp.mpf(center)), mp.mpf(last)
    table("ERFC", f, lambda t: 1 / f(t), -1, (last - center) / (last + center), counts[4])
