import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analoghop import Circuit, simulate
from analoghop.bench import ACTIONS, BenchDeck, BenchProblem, Session, read_bench_deck, replay, source_of
from analoghop.bench.changes.lag import lagging
from analoghop.bench.setup import Setup, rig_of
from analoghop.engines.choice.steppers import stepper_of
from analoghop.engines.machines.run import run
from analoghop.errors import InputError, NetlistError
from tests.bench.examples import FLIPFLOP, PATTERNS, TRIANGLE, memory, queens, triangle


def flipflop(**options):
    return Session(BenchDeck(FLIPFLOP), **options)


def test_ticks_are_the_solution_of_one_run():
    session = flipflop()
    session.run(60)
    whole = simulate(Circuit.parse(FLIPFLOP), times=[0.0, session.t], rtol=1e-9)
    assert session.x == pytest.approx(whole.states[:, -1], rel=1e-3)


@pytest.mark.parametrize("name", ["adc4", "schmitt_trigger", "supply", "thermostat", "winner_take_all"])
def test_decks_do_on_the_bench_what_they_do_in_one_run(name):
    path = Path(__file__).parents[2] / "circuits" / f"{name}.cir"
    session = Session(read_bench_deck(path))
    session.run(45)
    whole = simulate(path, times=[0.0, session.t])
    assert np.abs(session.x - whole.states[:, -1]).max() <= 1e-3 * np.abs(whole.states).max()


def test_a_tick_of_a_machine_is_that_many_of_its_own_steps():
    session = Session(queens(), seed=3, dt=1.0)
    session.run(2)  # before the machine's first look at whether it is solved
    machine = session.rig.system
    steps = 2 * round(session.dt / machine.step)
    ends = run(stepper_of(machine, engine="numpy"), session.rig.built.start(3)[:, None], 3, [0], steps=steps)
    assert np.array_equal(session.x, ends.states[:, 0])


ACTS = st.sampled_from(
    [
        {"do": "knob", "name": "gain", "value": 2.5},
        {"do": "knob", "name": "noise", "value": 0.3},
        {"do": "knob", "name": "noise", "value": 0.0},
        {"do": "knob", "name": "lag", "value": 3e-4},
        {"do": "knob", "name": "lag", "value": 0.0},
        {"do": "knob", "name": "tolerance", "value": 0.2},
        {"do": "knob", "name": "deck.steep", "value": 4.0},
        {"do": "kick", "part": "v(u1)", "volts": -0.7},
        {"do": "break", "kind": "clamp", "part": "v(u2)", "value": 0.2},
        {"do": "break", "kind": "kill", "part": "v(v1)"},
        {"do": "break", "kind": "cut", "part": "r12"},
        {"do": "break", "kind": "change", "part": "r12", "value": 3e4},
        {"do": "undo"},
        {"do": "reset"},
        {"do": "start", "seed": 7},
        {"do": "speed", "dt": 2e-4},
        {"do": "anneal", "what": "gain", "knots": [0.0, 1e-3], "levels": [0.2, 2.0]},
    ]
)


@given(st.lists(st.tuples(st.integers(0, 3), ACTS), max_size=8))
@settings(max_examples=25, deadline=None)
def test_any_session_replays_bit_for_bit_from_its_json(acts):
    session = flipflop()
    for ticks, act in acts:
        session.run(ticks)
        try:
            session.apply(act)
        except InputError:
            # Some pairs exclude each other, such as two clamps: the session is then as it was.
            continue
    session.run(2)
    again = replay(json.loads(json.dumps(session.to_dict())))
    assert again.digest == session.digest
    assert np.array_equal(again.x, session.x)


def test_a_refused_action_changes_nothing_and_is_not_in_the_log():
    session = flipflop()
    session.run(3)
    before = session.to_dict()
    for action in (
        {"do": "fly"},
        {"do": "knob", "name": "gain", "value": -1.0},
        {"do": "knob", "name": "gian", "value": 1.0},
        {"do": "knob", "name": "gain", "value": float("nan")},
        {"do": "knob", "name": "gain"},
        {"do": "kick", "part": "v(nowhere)", "volts": 1.0},
        {"do": "kick", "part": "v(u1)", "volts": "much"},
        {"do": "break", "kind": "burn", "part": "r12"},
        {"do": "break", "kind": "cut", "part": "r99"},
        {"do": "undo"},
        {"do": "rewind", "to": 99},
        {"do": "rewind", "to": 1, "fast": True},
        {"do": "speed", "dt": 0.0},
        {"do": "start", "seed": -1},
        {"do": "cue", "values": [1, -1]},
        {"do": "source", "source": {"kind": "deck", "text": "title\nr1 a\n.end\n"}},
        {"do": "source", "source": 3},
        {"do": "anneal", "what": "colour", "knots": [0, 1], "levels": [1, 2]},
    ):
        with pytest.raises(InputError):
            session.apply(action)
    assert session.to_dict() == before


def test_the_messages_of_refused_actions_say_what_is_expected():
    session = flipflop()
    with pytest.raises(InputError, match="did you mean 'gain'"):
        session.apply({"do": "knob", "name": "gian", "value": 1.0})
    with pytest.raises(InputError, match="`value` is 'much', expected a finite number"):
        session.apply({"do": "break", "kind": "clamp", "part": "v(u1)", "value": "much"})
    with pytest.raises(NetlistError, match="deck:2"):
        session.apply({"do": "source", "source": {"kind": "deck", "text": "title\nr1 a\n.end\n"}})


def test_undo_takes_a_fault_back_but_neither_time_nor_knobs():
    session = flipflop()
    session.apply({"do": "break", "kind": "kill", "part": "v(v1)"})
    session.apply({"do": "knob", "name": "gain", "value": 3.0})
    session.run(5)
    session.apply({"do": "undo"})
    assert session.rig.setup.faults == ()
    assert session.rig.setup.values["gain"] == 3.0
    assert session.tick == 5
    assert session.t > 0


def test_another_deck_keeps_the_voltages_of_nodes_that_survive():
    session = flipflop()
    session.run(20)
    before = dict(zip(session.rig.system.state_names, session.x, strict=True))
    longer = FLIPFLOP.replace(".end", "r9 u1 w 5k\nc9 w 0 1n\n.end")
    session.apply({"do": "source", "source": {"kind": "deck", "text": longer}})
    after = dict(zip(session.rig.system.state_names, session.x, strict=True))
    assert {name: after[name] for name in before} == before
    assert set(after) - set(before) == {"v(w)"}
    session.apply({"do": "undo"})
    assert list(session.x) == list(before.values())


def test_rewind_goes_back_to_the_very_state_and_the_log_repeats_it():
    session = flipflop(seed=4)
    session.run(10)
    there = session.x
    session.run(10)
    session.apply({"do": "rewind", "to": 10})
    assert np.array_equal(session.x, there)
    session.run(3)
    assert session.tick == 23
    assert replay(session.to_dict()).digest == session.digest


def test_a_clamped_state_stays_and_a_dead_amplifier_gives_the_middle_of_its_rails():
    session = Session(memory(), seed=1)
    names = session.rig.system.state_names
    session.apply({"do": "break", "kind": "clamp", "part": names[3], "value": 0.25})
    session.apply({"do": "break", "kind": "kill", "part": session.rig.output_names[5]})
    session.run(20)
    outputs = session.rig.outputs(session.t, session.x[:, None])[:, 0]
    assert session.x[3] == pytest.approx(0.25)
    assert outputs[5] == 0.0


def test_a_lag_begins_at_the_outputs_that_the_amplifiers_had():
    session = flipflop()
    rig = rig_of(Setup(BenchDeck(FLIPFLOP), {"lag": 1e-3}), old=session.rig)
    assert rig.system.size == 4
    x = rig.moved_state(session.rig, session.x, 0.0)
    assert x[2:] == pytest.approx(session.rig.outputs(0.0, session.x[:, None])[:, 0])
    assert not rig.theorem.applies


def test_the_rate_of_a_lagging_circuit_is_that_of_its_parts():
    session = Session(memory(), seed=2)
    network, tau = session.rig.system, 2e-4
    lure = lagging(network, tau)
    rng = np.random.default_rng(0)
    u, y = rng.normal(size=(network.size, 1)), rng.normal(size=(network.size, 1))
    rate = lure.rhs(0.0, np.concatenate([u, y]))
    v = network.amplifiers.value(u)
    assert rate[: network.size] == pytest.approx((network.T @ y - network.G * u + network.bias) / network.C)
    assert rate[network.size :] == pytest.approx((v - y) / tau)


def test_the_critical_gain_is_where_the_middle_state_loses_its_stability():
    session = Session(memory(), seed=2)
    mark = session.rig.knobs["gain"].mark
    assert mark is not None
    for factor, stable in ((0.98, True), (1.02, False)):
        session.apply({"do": "knob", "name": "gain", "value": mark * factor})
        system = session.rig.system
        rate = np.linalg.eigvals(system.jacobian(0.0, system.thresholds)).real.max()
        assert (rate < 0) == stable


def test_the_energy_falls_where_the_theorem_applies():
    session = Session(memory(), seed=1)
    assert session.rig.theorem.applies
    totals = []
    for _ in range(40):
        session.step()
        assert not session.energy.rose
        totals.append(session.energy.total)
    assert totals[-1] < totals[0]


def test_a_tolerance_of_a_network_scales_the_deviations_of_one_part():
    session = Session(memory(), seed=1)
    whole = session.rig.system.T.toarray()
    moved = []
    for share in (0.1, 0.2):
        session.apply({"do": "knob", "name": "scatter", "value": share})
        moved.append(session.rig.system.T.toarray() - whole)
    assert moved[1] == pytest.approx(2.0 * moved[0])
    assert np.abs(moved[0]).max() <= 0.1 * np.abs(whole).max()
    assert not session.rig.theorem.applies
    with pytest.raises(InputError, match="no share"):
        session.apply({"do": "knob", "name": "scatter", "value": 1.5})


def test_a_temperature_is_johnson_noise_of_each_resistor():
    # The variance of the voltage of a capacitor is k T / C, whatever the resistance.
    deck = "hot\nr1 a 0 1k\nc1 a 0 1p\nb1 o 0 v=tanh(0.5*v(a))\nr2 o 0 1k\n.tran 1n 1u uic\n.end\n"
    session = Session(BenchDeck(deck), dt=1e-8)
    session.apply({"do": "knob", "name": "temperature", "value": 3e5})
    seen = []
    for _ in range(3000):
        session.step()
        seen.append(session.x[0])
    assert np.var(seen[20:]) == pytest.approx(1.380649e-23 * 3e5 / 1e-12, rel=0.1)


def test_noise_suspends_the_theorem():
    session = flipflop()
    session.apply({"do": "knob", "name": "noise", "value": 0.5})
    assert not session.rig.theorem.applies
    assert "noise" in session.rig.theorem.reason


def test_noise_of_one_input_scale_moves_a_lone_state_by_that_much():
    # The stationary deviation of an Ornstein-Uhlenbeck process with density s sqrt(2/tau) is s.
    deck = "lone\nr1 a 0 1k\nc1 a 0 1u\nb1 o 0 v=tanh(0.5*v(a))\nr2 o 0 1k\n.tran 10u 10m uic\n.end\n"
    session = Session(BenchDeck(deck), dt=1e-3)
    session.apply({"do": "knob", "name": "noise", "value": 1.5})
    seen = []
    for _ in range(4000):
        session.step()
        seen.append(session.x[0])
    scale = float(session.rig.built.system.input_scale[0, 0])
    assert np.std(seen[20:]) == pytest.approx(1.5 * scale, rel=0.06)


def test_every_knob_of_every_kind_of_source_turns():
    for source in (BenchDeck(FLIPFLOP), queens(), memory(), triangle()):
        session = Session(source, seed=1)
        for knob in list(session.rig.knobs.values()):
            value = knob.value * 1.5 if knob.value else 0.3 * min(1.0, knob.high)
            session.apply({"do": "knob", "name": knob.name, "value": value})
            session.step()
            session.apply({"do": "knob", "name": knob.name, "value": knob.value})
        assert replay(session.to_dict()).digest == session.digest


def test_machines_anneal_by_their_own_schedule():
    session = Session(BenchProblem("maxcut", TRIANGLE, "triangle.mc", "gain"), seed=1)
    session.run(3)
    steps = [0.0, 10.0]
    session.apply({"do": "anneal", "what": "gain", "knots": steps, "levels": [0.5, 3.0], "kind": "linear"})
    assert session.t == 0.0
    assert session.rig.system.gain.value(5.0) == pytest.approx(1.75)
    session.run(2)
    with pytest.raises(InputError, match="steps by its own rule"):
        session.apply({"do": "break", "kind": "kill", "part": "v(1)"})


def test_a_cue_is_recalled():
    session = Session(memory(), seed=1)
    pattern = session.rig.built.problem.patterns[0]
    cue = pattern.copy()
    cue[:2] *= -1
    session.apply({"do": "cue", "values": cue.tolist()})
    session.run(60)
    assert np.array_equal(np.sign(session.x), pattern)


def test_sources_are_read_back_from_their_values():
    for source in (BenchDeck(FLIPFLOP, "flip.cir"), queens(), memory(), triangle()):
        assert source_of(json.loads(json.dumps(source.to_dict()))).to_dict() == source.to_dict()


def test_errors_in_files_of_problems_name_the_file_as_the_user_does():
    with pytest.raises(InputError, match="^mine.txt"):
        BenchProblem("memory", "3 3 1\n***\n*x*\n***\n", "mine.txt").build({}, ())
    with pytest.raises(InputError, match="expected one of"):
        BenchProblem("chess", "8")


def test_a_deck_cannot_include_files_of_this_machine():
    with pytest.raises(NetlistError):
        BenchDeck("title\n.include /etc/passwd\n.end\n")


def test_every_action_says_what_it_is():
    assert all(action.about for action in ACTIONS.values())
    assert len(PATTERNS) > 0
