"""Logarithms of scaled Bessel functions from mpmath, at 50 digits.

    pip install -r requirements.txt
    python bessel.py > bessel.json
"""
import json

from mpmath import besseli, besselk, log, mp, mpf

mp.dps = 50


def main():
    orders = (0, 0.05, 0.3, 0.5, 1, 2.7, 10, 35, 49, 120, 1500)
    arguments = (1e-6, 1e-3, 0.1, 0.9, 3, 12, 30, 49, 51, 120, 1e3, 1e5)
    first = [[v, x, float(log(besseli(mpf(v), mpf(x))) - mpf(x))] for v in (-0.9, -0.4, *orders) for x in arguments]
    second = [[v, x, float(log(besselk(mpf(v), mpf(x))) + mpf(x))] for v in (-0.4, *orders) for x in arguments]
    print(json.dumps({"logBesselIScaled": first, "logBesselKScaled": second}, indent=1))


main()
