import subprocess
import sys
import unittest

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analoghop.errors import InputError

dimod = pytest.importorskip("dimod")

from dimod.testing import assert_sampler_api, load_sampler_bqm_tests  # noqa: E402

from analoghop.interop.dimod import AnalogSampler, ising_of, labelled, model_of, qubo_of  # noqa: E402


@load_sampler_bqm_tests(AnalogSampler)
class TestOfDimod(unittest.TestCase):
    """The tests that dimod has for every sampler."""


def random_model(n: int, seed: int, vartype: str) -> "dimod.BinaryQuadraticModel":
    rng = np.random.default_rng(seed)
    labels = [f"v{k}" for k in rng.permutation(n)]
    model = dimod.BinaryQuadraticModel(vartype)
    for label in labels:
        model.add_variable(label, rng.normal())
    for i in range(n):
        for j in range(i):
            if rng.random() < 0.6:
                model.add_quadratic(labels[i], labels[j], rng.normal())
    model.offset = rng.normal()
    return model


cases = given(st.integers(1, 6), st.integers(0, 999), st.sampled_from(["SPIN", "BINARY"]))


@cases
@settings(deadline=None, max_examples=25)
def test_problems_cost_what_models_do(n: int, seed: int, vartype: str) -> None:
    model = random_model(n, seed, vartype)
    rng = np.random.default_rng(seed)
    bits = rng.integers(0, 2, n)
    for problem, answer in ((ising_of(model), 2 * bits - 1), (qubo_of(model), bits)):
        other = model.change_vartype("SPIN" if answer.min() < 0 else "BINARY", inplace=False)
        if set(answer.tolist()) == {1}:
            other = model.change_vartype("SPIN" if problem.kind == "ising" else "BINARY", inplace=False)
        want = other.energy(labelled(answer, model))
        assert problem.verify(answer).cost == pytest.approx(want)
        assert model_of(problem).energy(dict(enumerate(answer.tolist()))) == pytest.approx(want)


def test_api() -> None:
    assert_sampler_api(AnalogSampler())


@pytest.mark.parametrize("vartype", ["SPIN", "BINARY"])
@pytest.mark.parametrize("seed", range(5))
def test_the_best_read_is_the_ground_state(seed: int, vartype: str) -> None:
    model = random_model(10, seed, vartype)
    exact = dimod.ExactSolver().sample(model).first.energy
    found = AnalogSampler().sample(model, num_reads=24, seed=1)
    assert len(found) == 24
    assert found.first.energy == pytest.approx(exact)


def test_reads_depend_on_the_seed_alone() -> None:
    model = random_model(12, 3, "SPIN")
    sampler = AnalogSampler()
    a, b = (sampler.sample(model, num_reads=count, seed=5) for count in (4, 9))
    np.testing.assert_array_equal(a.record.sample, b.record.sample[:4])
    assert a.info["seed"] == 5
    assert a.info["formulation"]
    assert len(sampler.sample(model)) == 16


def test_bad_input() -> None:
    model = random_model(6, 0, "SPIN")
    with pytest.raises(InputError, match="`num_reads` is 0"):
        AnalogSampler().sample(model, num_reads=0)
    with pytest.raises(InputError, match="no formulation 'nonsense'"):
        AnalogSampler("nonsense").sample(model)
    model.add_linear("v0", np.inf)
    with pytest.raises(InputError, match="not finite"):
        AnalogSampler().sample(model)


@pytest.mark.parametrize("reads", [0, -1, 2.5, float("inf"), float("nan"), True, "3"])
def test_a_number_of_reads_that_is_none_is_refused(reads: object) -> None:
    with pytest.raises(InputError, match="`num_reads` is .*, expected .*at least 1"):
        AnalogSampler().sample(random_model(6, 0, "SPIN"), num_reads=reads)


def test_without_dimod_one_sentence_names_the_extra() -> None:
    code = (
        "import sys; sys.modules['dimod'] = None\n"
        "from analoghop.errors import MissingProgram\n"
        "try:\n    import analoghop.interop.dimod\n"
        "except MissingProgram as error:\n    sys.exit(0 if 'analoghop[dimod]' in str(error) else 1)\n"
        "sys.exit(2)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_order_of_variables_changes_no_read() -> None:
    model = random_model(9, 4, "BINARY")
    other = dimod.BinaryQuadraticModel("BINARY")
    for label in reversed(list(model.variables)):
        other.add_linear(label, model.get_linear(label))
    for (a, b), value in reversed(list(model.quadratic.items())):
        other.add_quadratic(b, a, value)
    one, two = (AnalogSampler().sample(given, num_reads=6, seed=3) for given in (model, other))
    assert [dict(sample) for sample in one.samples(sorted_by=None)] == [
        dict(sample) for sample in two.samples(sorted_by=None)
    ]


@pytest.mark.parametrize("size", [0, 1, 6])
def test_a_seed_that_is_none_is_refused_for_every_model(size: int) -> None:
    model = random_model(size, 0, "SPIN")
    for seed in (-1, 2.5, "3"):
        with pytest.raises(InputError, match="`seed` is .*, expected a whole number"):
            AnalogSampler().sample(model, seed=seed)


@pytest.mark.parametrize("kind", ["ConstrainedQuadraticModel", "DiscreteQuadraticModel", "QuadraticModel"])
def test_other_models_are_refused_by_name(kind: str) -> None:
    with pytest.raises(InputError, match=f"`bqm` is a {kind}, expected a BinaryQuadraticModel: "):
        AnalogSampler().sample(getattr(dimod, kind)())


def test_an_interrupt_function_ends_the_reads() -> None:
    asked: list[int] = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) > 2

    found = AnalogSampler().sample(random_model(8, 0, "SPIN"), num_reads=10**6, interrupt_function=stop)
    assert len(found) < 10**6
    assert len(asked) == 3
    with pytest.raises(InputError, match="`interrupt_function` is 3, expected a function"):
        AnalogSampler().sample(random_model(8, 0, "SPIN"), interrupt_function=3)


def test_the_record_says_how_long_it_took_and_how_many_reads_each_circuit_made() -> None:
    found = AnalogSampler().sample(random_model(8, 0, "SPIN"), num_reads=8, seed=1)
    assert set(found.info["timing"]) == {"preprocessing_s", "sampling_s", "postprocessing_s"}
    assert all(seconds >= 0.0 for seconds in found.info["timing"].values())
    assert sum(found.info["circuits"].values()) == 8
