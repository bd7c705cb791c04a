"""Exact values of the functions in f64, for tests.rs: golden.txt.

    python3 golden.py        (Python 3, mpmath 1.3; a few seconds)

A line is a function, an argument, the nearest f64 to the exact value, and what is missing from it.
"""
import random
import struct

import mpmath as mp

mp.mp.dps = 60
random.seed(1)


def bits(x):
    return struct.pack(">d", x).hex()


def spread(low, high, sign):
    """Numbers of every size from 2^low to 2^high."""
    return [random.choice(sign) * random.uniform(1, 2) * 2.0 ** random.uniform(low, high) for _ in range(110)]


def near(center, width):
    return [center + random.uniform(-width, width) for _ in range(40)]


BOTH, PLUS = (1, -1), (1,)
FUNCTIONS = {
    "exp": (mp.exp, spread(-40, 9, BOTH) + near(0, 1) + [709.78, -708.5, -740.0, -745.0]),
    "exp_m1": (mp.expm1, spread(-60, 9, BOTH) + near(0, 1) + [5e-324, -1e-310, 709.78]),
    "ln": (mp.log, spread(-1060, 1020, PLUS) + near(1, 0.5) + near(1, 1e-3) + [5e-324, 1e-310, 1.7e308]),
    "ln_1p": (mp.log1p, spread(-60, 1020, PLUS) + spread(-60, -1.0001, (-1,)) + near(0, 0.9) + [5e-324, -1e-310, -0.9999999999999999, 1.7e308]),
    "tanh": (mp.tanh, spread(-60, 5, BOTH) + near(0.3, 0.05) + near(0, 2) + [5e-324, 1e-310]),
    "sigmoid": (lambda x: 1 / (1 + mp.exp(-x)), spread(-60, 9, BOTH) + near(0, 2) + [-709.0, -745.0]),
    "erf": (mp.erf, spread(-60, 3, BOTH) + near(0.5, 0.05) + [5e-324]),
    "erfc": (mp.erfc, spread(-60, 4.7, BOTH) + near(0.5, 0.05) + near(5, 5) + [26.5, 27.2]),
    "rsqrt": (lambda x: 1 / mp.sqrt(x), spread(-1060, 1020, PLUS) + [5e-324]),
}
with open("golden.txt", "w") as out:
    for name, (f, xs) in FUNCTIONS.items():
        for x in xs:
            y = f(mp.mpf(x))
            nearest = float(y)
            if y != 0 and abs(y) < mp.mpf(2) ** 1023:
                out.write(f"{name} {bits(x)} {bits(nearest)} {bits(float(y - mp.mpf(nearest)))}\n")
