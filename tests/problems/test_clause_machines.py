import itertools
from pathlib import Path

import numpy as np
import pytest

import analoghop
from analoghop.cli import main
from analoghop.ensembles.streams import normal
from analoghop.errors import InputError
from analoghop.problems.satisfiability.encodings import FORMULATIONS, AdaptiveClauses
from analoghop.problems.satisfiability.instance import Satisfiability
from analoghop.problems.turns import TakingTurns
from analoghop.systems.machines.clauses import Clauses
from analoghop.systems.machines.lagrange import Lagrange
from analoghop.systems.machines.memcomputing import Memcomputing


def planted(n: int, count: int, seed: int) -> Satisfiability:
    """Clauses of three literals that hold under hidden truth values."""
    rng = np.random.default_rng(seed)
    hidden = rng.choice([-1, 1], n)
    clauses = []
    while len(clauses) < count:
        chosen = rng.choice(n, 3, replace=False)
        signs = rng.choice([-1, 1], 3)
        if (signs == hidden[chosen]).any():
            clauses.append(((chosen + 1) * signs).tolist())
    return Satisfiability.of(n, clauses)


@pytest.mark.parametrize("name", FORMULATIONS)
def test_truth_values_that_satisfy_are_found_from_every_start(name: str) -> None:
    problem = planted(20, 85, 1)
    result = analoghop.solve(problem, formulation=name, starts=32, seed=3, baselines=False)
    assert result.valid == 32
    assert result.costs == [0.0] * 32
    assert problem.verify(result.answer).valid


@pytest.mark.parametrize("name", FORMULATIONS)
def test_encoding_and_decoding_are_inverse_and_the_objective_is_the_cost(name: str) -> None:
    problem = planted(6, 40, 0)
    encoding = FORMULATIONS[name]().encode(problem)
    for values in itertools.product([False, True], repeat=6):
        outputs = encoding.embed(values)
        (raw,) = encoding.decode(outputs)
        assert tuple(raw.answer) == values
        objective = encoding.objective(outputs)
        assert objective is not None
        assert objective[0] == pytest.approx(problem.verify(values).cost)


@pytest.mark.parametrize("name", FORMULATIONS)
def test_a_formula_that_cannot_hold_is_never_called_so(name: str) -> None:
    every = [[a, 2 * b, 3 * c] for a, b, c in itertools.product([1, -1], repeat=3)]
    problem = Satisfiability.of(3, every)
    form = FORMULATIONS[name](duration=100.0)  # type: ignore[call-arg]
    result = analoghop.solve(problem, formulation=form, starts=4, baselines=False)
    assert result.valid == 0
    assert result.costs == [1.0] * 4
    assert result.answer is None
    assert "unsatisfiable" not in str(result.to_dict())


def test_starts_are_functions_of_seed_and_number() -> None:
    together = normal(3, np.arange(10), 7)
    assert np.array_equal(normal(3, np.array([8, 2]), 7), together[:, [8, 2]])
    assert not np.array_equal(normal(4, np.array([2]), 7), together[:, [2]])
    assert normal(3, np.arange(0), 7).shape == (7, 0)
    many = normal(0, np.arange(200), 100)
    assert abs(many.mean()) < 0.03
    assert many.var() == pytest.approx(1.0, abs=0.03)


def test_a_duration_out_of_range_is_refused() -> None:
    with pytest.raises(InputError, match=r"`duration` is -1, expected a positive number"):
        AdaptiveClauses(duration=-1.0).encode(planted(5, 8, 0))


def test_every_second_start_of_the_default_runs_memcomputing() -> None:
    problem = planted(20, 85, 1)
    assert analoghop.solve(problem, starts=5, baselines=False).circuits == {"clauses": 3, "memcomputing": 2}
    alone = analoghop.solve(problem, starts=3, settings={"others": 0}, baselines=False)
    assert alone.circuits == {"clauses": 3}
    assert type(AdaptiveClauses(others=0).encode(problem)) is not TakingTurns
    turns = AdaptiveClauses(duration=40.0, others=2).encode(problem).turns
    assert [(turn.name, turn.encoding.duration) for turn in turns] == [
        ("clauses", 40.0),
        ("memcomputing", 400.0),
        ("memcomputing", 400.0),
    ]


def test_circuits_that_search_in_vain_share_the_time() -> None:
    every = [[a, 2 * b, 3 * c] for a, b, c in itertools.product([1, -1], repeat=3)]
    form = AdaptiveClauses(duration=1e9)
    found = analoghop.solve(Satisfiability.of(3, every), form, starts=4, time_limit=0.4, baselines=False)
    assert found.circuits == {"clauses": 2, "memcomputing": 2}
    assert found.stopped == 4
    assert found.tau_per_start < 1e9


def test_the_command_line_solves_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "small.cnf"
    file.write_text("p cnf 3 3\n1 -2 0\n2 3 0\n-1 -3 0\n%\n0\n")
    assert main(["solve", "sat", str(file), "--starts", "4", "--json"]) == 0
    assert '"valid_rate": 1.0' in capsys.readouterr().out
    contradiction = tmp_path / "none.cnf"
    contradiction.write_text("p cnf 1 2\n1 0\n-1 0\n")
    words = ["solve", "sat", str(contradiction), "--starts", "2", "--set", "duration=20", "--json"]
    assert main(words) == 4
    assert "nsatisfiable" not in capsys.readouterr().out


def test_a_literal_alone_in_its_clause_is_drawn_with_full_strength() -> None:
    machine = Memcomputing(Clauses(2, [0, 1, 3], [0, 0, 1], [1.0, -1.0, 1.0]), 10.0)
    x = np.array([[-0.5], [0.2], [0.5], [0.5], [2.0], [3.0]])
    s, long = x[2:4, 0], x[4:, 0]
    alone = s[0] * long[0] + (1.0 + 0.1 * long[0]) * (1.0 - s[0]) * 0.75
    # The other clause wants -v1 or v2: degrees 0.25 and 0.4.
    least = -(s[1] * long[1] * 0.4 + (1.0 + 0.1 * long[1]) * (1.0 - s[1]) * 0.25)
    assert machine.rhs(0.0, x)[:2, 0] == pytest.approx([alone + least, s[1] * long[1] * 0.25])
    assert machine.rhs(0.0, x)[2:, 0] == pytest.approx(
        [20.0 * 0.501 * 0.5, 20.0 * 0.501 * 0.0, 5.0 * 0.7, 5.0 * 0.2]
    )


def test_the_phases_of_a_lagrange_network_descend() -> None:
    machine = Lagrange(Clauses(2, [0, 1, 3], [0, 0, 1], [1.0, -1.0, 1.0]), 10.0, sigma=0.0)
    x = np.array([[1.0], [2.0], [1.5], [0.5]])
    flow = machine.flow(0.0, x)
    assert (flow.dissipated > 0).all()
    assert flow.supplied == pytest.approx(0.5 * np.sum(flow.rate[2:] ** 2 / 0.25, axis=0))
    assert "frozen" in str(machine.theorem.reason)
