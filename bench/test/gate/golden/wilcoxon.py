"""Hodges-Lehmann estimates and signed-rank intervals, by R's rules, from scipy's exact null distribution.

python 3.11, numpy 2, scipy 1.16: python wilcoxon.py > wilcoxon.json
"""

import json

import numpy as np
from scipy.stats import wilcoxon


def interval(values, tail):
    """Every centre that the one-sided exact tests at `tail` leave, found by testing: no formula is shared with the source."""
    means = sorted((values[i] + values[j]) / 2 for i in range(len(values)) for j in range(i, len(values)))
    edges = sorted(set(means))
    inner = [(a + b) / 2 for a, b in zip(edges, edges[1:])]
    kept = [
        centre
        for centre in [edges[0] - 1, *inner, edges[-1] + 1]
        if wilcoxon(np.array(values) - centre, alternative="greater", method="exact").pvalue > tail
        and wilcoxon(np.array(values) - centre, alternative="less", method="exact").pvalue > tail
    ]
    if kept[0] < edges[0] or kept[-1] > edges[-1]:
        return None
    # From the middles of the gaps back to their edges.
    low = max(edge for edge in edges if edge < kept[0])
    high = min(edge for edge in edges if edge > kept[-1])
    return [low, high]


cases = []
random = np.random.default_rng(7)
for n in [3, 4, 5, 6, 7, 8, 10, 13, 16]:
    values = [round(float(x), 6) for x in random.standard_t(3, n)]
    means = [(values[i] + values[j]) / 2 for i in range(n) for j in range(i, n)]
    for tail in [0.05, 0.025]:
        cases.append({"values": values, "tail": tail, "estimate": float(np.median(means)), "interval": interval(values, tail)})
print(json.dumps(cases, indent=1))
