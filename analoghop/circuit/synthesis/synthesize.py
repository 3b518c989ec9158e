"""`synthesize`: from Hopfield's equations to a circuit of resistors, capacitors and amplifiers."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array
from analoghop.circuit.circuit import Circuit
from analoghop.circuit.elements import (
    GROUND,
    BehaviouralCurrent,
    BehaviouralVoltage,
    Capacitor,
    CurrentSource,
    Element,
    Resistor,
    VoltageControlledCurrent,
    VoltageControlledVoltage,
    VoltageSource,
)
from analoghop.circuit.expressions import Call, Number, Voltage
from analoghop.circuit.requests import Tran
from analoghop.circuit.sources import Pwl
from analoghop.circuit.synthesis.amplifier_text import output_expressions
from analoghop.circuit.synthesis.terms import initial_voltages
from analoghop.circuit.transient_noise import TransientNoise
from analoghop.errors import InputError
from analoghop.schedules import Constant, Schedule, Signal
from analoghop.systems.circuits.network import Network

PIECES = 200  # straight pieces that approximate a curved schedule
NOISE_STEP = 0.01  # of the shortest time constant: white for this circuit
MARGIN = 0.999  # share of a node's conductance for couplings: the input resistor needs a positive remainder

ROUNDING = 1e-14  # of the largest coupling


@dataclass(frozen=True)
class Synthesis:
    """A buildable `circuit`: its input voltages are `scale` times the network's u.

    All resistances are `impedance` times the network's. Nodes: `u<name>` inputs, `v<name>` outputs,
    `n<name>` inverted outputs.
    """

    circuit: Circuit
    scale: float
    impedance: float


def synthesize(
    network: Network,
    *,
    scale: float | None = None,
    impedance: float = 1.0,
    bias: Literal["current", "rails"] = "current",
    rail: float = 1.0,
    start: ArrayLike | None = None,
    tran: Tran | None = None,
    title: str = "Hopfield network",
) -> Synthesis:
    """Return a circuit with the trajectories of `network`, its input voltages multiplied by `scale`.

    |T_ij| becomes a resistor from the normal or inverting output j to node i; an input resistor brings the
    node's total conductance to G_i. Couplings may take no more conductance than G_i, so the voltages are
    scaled: with u' = s u the couplings and the bias are s T and s I and the gains g/s. The default
    `scale` is the largest power of two up to 1 that leaves every input resistor positive. `impedance`
    multiplies all resistances and divides all capacitances and currents, which changes no voltage. `bias`
    becomes current sources, or resistors to supplies of +-`rail` volts. `start` (n) are the network's u(0),
    as `.ic`. Noise becomes TRNOISE sources, with values every 1/100 of the shortest time constant. Schedules
    of gain, coupling and noise are sources of these names, whose voltages multiply all gains, outputs or
    noise.

    Raises `InputError`, with the node, if a given `scale` needs a negative input resistor or a node has no
    leak conductance; also for a schedule that never becomes constant.
    """
    for name in ("gain", "coupling", "noise"):
        schedule = getattr(network, f"{name}_factor")
        if schedule is not None and not math.isfinite(schedule.quiet_after()):
            raise InputError(f"a schedule of the {name} that never becomes constant cannot become a source")
    if impedance <= 0 or rail <= 0:
        raise InputError("`impedance` and `rail` must be positive")
    plan = _Plan(network, bias == "rails", rail)
    s = plan.largest_scale() if scale is None else plan.checked(scale)
    elements = plan.elements(s, impedance)
    initial = initial_voltages([f"u{name}" for name in plan.names], start, s)
    return Synthesis(Circuit(title, tuple(elements), tran=tran, initial=initial), s, impedance)


class _Plan:
    def __init__(self, network: Network, rails: bool, rail: float) -> None:
        self.network, self.rails, self.rail = network, rails, rail
        T = network.T.toarray()
        # Rounding errors of products that cancel are not elements.
        self.T: Array = np.where(np.abs(T) > ROUNDING * np.abs(T).max(initial=0.0), T, 0.0)
        plain = all(re.fullmatch(r"[a-z0-9_]+", name) for name in network.names)
        self.names = network.names if plain else tuple(str(k + 1) for k in range(network.size))

    @property
    def load(self) -> Array:
        """Conductance that couplings and bias resistors put on each node at scale 1, (n,)."""
        bias = np.abs(self.network.bias[:, 0]) / self.rail if self.rails else 0.0
        return np.asarray(np.abs(self.T).sum(axis=1) + bias)

    def largest_scale(self) -> float:
        """Return the largest power of two, at most 1, that leaves every input resistor positive."""
        loaded = self.load > 0
        G = self.network.G[:, 0]
        if (G[loaded] <= 0).any():
            node = self.names[int(np.flatnonzero(loaded & (G <= 0))[0])]
            raise InputError(f"node u{node} has no leak conductance G, so no resistor can couple to it")
        room = float((G[loaded] / self.load[loaded]).min(initial=1.0 / MARGIN))
        return float(2.0 ** math.floor(math.log2(MARGIN * room)))

    def checked(self, scale: float) -> float:
        """Return `scale`; raise `InputError` with the node whose input resistor would be negative."""
        if not (math.isfinite(scale) and scale > 0):
            raise InputError(f"`scale` must be positive, not {scale}")
        short = scale * self.load > self.network.G[:, 0] * (1 + 1e-12)
        if short.any():
            k = int(np.flatnonzero(short)[0])
            best = self.network.G[k, 0] / self.load[k]
            raise InputError(
                f"`scale` = {scale:g} asks for a negative input resistor at node u{self.names[k]}: "
                f"its couplings allow at most {best:.6g}"
            )
        return scale

    def elements(self, s: float, impedance: float) -> list[Element]:
        """Return all elements at the voltage scale `s`."""
        parts = self._outputs(s)
        G, C, I = (a[:, 0] for a in (self.network.G, self.network.C, self.network.bias))
        for i, name in enumerate(self.names):
            u = f"u{name}"
            for j in np.flatnonzero(self.T[i]):
                other = self.names[j]
                source = f"v{other}" if self.T[i, j] > 0 else f"n{other}"
                parts.append(Resistor(f"r{name}_{other}", source, u, impedance / (s * abs(self.T[i, j]))))
            rest = G[i] - s * self.load[i]
            if rest > 1e-12 * G[i]:
                parts.append(Resistor(f"r{name}", u, GROUND, impedance / rest))
            parts.append(Capacitor(f"c{name}", u, GROUND, C[i] / impedance))
            if I[i] and self.rails:
                supply = "vdd" if I[i] > 0 else "vss"
                parts.append(Resistor(f"rb{name}", supply, u, impedance * self.rail / (s * abs(I[i]))))
            elif I[i]:
                parts.append(CurrentSource(f"i{name}", GROUND, u, Constant(s * I[i] / impedance)))
        return parts + self._noise(s, impedance) + self._supplies() + self._moving(s, impedance)

    def _noise(self, s: float, impedance: float) -> list[Element]:
        network = self.network
        if network.noise is None:
            return []
        step = NOISE_STEP * float(network.time_constants.min())
        rms = (s * network.C * network.noise / (impedance * math.sqrt(step)))[:, 0]
        named = [(name, float(value)) for name, value in zip(self.names, rms, strict=True) if value]
        if network.noise_factor is None:
            return [
                CurrentSource(f"i{name}_noise", GROUND, f"u{name}", TransientNoise(0.0, value, step))
                for name, value in named
            ]
        parts: list[Element] = [VoltageSource("vnoise", "noise", GROUND, _corners(network.noise_factor))]
        for name, value in named:
            product = Call("mul", (Voltage("noise", GROUND), Voltage(f"noise{name}", GROUND)))
            source = TransientNoise(0.0, 1.0, step)
            parts.append(VoltageSource(f"v{name}_noise", f"noise{name}", GROUND, source))
            current = Call("mul", (Number(value), product))
            parts.append(BehaviouralCurrent(f"b{name}_noise", GROUND, f"u{name}", current))
        return parts

    def _outputs(self, s: float) -> list[Element]:
        parts: list[Element] = []
        inputs = [f"u{name}" for name in self.names]
        inverted = np.any(self.T < 0, axis=0).tolist()
        moving = self.network.gain_factor
        factor = None if moving is None else Voltage("gain", GROUND)
        texts = output_expressions(self.network.amplifiers.scaled_inputs(s), inputs, factor)
        if moving is not None:
            parts.append(VoltageSource("vgain", "gain", GROUND, _corners(moving)))
        strength = self.network.coupling_factor
        if strength is not None:
            parts.append(VoltageSource("vcoupling", "coupling", GROUND, _corners(strength)))
            texts = [Call("mul", (Voltage("coupling", GROUND), text)) for text in texts]
        for name, expression, negative in zip(self.names, texts, inverted, strict=True):
            parts.append(BehaviouralVoltage(f"b{name}", f"v{name}", GROUND, expression))
            if negative:
                parts.append(
                    VoltageControlledVoltage(f"e{name}", f"n{name}", GROUND, f"v{name}", GROUND, -1.0)
                )
        return parts

    def _supplies(self) -> list[Element]:
        if not self.rails:
            return []
        I = self.network.bias[:, 0]
        used = (("vdd", (I > 0).any(), self.rail), ("vss", (I < 0).any(), -self.rail))
        return [VoltageSource(n, n, GROUND, Constant(volts)) for n, needed, volts in used if needed]

    def _moving(self, s: float, impedance: float) -> list[Element]:
        parts: list[Element] = []
        for k, signal in enumerate(self.network.signals.signals):
            parts.append(VoltageSource(f"vw{k + 1}", f"w{k + 1}", GROUND, _writable(signal)))
            for i in np.flatnonzero(self.network.S[:, k]):
                gain = s * float(self.network.S[i, k]) / impedance
                name = f"g{self.names[i]}_{k + 1}"
                parts.append(
                    VoltageControlledCurrent(name, GROUND, f"u{self.names[i]}", f"w{k + 1}", GROUND, gain)
                )
        return parts


def _corners(gain: Signal) -> Signal:
    """Return a factor that becomes constant as straight pieces, curved ones accurate to 1e-4."""
    if isinstance(gain, Schedule) and gain.kind == "linear":
        return _writable(gain)
    end = gain.quiet_after()
    times = np.unique(np.concatenate([np.linspace(0.0, end, PIECES + 1), gain.breakpoints(end)]))
    return Pwl(tuple(times.tolist()), tuple(gain.value(times).tolist()))


def _writable(signal: Signal) -> Signal:
    """Return a linear schedule as a PWL source, any other signal unchanged."""
    if isinstance(signal, Schedule) and signal.kind == "linear":
        return Pwl(tuple(signal.knots.tolist()), tuple(signal.levels.tolist()))
    return signal
