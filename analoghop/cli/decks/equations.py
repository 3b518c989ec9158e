"""The reduced equations of a deck, as plain values for JSON and as tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from analoghop.cli.text import counted, prefix_for, si, table

if TYPE_CHECKING:
    from analoghop.arrays import Array
    from analoghop.systems.base import System
    from analoghop.systems.circuits.lure import Lure

NETWORK = "C du/dt = T v - G u + I"
GENERAL = "C dx/dt = -G x + B v + S w + S_rate dw/dt,  z = P x + Q v + R w"
AMPLIFIER = "v = a + b f(g (z - o))"
SHOWN = 10
"""Rows and columns of a printed table; JSON has all of them."""


def description(lure: Lure) -> dict[str, Any]:
    """Return the equations and the known facts about their energy, matrices as nested lists."""
    from analoghop.circuit.reduction.source_vector import at_start
    from analoghop.systems.circuits.matrices import dense

    network, core = lure.network, lure.core
    theorem = lure.theorem
    if network is not None:
        form, equation = "network", NETWORK
        matrices = {
            "C": network.C[:, 0],
            "G": network.G[:, 0],
            "T": network.T.toarray(),
            "bias": network.current(0.0)[:, 0],
        }
    else:
        form, equation = "general", GENERAL
        parts = ("C", "G", "B", "S", "S_rate", "P", "Q", "R")
        matrices = {name: dense(getattr(core, name)) for name in parts}
        matrices["w"] = at_start(core.signals).value(0.0)[:, 0]
    return {
        "form": form,
        "equation": f"{equation},  {AMPLIFIER}",
        "states": list(core.states),
        "time_constants": lure.time_constants[:, 0],
        "amplifiers": amplifiers(lure),
        **matrices,
        "symmetric": network.T.symmetric if network is not None else None,
        "moving_inputs": sum(signal.quiet_after() > 0 for signal in core.signals.signals),
        "lines": [{"name": name, "impedance": Z0, "delay": TD} for name, Z0, TD in delaying(lure)],
        "noise": None if lure.noise is None else lure.noise[:, 0],
        "theorem": {"applies": theorem.applies, "name": theorem.name, "reasons": list(theorem.reasons)},
        "has_energy": lure.has_energy,
    }


def delaying(lure: Lure) -> list[tuple[str, float, float]]:
    """Return name, impedance in ohms and delay in s of every line."""
    lines = lure.lines
    if lines is None:
        return []
    return list(zip(lines.names, lines.impedances[::2].tolist(), lines.delays[::2].tolist(), strict=True))


def amplifiers(lure: Lure) -> list[dict[str, Any]]:
    """Return kind, gains, offsets and rails of each amplifier that acts on a state.

    In a network, a divider at an amplifier's input is part of its gain, and a constant source there part of
    its offset.
    """
    bank = (lure.network or lure.core).amplifiers
    names = lure.core.unit_names or tuple(f"amplifier {k + 1}" for k in range(bank.units))
    found = []
    for k, activation in enumerate(bank.activations):
        inputs, outputs = bank.unit_of_input == k, bank.unit_of_output == k
        scale, base = bank.scale[outputs, 0], bank.base[outputs, 0]
        ends = [base + scale * end for end in activation.range]
        found.append(
            {
                "name": names[k],
                "kind": activation.name,
                "gain": bank.gain[inputs, 0],
                "offset": bank.offset[inputs, 0],
                "scale": scale,
                "base": base,
                "low": min(end.min() for end in ends),
                "high": max(end.max() for end in ends),
            }
        )
    return found


def report(lure: Lure) -> Iterator[str]:
    """Yield the lines of the text report."""
    network, core = lure.network, lure.core
    if not lure.size:
        yield "no capacitor holds a state: the voltages follow the sources at once"
        return
    yield f"{NETWORK if network is not None else GENERAL},  {AMPLIFIER}"
    yield ""
    yield from _states(lure)
    yield ""
    yield from _amplifiers(lure)
    yield ""
    if network is not None:
        symmetric = "symmetric" if network.T.symmetric else "not symmetric"
        yield from _matrix(f"T, {symmetric}", network.T.toarray(), core.states, core.states, "S")
    else:
        yield from _general(lure)
    if lines := delaying(lure):
        yield ""
        rows = [(name, si(Z0, "ohm"), si(TD, "s")) for name, Z0, TD in lines[:SHOWN]]
        yield from table([("line", "Z0", "delay"), *rows])
        yield from _rest(len(lines), "line")
    yield ""
    yield from theorem_lines(lure)


def _states(lure: Lure) -> Iterator[str]:
    network, core = lure.network, lure.core
    tau = lure.time_constants[:, 0]
    heads: tuple[str, ...] = ("state", "own time constant")
    rows: list[tuple[str, ...]] = [(name, si(t, "s")) for name, t in zip(core.states, tau, strict=True)]
    if network is not None:
        heads = ("state", "C", "G", "C/G", "I")
        columns = zip(
            core.states, network.C[:, 0], network.G[:, 0], tau, network.current(0.0)[:, 0], strict=True
        )
        rows = [(name, si(C, "F"), si(G, "S"), si(t, "s"), si(I, "A")) for name, C, G, t, I in columns]
    if lure.noise is not None:
        heads = (*heads, "noise")
        densities = (si(density, "V/sqrt(s)") for density in lure.noise[:, 0])
        rows = [(*row, density) for row, density in zip(rows, densities, strict=True)]
    yield from table([heads, *rows[:SHOWN]])
    yield from _rest(len(rows), "state")


def _amplifiers(lure: Lure) -> Iterator[str]:
    found = amplifiers(lure)
    rows = [
        (
            one["name"],
            one["kind"],
            ", ".join(f"{g:.4g}" for g in one["gain"][:3]) + (", ..." if len(one["gain"]) > 3 else ""),
            ", ".join(f"{o:.4g}" for o in one["offset"][:3]) + (", ..." if len(one["offset"]) > 3 else ""),
            f"{one['low']:.4g} .. {one['high']:.4g}",
        )
        for one in found[:SHOWN]
    ]
    yield from table([("amplifier", "f", "g (1/V)", "o (V)", "v (V)"), *rows], left=2)
    yield from _rest(len(found), "amplifier")


def _general(lure: Lure) -> Iterator[str]:
    from analoghop.systems.circuits.matrices import dense

    core = lure.core
    bank = core.amplifiers
    outputs = [f"v{k + 1}" for k in range(bank.outputs)]
    inputs = [f"z{k + 1}" for k in range(bank.inputs)]
    yield from _matrix("C", dense(core.C), core.states, core.states, "F")
    yield ""
    yield from _matrix("G", dense(core.G), core.states, core.states, "S")
    for name, rows, columns, unit in (
        ("B", core.states, outputs, "S"),
        ("P", inputs, core.states, ""),
        ("Q", inputs, outputs, ""),
    ):
        matrix = dense(getattr(core, name))
        if matrix.any():
            yield ""
            yield from _matrix(name, matrix, rows, columns, unit)


def _matrix(
    name: str, values: Array, rows: Sequence[str], columns: Sequence[str], unit: str
) -> Iterator[str]:
    """Yield a table of one matrix in a common prefix."""
    factor, prefix = prefix_for(float(abs(values).max(initial=0.0)))
    shown_unit = f" ({prefix}{unit})" if prefix + unit else ""
    yield f"{name}{shown_unit}"
    cut = values[:SHOWN, :SHOWN] / factor
    more = values.shape[1] > SHOWN
    head = ["", *columns[:SHOWN], *(["..."] if more else [])]
    body = [
        [row, *(f"{value + 0.0:.4g}" for value in line), *([""] if more else [])]
        for row, line in zip(rows, cut, strict=False)
    ]
    yield from table([head, *body])
    if len(rows) > SHOWN or more:
        yield f"... {values.shape[0]} x {values.shape[1]} in all: --json shows everything"


def _rest(number: int, noun: str) -> Iterator[str]:
    if number > SHOWN:
        yield f"... and {counted(number - SHOWN, f'more {noun}')}: --json shows everything"


def theorem_lines(system: System) -> Iterator[str]:
    """Yield the known facts about the energy before a run: one sentence, or one for each obstacle."""
    theorem = system.theorem
    if theorem.applies:
        yield f"energy: never rises ({theorem.name})"
        return
    known = "energy: may rise" if system.has_energy else "energy: none is known for this circuit"
    if len(theorem.reasons) == 1:
        yield f"{known}: {theorem.reasons[0]}"
        return
    yield f"{known}:"
    for reason in theorem.reasons:
        yield f"  {reason}"
