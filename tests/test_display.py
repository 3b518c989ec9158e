"""Results show themselves: in a line, by a picture, and in a notebook."""

import dataclasses

import numpy as np
import pytest

import analoghop
from analoghop import (
    QUBO,
    TSP,
    Amplifiers,
    Circuit,
    Colouring,
    Graph,
    InputError,
    Memory,
    Model,
    Network,
    Queens,
    Tanh,
    simulate,
    simulate_many,
    solve,
)

NETWORK = Network([[0.0, 1.0], [1.0, 0.0]], Amplifiers.uniform(Tanh(), 2, gain=2.0))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def results():  # type: ignore[no-untyped-def]
    many = simulate_many(NETWORK, 8, tstop=10.0)
    return {
        "run": simulate(NETWORK, tstop=5.0, x0=[0.1, -0.2]),
        "many": many,
        "solved": solve(Queens(5), starts=2, engine="numpy"),
    }


def test_representations_are_one_short_line(results) -> None:  # type: ignore[no-untyped-def]
    model = Model()
    x = model.variables(300)
    model.at_most(x)
    memory = Memory(np.where(np.random.default_rng(0).random((3, 400)) < 0.5, -1.0, 1.0))
    things = [
        *results.values(), results["run"].energy, NETWORK, NETWORK.amplifiers, NETWORK.T, model,
        model.problem("m"),
        TSP(np.random.default_rng(0).random((90, 2))), Graph.of(90, [[k, k + 1] for k in range(89)]), memory,
        Colouring(np.ones((40, 40)) - np.eye(40), 4), QUBO(np.ones((60, 60))), memory.recall(),
        Circuit.read("circuits/hopfield_tank10.cir"), results["solved"].encoding.system,
    ]  # fmt: skip
    for thing in things:
        text = repr(thing)
        assert len(text) < 240, text
        assert "\n" not in text
        assert " at 0x" not in text
        assert text.startswith(type(thing).__name__)


def test_a_representation_says_what_is_asked_first(results) -> None:  # type: ignore[no-untyped-def]
    assert repr(results["solved"]).startswith("Result(queens queens5, memristive: ")
    assert "of 2 starts valid" in repr(results["solved"])
    assert "distances=array(90x90)" in repr(TSP(np.random.default_rng(0).random((90, 2))))
    assert repr(Model()) == "Model(0 variables, 0 constraints)"


@pytest.mark.parametrize("name", ["run", "many", "solved"])
def test_results_draw_themselves_and_open_no_window(results, name: str) -> None:  # type: ignore[no-untyped-def]
    figure = results[name].plot()
    assert figure.axes or figure.subfigs
    assert figure._repr_png_().startswith(b"\x89PNG")
    text = results[name]._repr_html_()
    assert text.count("<tr>") >= 2
    assert "data:image/png;base64," in text
    assert "pyplot" not in "".join(vars(figure.canvas.manager or object).keys())


def test_a_result_without_its_problem_says_how_to_draw_it(results) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InputError, match=r"use `plotting.solved\(problem, result\)`"):
        dataclasses.replace(results["solved"], subject=None).plot()


def test_a_table_says_what_is_best_known(results) -> None:  # type: ignore[no-untyped-def]
    known, unknown = (dataclasses.replace(results["solved"], best_known=cost) for cost in (7.25, None))
    assert "<td>7.25</td>" in known._repr_html_()
    assert "<td>unknown</td>" in unknown._repr_html_()


def test_titles_of_decks_are_escaped() -> None:
    run = simulate(
        Circuit.parse("<script>alert(1)</script>\nR1 a 0 1k\nC1 a 0 1u ic=1\n.tran 1m 5m uic\n.end\n")
    )
    assert "<script>" not in run._repr_html_()
    assert "&lt;script&gt;" in run._repr_html_()


def test_attributes_of_a_dataset_fit_into_netcdf(results) -> None:  # type: ignore[no-untyped-def]
    pytest.importorskip("xarray")
    assert all(isinstance(value, str | int | float) for value in results["run"].to_xarray().attrs.values())
    assert analoghop.__version__ in str(results["run"].to_xarray().attrs)
