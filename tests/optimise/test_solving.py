import dataclasses
import itertools
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from analoghop.engines.machines import assignment as assignment_numpy
from analoghop.engines.machines.assignment import NumpyAssignment
from analoghop.errors import InputError
from analoghop.formats.graphs.graph import Graph
from analoghop.formats.tsplib import read_tour
from analoghop.limits import Limits, Tally
from analoghop.optimise import PROBLEMS, batches, entry, entry_of, solve, trace, with_settings
from analoghop.optimise.anneal import Anneals, anneal
from analoghop.problems.colouring.adaptive import AdaptiveColouring
from analoghop.problems.colouring.instance import Colouring
from analoghop.problems.constraints.penalty import Penalty
from analoghop.problems.partition import Partition
from analoghop.problems.result import FAILURE
from analoghop.problems.spins.maxcut import MaxCut
from analoghop.problems.tsp import TSP, Potts
from tests.optimise.toy import Toy

DATA = Path(__file__).parents[1] / "data"
FIVE = TSP.from_coordinates(np.random.default_rng(2).uniform(size=(5, 2)), "five")
BEST = min(FIVE.length((0, *rest)) for rest in itertools.permutations(range(1, 5)))


def test_every_figure_follows_from_the_answers() -> None:
    result = solve(FIVE, Toy(), starts=12, best_known=BEST)
    costs = [FIVE.length(start.answer) for start in result.starts if start.answer is not None]
    told = result.to_dict()
    assert 0 < len(costs) == result.valid
    assert told["valid_rate"] == len(costs) / 12
    assert (told["cost_best"], told["cost_mean"]) == (min(costs), pytest.approx(np.mean(costs)))
    assert told["gap_mean"] == pytest.approx(100 * (np.mean(costs) / BEST - 1))
    assert told["success_rate"] == sum(cost < BEST + 1e-9 for cost in costs) / 12
    assert FIVE.verify(told["answer"]).cost == told["cost_best"]
    assert told["baselines"]["2-opt"] >= BEST - 1e-9
    assert told["evaluations"] > 0
    assert (told["problem"], told["instance"], told["size"], told["formulation"]) == ("tsp", "five", 5, "toy")


def test_a_start_depends_on_seed_and_number_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = solve(FIVE, Toy(), starts=7, seed=3, baselines=False)
    monkeypatch.setattr(batches, "BATCH", 2)
    parts = solve(FIVE, Toy(), starts=7, seed=3, baselines=False)
    fewer = solve(FIVE, Toy(), starts=4, seed=3, baselines=False)
    other = solve(FIVE, Toy(), starts=7, seed=4, baselines=False)
    assert parts.starts == whole.starts
    assert fewer.starts == whole.starts[:4]
    assert other.starts != whole.starts


def test_failed_starts_are_counted_and_never_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(encoding: Any, seed: int, index: np.ndarray, limits: Limits, **options: Any) -> Anneals:
        made = anneal(encoding, seed, index, limits, **options)
        outputs = np.repeat(encoding.embed(range(5)), len(index), axis=1)
        outputs[:, index % 4 == 1] = np.nan
        return made._replace(ends=dataclasses.replace(made.ends, outputs=outputs, failed=index % 4 == 1))

    monkeypatch.setattr(batches, "anneal", failing)
    result = solve(FIVE, Toy(), starts=8)
    told = result.to_dict()
    assert result.failed == 2
    assert (told["starts"], told["valid_rate"]) == (8, 0.75)
    assert told["violations"] == {FAILURE: 1.0}
    assert told["cost_mean"] == pytest.approx(FIVE.length(range(5)))


def test_time_limit_ends_the_batches() -> None:
    result = solve(FIVE, Toy(), time_limit=1.0, baselines=False)
    assert len(result.starts) > 1
    assert result.wall_s < 5.0
    none = solve(FIVE, Toy(), time_limit=1e-9)
    assert (len(none.starts), none.cut, none.interrupted) == (0, 1, False)
    assert none.to_dict()["cut"] == 1
    assert none.to_dict()["valid_rate"] is none.answer is None
    assert len(solve(FIVE, Toy(), starts=2, time_limit=60).starts) == 2


def test_a_long_start_is_cut_at_the_time_limit() -> None:
    problem, long = TSP.read(DATA / "berlin52.tsp"), Potts(steps=60_000)
    result = solve(problem, long, starts=3, time_limit=0.1, baselines=False)
    assert (len(result.starts), result.cut) == (0, 1)
    assert result.evaluations == 0


def test_machines_that_the_time_limit_stops_are_judged_as_they_stand() -> None:
    triangle = Colouring(Graph.of(3, [(0, 1), (1, 2), (0, 2)]), 2)
    result = solve(triangle, AdaptiveColouring(cycles=9), starts=3, time_limit=0.25, baselines=False)
    assert (len(result.starts), result.cut, result.stopped, result.valid) == (3, 0, 3, 0)
    assert all(start.verdict.cost in (1.0, 3.0) for start in result.starts)
    assert result.to_dict()["stopped"] == 3
    assert result.wall_s < 5.0


def test_the_circuit_of_a_result_is_the_one_that_ran() -> None:
    halves = Partition(Graph.of(12, [(k, (k + 1) % 12) for k in range(12)] + [(0, 6)]))
    result = solve(halves, starts=3, seed=4, baselines=False)
    assert result.encoding is not None
    assert result.encoding.parameters.items() <= result.parameters.items()
    assert result.parameters["weight"] < max(Penalty().weights(halves))
    for number, start in enumerate(result.starts):
        assert trace(result.encoding, result.seed, number, points=20).answers[-1] == start.answer
    short = solve(MaxCut(halves.graph), starts=None, time_limit=0.05, baselines=False)
    assert short.encoding is not None
    assert short.encoding.parameters["steps"] == short.parameters["steps"]


def press(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Let somebody press Ctrl-C when start `number` has taken a few steps, or a later one."""
    advance = NumpyAssignment.advance

    def pressed(self: Any, block: Any, first: int, steps: int, noise: Any) -> None:
        if first > 0 and len(seen) > number:
            raise KeyboardInterrupt
        advance(self, block, first, steps, noise)

    load, seen = NumpyAssignment.load, list[int]()

    def counted(self: Any, x: Any, first: int) -> Any:
        seen.extend([1] * x.shape[1])
        return load(self, x, first)

    monkeypatch.setattr(assignment_numpy, "BATCH", 25)  # one member at a time
    monkeypatch.setattr(NumpyAssignment, "load", counted)
    monkeypatch.setattr(NumpyAssignment, "advance", pressed)


def test_ctrl_c_leaves_the_starts_that_have_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    # One circuit: where several take turns, those that have ended need not be the first ten.
    options = {"starts": 20, "baselines": False, "engine": "numpy", "settings": {"sigma": 1.0}}
    whole = solve(FIVE, "potts", **options)
    press(monkeypatch, 10)
    result = solve(FIVE, "potts", search="restarts", polish="2opt", **options)
    assert result.interrupted
    assert result.starts == whole.starts[:10]
    assert (result.cut, result.searched) == (10, None)
    assert result.to_dict()["interrupted"] is True


def test_ctrl_c_among_circuits_that_take_turns_leaves_what_has_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = solve(FIVE, "potts", starts=20, baselines=False, engine="numpy")
    press(monkeypatch, 10)
    result = solve(FIVE, "potts", starts=20, baselines=False, engine="numpy")
    ended = [*range(9), 10]
    assert result.starts == [whole.starts[k] for k in ended]
    assert result.interrupted
    assert 0 < result.cut <= 10  # how many had begun is a matter of pace
    assert result.circuits == {"narrowing ring": 6, "nearest neighbours": 4}


def test_ctrl_c_before_the_first_end_is_an_interrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    press(monkeypatch, 0)
    with pytest.raises(KeyboardInterrupt):
        solve(FIVE, "potts", starts=3, baselines=False, engine="numpy")


def test_ctrl_c_ends_a_search_and_keeps_its_best(monkeypatch: pytest.MonkeyPatch) -> None:
    press(monkeypatch, 3 + 1 + 2 + 4 + 2)
    result = solve(
        FIVE, "potts", starts=3, baselines=False, search="restarts", target=0.0, engine="numpy", time_limit=60
    )
    assert result.interrupted
    assert result.searched is not None
    assert (result.searched.runs, result.searched.calls) == (1, 1 + 1 + 2 + 4 + 2)
    assert len(result.starts) == 3


def test_a_thread_that_is_not_the_main_one_solves_and_keeps_the_handlers() -> None:
    before = signal.getsignal(signal.SIGINT)
    with ThreadPoolExecutor(1) as pool:
        result = pool.submit(solve, FIVE, "potts", starts=4, baselines=False, threads=2).result()
    assert result.starts == solve(FIVE, "potts", starts=4, baselines=False).starts
    assert signal.getsignal(signal.SIGINT) is before


def test_progress_counts_the_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "BATCH", 2)
    monkeypatch.setattr("analoghop.limits.INTERVAL", 0.0)
    seen: list[Tally] = []
    solve(FIVE, Toy(), starts=5, progress=seen.append)
    counts = [tally.done for tally in seen if tally.unit == "starts"]
    assert counts == [2, 4, 5]
    assert all(tally.total == 5 for tally in seen)


def test_polish_has_its_control() -> None:
    result = solve(FIVE, Toy(), starts=10, polish="2opt")
    assert result.polished is not None
    assert len(result.polished.costs) == len(result.polished.control) == result.valid
    before = [start.verdict.cost for start in result.starts if start.verdict.valid]
    assert all(after <= cost for after, cost in zip(result.polished.costs, before, strict=True))
    assert FIVE.verify(result.polished.answer).cost == min(result.polished.costs)


def test_restarts_go_on_until_the_target() -> None:
    result = solve(FIVE, Toy(D=200), starts=3, search="restarts", best_known=BEST)
    found = result.searched
    assert found is not None
    assert list(found.costs) == pytest.approx([BEST] * 3)
    assert found.calls >= found.runs == 3
    assert FIVE.verify(found.answer).cost == pytest.approx(BEST)
    assert result.to_dict()["search"]["gap_mean"] == pytest.approx(0.0)


def test_search_stays_inside_the_time_limit() -> None:
    result = solve(FIVE, Toy(), starts=2, search="restarts", target=0.0, time_limit=1.5)
    assert result.searched is not None
    assert result.searched.runs == 2
    assert result.searched.calls > 2
    assert result.wall_s < 5.0


def test_search_goes_on_until_the_time_is_up_or_the_target_reached() -> None:
    limited = solve(FIVE, Toy(D=200), search="restarts", target=0.0, time_limit=0.3, baselines=False)
    assert limited.searched is not None
    assert limited.searched.runs == 1
    assert limited.wall_s < 5.0
    reached = solve(FIVE, Toy(D=200), search="restarts", target=BEST, time_limit=2, baselines=False)
    assert reached.searched is not None
    assert list(reached.searched.costs) == pytest.approx([BEST])
    assert reached.wall_s < 1.5


def test_circuit_begins_near_an_answer() -> None:
    near = solve(FIVE, Toy(D=200), starts=6, start=(0, 1, 2, 3, 4), baselines=False)
    assert near.costs == pytest.approx([FIVE.length(range(5))] * 6)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"starts": 0}, "`starts` is 0, expected at least 1"),
        ({"starts": 2.5}, "`starts` is 2.5, expected a whole number"),
        ({"engine": "nonsense"}, "`engine` is 'nonsense', expected auto, fused, numpy"),
        ({"progress": 3}, "`progress` is 3, expected True, False or a function"),
        ({"seed": -1}, "`seed` is -1, expected a whole number from 0"),
        ({"seed": 1.5}, "`seed` is 1.5, expected a whole number"),
        ({"time_limit": -1}, "`time_limit` is -1, expected a positive number"),
        ({"threads": 0}, "`threads` is 0"),
        ({"search": "tabu"}, "`search` is 'tabu', expected one of"),
        ({"polish": "3opt"}, "`polish` is '3opt', expected one of 2opt"),
        ({"formulation": "boltzmann"}, "tsp has no formulation 'boltzmann', expected one of"),
        ({"settings": {"D": 1.0}}, "`settings` are for a formulation given by name"),
        ({"start": (0, 1)}, "`start` is no valid answer: it violates 3 missing"),
    ],
)
def test_bad_arguments(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        solve(FIVE, **({"formulation": Toy()} | changes))


def test_something_that_is_no_problem() -> None:
    with pytest.raises(InputError, match="`problem` is a float, expected an instance such as"):
        solve(5.2, Toy())
    with pytest.raises(InputError, match="there is no problem 'knapsack', expected one of tsp"):
        entry("knapsack")


def test_trace_ends_where_the_start_ends() -> None:
    encoding = Toy().encode(FIVE)
    run = trace(encoding, seed=3, number=2, points=50)
    result = solve(FIVE, Toy(), starts=3, seed=3, baselines=False)
    assert encoding.decode(run.outputs[:, -1:])[0].answer == result.starts[2].answer
    assert run.outputs.shape == (25, 50)
    assert set(run.parts) == {"coupling", "amplifier", "bias"}


def test_catalogue_tells_what_there_is() -> None:
    for kind in PROBLEMS:
        found = entry(kind)
        assert found.problem.kind == kind
        assert found.purpose
        assert found.takes
        assert not found.formulations or found.default in found.formulations
        assert all(name == f.name and f.purpose for name, f in found.formulations.items())
    assert entry_of(FIVE).problem is TSP


def test_one_kind_of_problem_does_not_load_the_others() -> None:
    code = """
import sys
from analoghop.optimise import entry

entry("sudoku")
others = ("tsp", "qap", "satisfiability", "colouring")
assert not {f"analoghop.problems.{other}" for other in others} & sys.modules.keys()
"""
    subprocess.run([sys.executable, "-c", code], check=True)


@dataclasses.dataclass(frozen=True)
class Options(Toy):
    count: int = 1
    wide: bool = False
    limit: float | None = 2.0


def test_settings_are_read_by_type() -> None:
    given = {"d": "2.5", "COUNT": "3", "wide": "yes", "limit": "none", "u0": "1m"}
    made = with_settings(Options, given)
    assert made == Options(D=2.5, count=3, wide=True, limit=None, u0=1e-3)
    assert with_settings(Options, {"limit": "3"}).limit == 3.0
    assert with_settings(Options, {"wide": True}).wide is True


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        (
            "gain",
            "1",
            "toy has no option `gain`; its options are D, u0, duration, broken, count, wide, limit",
        ),
        ("D", "much", "`D` is 'much', expected a number"),
        ("count", "1.5", "`count` is '1.5', expected a whole number"),
        ("wide", "maybe", "`wide` is 'maybe', expected yes or no"),
        ("D", "nan", "`D` is 'nan', expected a number"),
        ("limit", "x", "`limit` is 'x', expected a number or none"),
    ],
)
def test_bad_settings(name: str, value: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        with_settings(Options, {name: value})


@pytest.mark.parametrize(
    ("kind", "name", "old", "new"),
    [
        ("tsp", "potts", "own", "self_coupling"),
        ("tsp", "potts", "hot", "start_temperature"),
        ("tsp", "potts", "COLD", "end_temperature"),
        ("tsp", "potts", "early", "initial_power"),
        ("tsp", "subspace", "own", "self_coupling"),
        ("tsp", "subspace", "hot", "start_temperature"),
        ("tsp", "subspace", "cold", "end_temperature"),
        ("qap", "potts", "own", "self_coupling"),
        ("qap", "potts", "hot", "start_temperature"),
        ("qap", "potts", "cold", "end_temperature"),
        ("model", "memristive", "cold", "start_gain"),
        ("maxcut", "gain", "first", "first_gain"),
        ("maxcut", "gain", "last", "last_gain"),
    ],
)
def test_older_names_of_options_are_known(kind: str, name: str, old: str, new: str) -> None:
    formulation = entry(kind).formulation(name)
    assert with_settings(formulation, {old: "1.25"}) == with_settings(formulation, {new: "1.25"})
    assert getattr(with_settings(formulation, {old: 1.25}), new) == 1.25
    with pytest.raises(InputError, match=f"its options are .*{new}"):
        with_settings(formulation, {f"{old}er": "1"})


def test_an_older_name_replaces_the_setting_of_a_deck() -> None:
    wanted = {**entry("tsp").deck_settings["potts"], "own": "0.3"}
    assert with_settings(entry("tsp").formulation("potts"), wanted).self_coupling == 0.3


def test_readme_line_reads_a_file() -> None:
    problem = TSP.read(DATA / "ht10.csv")
    assert problem.size == 10


def test_trace_shows_the_anneal_that_was_counted() -> None:
    problem = TSP.read(DATA / "burma14.tsp")
    result = solve(problem, "potts", starts=3, seed=2, baselines=False)
    encoding = entry_of(problem).formulation("potts")().encode(problem)
    for number, start in enumerate(result.starts):
        run = trace(encoding, seed=2, number=number, points=5)
        assert encoding.decode(run.outputs[:, -1:])[0].answer == start.answer
        assert set(run.parts) == {"coupling", "self-coupling", "entropy"}


def test_trace_of_a_machine_ends_in_time() -> None:
    triangle = Colouring(Graph.of(3, [(0, 1), (1, 2), (0, 2)]), 2)
    encoding = AdaptiveColouring(cycles=9).encode(triangle)
    run = trace(encoding, points=5, limits=Limits(0.1))
    assert 0.0 < run.times[-1] < 0.9 * encoding.duration


def test_trace_shows_what_annealed_again() -> None:
    problem = TSP.read(DATA / "burma14.tsp")
    formulation = with_settings(Potts, {"steps": 15, "kernel": False})
    result = solve(problem, formulation, starts=8, baselines=False)
    encoding = formulation.encode(problem)
    runs = [trace(encoding, number=k, points=9) for k in range(8)]
    assert [run.answers[-1] for run in runs] == [start.answer for start in result.starts]
    longest = max(runs, key=lambda run: len(run.times))
    assert longest.outputs.shape == (196, len(longest.times))
    assert len(longest.times) >= 17  # the moment at which it begins again is the last of the anneal before
    assert (np.diff(longest.times) > 0).all()
    assert all(len(values) == len(longest.times) for values in longest.parts.values())


def test_invalid_ends_anneal_again_as_the_same_start() -> None:
    problem = TSP.read(DATA / "burma14.tsp")
    hasty = {"steps": 15, "kernel": False}
    once = solve(problem, "potts", starts=20, settings={**hasty, "reheats": 0}, baselines=False)
    again = solve(problem, "potts", starts=20, settings={**hasty, "reheats": 3}, baselines=False)
    assert once.valid < 20 == again.valid
    assert "reheated" not in once.parameters
    assert again.parameters["reheated"] == 20 - once.valid
    assert once.tau_per_start == pytest.approx(3.0)
    assert again.tau_per_start == pytest.approx(3.0 + 300.0 * (20 - once.valid) / 20, rel=0.5)
    assert again.tau_per_start > once.tau_per_start


@pytest.mark.parametrize("kernel", [True, False])
@pytest.mark.parametrize("name", ["burma14", "ulysses16", "att48", "berlin52"])
def test_a_start_near_the_best_tour_keeps_near_it(name: str, kernel: bool) -> None:
    problem = TSP.read(DATA / f"{name}.tsp")
    best = read_tour(DATA / f"{name}.opt.tour").order
    result = solve(problem, Potts(kernel=kernel), starts=6, start=best, baselines=False)
    assert result.valid == 6
    assert np.mean(result.costs) <= 1.01 * problem.length(best)
    assert result.tau_per_start == 300.0
    assert result.parameters["warm_steps"] == 1500


def test_a_start_near_a_bad_tour_improves_it() -> None:
    problem = TSP.read(DATA / "berlin52.tsp")
    polished = problem.polish("2opt", range(52))
    result = solve(problem, starts=4, start=polished, baselines=False)
    assert result.valid == 4
    assert max(result.costs) < problem.length(polished)


def test_trace_near_an_answer_ends_where_that_start_ends() -> None:
    problem = TSP.read(DATA / "burma14.tsp")
    result = solve(problem, "potts", starts=2, start=range(14), baselines=False)
    encoding = entry_of(problem).formulation("potts")().encode(problem)
    run = trace(encoding, number=1, near=range(14), points=3)
    assert encoding.decode(run.outputs[:, -1:])[0].answer == result.starts[1].answer
    assert run.times[-1] == pytest.approx(300.0, abs=0.5)


@dataclasses.dataclass(frozen=True)
class Shortest(TSP):
    """A problem of a kind that the catalogue does not know."""

    kind: ClassVar[str] = "shortest round trip"


def test_a_problem_of_ones_own_is_solved_by_a_formulation_of_ones_own() -> None:
    own = Shortest(FIVE.distances, name="five")
    result = solve(own, Toy(D=200), starts=12)
    assert result.problem == "shortest round trip"
    assert result.valid > 0
    assert own.verify(result.answer).cost == pytest.approx(min(result.costs))
    assert solve(own, Toy(D=200), starts=3, search=None, polish="2opt").polished is not None
    with pytest.raises(InputError, match="there is no problem 'shortest round trip', expected one of tsp"):
        solve(own)
    with pytest.raises(InputError, match="`search` is 'chains', and this problem has none"):
        solve(own, Toy(), search="chains")
    with pytest.raises(InputError, match="`formulation` is 3, expected a name or an object"):
        solve(own, 3)  # type: ignore[arg-type]
