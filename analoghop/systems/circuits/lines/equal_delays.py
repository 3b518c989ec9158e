"""`delayed_network`: a circuit with lines as Hopfield's network whose connections all have one delay."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analoghop.errors import InputError
from analoghop.schedules import Constant, Signals
from analoghop.systems.circuits.lure import Lure
from analoghop.systems.circuits.matrices import any_entry, dense
from analoghop.systems.circuits.network import Network

_ROUNDING = 1e-12  # of the largest entry of a matrix


def delayed_network(lure: Lure) -> tuple[Network, float]:
    """Return the network without its lines, and the delay in s that each of its connections has.

    Every path from an amplifier to an amplifier must pass through one line, between an ideal amplifier and a
    resistor of its impedance, and all lines must have the same delay. Raises `InputError` otherwise. Sources
    keep what they are at t = 0.
    """
    lines = lure.lines
    if lines is None:
        raise InputError("the circuit has no lines that delay its connections")
    at = lines.columns
    S, R = dense(lure.S)[:, at], dense(lure.R)[:, at]
    x, v, w = (_cleared(dense(part)) for part in (lines.sent.x, lines.sent.v, lines.sent.w))
    silent = ~(x.any(axis=1) | v.any(axis=1) | w.any(axis=1))
    w[:, at[silent]] = 0.0
    read = (S.any(axis=0) | R.any(axis=0)) & ~silent
    if w[np.ix_(read, at)].any():
        raise InputError("lines send echoes: end each in a resistor of its impedance, driven by an amplifier")
    S, R = S * read, R * read
    behind = not R.any() and not any_entry(lure.B) and not (S @ x).any()
    before = not S.any() and not any_entry(lure.P) and not (R @ v).any() and not any_entry(lure.Q)
    delays = np.unique(lines.delays[read])
    if not (behind or before) or len(delays) != 1 or w[read].any():
        raise InputError("expected one line of the same delay in every connection between amplifiers")
    signals = [
        Constant(0.0 if k in at else float(one.value(0.0))) for k, one in enumerate(lure.signals.signals)
    ]
    plain = replace(
        lure,
        G=dense(lure.G) - S @ x,
        B=dense(lure.B) + S @ v,
        P=dense(lure.P) + R @ x,
        Q=dense(lure.Q) + R @ v,
        signals=Signals(tuple(signals)),
        observation=None,
        balance=None,
        lines=None,
    )
    network = plain.network
    if network is None:
        raise InputError("without its lines the circuit is no network of amplifiers with one capacitor each")
    return network, float(delays[0])


def _cleared(matrix: np.ndarray) -> np.ndarray:
    """Return a matrix with zeros where only rounding is."""
    return np.where(np.abs(matrix) > _ROUNDING * np.abs(matrix).max(initial=0.0), matrix, 0.0)
