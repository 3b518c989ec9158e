"""`relaxed`: a circuit with lines, for its equilibria."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from analoghop.schedules import Constant, Signals
from analoghop.systems.circuits.lines.waves import Wave
from analoghop.systems.circuits.lure import Lure
from analoghop.systems.circuits.observation import LinearMap, Observation


def relaxed(lure: Lure) -> Lure:
    """Return a circuit with a state for every wave in its lines; one without lines as it is.

    Each wave follows what is sent with the delay as its time constant. At rest this is the same as the delay,
    so the equilibria are those of the circuit, in which a line is a wire. Which of them are stable depends on
    the delays, and so it may differ. `wave_delays` says which states stand for waves: `.ac` has the delays.
    """
    lines = lure.lines
    if lines is None:
        return lure
    from scipy.sparse import block_array, block_diag, csr_array, diags_array, eye_array

    at, m, sent = lines.columns, len(lure.signals), lines.sent
    others = csr_array(diags_array(np.where(np.isin(np.arange(m), at), 0.0, 1.0)))

    def split(matrix: Any) -> tuple[Any, Any]:
        """Return the columns of the waves, and the matrix with zeros there."""
        full = csr_array(matrix)
        return full[:, at], csr_array(full @ others)

    S_e, S = split(lure.S)
    R_e, R = split(lure.R)
    w_e, w = split(sent.w)
    no_rate = csr_array((len(at), m))

    def stacked(top: Any, bottom: Any) -> Any:
        return csr_array(block_array([[csr_array(top)], [csr_array(bottom)]]))

    def beside(left: Any, right: Any) -> Any:
        return csr_array(block_array([[csr_array(left), csr_array(right)]]))

    def moved(one: LinearMap) -> LinearMap:
        waves, rest = split(one.w)
        return LinearMap(beside(one.x, waves), csr_array(one.v), rest)

    signals = list(lure.signals.signals)
    initial = []
    for k in at:
        wave = signals[k]
        assert isinstance(wave, Wave), "`columns` are those of waves"
        initial.append(wave.initial)
        signals[k] = Constant(0.0)
    shown = lure.observation
    maps = () if shown is None else (shown.voltage, shown.current, shown.charge)
    states = tuple(f"wave({name},{end})" for name in lines.names for end in (1, 2))
    start = np.zeros((lure.size, 1)) if lure.start is None else lure.start
    return replace(
        lure,
        C=csr_array(block_diag([csr_array(lure.C), diags_array(lines.delays)])),
        G=csr_array(block_array([[csr_array(lure.G), -S_e], [-csr_array(sent.x), eye_array(len(at)) - w_e]])),
        B=stacked(lure.B, sent.v),
        S=stacked(S, w),
        S_rate=stacked(lure.S_rate, no_rate),
        P=beside(lure.P, R_e),
        R=R,
        signals=Signals(tuple(signals)),
        states=(*lure.states, *states),
        observation=None if shown is None else Observation(shown.nodes, shown.branches, *map(moved, maps)),
        balance=None,
        start=np.concatenate([start, np.array(initial)[:, None]]),
        noise_density=None,
        lines=None,
        wave_delays=np.concatenate([np.zeros(lure.size), lines.delays]),
    )
