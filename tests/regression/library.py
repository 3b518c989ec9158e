"""Answers of the library to calls by the names of the package itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import analoghop
from analoghop import Amplifiers, Ensemble, Fused, Model, Network, Schedule, Signals, Tanh

DECKS = Path(__file__).parents[2] / "circuits"
DATA = Path(__file__).parents[1] / "data"
FUNCTIONS: dict[str, Callable[[int], Any]] = {}
"""The calls by name; each takes a number of threads."""


def named(name: str) -> Callable[[Callable[[int], Any]], Callable[[int], Any]]:
    """Enter a function under `name`."""

    def enter(function: Callable[[int], Any]) -> Callable[[int], Any]:
        FUNCTIONS[name] = function
        return function

    return enter


def memory(n: int = 12, gain: float = 4.0, **options: Any) -> Network:
    """Return a network that stores two random patterns of `n` bits."""
    patterns = np.random.default_rng(1).choice([-1.0, 1.0], (2, n))
    T = patterns.T @ patterns / n
    np.fill_diagonal(T, 0.0)
    return Network(T, Amplifiers.uniform(Tanh(), n, gain=gain), bias=0.01 * patterns[0], **options)


def one(run: analoghop.Solution) -> dict[str, Any]:
    """Return what is compared of one run."""
    return {**run.to_dict(), "outputs": run.outputs[:, -1], "recorded": len(run.times)}


def many(run: analoghop.EnsembleSolution) -> dict[str, Any]:
    """Return what is compared of many runs."""
    found = {key: getattr(run, key) for key in ("steps", "rejected", "evaluations", "times")}
    traces = None if run.traces is None else run.traces.mean(axis=-1)
    return {**run.to_dict(), **found, "mean": run.states.mean(axis=1), "traces": traces}


def solved(problem: Any, *words: Any, **options: Any) -> dict[str, Any]:
    """Return what is compared of a solved problem, with the cost of every start."""
    result = analoghop.solve(problem, *words, **options)
    return {**result.to_dict(), "costs": result.costs}


@named("simulate a deck")
def _deck(threads: int) -> Any:
    run = analoghop.simulate(DECKS / "flipflop.cir", times=np.linspace(0.0, 5e-3, 11), parameters={"gain": 3})
    return {**one(run), "v(u1)": run["v(u1)"], "v(n2)": run["v(n2)"]}


@named("simulate a network")
def _network(threads: int) -> Any:
    return one(analoghop.simulate(memory(), tstop=10.0, x0=np.linspace(-0.5, 0.5, 12)))


@named("simulate until settled")
def _settled(threads: int) -> Any:
    return one(analoghop.simulate(memory(), settle=True, x0=np.linspace(-0.5, 0.6, 12)))


@named("simulate a ring by LSODA")
def _ring(threads: int) -> Any:
    T = [[0.0, 0.0, -2.0], [-2.0, 0.0, 0.0], [0.0, -2.0, 0.0]]
    ring = Network(T, Amplifiers.uniform(Tanh(), 3, gain=2.0))
    engine = analoghop.ScipyIVP(method="LSODA", rtol=1e-7)
    return one(analoghop.simulate(ring, tstop=8.0, x0=[0.3, -0.2, 0.1], engine=engine))


@named("simulate schedules")
def _schedules(threads: int) -> Any:
    moving = Signals((Schedule([0.0, 2.0, 4.0], [0.0, 1.0, 0.5]),))
    rising = Schedule([0.0, 5.0], [0.1, 1.0], "geometric")
    network = memory(signals=moving, S=np.linspace(-0.2, 0.2, 12)[:, None], gain_factor=rising)
    return one(analoghop.simulate(network, tstop=10.0))


@named("simulate noise")
def _noise(threads: int) -> Any:
    network = memory(noise_density=0.1, noise_factor=Schedule([0.0, 5.0], [1.0, 0.0]))
    engine = Ensemble("exponential", noise_seed=3, dt=0.05)
    return one(analoghop.simulate(network, tstop=5.0, engine=engine))


@named("simulate what was synthesized")
def _synthesized(threads: int) -> Any:
    built = analoghop.synthesize(memory(), impedance=1e4, start=np.linspace(-0.4, 0.5, 12))
    return {**one(analoghop.simulate(built.circuit, tstop=1e-3)), "scale": built.scale}


@named("equilibrium")
def _equilibrium(threads: int) -> Any:
    rest = analoghop.equilibrium(memory(), np.linspace(-0.5, 0.6, 12))
    keys = ("state", "outputs", "stable", "minimum", "converged")
    return {**{key: getattr(rest, key) for key in keys}, "rates": rest.eigenvalues.real}


@named("simulate_many")
def _many(threads: int) -> Any:
    return many(analoghop.simulate_many(memory(), 40, seed=3, scale=2.0, threads=threads))


@named("simulate_many of a deck")
def _many_of_a_deck(threads: int) -> Any:
    system = analoghop.compile_circuit(analoghop.netlist.read(DECKS / "adc4.cir"))
    return many(analoghop.simulate_many(system, 30, seed=3, tstop=0.05, threads=threads))


@named("simulate_many fused float32")
def _fused(threads: int) -> Any:
    engine = Fused(dtype="float32", tile=8)
    run = analoghop.simulate_many(memory(20), 40, seed=3, engine=engine, threads=threads)
    # Steps and times hang on rounding here.
    counts = [one.count for one in run.attractors()]
    return {
        "settled": run.statuses[analoghop.Status.SETTLED],
        "counts": counts,
        "on": (run.outputs > 0.0).sum(axis=0),
    }


@named("simulate_many traces")
def _traces(threads: int) -> Any:
    options = {"tstop": 3.0, "settle": False, "traces": 4, "threads": threads}
    return many(analoghop.simulate_many(memory(), 10, seed=4, engine=Fused(rtol=1e-6), **options))


@named("simulate_many BS23 given starts")
def _given(threads: int) -> Any:
    x0 = np.random.default_rng(2).normal(size=(12, 10))
    engine = Ensemble("BS23", tile=64)
    return many(analoghop.simulate_many(memory(), x0=x0, tstop=20.0, rtol=1e-5, engine=engine))


@named("simulate_many schedules")
def _many_schedules(threads: int) -> Any:
    network = memory(gain_factor=Schedule([0.0, 5.0], [0.1, 1.0]), coupling_factor=Schedule([0, 9], [2, 1]))
    return many(analoghop.simulate_many(network, 20, seed=5, threads=threads))


@named("simulate_many noise")
def _many_noise(threads: int) -> Any:
    network = memory(noise_density=0.2)
    return many(analoghop.simulate_many(network, 20, seed=5, tstop=5.0, noise_seed=7, threads=threads))


@named("simulate_many clusters")
def _clusters(threads: int) -> Any:
    T = np.kron(-np.ones((3, 3)) + np.eye(3), np.eye(3))
    network = Network(T, Amplifiers.uniform(analoghop.Softmax(3), 3, gain=9.0))
    return many(analoghop.simulate_many(network, 40, seed=6, scale=0.5, threads=threads))


@named("simulate_many rails")
def _rails(threads: int) -> Any:
    rng = np.random.default_rng(8)
    T = rng.normal(size=(6, 6))
    network = Network(T + T.T, Amplifiers.uniform(analoghop.Satlin(), 6, gain=2.0), bias=0.1)
    return many(analoghop.simulate_many(network, 30, seed=8, threads=threads))


@named("solve cities")
def _cities(threads: int) -> Any:
    cities = analoghop.TSP.from_coordinates(np.random.default_rng(3).uniform(size=(30, 2)))
    return solved(cities, "potts", starts=6, seed=2, settings={"steps": 150}, threads=threads)


@named("solve berlin52")
def _berlin(threads: int) -> Any:
    return solved(analoghop.TSP.read(DATA / "berlin52.tsp"), "potts", starts=3, seed=2, threads=threads)


@named("solve assignment")
def _assignment(threads: int) -> Any:
    flows, ways = np.random.default_rng(4).integers(0, 20, size=(2, 12, 12))
    return solved(analoghop.QAP(flows, ways), starts=6, seed=2, settings={"steps": 100}, threads=threads)


@named("solve spins")
def _spins(threads: int) -> Any:
    J = np.triu(np.random.default_rng(5).normal(size=(40, 40)), 1)
    problem = analoghop.Ising.of(J + J.T, np.linspace(-0.5, 0.5, 40))
    return solved(problem, starts=10, seed=2, settings={"steps": 80}, threads=threads)


@named("solve quadratic")
def _quadratic(threads: int) -> Any:
    Q = np.random.default_rng(6).integers(-9, 10, size=(40, 40))
    return solved(analoghop.QUBO.of(Q), "noise", starts=10, seed=2, settings={"steps": 100}, threads=threads)


@named("solve clauses")
def _clauses(threads: int) -> Any:
    formula = [[1, -2, 3], [-1, 2], [-3, 4, -5], [5, -4], [1, 5], [-2, -5, 3], [2, 4]]
    return solved(analoghop.Satisfiability.of(5, formula), starts=6, seed=2, threads=threads)


@named("solve queens")
def _queens(threads: int) -> Any:
    return solved(analoghop.Queens(12), starts=5, seed=3, baselines=False, threads=threads)


@named("solve cut of a graph")
def _cut(threads: int) -> Any:
    graph = analoghop.Graph.of(50, np.argwhere(np.triu(np.random.default_rng(9).random((50, 50)) < 0.2, 1)))
    return solved(analoghop.MaxCut(graph), starts=10, seed=3, settings={"steps": 40}, threads=threads)


def chosen(bounded: bool) -> Any:
    """Return a model of choices, where `bounded` also with a fixed variable and bounds on one side."""
    rng = np.random.default_rng(7)
    model = Model()
    x = model.variables(42).reshape(6, 7)
    for row in x:
        model.exactly_one(row)
    for column in x.T:
        model.at_most(column, 1)
    if bounded:
        model.at_least(x[:, 0], 1, "the first is taken")
        model.linear(x.ravel(), rng.integers(1, 6, size=42), "<=", 22.0, "weight")
        model.fix(x[2, 3], 0)
    values = dict(zip(x.ravel().tolist(), rng.integers(-9, 0, size=42).tolist(), strict=True))
    pairs = {(int(x[k, 0]), int(x[k + 1, j])): -float(j) for k in range(5) for j in range(1, 7)}
    model.minimise(values, pairs, 20.0)
    return model.problem("chosen")


@named("solve model memristive")
def _model(threads: int) -> Any:
    return solved(chosen(bounded=True), starts=8, seed=1, settings={"duration": 60}, threads=threads)


@named("solve model penalty")
def _penalty(threads: int) -> Any:
    settings = {"steps": 100}
    return solved(chosen(bounded=False), "penalty", starts=8, seed=1, settings=settings, threads=threads)
