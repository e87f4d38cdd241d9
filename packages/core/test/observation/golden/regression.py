"""Goldens of online linear models from other libraries and closed forms, without any of our code.

    pip install -r requirements.txt
    python regression.py > regression.json

60 examples of 3 inputs and a target; the scales of the inputs differ. Each case has the prediction of every target before it was
learned, the weights after the last one, and the intercept.

- rls: after each example, the solution of the ridge regression with exponential weights (numpy, by the normal equations' least
  squares form). Without forgetting it is also river's BayesianLinearRegression with alpha = 1 / initial covariance and beta = 1
  (checked here); river's smoothing is another model. "diffuse" is statsmodels' RecursiveLS, which has no ridge at all: its
  estimates from example 10 on.
- sgd: scikit-learn's SGDRegressor.partial_fit, one example a call, and river's LinearRegression with optim.SGD. River's squared
  loss has no factor 1/2: its learning rate is half of the one given.
- standardizer: river's StandardScaler, each example transformed after it was learned; "constant" is an input that never varies.
- pipeline: river's StandardScaler | LinearRegression.
"""
import importlib.metadata
import json
import warnings

import numpy as np
import statsmodels.api as sm
from river import compose, linear_model, optim, preprocessing
from sklearn.linear_model import SGDRegressor

random = np.random.default_rng(20240229)
X = np.round(random.normal(size=(60, 3)) * [1, 0.5, 2] + [0.2, 0, -0.5], 4)
y = np.round(X @ [0.8, -1.5, 0.3] + 0.4 + random.normal(size=60) * 0.5, 4)
ONES = np.column_stack([X, np.ones(60)])


def named(row):
    return dict(enumerate(row.tolist()))


def rls(forgetting, covariance):
    weights = np.zeros(4)
    predictions = []
    for t in range(60):
        predictions.append(float(weights @ ONES[t]))
        root = np.sqrt(forgetting ** (t - np.arange(t + 1)))
        ridge = np.sqrt(forgetting ** (t + 1) / covariance) * np.eye(4)
        rows = np.vstack([ONES[: t + 1] * root[:, None], ridge])
        targets = np.concatenate([y[: t + 1] * root, np.zeros(4)])
        weights = np.linalg.lstsq(rows, targets, rcond=None)[0]
    if forgetting == 1:
        model = linear_model.BayesianLinearRegression(alpha=1 / covariance, beta=1)
        for t in range(60):
            assert abs(model.predict_one(named(ONES[t])) - predictions[t]) < 1e-9
            model.learn_one(named(ONES[t]), y[t])
    options = {"forgetting": forgetting, "initialCovariance": covariance}
    return {"options": options, "predictions": predictions, "weights": weights[:3].tolist(), "intercept": weights[3]}


def diffuse():
    estimates = sm.RecursiveLS(y, ONES).fit().recursive_coefficients.filtered
    return {"from": 10, "estimates": estimates[:, 9:].T.tolist()}


def sgd(options):
    schedule = {"constant": "constant", "inverse-scaling": "invscaling"}[options["schedule"]]
    model = SGDRegressor(
        loss="squared_error",
        penalty="l2",
        alpha=options["l2"],
        learning_rate=schedule,
        eta0=options["learningRate"],
        power_t=options.get("power", 0.25),
    )
    predictions = [0.0]
    for t in range(60):
        model.partial_fit(X[t : t + 1], y[t : t + 1])
        if t < 59:
            predictions.append(float(model.predict(X[t + 1 : t + 2])[0]))
    weights = model.coef_.tolist()
    return {"options": options, "predictions": predictions, "weights": weights, "intercept": float(model.intercept_[0])}


def river_sgd(learning_rate, scaled):
    regression = linear_model.LinearRegression(
        optimizer=optim.SGD(learning_rate / 2), intercept_lr=learning_rate / 2, l2=0
    )
    model = compose.Pipeline(preprocessing.StandardScaler(), regression) if scaled else regression
    predictions = []
    for t in range(60):
        if scaled:
            scaler = model.steps["StandardScaler"]
            scaler.learn_one(named(X[t]))
            z = scaler.transform_one(named(X[t]))
        else:
            z = named(X[t])
        predictions.append(float(regression.predict_one(z)))
        regression.learn_one(z, y[t])
    weights = [float(regression.weights[i]) for i in range(3)]
    options = {"learningRate": learning_rate}
    return {"options": options, "predictions": predictions, "weights": weights, "intercept": float(regression.intercept)}


def standardizer():
    scaler = preprocessing.StandardScaler()
    rows = np.column_stack([X, np.full(60, 7.25)])
    transformed = []
    for row in rows:
        scaler.learn_one(named(row))
        out = scaler.transform_one(named(row))
        transformed.append([float(out[i]) for i in range(4)])
    return {"constant": 7.25, "transformed": transformed}


warnings.simplefilter("ignore")
versions = {name: importlib.metadata.version(name) for name in ["numpy", "river", "scikit-learn", "statsmodels"]}
cases = {
    "versions": versions,
    "x": X.tolist(),
    "y": y.tolist(),
    "rls": [rls(1, 1), rls(0.98, 10), rls(0.9, 100)],
    "diffuse": diffuse(),
    "sgd": [
        sgd({"schedule": "constant", "learningRate": 0.01, "l2": 0}),
        sgd({"schedule": "constant", "learningRate": 0.05, "l2": 0.1}),
        sgd({"schedule": "inverse-scaling", "learningRate": 0.1, "power": 0.25, "l2": 0}),
        sgd({"schedule": "inverse-scaling", "learningRate": 0.2, "power": 0.5, "l2": 0.01}),
        river_sgd(0.02, False),
    ],
    "standardizer": standardizer(),
    "pipeline": river_sgd(0.05, True),
}
print("{")
print(",\n".join(f'"{key}": {json.dumps(value)}' for key, value in cases.items()))
print("}")
