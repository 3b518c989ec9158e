"""`MemoryRecipe`: the learning rule, model and options that build a memory, named as on the command line."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from analoghop.arrays import check_number, whole_number
from analoghop.engines import Engine
from analoghop.engines.choice import EngineName
from analoghop.errors import InputError
from analoghop.memory.circuits.continuous import Amplifier, pair_circuit
from analoghop.memory.circuits.modern import one_layer, two_layer
from analoghop.memory.dense import DenseMemory, Interaction
from analoghop.memory.discrete.plan import Order, Sweeps, Update
from analoghop.memory.judgement import RETRIEVED
from analoghop.memory.models import Continuous, Discrete, Model
from analoghop.memory.rules import RULES, learn
from analoghop.memory.weights import Levels, Weights
from analoghop.schedules import Schedule

if TYPE_CHECKING:
    from analoghop.memory.patterns import Memory

ModelName = Literal["continuous", "binary", "stochastic"]
MODELS: tuple[ModelName, ...] = ("continuous", "binary", "stochastic")
DENSE: dict[str, Interaction] = {
    "exponential": "exponential",
    "modern": "exponential",
    "polynomial": "polynomial",
}
"""Rules without pair couplings: the patterns themselves are the memory."""

WARM = 0.1
"""Default temperature of the stochastic model."""


@dataclass(frozen=True)
class MemoryRecipe:
    """A rule, a model and their options.

    `rule`: a name of `RULES` or of `DENSE`. `model`: "continuous", "binary" or "stochastic". Circuits of
    pairs: `gain`, `amplifier` "tanh" or "morita". Dense memories: `layers` 1 or 2 of the circuit, `beta`,
    `degree`. `units` "bipolar" or "binary" (0 and 1). `update`, `order` and `sweeps` are for the discrete
    models, `temperature` for the stochastic one: (first, last) is lowered linearly over the first half of the
    sweeps. `engine`: a name, or for circuits an engine. "auto": `RECALLING` for circuits, compiled sweeps if
    they are expected to be faster; "ensemble": NumPy for both. `retrieved`: least overlap of a state that
    counts as the pattern. Raises `InputError` for unknown names and for incompatible options.
    """

    rule: str = "hebbian"
    model: ModelName = "continuous"
    gain: float = 20.0
    amplifier: Amplifier = "tanh"
    layers: int = 1
    beta: float = 1.0
    degree: float = 3.0
    units: Levels = "bipolar"
    temperature: float | tuple[float, float] | None = None
    update: Update = "async"
    order: Order = "random"
    sweeps: int = 200
    engine: Engine | EngineName = "auto"
    retrieved: float = RETRIEVED

    def __post_init__(self) -> None:
        if self.rule not in RULES and self.rule not in DENSE:
            raise InputError(f"`rule` is {self.rule!r}, expected {', '.join([*RULES, *DENSE])}")
        if self.model not in MODELS:
            raise InputError(f"`model` is {self.model!r}, expected {', '.join(MODELS)}")
        whole_number(self.sweeps, "sweeps", "a whole number of sweeps")
        if self.sweeps < 1:
            raise InputError(f"`sweeps` is {self.sweeps}, expected 1 or more")
        if self.layers not in (1, 2):
            raise InputError(f"`layers` is {self.layers}, expected 1 or 2")
        if self.dense and (self.units != "bipolar" or self.amplifier != "tanh"):
            raise InputError("dense memories have bipolar units and amplifiers of their own")

    @property
    def dense(self) -> bool:
        """Whether the rule makes a dense memory."""
        return self.rule in DENSE

    @property
    def plan(self) -> Sweeps:
        """The plan of the discrete models."""
        heat: float | Schedule = 0.0
        if self.model == "stochastic":
            wanted = WARM if self.temperature is None else self.temperature
            if isinstance(wanted, tuple):
                heat = Schedule(np.array([0.0, max(self.sweeps // 2, 1)]), np.array(wanted))
            else:
                heat = check_number(wanted, "temperature", "a number from 0, or a first and a last one")
        return Sweeps(self.update, self.order, temperature=heat, longest=self.sweeps)

    @property
    def heat_at_end(self) -> float:
        """The final temperature of a recall, 0 except for the stochastic model."""
        return float(self.plan.heat[-1])

    def weights(self, memory: Memory) -> Weights:
        """Return the couplings that the rule learns from `memory`, in the wanted units."""
        learnt = learn(memory, self.rule)
        # Couplings of rules for units of 0 and 1 stay binary; those of the other rules are bipolar.
        return learnt if learnt.units == "binary" else learnt.converted(self.units)

    def build(self, memory: Memory, weights: Weights | None = None) -> Model:
        """Return the model of `memory`, with given couplings or those of the rule."""
        if self.dense and weights is None:
            dense = DenseMemory(memory, DENSE[self.rule], self.beta, self.degree)
            if self.model != "continuous":
                return self._discrete(memory, dense, self.rule)
            wired = (two_layer if self.layers == 2 else one_layer)(dense, gain=self.gain)
            return Continuous(wired, self.rule, self.engine, None, self.retrieved)
        couplings = self.weights(memory) if weights is None else weights
        if couplings.size != memory.size:
            raise InputError(
                f"the couplings are those of {couplings.size} neurons, the patterns have {memory.size} bits"
            )
        if self.model != "continuous":
            return self._discrete(memory, couplings, couplings.rule)
        circuit = pair_circuit(memory, couplings, gain=self.gain, amplifier=self.amplifier)
        return Continuous(circuit, couplings.rule, self.engine, None, self.retrieved)

    def _discrete(self, memory: Memory, interaction: Weights | DenseMemory, rule: str) -> Discrete:
        if not isinstance(self.engine, str):
            kind = type(self.engine).__name__
            raise InputError(f"`engine` is {kind}, expected auto, fused or numpy for the {self.model} model")
        return Discrete(memory, interaction, rule, self.plan, self.retrieved, self.engine)

    def side_by_side(self, memory: Memory, weights: Weights | None = None) -> list[Model]:
        """Return the three models of `memory` with equal couplings; `engine` is that of the circuit."""
        if weights is None and not self.dense:
            weights = self.weights(memory)
        circuit = replace(self, model="continuous").build(memory, weights)
        others = (replace(self, model=name, engine="auto") for name in MODELS[1:])
        return [circuit, *(other.build(memory, weights) for other in others)]
