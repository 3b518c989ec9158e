"""dimod's models as problems, and Ising machines as a `dimod.Sampler` (extra `dimod`)."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

import numpy as np

from analoghop.arrays import whole_number
from analoghop.ensembles.streams import check_seed
from analoghop.errors import InputError, MissingProgram, NumericalError
from analoghop.formats.instances.quadratic import Quadratic
from analoghop.limits import Limits
from analoghop.optimise import solve
from analoghop.problems.spins.binary_quadratic import ising_of as ising_of
from analoghop.problems.spins.binary_quadratic import qubo_of as qubo_of
from analoghop.problems.spins.ising import Ising
from analoghop.problems.spins.qubo import QUBO

try:
    import dimod
except ModuleNotFoundError as error:
    raise MissingProgram("dimod is not installed: `pip install analoghop[dimod]`") from error

READS = 16
REFORMULATED = {
    "ConstrainedQuadraticModel": "`dimod.cqm_to_bqm` makes one",
    "DiscreteQuadraticModel": "write each choice as variables with penalties",
    "QuadraticModel": "its variables must be of two values",
}
"""Models of dimod that are not binary quadratic ones, and what to do with them."""


class _Asking(Limits):
    """Limits that also end once `ask` returns a true value; it is called at every check."""

    def __init__(self, time_limit: float | None, threads: int, ask: Callable[[], Any]) -> None:
        super().__init__(time_limit, threads=threads)
        self.ask = ask

    @property
    def over(self) -> bool:
        """Whether to end now."""
        if not self.interrupted and self.ask():
            self.interrupt()
        return super().over


def model_of(problem: Ising | QUBO) -> dimod.BinaryQuadraticModel:
    """Return `problem` as a dimod model with the variables 0 to n - 1 and the same energy."""
    sign = -1.0 if isinstance(problem, Ising) else 1.0
    i, j = problem.pairs.T
    return dimod.BinaryQuadraticModel.from_numpy_vectors(
        sign * problem.form.linear,
        (i, j, sign * problem.form.values),
        problem.constant,
        dimod.SPIN if isinstance(problem, Ising) else dimod.BINARY,
        variable_order=range(problem.n),
    )


class AnalogSampler(dimod.Sampler):  # type: ignore[misc, unused-ignore]
    """Samples a binary quadratic model with an Ising machine: each read is the final state of one start.

    `formulation` and `settings` are those of `solve` for Ising spins, by default the problem's own machine.
    """

    def __init__(
        self, formulation: str | None = None, settings: Mapping[str, str | float | bool] | None = None
    ) -> None:
        self.formulation = formulation
        self.settings = dict(settings or {})

    @property
    def parameters(self) -> dict[str, list[str]]:
        """The options of `sample`, in dimod's form."""
        return {name: [] for name in ("num_reads", "seed", "time_limit", "threads", "interrupt_function")}

    @property
    def properties(self) -> dict[str, Any]:
        """The machine and its settings."""
        return {"formulation": self.formulation, "settings": dict(self.settings)}

    def sample(
        self,
        bqm: dimod.BinaryQuadraticModel,
        *,
        num_reads: int | None = None,
        seed: int | None = None,
        time_limit: float | None = None,
        threads: int = 1,
        interrupt_function: Callable[[], Any] | None = None,
        **kwargs: Any,
    ) -> dimod.SampleSet:
        """Return the final states of `num_reads` starts (16), or of as many as `time_limit` seconds allow.

        Read number k depends on the model, the `seed` and k alone, not on the order in which the variables
        were added; without a seed, one is drawn. Variables without couplings get the sign opposite to their
        bias. `interrupt_function` is called about every 0.2 s; once it returns a true value, the reads that
        have ended, and those that were running as they stood, are returned. `info` holds the seed, the
        machine, its parameters, the reads of each circuit, and under "timing" the seconds of preprocessing,
        sampling and postprocessing. Raises `InputError` for fewer than one read, another kind of model and
        biases that are not finite, `NumericalError` if every start failed.
        """
        began = time.perf_counter()
        self.remove_unknown_kwargs(**kwargs)
        if not isinstance(bqm, dimod.BinaryQuadraticModel):
            kind = type(bqm).__name__
            advice = f": {REFORMULATED[kind]}" if kind in REFORMULATED else ""
            raise InputError(f"`bqm` is a {kind}, expected a BinaryQuadraticModel{advice}")
        if interrupt_function is not None and not callable(interrupt_function):
            raise InputError(f"`interrupt_function` is {interrupt_function!r}, expected a function")
        if num_reads is not None:
            num_reads = whole_number(num_reads, "num_reads", "a whole number of at least 1")
            if num_reads < 1:
                raise InputError(f"`num_reads` is {num_reads}, expected at least 1")
        if seed is None:
            seed = int(np.random.default_rng().integers(2**31))
        check_seed(seed, "seed")
        wanted = num_reads if num_reads is not None or time_limit is not None else READS
        limits = _Asking(time_limit, threads, interrupt_function or bool)
        spin_model = bqm.change_vartype(dimod.SPIN, inplace=False)
        order = sorted(bqm.variables, key=lambda label: (type(label).__name__, repr(label)))
        ordered = _reordered(spin_model, order)
        prepared = time.perf_counter()
        spins, info = self._spins(ordered, wanted, seed, limits)
        sampled = time.perf_counter()
        place = {label: k for k, label in enumerate(order)}
        columns = [place[label] for label in bqm.variables]
        samples = dimod.as_samples((spins[:, columns], list(bqm.variables)), dtype=np.int8)
        states = dimod.SampleSet.from_samples_bqm(samples, spin_model)
        found = states.change_vartype(bqm.vartype, inplace=False)
        timing = {
            "preprocessing_s": prepared - began,
            "sampling_s": sampled - prepared,
            "postprocessing_s": time.perf_counter() - sampled,
        }
        found.info.update(info | {"seed": seed, "timing": timing})
        return found

    def _spins(
        self,
        bqm: dimod.BinaryQuadraticModel,
        reads: int | None,
        seed: int,
        limits: Limits,
    ) -> tuple[Any, dict[str, Any]]:
        """Return the spins (reads, n), and the record of the run."""
        if not bqm.num_variables:
            return np.empty((reads or 1, 0), dtype=np.int8), {}
        whole = ising_of(bqm)
        coupled = np.unique(whole.pairs)
        alone = np.where(whole.h < 0, -1, 1)
        if not len(coupled):
            return np.tile(alone, (reads or 1, 1)), {}
        place = np.searchsorted(coupled, whole.pairs)
        part = Ising(Quadratic(len(coupled), whole.h[coupled], place, whole.J, "model"))
        try:
            result = solve(
                part,
                self.formulation,
                starts=reads,
                seed=seed,
                settings=self.settings,
                baselines=False,
                limits=limits,
            )
        except KeyboardInterrupt:
            if not limits.interrupted:
                raise
            return np.empty((0, bqm.num_variables), dtype=np.int8), {}
        found = [start.answer for start in result.starts if start.answer is not None]
        if not found:
            raise NumericalError("every start failed numerically: take another formulation or a shorter step")
        spins = np.tile(alone, (len(found), 1))
        spins[:, coupled] = np.array(found)
        told = {"formulation": result.formulation, "parameters": dict(result.parameters)}
        return spins, told | {"circuits": dict(result.circuits)}


def _reordered(model: dimod.BinaryQuadraticModel, order: Sequence[Hashable]) -> dimod.BinaryQuadraticModel:
    """Return an equal model whose variables, and the ends of whose pairs, have the given order."""
    place = {label: k for k, label in enumerate(order)}
    pairs = sorted((*sorted((place[a], place[b])), value) for (a, b), value in model.quadratic.items())
    made = dimod.BinaryQuadraticModel(model.vartype)
    for label in order:
        made.add_linear(label, model.get_linear(label))
    for i, j, value in pairs:
        made.add_quadratic(order[i], order[j], value)
    made.offset = model.offset
    return made


def labelled(problem_answer: Any, model: dimod.BinaryQuadraticModel) -> dict[Hashable, int]:
    """Return an answer of `ising_of(model)` or `qubo_of(model)` by the model's own labels."""
    return dict(zip(model.variables, (int(value) for value in problem_answer), strict=True))
