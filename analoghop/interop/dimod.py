"""dimod's models as problems, and Ising machines as a `dimod.Sampler` (extra `dimod`)."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np

from analoghop.arrays import whole_number
from analoghop.errors import InputError, MissingProgram, NumericalError
from analoghop.formats.instances.quadratic import Quadratic
from analoghop.optimise import solve
from analoghop.problems.spins.ising import Ising
from analoghop.problems.spins.qubo import QUBO

try:
    import dimod
except ModuleNotFoundError as error:
    raise MissingProgram("dimod is not installed: `pip install analoghop[dimod]`") from error

READS = 16


def ising_of(model: dimod.BinaryQuadraticModel, name: str = "model") -> Ising:
    """Return the spins of `model`, in the order of its variables; the energy is the model's.

    dimod adds the terms that `Ising` subtracts: couplings and fields change their sign. Raises `InputError`
    for a model without variables and for biases that are not finite.
    """
    linear, pairs, values, offset = _vectors(model.change_vartype(dimod.SPIN, inplace=False))
    form = Quadratic.of(len(linear), pairs, -values, name)
    return Ising(Quadratic(form.n, -linear, form.pairs, form.values, name), constant=offset)


def qubo_of(model: dimod.BinaryQuadraticModel, name: str = "model") -> QUBO:
    """Return the bits of `model`, in the order of its variables; the cost is the model's energy.

    Raises `InputError` for a model without variables and for biases that are not finite.
    """
    linear, pairs, values, offset = _vectors(model.change_vartype(dimod.BINARY, inplace=False))
    form = Quadratic.of(len(linear), pairs, values, name)
    return QUBO(Quadratic(form.n, linear, form.pairs, form.values, name), offset)


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


def _vectors(model: dimod.BinaryQuadraticModel) -> tuple[Any, Any, Any, float]:
    found = model.to_numpy_vectors(variable_order=list(model.variables))
    i, j, values = found.quadratic
    pairs = np.stack([i, j], axis=1).astype(np.int64)
    linear = np.asarray(found.linear_biases, dtype=np.float64)
    return linear, pairs, np.asarray(values, dtype=np.float64), float(found.offset)


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
        return {name: [] for name in ("num_reads", "seed", "time_limit", "threads")}

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
        **kwargs: Any,
    ) -> dimod.SampleSet:
        """Return the final states of `num_reads` starts (16), or of as many as `time_limit` seconds allow.

        Read number k depends on (`seed`, k) alone; without a seed, one is drawn. Variables without couplings
        get the sign opposite to their bias. `info` holds the seed, the machine and its parameters. Raises
        `InputError` for fewer than one read and biases that are not finite, `NumericalError` if every
        start failed.
        """
        self.remove_unknown_kwargs(**kwargs)
        if num_reads is not None:
            num_reads = whole_number(num_reads, "num_reads", "a whole number of at least 1")
            if num_reads < 1:
                raise InputError(f"`num_reads` is {num_reads}, expected at least 1")
        if seed is None:
            seed = int(np.random.default_rng().integers(2**31))
        wanted = num_reads if num_reads is not None or time_limit is not None else READS
        spins, info = self._spins(bqm, wanted, seed, time_limit, threads)
        samples = dimod.as_samples((spins, list(bqm.variables)), dtype=np.int8)
        states = dimod.SampleSet.from_samples_bqm(samples, bqm.change_vartype(dimod.SPIN, inplace=False))
        states.info.update(info | {"seed": seed})
        return states.change_vartype(bqm.vartype, inplace=False)

    def _spins(
        self,
        bqm: dimod.BinaryQuadraticModel,
        reads: int | None,
        seed: int,
        time_limit: float | None,
        threads: int,
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
        result = solve(
            part,
            self.formulation,
            starts=reads,
            seed=seed,
            time_limit=time_limit,
            settings=self.settings,
            threads=threads,
            baselines=False,
        )
        found = [start.answer for start in result.starts if start.answer is not None]
        if not found:
            raise NumericalError("every start failed numerically: take another formulation or a shorter step")
        spins = np.tile(alone, (len(found), 1))
        spins[:, coupled] = np.array(found)
        return spins, {"formulation": result.formulation, "parameters": dict(result.parameters)}


def labelled(problem_answer: Any, model: dimod.BinaryQuadraticModel) -> dict[Hashable, int]:
    """Return an answer of `ising_of(model)` or `qubo_of(model)` by the model's own labels."""
    return dict(zip(model.variables, (int(value) for value in problem_answer), strict=True))
