"""Models of bits and spins in JSON (dimod, bqpjson), as coordinate lists with a type, and without a head."""

import json
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analoghop import QUBO, Ising
from analoghop.errors import FileFormatError
from analoghop.formats.instances.binary_models import read_bits, read_spins_of

DIMOD: dict[str, Any] = {
    "type": "BinaryQuadraticModel",
    "version": {"bqm_schema": "3.0.0"},
    "use_bytes": False,
    "variable_labels": ["a", ["b", 2], 7],
    "variable_type": "SPIN",
    "offset": 0.25,
    "linear_biases": [1.0, -1.0, 0.0],
    "quadratic_biases": [0.5, -3.0],
    "quadratic_head": [1, 2],
    "quadratic_tail": [0, 0],
}
OLD: dict[str, Any] = {
    "variable_labels": ["a", "b"],
    "variable_type": "BINARY",
    "offset": 1.0,
    "linear_terms": [{"label": "a", "bias": 2.0}],
    "quadratic_terms": [{"label_head": "a", "label_tail": "b", "bias": -3.0}],
}
BQPJSON: dict[str, Any] = {
    "id": 5,
    "version": "1.0.0",
    "variable_domain": "spin",
    "variable_ids": [10, 11, 40],
    "scale": 2.0,
    "offset": 1.0,
    "linear_terms": [{"id": 11, "coeff": 1.5}],
    "quadratic_terms": [{"id_tail": 10, "id_head": 40, "coeff": -1.0}],
    "metadata": {},
}


def written(folder: Path, content: object, name: str = "m.json") -> Path:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_a_model_of_dimod_has_its_energies_and_labels(tmp_path: Path) -> None:
    problem = Ising.read(written(tmp_path, DIMOD))
    assert (problem.name, problem.labels) == ("m", ("a", ("b", 2), 7))
    for a, b, c in product((-1, 1), repeat=3):
        assert problem.verify((a, b, c)).cost == 0.25 + a - b + 0.5 * a * b - 3.0 * a * c


def test_a_model_of_the_first_schema_of_dimod_is_read(tmp_path: Path) -> None:
    problem = QUBO.read(written(tmp_path, OLD))
    costs = {x: problem.verify(x).cost for x in product((0, 1), repeat=2)}
    assert costs == {(0, 0): 1.0, (0, 1): 1.0, (1, 0): 3.0, (1, 1): 0.0}
    assert problem.labelled((1, 0)) == {"a": 1, "b": 0}


def test_the_scale_of_bqpjson_multiplies_terms_and_offset(tmp_path: Path) -> None:
    problem = Ising.read(written(tmp_path, BQPJSON))
    assert problem.labels == (10, 11, 40)
    for a, b, c in product((-1, 1), repeat=3):
        assert problem.verify((a, b, c)).cost == 2.0 * (1.5 * b - a * c + 1.0)


def test_variables_that_are_their_numbers_need_no_labels(tmp_path: Path) -> None:
    assert (
        QUBO.read(
            written(
                tmp_path,
                OLD
                | {
                    "variable_labels": [0, 1],
                    "linear_terms": [],
                    "quadratic_terms": [{"label_head": 0, "label_tail": 1, "bias": 2}],
                },
            )
        ).labels
        == ()
    )


@given(st.integers(1, 6), st.sampled_from(["SPIN", "BINARY"]), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=25)
def test_what_dimod_writes_has_the_energies_of_dimod(n: int, vartype: str, random: Any) -> None:
    import tempfile

    dimod = pytest.importorskip("dimod")
    pairs = {
        (f"v{i}", f"v{j}"): random.uniform(-2, 2) for i in range(n) for j in range(i) if random.random() < 0.7
    }
    linear = {f"v{k}": random.uniform(-2, 2) for k in range(n)}
    model = dimod.BinaryQuadraticModel(linear, pairs, random.uniform(-2, 2), vartype)
    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder), model.to_serializable())
        problem: Any = Ising.read(path) if vartype == "SPIN" else QUBO.read(path)
    values = (-1, 1) if vartype == "SPIN" else (0, 1)
    for answer in product(values, repeat=n):
        energy = model.energy(problem.labelled(answer))
        assert problem.verify(answer).cost == pytest.approx(energy, rel=1e-12, abs=1e-12)


def test_couplings_without_a_head_are_those_with_one(tmp_path: Path) -> None:
    headed = Ising.read(written(tmp_path, "3 3\n1 2 1.5\n2 3 -1\n3 3 0.5\n", "a.ising"))
    bare = Ising.read(written(tmp_path, "1 2 1.5\n2 3 -1\n3 3 0.5\n", "a.txt"))
    from_zero = Ising.read(written(tmp_path, "# couplings\n0 1 1.5\n1 2 -1\n2 2 0.5\n", "a.txt"))
    for spins in product((-1, 1), repeat=3):
        assert len({p.verify(spins).cost for p in (headed, bare, from_zero)}) == 1
    assert "counted from 1" in bare.notices[0]
    assert "counted from 0" in from_zero.notices[0]


def test_a_list_of_spins_of_dimod_is_added_to_the_energy(tmp_path: Path) -> None:
    problem = Ising.read(written(tmp_path, "# vartype=SPIN\n0 0 1.0\n0 1 0.5\n1 1 -1.0\n", "x.coo"))
    for a, b in product((-1, 1), repeat=2):
        assert problem.verify((a, b)).cost == a - b + 0.5 * a * b
    assert "added to the energy, as in dimod" in problem.notices[0]


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (DIMOD, "m.json", "the variables are spins: `solve ising` reads it"),
        ("# vartype=SPIN\n0 1 1\n", "m.coo", "these variables are spins: `solve ising` reads them"),
        ("# vartype=TERNARY\n0 1 1\n", "m.coo", "these variables are unknown"),
        ("p cnf 2 1\n1 2 0\n", "m.txt", "this is a formula in DIMACS format: `solve sat` reads it"),
        ("p edge 2 1\ne 1 2\n", "m.txt", "this is a graph in DIMACS format: `solve maxcut` reads it"),
        ("[1, 2]", "m.json", "holds no object"),
        ('{"x": 1, "y": 2}', "m.json", "holds an object of 'x', 'y'"),
        ({"type": "SampleSet"}, "m.json", "holds a SampleSet of dimod"),
        (OLD | {"offset": "1"}, "m.json", "the `offset` of the model is '1', expected a finite number"),
        (OLD | {"variable_labels": ["a", "a"]}, "m.json", "holds 1 different names of 2"),
        (OLD | {"variable_labels": ["a", {}]}, "m.json", "a variable is called {}"),
        (OLD | {"linear_terms": 3}, "m.json", "`linear_terms` is 3, expected a list"),
        (OLD | {"linear_terms": [{"label": "z", "bias": 1}]}, "m.json", "expected terms with the `label`"),
        (
            OLD | {"linear_terms": [{"label": "a", "bias": None}]},
            "m.json",
            "the `bias` of linear_terms is None",
        ),
        (
            OLD | {"quadratic_terms": [{"label_head": "a", "label_tail": "a", "bias": 1}]},
            "m.json",
            "couples the variable 'a' with itself",
        ),
    ],
)
def test_a_file_that_holds_no_bits_is_refused_by_what_it_is(
    content: object, name: str, reason: str, tmp_path: Path
) -> None:
    with pytest.raises(FileFormatError) as error:
        read_bits(written(tmp_path, content, name))
    assert reason in str(error.value)


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (OLD, "m.json", "the variables are bits: `solve qubo` reads it"),
        ("# vartype=BINARY\n0 1 1\n", "m.coo", "these variables are bits: `solve qubo` reads them"),
        (
            DIMOD | {"quadratic_head": [1, 3]},
            "m.json",
            "`quadratic_head` holds 3, expected whole numbers from 0 to 2",
        ),
        (DIMOD | {"quadratic_head": [1]}, "m.json", "has 1 heads, 2 tails, 2 biases of pairs"),
        (BQPJSON | {"scale": 1e308, "offset": 1e308}, "m.json", "not finite once it is scaled"),
        ("p qubo 0 2 1 1\n0 0 1\n0 1 1\n", "m.txt", "this is a QUBO of qbsolv: `solve qubo` reads it"),
    ],
)
def test_a_file_that_holds_no_spins_is_refused_by_what_it_is(
    content: object, name: str, reason: str, tmp_path: Path
) -> None:
    with pytest.raises(FileFormatError) as error:
        read_spins_of(written(tmp_path, content, name))
    assert reason in str(error.value)
