"""`frame_of`: the state of a session as plain values, one byte per amplifier."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array
from analoghop.bench.session import Session
from analoghop.bench.setup import Rig

REST = 1e-2
"""Largest change per time constant of a state at rest, in input scales of its amplifier."""
LEVELS = 255
MOST_SIGNALS = 64
"""Signals up to which a frame has the values of all of them."""


def frame_of(session: Session) -> dict[str, Any]:
    """Return the frame: scalars, and `v`, the outputs as bytes in base64.

    The byte 0 is `lo` volts and 255 is `hi`. `energy` has the parts in W, None without an energy. `settled`
    says that no state moves. `first` is the earliest tick that can be gone back to, `digest` the fingerprint
    of the state.
    """
    rig, x = session.rig, session.x
    shown, lo, hi = level_bytes(rig, session.t, x)
    energy = session.energy
    return {
        "tick": session.tick,
        "t": session.t,
        "dt": session.dt,
        "v": base64.b64encode(shown.tobytes()).decode("ascii"),
        "lo": lo,
        "hi": hi,
        "energy": None
        if energy is None
        else {"total": energy.total, "parts": dict(energy.parts), "rose": energy.rose},
        "settled": at_rest(rig, session.t, x),
        "first": session.history[0].tick,
        "digest": session.digest,
    }


def level_bytes(rig: Rig, t: float, x: Array) -> tuple[NDArray[np.uint8], float, float]:
    """Return the outputs at `x` (n,) as bytes (n_outputs,), and the volts of the bytes 0 and 255.

    The range is that of the rails, or for other outputs the smallest power of two that holds them.
    """
    v = rig.outputs(t, x[:, None])[:, 0]
    lo, hi = _rails(rig)
    if not np.isfinite([lo, hi]).all():
        most = float(np.abs(v).max(initial=1e-300))
        hi = float(2.0 ** np.ceil(np.log2(most))) if most > 1e-300 else 1.0
        lo = 0.0 if v.min(initial=0.0) >= 0 else -hi
    share = np.clip((v - lo) / (hi - lo), 0.0, 1.0)
    return np.rint(LEVELS * share).astype(np.uint8), lo, hi


def _rails(rig: Rig) -> tuple[float, float]:
    """Return the lowest and the highest rail, as the circuit was built; infinite where there are none."""
    bank = rig.built.system.bank
    if bank is None or not bank.outputs:
        return -np.inf, np.inf
    ends = np.array([unit.range for unit in bank.activations], dtype=np.float64)[bank.unit_of_output]
    both = bank.base + bank.scale * ends
    lo, hi = float(both.min()), float(both.max())
    return (lo, hi) if lo < hi else (-np.inf, np.inf)


def at_rest(rig: Rig, t: float, x: Array) -> bool:
    """Return whether no state moves by more than `REST` input scales in its time constant."""
    system = rig.system
    if system.noise is not None or t < system.quiet_after():
        return False
    rate = system.rhs(t, x[:, None])
    return bool((np.abs(rate) * system.time_constants <= REST * system.input_scale).all())


def signal_values(rig: Rig, times: Array, states: Array, names: Sequence[str]) -> dict[str, list[float]]:
    """Return the named signals along `states` (n, k) at `times` (k,): voltages, currents, or outputs.

    The name of an output that is no signal of its own is one, too. Unknown names are left out.
    """
    system = rig.system
    own = [name for name in names if name in set(system.signal_names)]
    found: dict[str, list[float]] = {}
    if own:
        rows = system.observe(times, states, own)
        found = dict(zip(own, rows.tolist(), strict=True))
    others = [name for name in names if name not in found and name in rig.output_names]
    if others:
        outputs = rig.outputs(times, states)
        found |= {name: outputs[rig.output_names.index(name)].tolist() for name in others}
    return found
