"""`pair_circuit`: Hopfield's network of 1984 with the pair couplings of a learning rule."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from analoghop.activations import Activation, Logistic, Morita, Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.arrays import check_positive
from analoghop.errors import InputError
from analoghop.memory.circuits.memory_circuit import TAU, MemoryCircuit
from analoghop.memory.rules import learn
from analoghop.memory.weights import Levels, Weights
from analoghop.problems.base import Formulation
from analoghop.systems.circuits.network import Network

if TYPE_CHECKING:
    from analoghop.memory.patterns import Memory

Amplifier = Literal["tanh", "morita"]

MORITA_START = 0.3
"""Volts of a bit at the start, below the 0.5 V above which the output of Morita's amplifier falls."""

DURATION = 50.0
"""Length of a plotted recall in time constants: signs are final within 20 of them."""


def pair_circuit(
    memory: Memory,
    weights: Weights,
    *,
    gain: float = 20.0,
    amplifier: Amplifier = "tanh",
    tau: float = TAU,
) -> MemoryCircuit:
    """Return the circuit C du/dt = G (W v - threshold - u) with one amplifier v = f(u) per unit, C/G = `tau`.

    Bipolar units are tanh(`gain` u), binary ones the logistic of the same steepness; their high-gain limit
    has the fixed points of the binary model. `amplifier` "morita" is the non-monotone amplifier, which
    ignores `gain`. Raises `InputError` for weights of another size, binary Morita units, or a gain or tau
    that is not positive.
    """
    if weights.size != memory.size:
        raise InputError(f"the weights are those of {weights.size} units, the patterns have {memory.size}")
    check_positive({"gain": gain, "tau": tau})
    if amplifier not in ("tanh", "morita"):
        raise InputError(f"`amplifier` is tanh or morita, not {amplifier!r}")
    morita = amplifier == "morita"
    activation: Activation
    if weights.units == "binary":
        if morita:
            raise InputError("Morita's amplifier is for bipolar units")
        # (1 + tanh(g u))/2 is the logistic of 2 g u; the field of binary units is twice that of bipolar ones.
        activation, slope, middle = Logistic(), gain, 0.5
    else:
        activation, slope, middle = (Morita(), 1.0, 0.0) if morita else (Tanh(), gain, 0.0)
    system = Network(
        weights.coupling,
        Amplifiers.uniform(activation, memory.size, slope),
        C=np.asarray(tau),
        bias=-weights.threshold,
        names=pixel_names(memory),
    )
    amplitude = MORITA_START if morita else 1.0
    return MemoryCircuit(
        memory,
        system,
        DURATION * tau,
        tau,
        {"rule": weights.rule, "gain": gain, "amplifier": amplifier, "units": weights.units, "tau": tau},
        amplitude=amplitude if weights.units == "bipolar" else 2.0 * amplitude,
        middle=None if morita else middle,
        drive=weights.W if morita else np.zeros((0, 0)),
        shift=-weights.threshold[:, None],
    )


def cued(circuit: MemoryCircuit, noise: float, pattern: int) -> MemoryCircuit:
    """Return `circuit` with the cue `pattern` (counted from 1) for trajectory 0, and with `noise`.

    Raises `InputError` for a pattern that does not exist.
    """
    if not 1 <= pattern <= circuit.memory.count:
        raise InputError(f"`pattern` is {pattern}, expected 1 to {circuit.memory.count}")
    return replace(circuit, noise=noise, first=pattern - 1)


def pixel_names(memory: Memory) -> tuple[str, ...]:
    """Return the names "row_column", from 1, of the neurons of a picture; () for patterns of one line."""
    rows, cols = memory.shape
    if rows == 1:
        return ()
    return tuple(f"{row + 1}_{col + 1}" for row in range(rows) for col in range(cols))


@dataclass(frozen=True)
class PairsFormulation(Formulation["Memory"]):
    """The network of pair couplings: learning `rule`, `amplifier` and `gain`, `units`, time constant `tau`.

    Trajectory k is cued with `pattern` + k, counted from 1, a share `noise` of its bits flipped.
    """

    rule: str = "hebbian"
    gain: float = 20.0
    amplifier: Amplifier = "tanh"
    units: Levels = "bipolar"
    tau: float = TAU
    noise: float = 0.1
    pattern: int = 1

    name = "pairs"
    purpose = "Hopfield's network of 1984: couplings between pairs of neurons by a learning rule"

    def encode(self, problem: Memory) -> MemoryCircuit:
        """Return the circuit; raises `InputError` for an unknown rule or invalid options."""
        weights = learn(problem, self.rule).converted(self.units)
        circuit = pair_circuit(problem, weights, gain=self.gain, amplifier=self.amplifier, tau=self.tau)
        return cued(circuit, self.noise, self.pattern)
