"""What scikit-learn and scipy say about seeded returns, for tests that compare ours with it.

Reads {"cases": [{"returns": [[...]], "risk_budgets": [...]}]} from standard input; prints one
answer per case: Ledoit-Wolf and sample covariance, hierarchical risk parity over scipy's single
linkage, and risk contributions solved by SLSQP. Only allocation by bisection is written out here,
because neither library has it.
"""

import json
import sys

import numpy as np
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.optimize import minimize
from scipy.spatial.distance import squareform
from sklearn.covariance import LedoitWolf


def hierarchical(covariance):
    deviations = np.sqrt(np.diag(covariance))
    rho = np.clip(covariance / np.outer(deviations, deviations), -1, 1)
    distance = np.sqrt((1 - rho) / 2)
    np.fill_diagonal(distance, 0)
    tree = linkage(squareform(distance, checks=False), method="single")
    order = leaves_list(tree).tolist()
    weights = np.ones(len(order))
    clusters = [order]
    while clusters:
        cluster = clusters.pop()
        if len(cluster) < 2:
            continue
        half = len(cluster) // 2
        parts = [cluster[:half], cluster[half:]]
        first, second = (inverse_variance_risk(covariance[np.ix_(p, p)]) for p in parts)
        weights[parts[0]] *= 1 - first / (first + second)
        weights[parts[1]] *= first / (first + second)
        clusters += parts
    return order, weights


def inverse_variance_risk(covariance):
    weights = 1 / np.diag(covariance)
    weights /= weights.sum()
    return weights @ covariance @ weights


def risk_parity(covariance, budgets):
    """The least variance at a given sum of budget x log weight has contributions as budgeted."""
    budgets = np.array(budgets) / np.sum(budgets)
    deviations = np.sqrt(np.diag(covariance))
    rho = covariance / np.outer(deviations, deviations)
    found = minimize(
        lambda y: y @ rho @ y / 2,
        np.ones(len(budgets)),
        jac=lambda y: rho @ y,
        method="SLSQP",
        bounds=[(1e-6, None)] * len(budgets),
        constraints={
            "type": "ineq",
            "fun": lambda y: budgets @ np.log(y),
            "jac": lambda y: budgets / y,
        },
        options={"maxiter": 2000, "ftol": 1e-16},
    )
    weights = found.x / deviations
    return weights / weights.sum()


def answer(case):
    returns = np.array(case["returns"])
    shrunk = LedoitWolf().fit(returns)
    order, weights = hierarchical(shrunk.covariance_)
    return {
        "shrinkage": shrunk.shrinkage_,
        "ledoit_wolf": shrunk.covariance_.ravel().tolist(),
        "sample": np.atleast_2d(np.cov(returns, rowvar=False)).ravel().tolist(),
        "order": order,
        "hierarchical": weights.tolist(),
        "risk_parity": risk_parity(shrunk.covariance_, case["risk_budgets"]).tolist(),
    }


json.dump([answer(case) for case in json.load(sys.stdin)["cases"]], sys.stdout)
