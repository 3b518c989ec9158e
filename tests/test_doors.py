"""What `simulate` and `simulate_many` have in common: their sources, engines, options and refusals."""

import difflib
import math
import threading
from pathlib import Path

import numpy as np
import pytest

from analoghop import Amplifiers, Circuit, Ensemble, Fused, Network, ScipyIVP, Tanh, simulate, simulate_many
from analoghop.circuit.reduction.compile import compile_circuit
from analoghop.engines import choice
from analoghop.engines.choice import numba_installed
from analoghop.errors import InputError, MissingProgram, NetlistError
from analoghop.limits import Limits, Tally
from analoghop.solution import Ran, Status

DECK = Path(__file__).parents[1] / "circuits" / "flipflop.cir"
ENGINES = ["scipy", "ensemble", *(["fused"] if numba_installed() else [])]
CLASSES = {"scipy": "ScipyIVP", "ensemble": "Ensemble", "fused": "Fused"}


def latch(**options):
    return Network(np.eye(2)[::-1], Amplifiers.uniform(Tanh(), 2, gain=3.0), **options)


def many(source, **options):
    return simulate_many(source, 4, **options)


def one(source, **options):
    return simulate(source, **options)


DOORS = pytest.mark.parametrize("door", [one, many], ids=["simulate", "simulate_many"])


def test_a_path_a_circuit_and_a_system_are_the_same_source():
    circuit = Circuit.read(DECK)
    assert Circuit.parse(DECK.read_text()) == circuit
    runs = [simulate(source) for source in (DECK, str(DECK), circuit)]
    assert all(np.array_equal(run.states, runs[0].states) for run in runs)
    assert runs[0].record["deck"] == str(DECK)
    assert runs[2].record["title"] == circuit.title
    ends = [simulate_many(source, 5, seed=3) for source in (DECK, str(DECK), circuit)]
    system = compile_circuit(circuit)
    ends.append(simulate_many(system, 5, seed=3, tstop=circuit.tran.stop))
    assert all(np.array_equal(end.states, ends[0].states) for end in ends)
    assert (ends[0].times <= circuit.tran.stop).all(), "a deck says itself when its run ends"
    assert ends[0].record["deck"] == str(DECK)


@DOORS
def test_parameters_of_a_deck_are_replaced(door):
    weak = door(DECK, parameters={"gain": 0.5})
    assert weak.record["set"] == {"gain": 0.5}
    last = weak.outputs[:, -1] if door is one else weak.outputs
    assert np.abs(last).max() < 1e-2, "below a gain of one nothing is stored"
    for source in (latch(), Circuit.read(DECK)):
        with pytest.raises(InputError, match="this circuit has its values"):
            door(source, tstop=1.0, parameters={"gain": 0.5})


def test_a_circuit_is_parsed_with_its_parameters():
    text = "RC\n.param r=1k\nV1 in 0 1\nR1 in a {r}\nC1 a 0 100n\n.tran 10u 1m uic\n.end\n"
    slow = simulate(Circuit.parse(text, parameters={"r": 10e3}))
    assert slow["v(a)"][-1] == pytest.approx(1.0 - math.exp(-1.0), rel=1e-4)
    with pytest.raises(NetlistError):
        Circuit.parse("nothing\nQ1 a b c\n.end\n")


@DOORS
@pytest.mark.parametrize(
    ("source", "message"),
    [
        (5, "`source` is of the type int, expected a deck's path, a `Circuit` or a `System`"),
        (np.eye(2), "`source` is of the type ndarray"),
        (Network, "`source` is the class"),
        ("a deck\nR1 a 0 1k\n.end\n", r"give `Circuit.parse\(text\)`"),
        ("/no/such/deck.cir", "/no/such/deck.cir"),
    ],
    ids=["number", "array", "class", "text", "missing"],
)
def test_what_is_no_source_is_refused(door, source, message):
    with pytest.raises(InputError, match=message):
        door(source, tstop=1.0)


@DOORS
def test_an_engine_is_a_name_or_an_object(door):
    for name in ENGINES:
        if (name, door) == ("fused", one):  # its lanes are for many trajectories
            with pytest.raises(InputError, match="the engine 'fused' is for many trajectories"):
                door(latch(), tstop=1.0, engine=name)
            continue
        run = door(latch(), tstop=1.0, engine=name)
        expected = CLASSES[name]
        assert run.record["engine"] == expected
        compiled = expected == "Fused"
        assert run.ran == Ran({"ScipyIVP": "scipy"}.get(expected, expected.lower()), compiled, "float64")
        assert run.to_dict()["engine"] == run.ran.to_dict()
        assert run.to_dict()["interrupted"] is False
    assert door(latch(), tstop=1.0, engine=Ensemble("BS23")).record["method"] == "BS23"
    noisy = door(latch(noise_density=0.1), tstop=0.1, engine="ensemble")
    assert noisy.record["method"] == "exponential"


@DOORS
@pytest.mark.parametrize(
    ("engine", "message"),
    [
        ("nonsense", "`engine` is 'nonsense', expected auto, scipy, ensemble, fused, numpy or an engine"),
        ("fuse", "did you mean 'fused'?"),
        ("Ensemble", "did you mean 'ensemble'?"),
        (Ensemble, "`engine` is the class Ensemble, expected a name or an engine such as `Ensemble\\(\\)`"),
        (None, "`engine` is of the type NoneType"),
    ],
)
def test_an_unknown_engine_is_refused_with_the_known_names(door, engine, message):
    with pytest.raises(InputError, match=message):
        door(latch(), tstop=1.0, engine=engine)


@DOORS
def test_compiled_code_without_numba_is_refused_with_the_way_to_get_it(door, without_numba):
    without_numba()
    with pytest.raises(MissingProgram, match=r"needs numba: install analoghop\[fast\], or use 'ensemble'"):
        door(latch(), tstop=1.0, engine="fused")
    assert door(latch(), tstop=1.0).ran.compiled is False


def test_names_are_close_to_what_was_meant():
    assert all(difflib.get_close_matches(name, choice.ENGINES) for name in ENGINES)


@DOORS
def test_options_set_those_of_the_engine(door):
    run = door(latch(), tstop=1.0, rtol=1e-3)
    assert run.record["rtol"] == 1e-3
    assert run.record["atol"] == (None if door is one else 1e-3)
    run = door(latch(), tstop=1.0, rtol=1e-3, atol=1e-5, engine="ensemble", dtype="float32")
    assert (run.record["rtol"], run.record["atol"], run.record["dtype"]) == (1e-3, 1e-5, "float32")
    assert run.ran == Ran("ensemble", False, "float32")
    noisy = latch(noise_density=0.1)
    a, b, c = (door(noisy, tstop=0.1, seed=seed, x0=None) for seed in (1, 1, 2))
    assert a.record["noise_seed"] == 1
    assert np.array_equal(a.states, b.states)
    assert not np.array_equal(a.states, c.states)


@DOORS
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"tstop": float("nan")}, "`tstop` is nan, expected a positive time"),
        ({"tstop": float("inf")}, "`tstop` is inf"),
        ({"tstop": 0.0}, "`tstop` is 0.0"),
        ({"tstop": "1m"}, "`tstop` is '1m'"),
        ({"seed": -1}, "`seed` is -1, expected a whole number from 0"),
        ({"seed": 1.5}, "`seed` is 1.5"),
        ({"threads": 0}, "`threads` is 0, expected a whole number from 1"),
        ({"threads": 1.5}, "`threads` is 1.5"),
        ({"time_limit": 0.0}, "`time_limit` is 0.0, expected a positive number"),
        ({"time_limit": float("nan")}, "`time_limit` is nan"),
        ({"progress": "bar"}, "`progress` is 'bar', expected True, False or a function"),
        ({"rtol": 5.0}, "`rtol` is 5.0"),
        ({"engine": "scipy", "dtype": "float32"}, "`dtype` is not an option of the engine ScipyIVP"),
        ({"stop": 0.5}, "`stop` is of the type float, expected a function"),
        pytest.param(
            {"limits": Limits(), "time_limit": 1.0}, "give `limits`, or `time_limit`", id="limits twice"
        ),
        ({"limits": 5.0}, "`limits` is 5.0, expected a `Limits`"),
    ],
    ids=str,
)
def test_bad_options_are_refused_in_a_sentence(door, options, message):
    with pytest.raises(InputError, match=message) as refused:
        door(latch(), **{"tstop": 1.0, "engine": "ensemble", **options})
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"starts": 2.5}, "`count` of the starts is 2.5, expected a whole number from 1"),
        ({"starts": True}, "`count` of the starts is True"),
        ({"starts": "5"}, "`count` of the starts is '5'"),
        ({"starts": 2, "first": -1}, "`first` of the starts is -1"),
        ({"x0": [0.1, 0.2], "first": 1.5}, "`first` of the starts is 1.5"),
        ({"x0": [0.1 + 1j, 0.2]}, "`x0` holds complex numbers"),
        ({"x0": "ab"}, "`x0` does not hold a table of numbers"),
        ({"starts": 2, "scale": "wide"}, "`scale` does not hold a table of numbers"),
        ({"starts": 2, "traces": 2.5}, "`traces` is 2.5"),
        ({"starts": 2, "traces": -4}, "`traces` is -4"),
    ],
    ids=str,
)
def test_bad_starts_are_refused_in_a_sentence(options, message):
    with pytest.raises(InputError, match=message):
        simulate_many(latch(), tstop=1.0, **options)


def test_a_bad_start_or_grid_of_one_run_is_refused_in_a_sentence():
    for options, message in [
        ({"tstop": 1.0, "x0": "ab"}, "`x0` does not hold a table of numbers"),
        ({"tstop": 1.0, "x0": [1j, 0.0]}, "`x0` holds complex numbers"),
        ({"times": "soon"}, "`times` does not hold a table of numbers"),
        ({"times": [0.0, [1.0, 2.0]]}, "`times` does not hold a table of numbers"),
    ]:
        with pytest.raises(InputError, match=message):
            simulate(latch(), **options)


@DOORS
def test_progress_is_a_function_of_a_tally_or_a_bar(door, capsys):
    told = []
    door(latch(), tstop=5.0, progress=told.append)
    assert all(isinstance(tally, Tally) for tally in told)
    assert told[-1].share == 1.0
    assert told[-1].unit == ("s" if door is one else "starts")
    door(latch(), tstop=5.0, progress=True)
    assert "100%" in capsys.readouterr().err
    door(latch(), tstop=5.0)
    assert capsys.readouterr().err == ""


@DOORS
def test_limits_of_another_door_are_taken_as_they_are(door):
    told = []
    limits = Limits(60.0, progress=told.append)
    assert door(latch(), tstop=1.0, limits=limits).record["interrupted"] is False
    assert told[-1].share == 1.0
    late = Limits(1e-9)
    run = door(latch(), tstop=1.0, limits=late)
    assert (run.status if door is one else set(run.statuses).pop()) is Status.TIME_LIMIT


@DOORS
def test_every_thread_may_run_one(door):
    found = []
    threads = [threading.Thread(target=lambda: found.append(door(latch(), tstop=1.0))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 3


def test_a_signal_is_asked_for_by_its_name():
    run = simulate(latch(), tstop=1.0)
    for wrong in (0, None, 1.5, ("v(u1)", "v(u2)")):
        with pytest.raises(InputError, match=r"a signal is selected by its name, such as 'v\(u1\)', not by"):
            run[wrong]
    with pytest.raises(InputError, match="selected by its name"):
        run.observe([0])
    assert np.array_equal(run.observe("v(u1)")[0], run["v(u1)"])
    with pytest.raises(KeyError, match=r"close to it: v\(u1\)"):
        run["u1"]


def test_engines_themselves_run_without_limits():
    starts = simulate_many(latch(), 3, tstop=1.0).starts
    for engine in (ScipyIVP(), Ensemble(), *([Fused()] if numba_installed() else [])):
        assert engine.integrate(latch(), [0.1, 0.2], (0.0, 1.0)).status is Status.TIME_UP
        if hasattr(engine, "integrate_many"):
            assert len(engine.integrate_many(latch(), starts, (0.0, 1.0))) == 3


@DOORS
@pytest.mark.parametrize("kind", [ZeroDivisionError, ValueError, RuntimeError])
def test_an_error_of_the_progress_function_is_not_hidden(door, kind):
    def broken(tally: Tally) -> None:
        raise kind("singular, and mine")

    with pytest.raises(kind, match="mine"):
        door(latch(), tstop=5.0, progress=broken)
