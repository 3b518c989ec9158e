"""The equation of every inductor, over the sampled intervals of a run."""

from __future__ import annotations

import math

import numpy as np

from analoghop.arrays import Array
from analoghop.circuit.audit.currents import ALLOWED, ROUNDING
from analoghop.circuit.audit.sensitivity import relative
from analoghop.circuit.audit.witness import Witness


def inductor_errors(witness: Witness, limit: float) -> Array:
    """Return the error of each inductor's equation relative to its terms, (inductors, w).

    The mean of V(a,b) over an interval is the change of the flux, L i and the mutual inductances times the
    other currents, divided by the length of the interval.
    """
    inductors = witness.inductors
    length = witness.samples.ends - witness.samples.starts
    if not inductors:
        return np.zeros((0, len(length)))
    mean, rough = witness.mean(witness.volts), witness.rough(witness.volts)
    row = {e.name: k for k, e in enumerate(inductors)}
    a, b = ([witness.index[node] for node in ends] for ends in zip(*(e[1:3] for e in inductors), strict=True))
    values = np.array([e.value for e in inductors])[:, None]
    change, slack = witness.flow_change, witness.flow_slack
    doubt = ALLOWED * slack + ROUNDING * np.abs(change)
    error, size, allowed = values * change, np.abs(values * change), values * doubt
    for _, first, second, factor in witness.couplings:
        j, k = row[first], row[second]
        mutual = factor * math.sqrt(inductors[j].value * inductors[k].value)
        for own, other in ((j, k), (k, j)):
            error[own] += mutual * change[other]
            size[own] += np.abs(mutual * change[other])
            allowed[own] += abs(mutual) * doubt[other]
    node = ALLOWED * witness.slack + ROUNDING * np.abs(mean) + rough
    error = error / length - (mean[a] - mean[b])
    size = size / length + np.abs(mean[a]) + np.abs(mean[b])
    return relative(np.abs(error), size, (allowed / length + node[a] + node[b]) / limit)
