"""Heteroassociative memories: answers to keys, and sequences of patterns in time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from analoghop.activations import Identity, Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.arrays import check_positive
from analoghop.couplings import Dense
from analoghop.errors import InputError
from analoghop.memory.circuits.memory_circuit import TAU, MemoryCircuit
from analoghop.memory.cues import Cues
from analoghop.memory.rules import pseudo_inverse, sequence
from analoghop.memory.weights import Weights
from analoghop.systems.circuits.network import Network

if TYPE_CHECKING:
    from analoghop.memory.patterns import Memory


def paired(keys: Memory, answers: Memory) -> Memory:
    """Return the memory whose patterns are a key followed by its answer; a cue erases the answer.

    As pictures, answers as wide as their keys are placed below them. Raises `InputError` if the numbers of
    keys and answers differ.
    """
    if keys.count != answers.count:
        raise InputError(f"there are {keys.count} keys and {answers.count} answers, expected equal numbers")
    both = np.concatenate([keys.patterns, answers.patterns], axis=1)
    (rows, cols), (more, width) = keys.shape, answers.shape
    shape = (rows + more, cols) if width == cols and rows > 1 else (1, both.shape[1])
    return replace(keys, patterns=both, shape=shape, title=f"{keys.title} with {answers.title}")


def key_cues(keys: Cues, both: Memory) -> Cues:
    """Return cues of the `paired` memory: those of the keys, with the answers erased."""
    answers = np.zeros((both.size - len(keys.values), keys.members))
    return Cues(np.concatenate([keys.values, answers]), keys.wanted, keys.noise)


def hetero(keys: Memory, answers: Memory) -> Weights:
    """Return couplings of a key memory that drives an answer layer: asymmetric, without an energy theorem.

    The keys are stored by projection; the answers follow from Y' pinv(K)', exact for independent keys. Raises
    `InputError` if the numbers of keys and answers differ.
    """
    both = paired(keys, answers)
    k = keys.size
    W = np.zeros((both.size, both.size))
    W[:k, :k] = pseudo_inverse(keys).W
    W[k:, :k] = answers.patterns.T @ np.linalg.pinv(keys.patterns).T
    return Weights(W, rule="hetero")


def bidirectional(keys: Memory, answers: Memory) -> Weights:
    """Return the symmetric couplings of two layers, each of which recalls the other (Kosko 1988).

    Raises `InputError` if the numbers of keys and answers differ.
    """
    both = paired(keys, answers)
    k = keys.size
    W = np.zeros((both.size, both.size))
    W[k:, :k] = answers.patterns.T @ keys.patterns / keys.size
    W[:k, k:] = keys.patterns.T @ answers.patterns / answers.size
    if keys.size != answers.size:  # one scale for both directions, so that the couplings are symmetric
        W[:k, k:] *= answers.size / keys.size
    return Weights(W, rule="bidirectional")


ANSWERING: dict[str, Callable[[Memory, Memory], Weights]] = {"hetero": hetero, "bidirectional": bidirectional}
"""Rules that compute couplings from keys and answers."""


def sequence_circuit(
    memory: Memory, *, strength: float = 1.5, delay: float = 10.0, gain: float = 20.0, tau: float = TAU
) -> MemoryCircuit:
    """Return the circuit that visits the patterns in turn (Kleinfeld 1986; Sompolinsky & Kanter 1986).

    n features store the patterns by projection; n slow linear units follow them with the time constant
    `delay` tau and drive them, `strength` times as strongly, to the next pattern: asymmetric, without an
    energy theorem. The time in each pattern grows with the delay. Raises `InputError` for a strength up to 1,
    with which the circuit stays in its first pattern, and numbers that are not positive.
    """
    if not strength > 1:
        raise InputError(f"`strength` is {strength}: up to 1 the circuit stays in its first pattern")
    check_positive({"delay": delay, "gain": gain, "tau": tau})
    n = memory.size
    T = np.zeros((2 * n, 2 * n))
    T[:n, :n] = pseudo_inverse(memory).W
    T[:n, n:] = strength * sequence(memory).W
    T[n:, :n] = np.eye(n)
    names = tuple(f"f{k + 1}" for k in range(n)) + tuple(f"s{k + 1}" for k in range(n))
    system = Network(
        Dense(T),
        Amplifiers(((Tanh(), n), (Identity(), n)), np.concatenate([np.full(n, gain), np.ones(n)])),
        C=np.concatenate([np.full(n, tau), np.full(n, delay * tau)]),
        names=names,
    )
    parameters: dict[str, float | int | str | bool] = {
        "strength": strength,
        "delay": delay,
        "gain": gain,
        "tau": tau,
    }
    duration = 2.0 * delay * tau * memory.count
    return MemoryCircuit(memory, system, duration, tau, parameters, readers=np.zeros((n, n)))
