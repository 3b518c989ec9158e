"""`agreement`: how far a deck's run here is from the run of ngspice, relative to the range of each signal."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from analoghop.circuit import netlist
from analoghop.circuit.circuit import Circuit
from analoghop.circuit.ngspice import run_ngspice_circuit
from analoghop.circuit.reduction.compile import compile_circuit
from analoghop.circuit.transient import Transient, initial_state
from analoghop.engines import ScipyIVP
from analoghop.errors import AnalogHopError
from analoghop.formats.waveforms.waveforms import Waveforms
from analoghop.simulate import run_transient

OPTIONS = tuple(
    {"method": "trap", "reltol": "1e-9", "vntol": vntol, "abstol": abstol, "trtol": "1e9"}
    for vntol, abstol in (("1e-12", "1e-14"), ("1e-10", "1e-13"), ("1e-9", "1e-12"))
)
"""What ngspice is asked for; the next where its iteration does not converge so far.

The currents of capacitors are rounded to 1e-16 C/h volts, which is above an `abstol` of 1e-16. A `trtol` of
1e9 leaves the step as large as it may be: it takes the ringing of such currents for an error.
"""
POINTS = 400
"""Times of ngspice at which the runs are compared."""


@dataclass(frozen=True)
class Agreement:
    """`worst` deviation relative to its signal's range, and the `signal`; `course` for each number of steps.

    `steps` is the smallest number of steps of ngspice that was needed, or the largest that was tried.
    """

    worst: float
    signal: str
    steps: int
    course: tuple[float, ...]

    @property
    def converging(self) -> bool:
        """Whether every halving of ngspice's step has made the deviation at least 1.7 times smaller."""
        return len(self.course) > 1 and all(
            b < a / 1.7 for a, b in zip(self.course, self.course[1:], strict=False)
        )


def agreement(
    text: str,
    wanted: float = 1e-6,
    steps: tuple[int, ...] = (10_000, 20_000, 40_000, 80_000),
    rtol: float = 1e-10,
) -> Agreement:
    """Run a deck here and in ngspice, with smaller steps of ngspice until they agree within `wanted`."""
    circuit = netlist.parse(text)
    course: list[float] = []
    worst, signal, count = 0.0, "", 0
    for count in steps:
        worst, signal = _deviation(circuit, count, rtol)
        course.append(worst)
        if worst <= wanted:
            break
    return Agreement(worst, signal, count, tuple(course))


def _deviation(circuit: Circuit, steps: int, rtol: float) -> tuple[float, str]:
    assert circuit.tran is not None
    there = _there(circuit, circuit.tran.stop / steps)
    # Where `.ic` holds nodes, ngspice's first row has the currents of the conductances that hold them.
    first = 1 if circuit.initial and not circuit.tran.uic else 0
    kept = np.unique(np.linspace(first, len(there.times) - 1, POINTS).astype(int))
    times = there.times[kept]
    here, rows = _here(circuit, times, rtol)
    names = [name for name in there.signals if name.startswith("v(")]
    deviations = {}
    for name, ours in zip(names, here.observe(names)[:, rows], strict=True):
        theirs = np.asarray(there[name])
        deviations[name] = float(np.abs(ours - theirs[kept]).max()) / _range(theirs)
    signal = max(deviations, key=lambda name: deviations[name])
    return deviations[signal], signal


def _there(circuit: Circuit, step: float) -> Waveforms:
    """Return ngspice's run, with steps of at most `step`."""
    assert circuit.tran is not None
    fine = replace(circuit, tran=circuit.tran._replace(step=step, max_step=step))
    for options in OPTIONS[:-1]:
        try:
            return run_ngspice_circuit(replace(fine, options=tuple(options.items())))
        except AnalogHopError as error:
            if "Timestep too small" not in str(error):
                raise
    return run_ngspice_circuit(replace(fine, options=tuple(OPTIONS[-1].items())))


def _range(values: np.ndarray) -> float:
    """Return the range of a signal; of one that hardly moves, a hundredth of its size."""
    return max(float(np.ptp(values)), 0.01 * float(np.abs(values).max()), 1e-6)


def _here(circuit: Circuit, times: np.ndarray, rtol: float):
    lure = compile_circuit(circuit)
    start = initial_state(circuit, lure).state
    grid, rows = np.unique(np.concatenate([[0.0], times]), return_inverse=True)
    return run_transient(lure, Transient(grid, start), ScipyIVP(rtol=rtol)), rows[1:]
