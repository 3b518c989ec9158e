"""Certificates of samplers: whether the states of a circuit follow the law that it claims to sample."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, check_number, column, real
from analoghop.errors import InputError
from analoghop.formats.matrices import square_matrix
from analoghop.study.findings import Findings

LARGEST = 16
"""Units up to which a Boltzmann law is enumerated."""
_EXPECTED = 5.0  # counts that a class of the chi-square test expects at least
_THINNED = 3.0  # autocorrelation times between two values that count as independent
_WINDOW = 6.0  # autocorrelation times after which the sum of correlations is cut (Sokal 1997)


def effective_samples(values: ArrayLike) -> tuple[float, float]:
    """Return the effective number of samples of `values` (chains, steps), and the autocorrelation time.

    The time is in steps, 1 for independent values: 1 + 2 sum of the correlations, summed up to six times
    itself (Sokal 1997). Chains are independent and share one mean.
    """
    x = np.atleast_2d(real(values, "`values`"))
    if x.ndim != 2 or x.size < 2 or not np.isfinite(x).all():
        raise InputError("`values` needs finite numbers (chains, steps), two or more")
    chains, steps = x.shape
    centred = x - x.mean()
    variance = float((centred**2).mean())
    if variance == 0.0:
        return float(x.size), 1.0
    padded = np.fft.rfft(centred, 2 * steps, axis=1)
    products = np.fft.irfft(np.abs(padded) ** 2, axis=1)[:, :steps].sum(axis=0)
    correlation = products / (chains * np.arange(steps, 0, -1)) / variance
    times = 2.0 * np.cumsum(correlation) - 1.0
    window = np.flatnonzero(np.arange(steps) >= _WINDOW * times)
    time = max(1.0, float(times[window[0] if len(window) else -1]))
    return x.size / time, time


def certify_gaussian(samples: ArrayLike, covariance: ArrayLike, mean: ArrayLike = 0.0) -> Findings:
    """Test whether `samples` (chains, steps, n) are Gaussian with `covariance` (n, n) and `mean` (n,).

    In the coordinates in which the law is standard normal, each component's mean, its mean square, and the
    distribution of thinned values (Kolmogorov & Smirnov) are tested, with effective numbers of samples; the
    p-value is the smallest one times the number of tests (Bonferroni), at most 1. A small p-value refutes
    the claim. Arrays: `p_value` (1,), `p_values` (3, n), `effective` (n,), `means` and `squares` (n,).
    """
    from scipy.stats import kstest, norm

    x = real(samples, "`samples`")
    P = square_matrix(covariance, "covariance")
    n = len(P)
    if x.ndim != 3 or x.shape[2] != n:
        raise InputError(f"`samples` has shape {x.shape}, expected (chains, steps, {n})")
    try:
        L = np.linalg.cholesky(0.5 * (P + P.T))
    except np.linalg.LinAlgError as error:
        raise InputError("`covariance` is not positive definite") from error
    z = np.linalg.solve(L, (x - column(mean, n, "mean")[:, 0]).reshape(-1, n).T)
    z = z.reshape(n, *x.shape[:2])
    p_values, effective = np.ones((3, n)), np.zeros(n)
    for k in range(n):
        count, time = effective_samples(z[k])
        of_squares, _ = effective_samples(z[k] ** 2)
        effective[k] = count
        p_values[0, k] = 2.0 * norm.sf(abs(z[k].mean()) * np.sqrt(count))
        p_values[1, k] = 2.0 * norm.sf(abs((z[k] ** 2).mean() - 1.0) * np.sqrt(of_squares / 2.0))
        p_values[2, k] = kstest(z[k][:, :: int(np.ceil(_THINNED * time))].ravel(), "norm").pvalue
    p = float(min(1.0, p_values.min() * p_values.size))
    lines = (
        f"{_verdict(p)}: p = {p:.4g} from {effective.min():.0f} effective samples",
        f"mean squares {(z**2).mean(axis=(1, 2)).min():.4g} to {(z**2).mean(axis=(1, 2)).max():.4g} of 1",
    )
    return Findings(
        "certificate",
        {
            "p_value": np.array([p]),
            "p_values": p_values,
            "effective": effective,
            "means": z.mean(axis=(1, 2)),
            "squares": (z**2).mean(axis=(1, 2)),
        },
        {},
        lines,
        record={"law": "gaussian"},
    )


def boltzmann_law(J: ArrayLike, field: ArrayLike = 0.0, temperature: float = 1.0) -> tuple[Array, Array]:
    """Return all states (2^n, n) of +-1 and their probabilities (2^n,), exp(s.J s/(2 T) + field.s/T)/Z.

    The diagonal of J has no meaning. Raises `InputError` for more than 16 units, and an asymmetric J.
    """
    matrix = square_matrix(J, "J")
    n = len(matrix)
    if n > LARGEST:
        raise InputError(f"`J` has {n} rows: a Boltzmann law is enumerated of up to {LARGEST} units")
    if not np.allclose(matrix, matrix.T, rtol=1e-9, atol=1e-12):
        raise InputError("`J` is not symmetric: it has no Boltzmann law")
    T = check_number(temperature, "temperature", "a positive number")
    if T <= 0:
        raise InputError(f"`temperature` is {T:g}, expected a positive number")
    h = column(field, n, "field")[:, 0]
    states = np.where(np.arange(2**n)[:, None] >> np.arange(n) & 1, 1.0, -1.0)
    off = matrix - np.diag(np.diagonal(matrix))
    exponent = (0.5 * np.einsum("ki,ki->k", states @ off, states) + states @ h) / T
    weights = np.exp(exponent - exponent.max())
    return states, weights / weights.sum()


def certify_boltzmann(
    samples: ArrayLike, J: ArrayLike, field: ArrayLike = 0.0, temperature: float = 1.0
) -> Findings:
    """Test whether `samples` (chains, steps, n) of +-1 follow the Boltzmann law of J, field and temperature.

    The chains are thinned by three times the longest autocorrelation time of the units and of the energy, and
    the states that are left are counted; rare ones are put into one class, so that each class expects five
    counts or more. Pearson's chi-square test. Arrays: `p_value` (1,), `effective` (1,) samples, `chi_square`
    (1,), `classes` (1,), `expected` and `found` shares (2^n,), `time` (1,) of autocorrelation in steps.
    """
    from scipy.stats import chi2

    x = real(samples, "`samples`")
    states, law = boltzmann_law(J, field, temperature)
    n = states.shape[1]
    if x.ndim != 3 or x.shape[2] != n or not np.isin(x, (-1.0, 1.0)).all():
        raise InputError(f"`samples` has shape {x.shape}, expected (chains, steps, {n}) of -1 and 1")
    numbers = ((x > 0) @ (1 << np.arange(n))).astype(np.int64)
    energies = -np.log(law)[numbers]
    series = [*np.moveaxis(x, 2, 0), energies]
    time = max(effective_samples(one)[1] for one in series)
    thinned = numbers[:, :: int(np.ceil(_THINNED * time))].ravel()
    counts = np.bincount(thinned, minlength=2**n)
    expected = law * len(thinned)
    order = np.argsort(-expected)
    common = order[expected[order] >= _EXPECTED]
    rare = order[expected[order] < _EXPECTED]
    classes = [(counts[k], expected[k]) for k in common.tolist()]
    if len(rare):
        classes.append((counts[rare].sum(), expected[rare].sum()))
    table = np.array([one for one in classes if one[1] > 0], dtype=np.float64)
    if len(table) < 2:
        raise InputError(f"{len(thinned)} independent samples are too few to test {2**n} states")
    chi_square = float(((table[:, 0] - table[:, 1]) ** 2 / table[:, 1]).sum())
    p = float(chi2.sf(chi_square, len(table) - 1))
    lines = (
        f"{_verdict(p)}: p = {p:.4g} from {len(thinned)} independent samples in {len(table)} classes",
        f"autocorrelation time {time:.3g} steps, {x.shape[0] * x.shape[1] / time:.0f} effective samples",
    )
    return Findings(
        "certificate",
        {
            "p_value": np.array([p]),
            "chi_square": np.array([chi_square]),
            "classes": np.array([len(table)]),
            "effective": np.array([x.shape[0] * x.shape[1] / time]),
            "time": np.array([time]),
            "expected": law,
            "found": counts / max(len(thinned), 1),
        },
        {"time": "steps"},
        lines,
        record={"law": "boltzmann", "temperature": temperature},
    )


def _verdict(p: float) -> str:
    return "the samples contradict the law" if p < 0.001 else "the samples agree with the law"
