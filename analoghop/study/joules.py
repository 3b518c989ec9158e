"""`joules`: time and energy to solution of a max-cut circuit of resistors, capacitors and amplifiers."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, check_not_negative, check_positive, real, whole_number
from analoghop.ensembles.streams import check_seed, uniform
from analoghop.errors import InputError
from analoghop.intervals import mean_interval, wilson_interval
from analoghop.limits import Limits, limited
from analoghop.problems.spins.maxcut import MaxCut
from analoghop.study.findings import Findings

_BOLTZMANN = 1.380649e-23  # J/K
_STEP = 0.05  # of the shortest time constant
_GAINS = 0.5, 20.0  # at the beginning and the end, in critical gains
_WANTED = 0.99
VARIED = ("duration", "noise", "bits", "tolerance", "quiescent_w")
"""The parts of a `SolderedCut` that `joules_scan` varies."""


@dataclass(frozen=True)
class SolderedCut:
    """The parts of a circuit for max-cut.

    A coupling of the largest weight is a resistor of `R` ohm between an amplifier and a node; every node has
    `C` farad, and amplifiers have rails of +-`V` volt and draw `quiescent_w` watt each, for both outputs. The
    gains rise from half to twenty times the critical one within `duration` time constants of a node. `noise`
    in volts is the rms fluctuation of a node that is left alone, None for Johnson noise at `temperature`
    kelvin. Conductances have `bits` (None: exact), and an independent uniform `tolerance` (0.1 is +-10 %).
    """

    R: float = 1e5
    C: float = 1e-12
    V: float = 1.0
    quiescent_w: float = 1e-6
    duration: float = 100.0
    noise: float | None = None
    temperature: float = 300.0
    bits: int | None = None
    tolerance: float = 0.0

    def __post_init__(self) -> None:
        values = asdict(self)
        check_positive(values, "R", "C", "V", "duration", "temperature")
        check_not_negative(values, "quiescent_w", "noise", "tolerance")
        if self.tolerance >= 1:
            raise InputError(f"`tolerance` is {self.tolerance:g}, expected a share from 0 to below 1")
        if self.bits is not None and whole_number(self.bits, "bits", "a whole number") < 1:
            raise InputError(f"`bits` is {self.bits}, expected 1 or more, or None")


def joules(
    problem: MaxCut,
    parts: SolderedCut | None = None,
    *,
    starts: int = 200,
    best: float | None = None,
    seed: int = 0,
    limits: Limits | None = None,
    time_limit: float | None = None,
) -> Findings:
    """Run the circuit of `problem` from random starts, and measure what a solution costs.

    Integrated is the power that the amplifiers deliver into the resistors, sum |T_ij| (+-v_j)(+-v_j - u_i),
    and their quiescent power, until the answer stands: until the last change of the cut. A start succeeds
    where its cut reaches `best`, by default the best known one, or the best of these starts. Time and energy
    at 99 % are the means times ln(0.01)/ln(1 - p). Arrays: `cut` (starts,), `stands` (starts,) in s, `energy`
    (starts,) in J, of which `resistors` (starts,); `success` and its `success_interval`, `time99`, `energy99`
    with intervals from those of p; `thermal` kT/C in V^2 and `landauer`, N kT ln 2 in J, beside.
    """
    wires = parts or SolderedCut()
    starts = whole_number(starts, "starts", "a whole number")
    if starts < 1:
        raise InputError(f"`starts` is {starts}, expected 1 or more")
    check_seed(seed, "seed")
    with limited(limits, time_limit=time_limit) as within, within.heed():
        cut, stands, spent, over = _runs(problem, wires, starts, seed, within)
    known = problem.best_known if best is None else best
    target = float(cut.max()) if known is None else float(known)
    won = int((cut >= target - 1e-9 * max(1.0, abs(target))).sum())
    p, (low, high) = won / starts, wilson_interval(won, starts)
    energy = spent + problem.size * wires.quiescent_w * stands
    of_time = [float(stands.mean()) * _tries(one) for one in (p, high, low)]
    of_energy = [float(energy.mean()) * _tries(one) for one in (p, high, low)]
    thermal = _BOLTZMANN * wires.temperature
    landauer = problem.size * thermal * math.log(2.0)
    spread = mean_interval(energy.tolist())
    lines = (
        f"{won} of {starts} starts reach a cut of {target:g}"
        + (" (the best of these)" if known is None else " (best known)"),
        f"answers stand after {stands.mean():.4g} s, "
        f"for {energy.mean():.4g} J, {spent.mean():.4g} J of it in resistors",
        f"time at 99 %: {of_time[0]:.4g} s ({of_time[1]:.4g} to {of_time[2]:.4g})",
        f"energy at 99 %: {of_energy[0]:.4g} J ({of_energy[1]:.4g} to {of_energy[2]:.4g}), "
        f"Landauer's bound for {problem.size} bits {landauer:.3g} J",
    )
    return Findings(
        "joules",
        {
            "cut": cut,
            "stands": stands,
            "energy": energy,
            "resistors": spent,
            "success": np.array([p]),
            "success_interval": np.array([low, high]),
            "time99": np.array(of_time),
            "energy99": np.array(of_energy),
            "thermal": np.array([thermal / wires.C]),
            "landauer": np.array([landauer]),
            "mean_interval": np.array(spread if spread is not None else (np.nan, np.nan)),
        },
        dict.fromkeys(("energy", "resistors", "energy99", "landauer", "mean_interval"), "J")
        | {"stands": "s", "time99": "s", "thermal": "V^2"},
        lines,
        record={**asdict(wires), "starts": starts, "seed": seed, "target": target},
        interrupted=over,
    )


def joules_scan(
    problem: MaxCut,
    vary: str,
    values: ArrayLike,
    parts: SolderedCut | None = None,
    *,
    starts: int = 200,
    best: float | None = None,
    seed: int = 0,
    limits: Limits | None = None,
    time_limit: float | None = None,
) -> Findings:
    """Return `joules` against one part: `vary` is "duration", "noise", "bits", "tolerance" or "quiescent_w".

    All `values` (k,) are judged by one target: `best`, the best known cut, or the best of all starts. Arrays:
    `value`, `success` with `success_low` and `success_high`, `time99` in s and `energy99` in J with `_low`
    and `_high`, `stands` in s and `energy` in J, means over the starts.
    """
    if vary not in VARIED:
        raise InputError(f"`vary` is {vary!r}, expected one of {', '.join(VARIED)}")
    wanted = np.atleast_1d(real(values, "`values`")).ravel()
    base = parts or SolderedCut()
    found: list[Findings] = []
    with limited(limits, time_limit=time_limit) as within, within.heed():
        for k, value in enumerate(wanted.tolist()):
            if within.over:
                break
            changed: dict[str, Any] = {vary: int(value) if vary == "bits" else value}
            one = replace(base, **changed)
            run = joules(problem, one, starts=starts, best=best, seed=seed, limits=within.alone())
            if run.interrupted:
                break
            found.append(run)
            within.tell(k + 1, len(wanted), "circuits")
    known = problem.best_known if best is None else best
    target = max((float(run["cut"].max()) for run in found), default=0.0) if known is None else float(known)
    rows = [_judged(run, target, starts) for run in found]
    names = [f"{name}{end}" for name in ("success", "time99", "energy99") for end in ("", "_low", "_high")]
    names += ["stands", "energy"]
    table = np.array(rows).reshape(-1, len(names)).T
    lines = [f"{problem.size} vertices, target {target:g}, {starts} starts for each {vary}"]
    lines += [
        f"{vary} {value:g}: success {row[0]:.1%}, {row[3]:.4g} s and {row[6]:.4g} J at 99 %"
        for value, row in zip(wanted, rows, strict=False)
    ]
    return Findings(
        "joules_scan",
        {"value": wanted[: len(found)], **dict(zip(names, table, strict=True))},
        {name: "J" if "energy" in name else "s" for name in names if "success" not in name},
        tuple(lines),
        record={**asdict(base), "vary": vary, "starts": starts, "seed": seed, "target": target},
        interrupted=len(found) < len(wanted),
    )


def _judged(run: Findings, target: float, starts: int) -> list[float]:
    won = int((run["cut"] >= target - 1e-9 * max(1.0, abs(target))).sum())
    p, (low, high) = won / starts, wilson_interval(won, starts)
    stands, energy = float(run["stands"].mean()), float(run["energy"].mean())
    tries = [_tries(one) for one in (p, high, low)]
    return [p, low, high, *(stands * t for t in tries), *(energy * t for t in tries), stands, energy]


def _tries(p: float) -> float:
    """Return how often a start with the success rate `p` is repeated for 99 %, at least once."""
    if p <= 0.0:
        return math.inf
    return 1.0 if p >= _WANTED else math.log(1.0 - _WANTED) / math.log1p(-p)


def conductances(problem: MaxCut, parts: SolderedCut, seed: int) -> tuple[Array, Array]:
    """Return the couplings T (n, n) in siemens, as soldered, and the conductance G (n,) of each node.

    T_ij = -w_ij/(max |w| R); G is the sum of the resistors at a node and one of R to ground.
    """
    g = problem.graph
    w = np.zeros((g.n, g.n))
    i, j = g.edges.T
    np.add.at(w, (i, j), g.w)
    w = w + w.T
    largest = float(np.abs(w).max())
    if largest == 0.0:
        raise InputError("the graph has no edge of a weight other than zero")
    share = w / largest
    if parts.bits is not None:
        levels = 2**parts.bits - 1
        share = np.sign(share) * np.rint(np.abs(share) * levels) / levels
    if parts.tolerance:
        rng = np.random.default_rng([seed, 11])
        share = share * (1.0 + parts.tolerance * rng.uniform(-1.0, 1.0, share.shape))
    T = -share / parts.R
    return T, np.abs(T).sum(axis=1) + 1.0 / parts.R


def _runs(
    problem: MaxCut, parts: SolderedCut, starts: int, seed: int, limits: Limits
) -> tuple[Array, Array, Array, bool]:
    """Return the cuts, the times at which they stand, the energy in the resistors until then, and `over`."""
    T, G = conductances(problem, parts, seed)
    n, tau = problem.size, parts.C / G
    h, slow = _STEP * float(tau.min()), float(tau.max())
    steps = max(2, int(np.ceil(parts.duration * slow / h)))
    # Critical: gain times the largest eigenvalue of T/G is one, at rails of V.
    largest = float(np.linalg.eigvals(T / G[:, None]).real.max())
    critical = 1.0 / (max(largest, 1e-12) * parts.V)
    rms = math.sqrt(_BOLTZMANN * parts.temperature / parts.C) if parts.noise is None else parts.noise
    decay = np.exp(-h / tau)[:, None]
    kick = rms * np.sqrt(1.0 - decay**2)
    rng = np.random.default_rng(seed)
    u = 0.01 * parts.V * uniform(seed, 0, starts, n)
    sizes = np.abs(T).sum(axis=0)[:, None]
    spent, until, stands = np.zeros(starts), np.zeros(starts), np.zeros(starts)
    i, j = problem.graph.edges.T
    before = np.full(starts, np.nan)
    power_before: Array | None = None
    for k in range(steps + 1):
        gain = critical * _GAINS[0] * (_GAINS[1] / _GAINS[0]) ** (k / steps)
        v = parts.V * np.tanh(gain * u)
        drive = T @ v
        # What the amplifiers deliver: |T_ij| v_j^2 - T_ij v_j u_i, summed.
        power = (sizes * v**2).sum(axis=0) - (u * drive).sum(axis=0)
        if power_before is not None:
            spent += 0.5 * h * (power + power_before)
        power_before = power
        cut = problem.graph.w @ (np.signbit(u[i]) != np.signbit(u[j]))
        changed = cut != before
        stands[changed], until[changed], before = k * h, spent[changed], cut
        if k % 64 == 0:
            limits.tell(k, steps, "steps")
            if limits.over and k < steps:
                return before, stands, until, True
        u = decay * u + (1.0 - decay) * drive / G[:, None] + kick * rng.standard_normal(u.shape)
    return before, stands, until, False
