"""The way down from DSATUR's number, with a circuit that is told what it finds."""

import time
from dataclasses import replace

import pytest

from analoghop.formats.graphs.graph import Graph
from analoghop.limits import Limits
from analoghop.optimise.fewest import fewest_colours
from analoghop.problems.base import Verdict
from analoghop.problems.baselines.dsatur import dsatur
from analoghop.problems.colouring.instance import Colouring
from analoghop.problems.result import Result, Start

WHEEL = Colouring(Graph.of(6, [(5, k) for k in range(5)] + [(k, (k + 1) % 5) for k in range(5)]))
"""A cycle of five round a hub: 4 colours, and no clique larger than 3."""


class Circuit:
    """Finds a proper colouring from `fewest` colours on, and uses no more than `used`."""

    def __init__(self, fewest: int, used: int = 6) -> None:
        self.fewest, self.used = fewest, used
        self.asked: list[tuple[int, bool]] = []

    def __call__(self, problem: Colouring, limits: Limits, *, first: bool) -> Result:
        k = problem.colours
        assert k is not None
        self.asked.append((k, first))
        found = k >= self.fewest
        answer = [min(v, k - 1, self.used - 1) for v in range(6)]
        verdict = Verdict(found, 0.0 if found else 1.0, {} if found else {"conflicting edges": 1})
        return Result(
            problem="colouring",
            instance="wheel",
            size=6,
            formulation="told",
            parameters={"k": k},
            starts=[Start(verdict, answer)],
            seed=0,
            sense="min",
            best_known=None,
            target=None,
            baselines={},
            tau_per_start=1.0,
            cpu_s_per_start=1.0,
            evaluations=1,
            cpu_s=1.0,
            wall_s=1.0,
            extra={"colours": k},
        )


def test_a_given_number_is_left_alone() -> None:
    circuit = Circuit(4)
    assert fewest_colours(replace(WHEEL, colours=5), circuit, Limits()) is None
    assert not circuit.asked


@pytest.mark.parametrize(
    ("circuit", "colours", "tried"),
    [
        (Circuit(4), 4, "4 3"),
        (Circuit(3), 3, "4 3"),
        (Circuit(1), 3, "4 3"),
        (Circuit(5), 5, "4 5"),
        (Circuit(6), 6, "4 5 6"),
        (Circuit(3, used=3), 3, "4"),
        (Circuit(99), 9, "4 5 6 7 8 9"),
    ],
)
def test_the_way_down(circuit: Circuit, colours: int, tried: str) -> None:
    assert dsatur(WHEEL.graph).max() + 1 == 4
    result = fewest_colours(WHEEL, circuit, Limits())
    assert result is not None
    assert result.extra["colours"] == colours
    assert result.parameters == {"k": colours, "clique": 3, "tried": tried}
    assert circuit.asked == [*((int(k), True) for k in tried.split()), (colours, False)]


def test_what_was_found_is_not_lost_where_time_is_short() -> None:
    circuit = Circuit(4)

    def attempt(problem: Colouring, limits: Limits, *, first: bool) -> Result:
        result = circuit(problem, limits, first=first)
        return result if first else replace(result, starts=[], baselines={"DSATUR": 0.0})

    result = fewest_colours(WHEEL, attempt, Limits())
    assert result is not None
    assert (result.valid, result.extra["colours"]) == (1, 4)
    assert result.baselines == {"DSATUR": 0.0}
    assert result.parameters["tried"] == "4 3"


def test_time_that_is_up_ends_the_way_down() -> None:
    circuit = Circuit(1)
    result = fewest_colours(replace(WHEEL), circuit, Limits().until(time.monotonic()))
    assert result is not None
    assert result.parameters["tried"] == "4"
    assert circuit.asked == [(4, True), (4, False)]
