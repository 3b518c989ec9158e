"""`asymmetry`: how far couplings may be turned from symmetric before a network no longer settles."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analoghop.activations import Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.arrays import Array, check_number, real, whole_number
from analoghop.couplings import as_coupling
from analoghop.ensembles.streams import check_seed
from analoghop.errors import InputError
from analoghop.formats.matrices import square_matrix
from analoghop.intervals import wilson_interval
from analoghop.limits import Limits, limited
from analoghop.simulate_many import simulate_many
from analoghop.study.findings import Findings
from analoghop.systems.circuits.network import Network


def rotation_angle(T: ArrayLike) -> float:
    """Return arctan(|A|/|S|) in degrees, of the Frobenius norms of the two parts of T = S + A.

    S is symmetric, A antisymmetric: 0 for a symmetric T, 45 for independent entries, 90 for an antisymmetric
    one. Independent tolerances of +-20 % turn a symmetric T by 5 degrees only.
    """
    matrix = square_matrix(T, "T")
    S, A = 0.5 * (matrix + matrix.T), 0.5 * (matrix - matrix.T)
    return float(np.degrees(np.arctan2(np.linalg.norm(A), np.linalg.norm(S))))


def turned(T: ArrayLike, degrees: float) -> Array:
    """Return T turned to the angle `degrees`: its symmetric and antisymmetric parts, weighed anew.

    Both parts are scaled to the norm of T first; the norm of the result is that of T. Raises `InputError` for
    a T without an antisymmetric part.
    """
    matrix = square_matrix(T, "T")
    S, A = 0.5 * (matrix + matrix.T), 0.5 * (matrix - matrix.T)
    size = float(np.linalg.norm(matrix))
    if not (np.linalg.norm(S) > 0 and np.linalg.norm(A) > 0):
        raise InputError("`T` needs a symmetric and an antisymmetric part to be turned")
    angle = np.radians(degrees)
    S, A = S * (size / np.linalg.norm(S)), A * (size / np.linalg.norm(A))
    return np.asarray(S * np.cos(angle) + A * np.sin(angle))


def asymmetry(
    amplifiers: int | ArrayLike = 80,
    angles: ArrayLike = (0.0, 20.0, 30.0, 35.0, 40.0, 60.0),
    *,
    gain: float = 5.0,
    draws: int = 24,
    tstop: float = 400.0,
    seed: int = 0,
    limits: Limits | None = None,
    time_limit: float | None = None,
) -> Findings:
    """Count the networks that settle within `tstop` time constants, against the angle (k,) of T in degrees.

    `amplifiers`: their number N, for couplings drawn anew for each of `draws`, S and A normal with variance
    1/N; or a matrix T, which is turned, with a random start for each draw. u' = -u + T tanh(gain u). Arrays:
    `angle`, `settled` (share), `low` and `high` of its 95 % Wilson interval, `counts` of runs not settled.
    """
    wanted = np.atleast_1d(real(angles, "`angles`"))
    if wanted.ndim != 1 or not len(wanted) or not ((wanted >= 0) & (wanted <= 90)).all():
        raise InputError("`angles` holds a value that is not 0 to 90 degrees")
    draws = whole_number(draws, "draws", "a whole number")
    gain, end = check_number(gain, "gain", "a number"), check_number(tstop, "tstop", "a positive time")
    if draws < 1 or gain <= 0 or end <= 0:
        raise InputError("`draws`, `gain` and `tstop` must be positive")
    check_seed(seed, "seed")
    if isinstance(amplifiers, int | np.integer):
        given, n = None, int(amplifiers)
    else:
        given = square_matrix(amplifiers, "amplifiers")
        n = len(given)
    if n < 2:
        raise InputError(f"`amplifiers` is {n}, expected 2 or more")
    rows: list[tuple[float, float, float, float, float]] = []
    with limited(limits, time_limit=time_limit) as within, within.heed():
        for k, angle in enumerate(wanted.tolist()):
            failed = 0
            for draw in range(draws):
                if within.over:
                    break
                T = turned(given, angle) if given is not None else _drawn(n, angle, seed, draw)
                bank = Amplifiers.uniform(Tanh(), n, gain=gain)
                network = Network(as_coupling(T), bank)
                run = simulate_many(network, 1, tstop=end, seed=seed, first=draw, limits=within.alone())
                failed += int(not len(run) or run.attractors().labels[0] < 0)
                within.tell(k * draws + draw + 1, len(wanted) * draws, "runs")
            if within.over:
                break
            low, high = wilson_interval(draws - failed, draws)
            rows.append((angle, 1.0 - failed / draws, low, high, float(failed)))
        over = len(rows) < len(wanted)
    table = np.array(rows).reshape(-1, 5).T
    lines = [f"{n} amplifiers of gain {gain:g}, {draws} draws at each angle, until t = {end:g}"]
    lines += [f"{a:g} degrees: {failed:.0f} of {draws} not settled" for a, _, _, _, failed in rows]
    names = ("angle", "settled", "low", "high", "counts")
    return Findings(
        "asymmetry",
        dict(zip(names, table, strict=True)),
        {"angle": "degrees"},
        tuple(lines),
        record={"amplifiers": n, "gain": gain, "draws": draws, "tstop": end, "seed": seed},
        interrupted=over,
    )


def _drawn(n: int, degrees: float, seed: int, draw: int) -> Array:
    rng = np.random.default_rng([seed, draw])
    first, second = rng.normal(size=(2, n, n)) / np.sqrt(2.0 * n)
    angle = np.radians(degrees)
    return np.asarray((first + first.T) * np.cos(angle) + (second - second.T) * np.sin(angle))
