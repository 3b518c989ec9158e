"""`sampler`: a circuit or the stochastic model is run as a sampler, and tested against its law."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, column, whole_number
from analoghop.engines import Ensemble
from analoghop.ensembles.streams import check_seed, uniform
from analoghop.errors import InputError, NumericalError
from analoghop.formats.matrices import square_matrix
from analoghop.limits import Limits, limited
from analoghop.memory.discrete.discrete_run import discrete_run
from analoghop.memory.discrete.plan import Sweeps
from analoghop.memory.weights import Weights
from analoghop.simulate_many import simulate_many
from analoghop.study.equilibria import equilibrium
from analoghop.study.findings import Findings
from analoghop.study.noise.certificates import LARGEST, certify_boltzmann, certify_gaussian
from analoghop.study.noise.covariance import stationary_covariance
from analoghop.systems.circuits.network import Network

_STEP = 0.02  # of the shortest own time constant
_RELAXED = 8.0  # slowest decay times before the first sample


def sample_circuit(
    network: Network,
    *,
    chains: int = 200,
    steps: int = 50,
    spacing: float = 2.0,
    seed: int = 0,
    limits: Limits | None = None,
    time_limit: float | None = None,
) -> Findings:
    """Test whether a noisy circuit below its critical gain samples the Gaussian law of its linear part.

    `chains` circuits begin at the equilibrium near zero; after eight of their slowest decay times `steps`
    samples are taken at distances of `spacing` of these. The law has the covariance of the Lyapunov equation.
    With much noise the amplifiers are no longer linear, and the certificate says no. Returns the findings of
    `certify_gaussian`. Raises `NumericalError` without a stable equilibrium.
    """
    chains, steps = (
        whole_number(chains, "chains", "a whole number"),
        whole_number(steps, "steps", "a whole number"),
    )
    if chains < 2 or steps < 3 or not 0 < spacing < np.inf:
        raise InputError("`chains` must be 2 or more, `steps` 3 or more, and `spacing` positive")
    quiet = replace(network, temperature=0.0, noise_density=np.zeros(()))
    with limited(limits, time_limit=time_limit) as within, within.heed():
        rest = equilibrium(quiet, np.zeros(network.size), limits=within)
        if not rest.converged:
            raise NumericalError(rest.message)
        P = stationary_covariance(network, rest.state)
        slowest = 1.0 / -float(rest.eigenvalues.real.max())
        skipped = int(np.ceil(_RELAXED / spacing))
        engine = Ensemble(
            "exponential", dt=_STEP * float(network.time_constants.min()), noise_seed=check_seed(seed, "seed")
        )
        run = simulate_many(
            network,
            x0=np.repeat(rest.state[:, None], chains, axis=1),
            tstop=spacing * slowest * (steps + skipped - 1),
            traces=steps + skipped,
            engine=engine,
            limits=within,
        )
        over = len(run) < chains
    if over or run.traces is None:
        raise InputError("the time limit ended the runs before a sample could be tested")
    samples = np.asarray(run.traces[:, skipped:], dtype=np.float64)
    return replace(certify_gaussian(samples, P, rest.state), record={"law": "gaussian", "seed": seed})


def sample_stochastic(
    J: ArrayLike,
    field: ArrayLike = 0.0,
    temperature: float = 1.0,
    *,
    chains: int = 100,
    sweeps: int = 400,
    warm_up: int = 100,
    seed: int = 0,
    limits: Limits | None = None,
    time_limit: float | None = None,
) -> Findings:
    """Test whether the stochastic model of J (n, n) and `field` (n,) samples its Boltzmann law.

    `chains` runs from random states; of `sweeps` asynchronous sweeps the first `warm_up` are not counted.
    Returns the findings of `certify_boltzmann`, for up to 16 units.
    """
    matrix = square_matrix(J, "J")
    n = len(matrix)
    if n > LARGEST:
        raise InputError(f"`J` has {n} rows: a Boltzmann law is enumerated of up to {LARGEST} units")
    if not 0 <= warm_up < sweeps or chains < 1:
        raise InputError("`warm_up` must be below `sweeps`, and `chains` 1 or more")
    h = column(field, n, "field")[:, 0]
    off = matrix - np.diag(np.diagonal(matrix))
    plan = Sweeps(temperature=temperature, longest=sweeps, warm_up=warm_up)
    x0 = np.where(uniform(check_seed(seed, "seed"), 0, chains, n) > 0, 1.0, -1.0)
    with limited(limits, time_limit=time_limit) as within, within.heed():
        later = range(warm_up + 1, sweeps + 1)
        ends = discrete_run(Weights(off, -h), x0, plan, seed=seed, limits=within, at=later)
    samples: Array = np.transpose(ends.trace, (2, 0, 1))
    found = certify_boltzmann(samples, off, h, temperature)
    known = {"law": "boltzmann", "temperature": temperature, "seed": seed, "chains": chains, "sweeps": sweeps}
    return replace(found, record=known, interrupted=bool(ends.cut.any() or ends.stopped.any()))
