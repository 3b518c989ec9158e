"""Associative memories: patterns stored in couplings and recalled from damaged cues.

A `Memory` holds patterns; its `recall` stores them by a learning rule and recalls them from damaged cues:

    from analoghop.memory import Memory, MemoryRecipe, PatternSource, capacity, compare, make_cues

    memory = Memory.read("letters.txt")          # or Memory.random(neurons=400, count=20, seed=0)
    recall = memory.recall(noise=0.1, rule="pseudo-inverse", model="continuous", threads=2)
    print(recall.correct_rate, recall.notes, [one.message for one in recall.judgements])

Rules are those of `RULES` ("hebbian", "storkey", "pseudo-inverse" ...), which `learn` turns into `Weights`,
and "modern" and "polynomial" of a `DenseMemory`. Models are "continuous" (the circuit), "binary" and
"stochastic". A `MemoryRecipe` keeps rule, model and their options; it builds the model of any memory, or all
three `side_by_side`. Cues come from `make_cues` and `given_cues`:

    models = MemoryRecipe("storkey").side_by_side(memory)
    recalls = compare(models, make_cues(memory, noise=0.2, damage="erase"))

Studies return columns for tables and pictures, over random patterns or those of a memory (`PatternSource`):
`capacity`, `basin`, `gain`, `heat`, `faults`; `correction` follows cues step by step, `visits` a sequence of
patterns (`sequence_circuit`).

    columns = capacity(MemoryRecipe(), PatternSource(300), [15, 30, 45], trials=20, time_limit=60)

All of them take `seed`, `threads`, `time_limit` and `progress`. The names are imported at first use;
`analoghop.plotting` draws the results.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analoghop.memory.circuits.continuous import PairsFormulation as PairsFormulation
    from analoghop.memory.circuits.heteroassociation import bidirectional as bidirectional
    from analoghop.memory.circuits.heteroassociation import hetero as hetero
    from analoghop.memory.circuits.heteroassociation import key_cues as key_cues
    from analoghop.memory.circuits.heteroassociation import paired as paired
    from analoghop.memory.circuits.heteroassociation import sequence_circuit as sequence_circuit
    from analoghop.memory.circuits.modern import OneLayer as OneLayer
    from analoghop.memory.circuits.modern import TwoLayers as TwoLayers
    from analoghop.memory.cues import Cues as Cues
    from analoghop.memory.cues import given_cues as given_cues
    from analoghop.memory.cues import make_cues as make_cues
    from analoghop.memory.dense import DenseMemory as DenseMemory
    from analoghop.memory.doors import basin as basin
    from analoghop.memory.doors import capacity as capacity
    from analoghop.memory.doors import compare as compare
    from analoghop.memory.doors import correction as correction
    from analoghop.memory.doors import faults as faults
    from analoghop.memory.doors import gain as gain
    from analoghop.memory.doors import heat as heat
    from analoghop.memory.doors import visits as visits
    from analoghop.memory.fault_injection import with_faults as with_faults
    from analoghop.memory.judgement import Judgement as Judgement
    from analoghop.memory.patterns import Memory as Memory
    from analoghop.memory.recall import Recall as Recall
    from analoghop.memory.recipe import MemoryRecipe as MemoryRecipe
    from analoghop.memory.rules import RULES as RULES
    from analoghop.memory.rules import learn as learn
    from analoghop.memory.studies.trials import PatternSource as PatternSource
    from analoghop.memory.weights import Weights as Weights

_HOMES = {
    "circuits.continuous": "PairsFormulation",
    "circuits.heteroassociation": "bidirectional hetero key_cues paired sequence_circuit",
    "circuits.modern": "OneLayer TwoLayers",
    "cues": "Cues given_cues make_cues",
    "dense": "DenseMemory",
    "doors": "basin capacity compare correction faults gain heat visits",
    "fault_injection": "with_faults",
    "judgement": "Judgement",
    "patterns": "Memory",
    "recall": "Recall",
    "recipe": "MemoryRecipe",
    "rules": "RULES learn",
    "studies.trials": "PatternSource",
    "weights": "Weights",
}
_HOME = {name: f"{__name__}.{home}" for home, names in _HOMES.items() for name in names.split()}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
