"""Studies of decks: metrics, parts, yields, and batches that give what single runs give."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analoghop import Circuit, simulate
from analoghop.circuit.measure import evaluate_measures
from analoghop.errors import InputError
from analoghop.experiments import Criterion, Scatter, Stored, Study, report, run_study
from analoghop.experiments.models.decks import DeckSubject
from analoghop.experiments.plan.points import keys
from analoghop.experiments.reporting.sensitivity import sensitivities
from analoghop.formats.waveforms.files import read_waveforms
from analoghop.limits import Limits

ADC = Path(__file__).parents[2] / "circuits" / "adc4.cir"
RC = """Step into R and C
* expect v(a) at end > 0.5
.param level=1
V1 in 0 {level}
R1 in a 1k
R2 a 0 1meg
C1 a 0 100n
.ic v(a)=0
.tran 2u 1m uic
.meas tran half WHEN v(a)=0.5
.end
"""


@pytest.fixture
def rc(tmp_path: Path) -> Path:
    path = tmp_path / "rc.cir"
    path.write_text(RC)
    return path


def converter(**changes: object) -> Study:
    study = Study(
        "adc",
        {"deck": str(ADC)},
        vary={"tolerance": [0.01, 0.02], "x": [3.0, 10.0]},
        tolerance={"elements": ["r*", "c*"], "offset": 0.002, "gain": 0.1, "rails": 0.01},
        draws={"parts": 6, "seed": 3},
        metrics=["code", "digits", "v(v0)", "status"],
        criterion={"code": "x", "over": ["x"]},
    )
    return replace(study, **changes) if changes else study


def results(study: Study, store: Path) -> list[dict[str, object]]:
    run_study(study, store)
    return [dict(row.metrics) for row in Stored(store).rows()]


def test_a_batch_gives_what_single_runs_give(tmp_path: Path) -> None:
    study = converter()
    assert DeckSubject(study).chunk > 100
    alone = replace(study, engine={"name": "scipy"})
    assert DeckSubject(alone).chunk < 100
    together, singly = results(study, tmp_path / "a.db"), results(alone, tmp_path / "b.db")
    assert len(together) == 24
    for one, other in zip(together, singly, strict=True):
        assert one["v(v0)"] == pytest.approx(other["v(v0)"], abs=2e-4)
        assert [one[n] for n in ("code", "digits", "status")] == [
            other[n] for n in ("code", "digits", "status")
        ]
    assert len({one["v(v0)"] for one in together}) == 24


def test_random_starts_and_axes_of_parameters_in_a_batch(tmp_path: Path) -> None:
    study = converter(
        vary={"steep": [1, 5], "x": [6.5], "r01": [4e5, 5e5]},
        tolerance=None,
        draws={"starts": 3, "scale": 20.0, "seed": 1},
        criterion=None,
        metrics=["v(v0)", "code", "t_settle"],
    )
    together = results(study, tmp_path / "a.db")
    singly = results(replace(study, engine={"name": "scipy"}), tmp_path / "b.db")
    for one, other in zip(together, singly, strict=True):
        assert one["v(v0)"] == pytest.approx(other["v(v0)"], abs=2e-4)
        assert one["t_settle"] is not None


def test_part_17_has_the_same_deviations_at_every_tolerance() -> None:
    subject = DeckSubject(converter())
    own = Circuit.read(ADC)
    drawn = {}
    for _, point in keys(converter(), {}):
        circuit = subject.circuit_at(point)
        ratio = [
            e.value / o.value - 1
            for e, o in zip(circuit.elements, own.elements, strict=True)
            if hasattr(e, "value")
        ]
        drawn.setdefault(point.part, []).append(np.array(ratio) / point.values["tolerance"])
    for found in drawn.values():
        assert np.allclose(found, found[0])
        assert np.abs(found[0]).max() <= 1
    assert not np.allclose(drawn[0][0], drawn[1][0])


def test_metrics_are_those_of_a_run(rc: Path, tmp_path: Path) -> None:
    study = Study(
        "rc",
        {"deck": "rc.cir"},
        vary={"level": [0.4, 1.0, 2.0], "c1": [1e-7, 2e-7]},
        metrics=["half", "v(a)", "i(v1)", "expect", "status", "t_end", "energy"],
        waveforms="all",
        directory=tmp_path,
    )
    found = results(study, tmp_path / "rc.db")
    run = simulate(rc, parameters={"level": 2.0, "c1": 2e-7})
    assert found[5]["v(a)"] == pytest.approx(run.final["v(a)"], rel=1e-6)
    assert found[5]["i(v1)"] == pytest.approx(run.final["i(v1)"], rel=1e-6)
    measured = evaluate_measures(Circuit.read(rc).measures, run.to_waveforms())["half"]
    assert found[5]["half"] == pytest.approx(measured, rel=1e-4)
    assert [one["half"] is None for one in found] == [True, True, False, False, False, False]
    assert [one["expect"] for one in found] == [False, False, True, True, True, True]
    rows = Stored(tmp_path / "rc.db").rows()
    waves = read_waveforms(tmp_path / "rc.waves" / str(rows[5].waveform))
    assert waves["v(a)"][-1] == pytest.approx(found[5]["v(a)"])
    assert len(list((tmp_path / "rc.waves").iterdir())) == 6


def test_a_point_that_cannot_be_reduced_is_one_row(rc: Path, tmp_path: Path) -> None:
    study = Study("rc", {"deck": str(rc)}, vary={"r1": [1e3, -1.0]}, metrics=["v(a)"])
    done = run_study(study, tmp_path / "s.db")
    good, bad = Stored(tmp_path / "s.db").rows()
    assert (done.failed, good.status, bad.status) == (1, "settled", "error")
    assert "positive value" in str(bad.error)


def test_a_yield_counts_parts_that_are_good_at_all_inputs(tmp_path: Path) -> None:
    study = converter(
        draws={"parts": 12, "seed": 3},
        vary={"tolerance": [0.001, 0.3], "x": [3.0, 10.0, 12.0]},
        tolerance={},
    )
    run_study(study, tmp_path / "s.db")
    fine, coarse = report(Stored(tmp_path / "s.db"), study.judged)
    assert fine.values == {"tolerance": 0.001}
    assert fine.good is not None
    assert coarse.good is not None
    assert (fine.good.value, fine.good.count) == (1.0, 12)
    assert fine.good.interval == pytest.approx((0.757, 1.0), abs=1e-3)
    assert coarse.good.value < 0.7
    every = report(Stored(tmp_path / "s.db"), Criterion({"code": "x"}))
    assert len(every) == 6
    tested = report(
        Stored(tmp_path / "s.db"), Criterion(test=lambda metrics, values: metrics["code"] == values["x"])
    )
    assert [line.good for line in tested] == [line.good for line in every]


def test_the_resistor_that_decides_comes_first(rc: Path, tmp_path: Path) -> None:
    text = RC.replace("R2 a 0 1meg", "R2 a 0 1k\nR3 a 0 100k")
    rc.write_text(text)
    study = Study(
        "rc",
        {"deck": str(rc)},
        tolerance={"tolerance": 0.05, "elements": ["r?"]},
        draws={"parts": 200, "seed": 2},
        metrics=["v(a)"],
    )
    run_study(study, tmp_path / "s.db")
    rows = Stored(tmp_path / "s.db").rows()
    assert study.scatter is not None
    names = DeckSubject(study).parts()["value"]
    ranked = sensitivities(rows, "v(a)", names, study.scatter, 2)
    by_name = {one.part: one for one in ranked}
    assert {one.part for one in ranked[:2]} == {"r1", "r2"}
    # v = R2'/(R1 + R2'): each changes it by a quarter of its own relative change.
    assert by_name["r1"].slope == pytest.approx(-0.05 * 0.25, rel=0.1)
    assert by_name["r2"].slope == pytest.approx(0.05 * 0.25, rel=0.1)
    low, high = by_name["r3"].interval
    assert low < 0.1 < high + 0.1
    with pytest.raises(InputError, match="needs 4 or more"):
        sensitivities(rows[:2], "v(a)", names, study.scatter, 2)


def test_chunks_are_cut_at_the_same_places_after_an_interruption(tmp_path: Path) -> None:
    study = converter(
        draws={"parts": 700, "seed": 3}, vary={"x": [3.0, 10.0]}, metrics=["v(v0)"], criterion=None
    )
    run_study(study, tmp_path / "whole.db")
    first = run_study(study, tmp_path / "parts.db", limits=Limits(0.25))
    run_study(study, tmp_path / "parts.db")
    assert first.computed in (0, 1024)
    whole, parts = (
        [(row.key, row.metrics) for row in Stored(tmp_path / name).rows()]
        for name in ("whole.db", "parts.db")
    )
    assert whole == parts


def test_measurements_after_the_rest_and_decks_without_an_end(rc: Path, tmp_path: Path) -> None:
    late = RC.replace(".meas tran half WHEN v(a)=0.5", ".meas tran late FIND v(a) AT=9m")
    late = late.replace("2u 1m", "2u 10m")
    rc.write_text(late)
    study = Study("rc", {"deck": str(rc)}, vary={"level": [1.0, 2.0]}, metrics=["late", "status", "t_end"])
    first, _ = results(study, tmp_path / "a.db")
    assert first["late"] == pytest.approx(1e6 / 1.001e6, rel=1e-4)
    assert (first["status"], first["t_end"]) == ("settled", pytest.approx(10e-3))
    rc.write_text(RC.replace(".tran 2u 1m uic\n", "").replace(".meas tran half WHEN v(a)=0.5\n", ""))
    endless = replace(study, metrics=["v(a)", "energy", "t_end"])
    found = results(endless, tmp_path / "b.db")
    assert found[0]["v(a)"] == pytest.approx(1e6 / 1.001e6, rel=1e-3)
    assert found[0]["t_end"] < 0.01


def test_a_point_that_the_command_cuts_short_is_no_row_but_its_own_limit_is(rc: Path, tmp_path: Path) -> None:
    slow = RC.replace(".tran 2u 1m", ".tran 2u 300 0 1u")
    rc.write_text(slow)
    study = Study("rc", {"deck": str(rc)}, vary={"level": [1.0, 2.0]}, metrics=["energy", "status"])
    done = run_study(study, tmp_path / "s.db", limits=Limits(0.5))
    assert (done.computed, done.left) == (0, 2)
    limited = replace(study, wall="0.2 s")
    assert run_study(limited, tmp_path / "s.db").failed == 2
    assert {row.status for row in Stored(tmp_path / "s.db").rows()} == {"time limit"}
    assert run_study(limited, tmp_path / "s.db", retry=["timeout"]).computed == 2


def test_the_sweeps_of_a_deck_are_a_study(rc: Path, tmp_path: Path) -> None:
    from analoghop.experiments import read_study

    with pytest.raises(InputError, match="sweeps nothing"):
        read_study(rc)
    rc.write_text(RC.replace(".end\n", "*!analoghop step param level list 1 2\n.end\n"))
    study = read_study(rc)
    assert study.metrics == ("half", "status")
    assert study.axis_names == ("level",)


def test_a_deck_that_scatters_is_the_study_of_its_file(rc: Path, tmp_path: Path) -> None:
    from analoghop.experiments import read_study, study_of

    mc = "*!analoghop mc parts=3 seed=7 elements=r1,c1 tolerance=2% law=gaussian open=0.1 series=24\n"
    sweep = ".step param level list 1 2\n* expect measure half = 0.7m tol 1\n"
    rc.write_text(RC.replace(".end\n", f"{mc}{sweep}.end\n"))
    tables = {
        "study": rc.stem,
        "model": {"deck": rc.name},
        "vary": {"level": [1.0, 2.0]},
        "tolerance": {
            "elements": ["r1", "c1"], "tolerance": 0.02, "law": "gaussian", "open": 0.1, "series": 24
        },
        "draws": {"parts": 3, "seed": 7},
        "record": {"metrics": ["half", "status"]},
        "criterion": {"expect": True},
    }  # fmt: skip
    found = read_study(rc)
    assert found.to_dict() == study_of(tables, rc.parent).to_dict()
    rows = results(found, tmp_path / "mc.db")
    assert len(rows) == 6
    assert len({row["half"] for row in rows}) == 6
    assert all(row["expect"] for row in rows)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("tolerance=1%", "does not say how many parts are drawn"),
        ("parts=many", "`many` is no whole number"),
        ("parts=2 parts=3", "`parts` is given twice"),
        ("parts=2 tolerance", "this is no setting"),
        ("parts=2\n*!analoghop mc parts=2", "the parts scatter twice"),
        ("parts=2 tolerances=1%", "has no key `tolerances`, expected elements"),
        ("parts=2 law=square", "`tolerance.law` is 'square'"),
        ("parts=2 series=a", "`tolerance.series` is 'a'"),
    ],
)
def test_comments_that_do_not_say_what_scatters(rc: Path, settings: str, message: str) -> None:
    from analoghop.experiments import read_study

    rc.write_text(RC.replace(".end\n", f"*!analoghop mc {settings}\n.end\n"))
    with pytest.raises(InputError, match=message):
        read_study(rc)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"vary": {"y": [1.0]}}, "no parameter and no element `y`"),
        ({"metrics": ["v(v9)"]}, "no metric `v\\(v9\\)`; did you mean"),
        ({"tolerance": {"elements": ["q*"]}}, "names 'q\\*': no resistor or capacitor"),
        ({"engine": {"name": "fast"}}, "`engine` is 'fast'"),
        ({"model": {"deck": "none.cir"}}, "none.cir"),
    ],
)
def test_what_does_not_fit_the_deck(tmp_path: Path, changes: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        run_study(converter(criterion=None, **changes), tmp_path / "s.db")
    assert not (tmp_path / "s.db").exists()


def test_scatter_at_a_point_is_set_by_axes() -> None:
    scatter = Scatter(tolerance=0.1, bits=4).at({"tolerance": 0.2, "tolerance.bits": 3.0, "x": 5.0})
    assert (scatter.tolerance, scatter.bits) == (0.2, 3)


def test_switches_that_remember_run_one_by_one(tmp_path: Path) -> None:
    (tmp_path / "relay.cir").write_text(
        "t\nVd d 0 1\nVin c 0 SIN(0 1 1k)\nS1 d out c 0 sm\nRl out 0 1k\nCl out 0 1n\n"
        ".model sm sw(vt=0 vh=0.5 ron=10)\n.tran 5u 0.4m uic\n.end\n"
    )
    study = Study(
        "relay", {"deck": "relay.cir"}, vary={"rl": ["1k", "2k"]}, metrics=["v(out)", "status"],
        directory=tmp_path,
    )  # fmt: skip
    found = results(study, tmp_path / "relay.db")
    assert [row["v(out)"] for row in found] == pytest.approx([1000 / 1010, 2000 / 2010], rel=1e-4)
