"""`TakingTurns`: circuits of one instance that share its starts by turns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array
from analoghop.errors import InputError
from analoghop.problems.base import Answer, Encoding, Raw, Reheating, Turn
from analoghop.systems.base import System


class TakingTurns(Encoding):
    """The circuits of `shares` of (name, encoding, starts), which share the starts of one instance.

    Of as many consecutive starts as the numbers `starts` add up to, each circuit runs its number, in the
    order given: so the circuit of a start is a function of its number alone. In everything else, also in
    starts near an answer, this is the first of the circuits.

    Raises `InputError` without circuits, and for a share below one start.
    """

    def __init__(self, *shares: tuple[str, Encoding, int]) -> None:
        if not shares:
            raise InputError("`shares` is empty, expected one circuit at least")
        for name, _, starts in shares:
            if starts < 1:
                raise InputError(f"the share of {name} is {starts} starts, expected at least 1")
        self._turns = tuple(Turn(name, encoding) for name, encoding, starts in shares for _ in range(starts))
        self.first = first = shares[0][1]
        self.system, self.duration, self.tau, self.step = first.system, first.duration, first.tau, first.step
        told = ", ".join(f"{starts} {name}" for name, _, starts in shares)
        self.parameters = {**first.parameters, "turns": told}

    @property
    def turns(self) -> Sequence[Turn]:
        """The circuits, each as often as its share."""
        return self._turns

    def start(self, seed: int, index: NDArray[Any]) -> Array:
        """Return initial states of the first circuit."""
        return self.first.start(seed, index)

    def decode(self, outputs: Array) -> Sequence[Raw]:
        """Return the answers in outputs of the first circuit."""
        return self.first.decode(outputs)

    def embed(self, answer: Answer) -> Array:
        """Return the outputs of the first circuit that represent `answer`."""
        return self.first.embed(answer)

    def objective(self, outputs: Array) -> Array | None:
        """Return the cost of outputs of the first circuit."""
        return self.first.objective(outputs)

    def start_near(self, answer: Answer, seed: int, index: NDArray[Any]) -> Array:
        """Return initial states of the first circuit near `answer`."""
        return self.first.start_near(answer, seed, index)

    @property
    def near_system(self) -> System:
        """The circuit in which starts near an answer run."""
        return self.first.near_system

    @property
    def reheating(self) -> Reheating | None:
        """Repeated anneals in the first circuit."""
        return self.first.reheating

    def ring(self, outputs: Array) -> Array | None:
        """Return the ring's nodes of outputs of the first circuit."""
        return self.first.ring(outputs)


def circuits(encoding: Encoding) -> list[Encoding]:
    """Return the different circuits that run the starts, in the order of their first turns."""
    return list({id(turn.encoding): turn.encoding for turn in encoding.turns}.values()) or [encoding]


def circuit_of(encoding: Encoding, number: int) -> Encoding:
    """Return the circuit in which start `number` runs."""
    turns = encoding.turns
    return turns[number % len(turns)].encoding if turns else encoding


def parts(encoding: Encoding, index: NDArray[Any]) -> list[tuple[Turn, NDArray[np.intp]]]:
    """Return each circuit that has starts among those numbered `index`, with their places in `index`.

    A circuit that runs all starts has no name, "".
    """
    turns = encoding.turns
    if not turns:
        return [(Turn("", encoding), np.arange(len(index)))]
    found: dict[int, tuple[Turn, list[int]]] = {}
    for place, number in enumerate(index.tolist()):
        turn = turns[number % len(turns)]
        found.setdefault(id(turn.encoding), (turn, []))[1].append(place)
    return [(turn, np.array(places, dtype=np.intp)) for turn, places in found.values()]
