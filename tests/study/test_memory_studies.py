"""Recall by the three models and the studies made of it."""

from dataclasses import replace

import numpy as np
import pytest

from analoghop.engines import Ensemble
from analoghop.errors import InputError
from analoghop.limits import Limits, Tally
from analoghop.memory.circuits.heteroassociation import sequence_circuit
from analoghop.memory.cues import given_cues, make_cues
from analoghop.memory.models import Continuous, Discrete, compare
from analoghop.memory.patterns import Memory
from analoghop.memory.recipe import MODELS, MemoryRecipe
from analoghop.memory.studies.correction import correction
from analoghop.memory.studies.heat import heat
from analoghop.memory.studies.recall_rates import basin, capacity, faults, gain
from analoghop.memory.studies.rows import rows
from analoghop.memory.studies.sequence import SequenceVisits, Visit, visits
from analoghop.memory.studies.trials import PatternSource, Trials, mixed, try_out
from analoghop.memory.theory import order_parameters
from analoghop.memory.weights import Weights
from analoghop.solution import Ran

SMALL = Memory.random(60, 3, 0)


@pytest.mark.parametrize("rule", ["hebbian", "pseudo-inverse", "modern", "polynomial"])
def test_the_three_models_recall_the_same_from_the_same_cues(rule):
    cues = make_cues(SMALL, [0, 1, 2, 1], noise=0.15)
    models = MemoryRecipe(rule, temperature=0.1).side_by_side(SMALL)
    done = compare(models, cues)
    assert [recall.model for recall in done] == list(MODELS)
    for recall in done:
        assert recall.all_correct
        assert recall.correct_rate == 1.0
        np.testing.assert_array_equal(recall.signs, SMALL.patterns[cues.wanted].T)
        assert recall.notes == ()
        assert (recall.effort > 0).all()
        assert recall.rule == rule


def test_the_couplings_are_the_same_in_all_models():
    models = MemoryRecipe("storkey", units="binary").side_by_side(SMALL)
    circuit, binary, stochastic = models
    assert isinstance(circuit, Continuous)
    assert isinstance(binary, Discrete)
    np.testing.assert_array_equal(circuit.circuit.system.T.toarray(), binary.interaction.W)
    assert binary.interaction is stochastic.interaction
    assert binary.interaction.units == "binary"
    assert not binary.plan.stochastic
    assert stochastic.plan.stochastic


def test_the_summary_is_that_of_the_command_line():
    recall = MemoryRecipe().build(SMALL).recall(make_cues(SMALL), seed=4)
    told = recall.to_dict()
    assert list(told) == [
        *("patterns", "neurons", "rule", "model", "load", "seed", "cues", "correct_rate", "notes"),
        *("cpu_s", "wall_s", "engine", "interrupted"),
    ]
    assert told["engine"] == {"name": "ensemble", "compiled": False, "precision": "float32"}
    assert told["interrupted"] is False
    assert (told["patterns"], told["neurons"], told["load"], told["seed"]) == (3, 60, 0.05, 4)
    first = told["cues"][0]
    assert list(first) == [
        *("pattern", "noise", "settled", "correct", "overlap", "hamming", "state", "t_settle"),
    ]
    assert first["pattern"] == 1
    assert 0 < first["t_settle"] < 0.1
    steps = MemoryRecipe(model="binary").build(SMALL).recall(make_cues(SMALL)).to_dict()["cues"][0]
    assert isinstance(steps["steps"], int)


def test_a_recall_in_the_wrong_pattern_is_no_success():
    cues = make_cues(SMALL, [0], noise=0.0)
    wrong = type(cues)(cues.values, [1], 0.0)
    recall = MemoryRecipe().build(SMALL).recall(wrong)
    assert recall.settled.all()
    assert not recall.all_correct
    assert recall.judgements[0].message == "pattern 1, not 2"


def test_cycles_of_synchronous_updates_are_named():
    memory = Memory(np.array([[1.0, 1.0, -1.0, -1.0]]))
    weights = Weights(np.kron(np.eye(2), 1.0 - np.eye(2)))  # two pairs, each of which wants to agree
    cues = given_cues(memory, np.array([[1.0, -1.0, -1.0, -1.0], [1.0, 1.0, -1.0, -1.0]]).T)
    recall = MemoryRecipe(model="binary", update="sync").build(memory, weights).recall(cues)
    assert recall.settled.tolist() == [False, True]
    assert [one.message for one in recall.judgements] == ["a cycle of 2 sweeps", "pattern 1"]
    assert "1 of 2 cues ended in a cycle" in " ".join(recall.notes)
    assert "not recognised" not in " ".join(recall.notes)
    recall = MemoryRecipe(model="binary", order="fixed").build(memory, weights).recall(cues)
    assert recall.settled.all()


def test_threads_share_the_cues():
    cues = make_cues(SMALL, noise=0.2)
    one, two = (MemoryRecipe().build(SMALL).recall(cues, limits=Limits(threads=k)) for k in (1, 2))
    assert two.record["engine"] == "Ensemble"
    np.testing.assert_array_equal(one.signs, two.signs)


def test_beyond_half_the_bits_the_inverse_is_recalled():
    recall = MemoryRecipe().build(SMALL).recall(make_cues(SMALL, noise=0.9))
    assert {one.state for one in recall.judgements} == {"inverse"}
    assert recall.correct_rate == 0.0
    assert "more than 50 %" in recall.notes[0]


def test_erased_and_blurred_bits_are_not_flipped_ones():
    for damage, noise in (("erase", 0.8), ("blur", 0.8)):
        cues = make_cues(SMALL, noise=noise, damage=damage)
        assert (cues.flipped(SMALL) < 0.5).all()
        assert not any("50 %" in note for note in MemoryRecipe().build(SMALL).recall(cues).notes)


def test_cues_that_are_not_finished_count_as_missing():
    memory = Memory.random(300, 100, 0)
    recall = (
        MemoryRecipe(amplifier="morita")
        .build(memory)
        .recall(make_cues(memory, noise=0.3), limits=Limits(0.2))
    )
    assert len(recall.finished) < 100
    assert not recall.all_correct
    assert "not finished in time" in recall.notes[-1]
    assert len(recall.to_dict()["cues"]) == len(recall.finished)


def test_progress_is_told():
    tallies = []
    limits = Limits(progress=tallies.append)
    compare(MemoryRecipe().side_by_side(SMALL), make_cues(SMALL), limits=limits)
    assert tallies[-1] == Tally(9, 9, "cues")
    shares = [tally.share for tally in tallies]
    assert shares[-1] == pytest.approx(1.0)
    assert shares == sorted(shares)


def test_capacity_falls_with_the_load_and_knows_the_theory():
    columns = capacity(MemoryRecipe(model="binary"), PatternSource(200), [4, 20, 60], trials=12)
    assert columns["load"].tolist() == [0.02, 0.1, 0.3]
    assert columns["overlap"][0] == 1.0
    assert columns["overlap"][2] < 0.7
    assert columns["correct"][0] == 1.0
    assert columns["settled"].tolist() == [1.0, 1.0, 1.0]
    np.testing.assert_allclose(columns["theory"], [order_parameters(a, 0.0).m for a in (0.02, 0.1, 0.3)])
    assert "theory" not in capacity(MemoryRecipe("storkey", "binary"), PatternSource(50), [2], trials=2)
    assert columns.record["study"] == "capacity"
    assert columns.record["recipe"]["model"] == "binary"


def test_the_circuit_agrees_with_theory_at_small_loads():
    columns = capacity(MemoryRecipe(gain=20.0), PatternSource(400), [12, 24], trials=20)
    np.testing.assert_allclose(columns["overlap"], columns["theory"], atol=0.01)


def test_the_stochastic_model_agrees_with_the_theory_of_its_signs():
    hot = MemoryRecipe(model="stochastic", temperature=0.35, sweeps=300)
    columns = capacity(hot, PatternSource(600, seed=2), [30, 36], trials=20)
    gap = np.abs(columns["overlap"] - columns["theory"])
    assert (gap < 4 * columns["error"] + 5e-4).all()
    averages = [order_parameters(load, 0.35).m for load in columns["load"]]
    assert (columns["overlap"] - averages > 0.01).all(), "signs of averages are no averages"


def test_studies_are_the_same_for_the_same_seed_and_engine():
    first, second, other = (
        basin(MemoryRecipe(), PatternSource(80, seed=s), [8], [0.1, 0.4], trials=8, seed=s) for s in (1, 1, 2)
    )
    np.testing.assert_array_equal(first["overlap"], second["overlap"])
    assert (first["overlap"] != other["overlap"]).any()


def test_the_basin_shrinks_with_the_load():
    columns = basin(MemoryRecipe(model="binary"), PatternSource(200), [6, 24], [0.1, 0.35, 0.48], trials=20)
    assert columns["start"].tolist() == pytest.approx([0.8, 0.3, 0.04] * 2)
    light, heavy = columns["correct"].reshape(2, 3)
    assert light[0] == 1.0
    assert (light >= heavy - 0.1).all()
    assert light[1] > heavy[1]
    assert light[2] < 0.5


def test_low_gain_forgets():
    columns = gain(MemoryRecipe(), PatternSource(200), 10, [0.8, 20.0], trials=6)
    assert columns["correct"].tolist() == [0.0, 1.0]
    with pytest.raises(InputError, match="the binary model has no gain"):
        gain(MemoryRecipe(model="binary"), PatternSource(20), 2, [1.0])


@pytest.mark.parametrize("kind", ["cut", "dead", "stuck"])
def test_memories_bear_some_faults_and_not_all(kind):
    columns = faults(
        MemoryRecipe(model="binary"), PatternSource(200), 6, [0.0, 0.2, 0.95], kind=kind, trials=10
    )
    assert columns["correct"][:2].tolist() == [1.0, 1.0]
    assert columns["correct"][2] < 0.5
    with pytest.raises(InputError, match="pair couplings"):
        faults(MemoryRecipe("modern"), PatternSource(20), 2, [0.1])


def test_heat_agrees_with_the_exact_mean_of_few_units():
    columns = heat(PatternSource(60), 1, [0.3, 0.7, 1.0, 1.5], sweeps=200, warm_up=40, sets=16, seed=3)
    for name in ("", "q_"):
        measured, exact = columns["overlap" if not name else "q"], columns[f"{name or 'm_'}finite"]
        assert (np.abs(measured - exact) < 4.0 * columns[f"{name}error"]).all()
    # The error bars are small enough to tell the exact mean from the limit of many units.
    gap = np.abs(columns["m_finite"] - columns["m_theory"])
    assert (gap[1:] > 10.0 * columns["error"][1:]).all()
    assert columns["retained"].tolist() == [1.0] * 4


def test_heat_agrees_with_the_mean_field_under_load():
    columns = heat(PatternSource(600), 12, [0.0, 0.2, 0.5], sweeps=150, warm_up=30, sets=6, seed=1)
    assert columns["overlap"][0] == columns["q"][0] == 1.0
    for name, theory, error in (("overlap", "m_theory", "error"), ("q", "q_theory", "q_error")):
        assert (np.abs(columns[name] - columns[theory]) < 4.0 * columns[error] + 1e-9).all()
    assert columns["retained"].tolist() == [1.0] * 3
    assert "m_finite" not in columns


def test_members_that_leave_the_retrieval_state_are_told_apart():
    columns = heat(PatternSource(200), 10, [0.52], sweeps=300, warm_up=30, sets=8)
    assert 0.1 < columns["retained"][0] < 0.9
    assert columns["overlap_all"][0] < columns["overlap"][0] - 0.1
    assert columns["overlap"][0] > 0.5 * columns["m_theory"][0]
    columns = heat(
        PatternSource(100), 20, [0.45], sweeps=60, warm_up=10, sets=1
    )  # no retrieval state at that load
    assert columns["retained"][0] == 1.0
    assert np.isnan(columns["error"][0])
    with pytest.raises(InputError, match="`sets` is 0"):
        heat(PatternSource(100), 20, [0.45], sets=0)


@pytest.mark.parametrize("rule", ["hebbian", "modern"])
@pytest.mark.parametrize("model", MODELS[:2])
def test_wrong_bits_disappear_step_by_step(rule, model):
    cues = make_cues(SMALL, noise=0.2)
    run = correction(MemoryRecipe(rule, model).build(SMALL), cues)
    assert run.hamming.shape == (len(run.steps), 3)
    assert run.hamming[0].tolist() == [12, 12, 12]
    assert run.hamming[-1].tolist() == [0, 0, 0]
    np.testing.assert_array_equal(run.signs[0], cues.values[:, 0])
    np.testing.assert_array_equal(run.signs[-1], SMALL.patterns[0])
    assert run.continuous == (model == "continuous")
    with pytest.raises(InputError, match="`points` is 2"):
        correction(MemoryRecipe().build(SMALL), cues, points=2)


def test_sources():
    file = PatternSource(memory=Memory.random(30, 10, 0))
    drawn = file.draw(4, 0)
    assert drawn.count == 4
    assert all((file.memory.patterns == p).all(axis=1).any() for p in drawn.patterns)
    assert (drawn.patterns != file.draw(4, 1).patterns).any()
    assert (PatternSource(30).draw(2, 0).patterns != PatternSource(30, seed=1).draw(2, 0).patterns).any()
    with pytest.raises(InputError, match="11 patterns are requested, the memory has 10"):
        file.draw(11, 0)
    with pytest.raises(InputError, match="needs patterns"):
        PatternSource()
    with pytest.raises(InputError, match="`trials` is 0"):
        try_out(lambda m, _: MemoryRecipe().build(m), file, 2, noise=0.1, trials=0)


def test_rows_of_trials():
    trials = Trials(np.array([1.0, 0.5]), np.array([0, 0]), np.array([True, False]), np.array([True, True]))
    row = trials.row()
    assert row["overlap"] == 0.75
    assert row["error"] == pytest.approx(0.25)
    assert (row["correct"], row["settled"], row["trials"]) == (0.5, 1.0, 2.0)
    assert 0 < row["low"] < 0.5 < row["high"] < 1
    sets = Trials(np.array([1.0, 1.0, 0.0, 0.0, 0.5]), np.array([0, 0, 1, 1, 2]), *[np.ones(5, bool)] * 2)
    assert sets.row()["error"] == pytest.approx(np.std([1, 0, 0.5], ddof=1) / np.sqrt(3))


def test_what_is_interrupted_is_left_out():
    def measure(point, limits, first):
        assert first == (point == 0)
        if point == 2:
            raise KeyboardInterrupt
        return {"point": float(point)}

    early = rows([0, 1, 2, 3], measure, {"study": "gain"})
    assert early["point"].tolist() == [0.0, 1.0]
    assert early.record == {"study": "gain", "points": 4, "interrupted": True}
    late = rows([0, 1, 3], measure, {}, Limits().until(0.0))
    assert late["point"].tolist() == [0.0]
    assert late.record == {"points": 3, "interrupted": False}
    empty = rows([0, 1], lambda point, limits, first: {"point": 0.0} if first else None, {})
    assert empty["point"].tolist() == [0.0]
    with pytest.raises(KeyboardInterrupt):
        rows([2], lambda *_: measure(2, None, False), {})
    with pytest.raises(InputError, match="needs one point or more"):
        rows([], measure, {})
    assert mixed(1, 2) == mixed(1, 2) != mixed(2, 1)


@pytest.mark.parametrize("first", [0, 3])
def test_a_sequence_visits_its_patterns_in_turn(first):
    memory = Memory.random(60, 4, 3)
    found = visits(sequence_circuit(memory), first=first)
    order = [visit.pattern for visit in found.visits]
    assert order == [(first + k) % 4 for k in range(len(order))]
    assert len(order) > 4
    assert found.in_order
    for visit in found.visits:
        inside = (visit.begin <= found.times) & (found.times <= visit.end)
        assert (found.overlaps[visit.pattern, inside] >= 0.95).all()
    gaps = [later.begin - one.end for one, later in zip(found.visits, found.visits[1:], strict=False)]
    assert min(gaps) > 0.0


def test_a_sequence_that_is_cut_short_or_skips_is_not_in_order():
    circuit = sequence_circuit(Memory.random(60, 4, 3))
    assert not visits(circuit, duration=15e-3).in_order
    three = (Visit(0, 0, 1), Visit(2, 1, 2), Visit(1, 2, 3))
    assert not SequenceVisits(np.zeros(1), np.zeros((3, 1)), three, Ran("scipy")).in_order
    for options, message in (
        ({"first": 4}, "pattern 5 is the first pattern, expected one of 1 to 4"),
        ({"points": 1}, "expected 2 points"),
        ({"duration": 0.0}, "a positive time"),
    ):
        with pytest.raises(InputError, match=message):
            visits(circuit, **options)


class Interrupting(Ensemble):
    """An engine whose run is ended by Ctrl-C when `done` members have finished."""

    done = 1

    def integrate_many(self, system, starts, times, stop=None, limits=None):
        run = super().integrate_many(system, starts, times, stop, limits)
        kept = {name: getattr(run, name)[: self.done] for name in ("place", "times", "codes", "settled_at")}
        kept |= {name: getattr(run, name)[: self.done] for name in ("steps", "rejected", "evaluations")}
        states, record = run.states[:, : self.done], {**run.record, "interrupted": True}
        return replace(run, **kept, states=states, energies=None, record=record)


def test_an_interrupted_recall_says_so_and_is_no_sample():
    recipe = MemoryRecipe(engine=Interrupting())
    recall = recipe.build(SMALL).recall(make_cues(SMALL))
    assert recall.interrupted
    assert recall.finished.tolist() == [0]
    assert recall.notes[-1] == "2 of 3 cues were not finished when Ctrl-C was pressed"
    assert len(compare(recipe.side_by_side(SMALL), make_cues(SMALL))) == 1, "no further model is asked"
    source = PatternSource(memory=SMALL)
    assert try_out(lambda memory, _: recipe.build(memory), source, 3, noise=0.1, trials=3) is None
    with pytest.raises(KeyboardInterrupt):
        capacity(recipe, source, [3], trials=3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rule": "hebb"}, "`rule` is 'hebb', expected hebbian"),
        ({"model": "analog"}, "`model` is 'analog'"),
        ({"layers": 3}, "`layers` is 3"),
        ({"rule": "modern", "units": "binary"}, "dense memories have bipolar units"),
        ({"rule": "modern", "amplifier": "morita"}, "dense memories have"),
    ],
)
def test_recipes_that_make_no_sense(options, message):
    with pytest.raises(InputError, match=message):
        MemoryRecipe(**options)


def test_models_refuse_what_does_not_fit():
    other = Memory.random(50, 3, 0)
    for model in MemoryRecipe().side_by_side(SMALL):
        with pytest.raises(InputError, match="cues have 50 bits, the patterns 60"):
            model.recall(make_cues(other))
    with pytest.raises(InputError, match="couplings are those of 60 neurons"):
        MemoryRecipe().build(other, MemoryRecipe().weights(SMALL))
    cues = make_cues(SMALL, [0])
    with pytest.raises(InputError, match="a cue is for pattern 4, the memory has 3"):
        MemoryRecipe().build(SMALL).recall(type(cues)(cues.values, [3], 0.0))


def test_an_engine_can_be_chosen():
    engine = Ensemble(method="BS23", dtype="float32", rtol=1e-3)
    recall = MemoryRecipe(engine=engine).build(SMALL).recall(make_cues(SMALL))
    assert recall.all_correct
    assert recall.record["method"] == "BS23"
