"""The public face of memories: its names, their options, and what limits leave."""

import inspect
import subprocess
import sys
import threading

import numpy as np
import pytest

import analoghop.memory
from analoghop.engines import Ensemble
from analoghop.errors import InputError
from analoghop.limits import Limits, Tally
from analoghop.memory import (
    Memory,
    MemoryRecipe,
    PatternSource,
    basin,
    capacity,
    compare,
    correction,
    heat,
    make_cues,
    sequence_circuit,
    visits,
)
from analoghop.memory.studies.trials import try_out

SMALL = Memory.random(60, 3, 0)


def test_every_name_is_there_and_in_the_directory():
    for name in analoghop.memory.__all__:
        assert getattr(analoghop.memory, name) is not None
    assert set(analoghop.memory.__all__) <= set(dir(analoghop.memory))
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        analoghop.memory.nothing  # noqa: B018


def test_importing_memories_loads_nothing_heavy():
    heavy = "('numpy', 'scipy', 'numba', 'matplotlib')"
    text = f"import sys, analoghop.memory; print([m for m in {heavy} if m in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", text], text=True).strip() == "[]"
    heavy = "('scipy', 'numba', 'matplotlib')"
    text = f"import sys; from analoghop.memory import *; print([m for m in {heavy} if m in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", text], text=True).strip() == "[]"


def test_a_memory_recalls_by_the_words_of_the_command_line():
    recall = SMALL.recall(noise=0.1, rule="storkey", model="binary", seed=3, threads=2, engine="ensemble")
    assert recall.all_correct
    assert not recall.ran.compiled
    cues = make_cues(SMALL, noise=0.1, seed=3)
    direct = MemoryRecipe("storkey", "binary").build(SMALL).recall(cues, seed=3)
    np.testing.assert_array_equal(recall.signs, direct.signs)
    assert SMALL.recall(cues, gain=30.0).record["circuit"]["gain"] == 30.0
    assert SMALL.recall(engine=Ensemble(method="BS23")).record["method"] == "BS23"


@pytest.mark.parametrize("model", ["continuous", "binary"])
def test_unknown_engines_are_refused(model):
    with pytest.raises(InputError, match="`engine` is 'nonsense', expected"):
        SMALL.recall(model=model, engine="nonsense")
    with pytest.raises(InputError, match="`engine` is Ensemble, expected auto, fused or numpy"):
        SMALL.recall(model="binary", engine=Ensemble())


@pytest.mark.parametrize("door", [compare, correction, capacity, basin, heat, visits])
def test_doors_have_the_same_options(door):
    options = inspect.signature(door).parameters
    assert {"engine", "threads", "time_limit", "progress", "limits"} <= set(options)
    assert "time_limit" in door.__doc__


def test_every_door_takes_an_engine_and_limits():
    recipe, source, limits = MemoryRecipe(model="binary"), PatternSource(20), Limits()
    cues = make_cues(SMALL)
    for engine, compiled in (("numpy", False), ("fused", True)):
        assert capacity(recipe, source, [2], trials=2, engine=engine).record["engine"]["compiled"] is compiled
        hot = heat(source, 1, [0.5], sets=1, sweeps=20, warm_up=2, engine=engine, limits=limits)
        assert hot.record["engine"]["compiled"] is compiled
        models = [recipe.build(SMALL), MemoryRecipe("storkey", "binary").build(SMALL)]
        assert [one.ran.compiled for one in compare(models, cues, engine=engine)] == [compiled, compiled]
        assert correction(models[0], cues, engine=engine, limits=limits).ran.compiled is compiled
        assert SMALL.recall(cues, model="binary", engine=engine, limits=limits).ran.compiled is compiled
    ring = sequence_circuit(Memory.random(60, 3, 0))
    assert visits(ring, duration=0.01, points=5, engine="ensemble").ran.name == "ensemble"
    with pytest.raises(InputError, match="`engine` is 'nonsense', expected"):
        capacity(recipe, source, [2], trials=2, engine="nonsense")
    with pytest.raises(InputError, match="give `limits`, or `time_limit`"):
        SMALL.recall(limits=limits, time_limit=1.0)


def test_doors_check_their_options():
    with pytest.raises(InputError, match="`time_limit` is 0"):
        capacity(MemoryRecipe(), PatternSource(20), [2], time_limit=0)
    with pytest.raises(InputError, match="`threads` is 0"):
        compare([], make_cues(SMALL), threads=0)


def test_studies_tell_their_points():
    tallies = []
    recipe = MemoryRecipe(model="binary")
    columns = capacity(recipe, PatternSource(40), [2, 3], trials=4, threads=2, progress=tallies.append)
    assert tallies[-1] == Tally(2, 2, "points")
    assert columns.record["engine"] == {"name": "fused", "compiled": True, "precision": "float64"}
    assert columns["trials"].tolist() == [4, 4]


def test_a_study_keeps_the_sets_that_are_complete():
    source, built = PatternSource(40), []
    limits = Limits()

    def build(memory, number):
        built.append(number)
        if number == 1:
            limits.deadline = 0.0
        return MemoryRecipe(model="stochastic").build(memory)

    found = try_out(build, source, 3, noise=0.1, trials=25, per_set=5, limits=limits)
    assert built == [0, 1]
    assert len(found.overlaps) == 5
    assert try_out(build, source, 3, noise=0.1, trials=5, limits=limits, first=False) is None


def test_a_time_limit_leaves_one_set_of_the_first_point():
    columns = heat(PatternSource(60), 2, [0.2, 0.4], sweeps=40, warm_up=10, sets=5, time_limit=1e-6)
    assert columns["sets"].tolist() == [1.0]
    columns = basin(MemoryRecipe(), PatternSource(60), [3], [0.1, 0.2], trials=30, time_limit=1e-6)
    assert columns["trials"].tolist() == [10.0]
    assert columns.record["points"] == 2


def test_memories_recall_outside_the_main_thread():
    found = []

    def work():
        found.extend(compare(MemoryRecipe().side_by_side(SMALL), make_cues(SMALL), threads=2))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert [recall.all_correct for recall in found] == [True] * 3


def test_a_sequence_that_time_ends_has_visits():
    found = visits(sequence_circuit(SMALL), time_limit=1e-6)
    assert found.ran.name == "scipy"
    assert not found.interrupted
