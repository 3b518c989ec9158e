import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from scipy.stats import t as student

from analoghop.errors import InputError
from analoghop.intervals import mean_interval, student_95, wilson_interval
from analoghop.problems.base import Verdict
from analoghop.problems.result import FAILURE, Polished, Result, Searched, Start, best_answer
from analoghop.problems.statistics import gap, reaches, time_interval, time_to_solution


@given(st.integers(1, 500), st.data())
def test_wilson_interval_is_scipys(n: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(0, n))
    theirs = binomtest(k, n).proportion_ci(method="wilson")
    assert wilson_interval(k, n) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_wilson_interval_without_trials() -> None:
    assert wilson_interval(0, 0) == (0.0, 1.0)
    with pytest.raises(InputError, match="3 successes of 2 trials"):
        wilson_interval(3, 2)


@given(st.floats(1e-6, 0.98))
def test_runs_up_to_the_time_to_solution_fail_together_once_in_a_hundred(rate: float) -> None:
    runs = time_to_solution(rate, 1.0)
    assert runs is not None
    assert (1 - rate) ** runs == pytest.approx(0.01, rel=1e-6)


def test_time_to_solution_at_the_ends() -> None:
    assert time_to_solution(0.0, 2.0) is None
    assert time_to_solution(0.995, 2.0) == time_to_solution(1.0, 2.0) == 2.0


@pytest.mark.parametrize(
    ("cost", "best", "sense", "wanted"),
    [
        (110, 100, "min", 10),
        (90, 100, "max", 10),
        (110, 100, "max", -10),
        (-90, -100, "min", 10),  # energies
        (None, 100, "min", None),
        (1, None, "min", None),
        (1, 0, "min", None),
    ],
)
def test_gap_is_positive_where_worse(cost: float, best: float, sense: str, wanted: float) -> None:
    assert gap(cost, best, sense) == wanted  # type: ignore[arg-type]


def test_target_is_reached_up_to_rounding() -> None:
    assert reaches(0.1 + 0.2, 0.3)
    assert not reaches(0.3001, 0.3)
    assert reaches(-0.3, -0.3, "max")
    assert not reaches(99, 100, "max")


def result(starts: list[Start], **changes: object) -> Result:
    known: dict[str, object] = {
        "problem": "tsp",
        "instance": "five",
        "size": 5,
        "formulation": "potts",
        "parameters": {"g": 0.4},
        "starts": starts,
        "seed": 3,
        "sense": "min",
        "best_known": 10.0,
        "target": None,
        "baselines": {"random": 30.0},
        "tau_per_start": 400.0,
        "cpu_s_per_start": 0.5,
        "evaluations": 8000,
        "cpu_s": 2.0,
        "wall_s": 2.5,
    }
    return Result(**(known | changes))  # type: ignore[arg-type]


MIXED = [
    Start(Verdict(True, 12.0), (0, 1, 2, 3, 4)),
    Start(Verdict(False, None, {"rows": 2, "columns": 1})),
    Start(Verdict(True, 10.0), np.array([4, 3, 2, 1, 0])),
    Start(Verdict(False, None, {FAILURE: 1})),
]


def test_keys_are_those_of_the_contract() -> None:
    wanted = (
        "problem instance size formulation parameters starts seed valid_rate valid_interval cost_best "
        "cost_mean cost_median best_known gap_best gap_mean gap_median success_rate tts99 violations "
        "answer search polished baselines evaluations cpu_s wall_s costs success_interval "
        "cut stopped interrupted engine loading_s workers valid_count success_count circuits distinct labels"
    )
    assert list(result(MIXED).to_dict()) == wanted.split()
    assert list(result(MIXED, extra={"colours": 3}).to_dict()) == [*wanted.split(), "colours"]


def test_figures_of_a_mixed_result() -> None:
    told = result(MIXED).to_dict()
    assert told["valid_rate"] == 0.5
    assert told["valid_interval"] == pytest.approx(list(wilson_interval(2, 4)))
    assert (told["cost_best"], told["cost_mean"], told["cost_median"]) == (10.0, 11.0, 11.0)
    assert (told["gap_best"], told["gap_mean"], told["gap_median"]) == (0.0, 10.0, 10.0)
    assert told["success_rate"] == 0.25
    assert told["tts99"]["tau"] == pytest.approx(400 * math.log(0.01) / math.log(0.75))
    assert told["tts99"]["s"] == pytest.approx(0.5 * math.log(0.01) / math.log(0.75))
    assert told["violations"] == {"columns": 0.5, FAILURE: 0.5, "rows": 1.0}
    assert told["answer"] == [4, 3, 2, 1, 0]
    assert told["distinct"] == 2
    assert result([*MIXED, *MIXED]).distinct == 2
    json.dumps(told, allow_nan=False)


def test_nothing_valid_is_null_and_not_nan() -> None:
    told = result(MIXED[1:2]).to_dict()
    assert told["valid_rate"] == 0.0
    assert all(told[f"{what}_{of}"] is None for what in ("cost", "gap") for of in ("best", "mean", "median"))
    assert told["answer"] is None
    assert (told["tts99"]["tau"], told["tts99"]["s"]) == (None, None)
    assert told["tts99"]["interval_s"][1] is None
    assert told["success_rate"] == 0.0


def test_success_is_the_target_else_the_best_known_else_validity() -> None:
    assert result(MIXED, target=12.0).successes == 2
    assert result(MIXED).successes == 1
    assert result(MIXED, best_known=None).successes == 2
    assert result(MIXED, best_known=None).to_dict()["gap_best"] is None


def test_costs_of_invalid_answers_count_where_they_are_defined() -> None:
    colouring = [
        Start(Verdict(False, 2.0, {"conflicts": 2}), (0, 0, 0)),
        Start(Verdict(True, 0.0), (0, 1, 2)),
        Start(Verdict(False, 4.0, {"conflicts": 4}), (1, 1, 1)),
    ]
    told = result(colouring, best_known=None).to_dict()
    assert (told["cost_best"], told["cost_mean"]) == (0.0, 2.0)
    assert told["answer"] == [0, 1, 2]
    assert told["violations"] == {"conflicts": 3.0}


def test_larger_is_better_for_maximisation() -> None:
    told = result(MIXED, sense="max", best_known=12.0, target=None).to_dict()
    assert (told["cost_best"], told["gap_best"]) == (12.0, 0.0)
    assert told["gap_mean"] == pytest.approx(100 / 12)
    assert told["answer"] == [0, 1, 2, 3, 4]


def test_search_and_polish_stay_in_their_own_objects() -> None:
    told = result(
        MIXED,
        searched=Searched(2, 300, (9.0, 11.0), (0, 2, 1, 3, 4), 1.5),
        polished=Polished("2opt", (10.0, 12.0), (11.0, 13.0), None),
    ).to_dict()
    assert told["cost_best"] == 10.0
    assert told["search"] == {
        "runs": 2, "calls": 300, "cost_best": 9.0, "cost_mean": 10.0, "gap_best": -10.0, "gap_mean": 0.0,
        "answer": [0, 2, 1, 3, 4], "cpu_s": 1.5,
    }  # fmt: skip
    assert told["polished"] == {
        "cost_best": 10.0, "cost_mean": 11.0, "gap_best": 0.0, "gap_mean": 10.0,
        "control": {"cost_best": 11.0, "cost_mean": 12.0, "gap_best": 10.0, "gap_mean": 20.0},
    }  # fmt: skip


@pytest.mark.parametrize("freedom", [*range(1, 40), 99, 100, 999, 1000, 1001, 5000])
def test_the_quantile_of_student_is_scipys(freedom: int) -> None:
    assert student_95(freedom) == pytest.approx(student.ppf(0.975, freedom), rel=1e-8)


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30))
def test_the_interval_of_a_mean_is_scipys(values: list[float]) -> None:
    low, high = mean_interval(values) or (math.nan, math.nan)
    spread = np.std(values, ddof=1) / math.sqrt(len(values))
    reach = student.ppf(0.975, len(values) - 1) * spread
    assert (low + high) / 2 == pytest.approx(np.mean(values), abs=1e-6)
    assert (high - low) / 2 == pytest.approx(reach, rel=1e-6, abs=1e-6)


def test_one_value_has_no_interval_and_student_needs_freedom() -> None:
    assert mean_interval([]) is mean_interval([3.0]) is None
    with pytest.raises(InputError, match="0 degrees of freedom"):
        student_95(0)


@given(st.integers(0, 60), st.integers(0, 60))
def test_the_interval_of_the_time_holds_those_rates_that_the_interval_of_the_rate_holds(
    k: int, more: int
) -> None:
    rate = wilson_interval(k, k + more)
    fastest, slowest = time_interval(rate, 2.0)
    for p in np.linspace(0.001, 0.989, 40):
        time = time_to_solution(p, 2.0)
        assert time is not None
        inside = (fastest or 0.0) <= time <= (math.inf if slowest is None else slowest)
        edge = min(abs(p - rate[0]), abs(p - rate[1])) < 1e-9 or time == 2.0
        assert edge or inside == (rate[0] <= p <= rate[1])
    assert (slowest is None) == (rate[0] == 0.0)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(1)
    rates = rng.binomial(40, 0.3, 4000)
    held = np.mean([low <= 0.3 <= high for low, high in (wilson_interval(int(k), 40) for k in rates)])
    assert 0.93 < held < 0.97
    within = [mean_interval(rng.normal(5.0, 2.0, 6).tolist()) for _ in range(4000)]
    assert 0.935 < np.mean([low <= 5.0 <= high for low, high in within]) < 0.965  # type: ignore[misc]


def assert_intervals(result: Result) -> None:
    """Count the verdicts again, solve (p - rate)^2 = z^2 p (1 - p)/n for p, and compare with what is told."""
    told, n = result.to_dict(), len(result.starts)
    wanted = result.target if result.target is not None else result.best_known
    valid = [start.verdict.valid for start in result.starts]
    costs = [start.verdict.cost for start in result.starts]
    success = [v and (wanted is None or c <= wanted) for v, c in zip(valid, costs, strict=True)]
    for name, hits in (("valid", sum(valid)), ("success", sum(success))):
        zz, rate = 3.8414588206941254, hits / n
        bounds = sorted(np.roots([1 + zz / n, -(2 * rate + zz / n), rate * rate]).real.tolist())
        assert told[f"{name}_rate"] == pytest.approx(rate)
        assert told[f"{name}_count"] == hits
        assert told[f"{name}_interval"] == pytest.approx(bounds, abs=1e-12), name
    low, high = told["success_interval"]
    for unit, one in (("tau", result.tau_per_start), ("s", result.cpu_s_per_start)):
        for rate, bound in zip((high, low), told["tts99"][f"interval_{unit}"], strict=True):
            if rate <= 0:
                assert bound is None
            else:
                assert (1 - rate) ** (bound / one) <= 0.01 + 1e-9
                assert bound == pytest.approx(one) or (1 - rate) ** (bound / one) == pytest.approx(0.01)


def outcome(costs: list[float | None], wanted: float | None) -> Result:
    starts = [Start(Verdict(cost is not None, 99.0 if cost is None else cost, {})) for cost in costs]
    return Result(
        problem="p", instance="i", size=3, formulation="f", parameters={}, starts=starts, seed=0, sense="min",
        best_known=wanted, target=None, baselines={}, tau_per_start=7.0, cpu_s_per_start=0.5, evaluations=0,
        cpu_s=1.0, wall_s=1.0,
    )  # fmt: skip


@given(
    st.lists(st.sampled_from([None, 1.0, 2.0, 3.0]), min_size=1, max_size=40),
    st.sampled_from([None, 1.0, 2.0]),
)
def test_a_result_tells_the_intervals_of_its_own_counts(
    costs: list[float | None], wanted: float | None
) -> None:
    assert_intervals(outcome(costs, wanted))


@pytest.mark.parametrize("bug", ["valid_interval", "success_interval", "valid_rate", "tts99"])
def test_an_interval_of_other_counts_is_caught(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    result = outcome([None, None, 1.0, 2.0, 2.0, 3.0, 1.0, 2.0, None, 2.0], 1.0)
    assert_intervals(result)
    told, n = result.to_dict(), len(result.starts)
    wrong = {
        "valid_interval": list(wilson_interval(result.successes, n)),
        "success_interval": list(wilson_interval(result.successes, result.valid)),
        "valid_rate": result.successes / n,
        "tts99": {**told["tts99"], "interval_s": told["tts99"]["interval_s"][::-1]},
    }
    monkeypatch.setattr(Result, "to_dict", lambda self: {**told, bug: wrong[bug]})
    with pytest.raises(AssertionError):
        assert_intervals(result)


def test_a_target_is_reached_exactly_and_within_a_billionth() -> None:
    assert reaches(300.0, 300.0, "max")
    assert reaches(300.0, 300.0, "min")
    assert reaches(300.0 * (1 + 0.9e-9), 300.0)
    assert not reaches(300.0 * (1 + 1.1e-9), 300.0)
    assert reaches(300.0 * (1 - 0.9e-9), 300.0, "max")
    assert not reaches(300.0 * (1 - 1.1e-9), 300.0, "max")
    assert reaches(-300.0 * (1 - 0.9e-9), -300.0)
    assert not reaches(-300.0 * (1 - 1.1e-9), -300.0)
    assert reaches(0.0, 0.0, "max")
    assert not reaches(1e-12, 0.0)


def test_without_starts_nothing_is_known() -> None:
    told = result([]).to_dict()
    assert (told["starts"], told["valid_rate"], told["success_rate"]) == (0, None, None)
    assert (told["tts99"]["tau"], told["tts99"]["s"]) == (None, None)
    assert told["valid_interval"] == told["success_interval"] == [0.0, 1.0]
    assert (told["violations"], told["answer"], told["costs"]) == ({}, None, [])


def test_the_interval_of_validity_is_not_that_of_success() -> None:
    told = result(MIXED).to_dict()
    assert told["valid_interval"] == list(wilson_interval(2, 4))
    assert told["success_interval"] == list(wilson_interval(1, 4))
    assert told["valid_interval"] != told["success_interval"]


def test_the_closest_start_has_the_fewest_violations_then_the_better_cost() -> None:
    def broken(count: int, cost: float | None, answer: tuple[int, ...] | None) -> Start:
        return Start(Verdict(False, cost, {"a": count - 1, "b": 1}), answer)

    starts = [
        Start(Verdict(True, 1.0), (9,)),
        broken(2, 0.2, None),
        broken(3, 0.0, (0,)),
        broken(2, 0.1, (1,)),
        broken(2, 0.0, (2,)),
        broken(2, 0.0, (3,)),
        broken(2, 5.0, (4,)),
    ]
    assert result(starts).closest is starts[4]
    assert result(starts, sense="max").closest is starts[6]
    assert result(starts[:2]).closest is None
    assert result([broken(2, None, (5,)), broken(2, 0.1, (6,))]).closest.answer == (5,)  # type: ignore[union-attr]


def test_the_best_answer_is_that_of_the_best_cost_whoever_found_it() -> None:
    def searched(*costs: float) -> Searched:
        return Searched(len(costs), 10, costs, (1,) if costs else None, 0.1)

    def polished(*costs: float) -> Polished:
        return Polished("2-opt", costs, costs, (2,) if costs else None)

    starts = [
        Start(Verdict(True, 12.0), (3,)),
        Start(Verdict(True, 10.0), (0,)),
        Start(Verdict(False, 1.0), (4,)),
    ]
    assert best_answer(result(starts)) == ("anneal", (0,))
    assert best_answer(result(starts, searched=searched(11.0, 9.0))) == ("search", (1,))
    assert best_answer(result(starts, searched=searched(11.0, 10.5))) == ("anneal", (0,))
    assert best_answer(result(starts, searched=searched(9.0), polished=polished(9.5, 8.0))) == (
        "polish",
        (2,),
    )
    assert best_answer(result(starts, searched=searched(9.0), polished=polished())) == ("search", (1,))
    assert best_answer(result(starts[2:], searched=searched(99.0))) == ("search", (1,))
    assert best_answer(result(starts[2:])) == ("anneal", None)
    assert best_answer(result(starts, sense="max")) == ("anneal", (3,))
    assert best_answer(result(starts, sense="max", searched=searched(11.0, 13.0))) == ("search", (1,))
    assert best_answer(result(starts, sense="max", searched=searched(11.0))) == ("anneal", (3,))
    free = [Start(Verdict(True, None), (5,))]
    assert best_answer(result(free, searched=searched(0.1))) == ("anneal", (5,))
    assert best_answer(result(free, searched=searched(-0.1))) == ("search", (1,))
