"""Values of special functions from mpmath, at 50 digits.

    pip install -r requirements.txt
    python special.py > special.json
"""
import json

from mpmath import besseli, besselk, erfc, exp, log, loggamma, mp, mpf

mp.dps = 50


def main():
    gammas = [[x, float(loggamma(mpf(x)))] for x in (1e-8, 0.1, 0.5, 1, 1.5, 2, 3.7, 9.99, 10, 42.5, 1e3, 1e6)]
    errors = [[x, float(exp(mpf(x) ** 2) * erfc(mpf(x)))] for x in (-5, -1, -0.1, 0, 0.3, 1, 1.99, 2, 2.5, 3.99, 4, 9, 11, 50, 1e4)]
    orders = (0, 0.05, 0.3, 0.5, 1, 2.7, 10, 35, 49, 120, 1500)
    arguments = (1e-6, 1e-3, 0.1, 0.9, 3, 12, 30, 49, 51, 120, 1e3, 1e5)
    first = [[v, x, float(log(besseli(mpf(v), mpf(x))) - mpf(x))] for v in (-0.9, -0.4, *orders) for x in arguments]
    second = [[v, x, float(log(besselk(mpf(v), mpf(x))) + mpf(x))] for v in (-0.4, *orders) for x in arguments]
    print(json.dumps({"logGamma": gammas, "erfcx": errors, "logBesselIScaled": first, "logBesselKScaled": second}, indent=1))


main()
