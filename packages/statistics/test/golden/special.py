"""Values of special functions from mpmath, at 50 digits, and quantiles of Student's t from scipy.

    pip install mpmath==1.4.1 scipy==1.17.1
    python special.py > special.json
"""
import json

from mpmath import betainc, erfc, exp, loggamma, mp, mpf, ncdf
from scipy.stats import t

mp.dps = 50


def main():
    gammas = [[x, float(loggamma(mpf(x)))] for x in (1e-8, 0.1, 0.5, 1, 1.5, 2, 3.7, 9.99, 10, 42.5, 1e3, 1e6)]
    errors = [[x, float(exp(mpf(x) ** 2) * erfc(mpf(x)))] for x in (-5, -1, -0.1, 0, 0.3, 1, 1.99, 2, 2.5, 3.99, 4, 9, 11, 50, 1e4)]
    normals = [[x, float(ncdf(mpf(x)))] for x in (-38, -20, -8.3, -5, -2.83, -1.96, -1, -0.1, 0, 1e-9, 0.5, 1.96, 3, 6)]
    betas = [
        [x, a, b, float(betainc(mpf(a), mpf(b), 0, mpf(x), regularized=True))]
        for x, a, b in (
            (0.5, 0.5, 0.5), (0.01, 0.5, 3), (0.3, 2, 5), (0.9, 2, 5), (0.05, 50, 951), (0.05, 64, 937), (0.5, 500, 501),
            (0.02, 30, 971), (0.999, 10, 0.1), (1e-6, 1, 1e4), (0.7, 8, 3),
        )
    ]
    students = [
        [tail, freedom, float(t.isf(tail / 2, freedom))]
        for tail in (0.05, 0.01, 1e-4) for freedom in (1, 2, 2.5, 4.7, 12.2, 49, 999)
    ]
    print(json.dumps({"logGamma": gammas, "erfcx": errors, "normalCdf": normals, "regularizedBeta": betas, "studentQuantile": students}, indent=1))


main()
