"""The audit of a run against its deck: it passes for right systems, and finds every planted error."""

import json
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_decks import compiled, planted, random_deck, run

from analoghop import simulate
from analoghop.circuit.audit.audit import audited
from analoghop.circuit.circuit import Circuit
from analoghop.cli import main
from analoghop.engines import Ensemble, ScipyIVP

SEEDS = st.integers(0, 10**6)
METHODS = st.sampled_from(
    [("auto", 1e-6), ("DOP853", 1e-6), ("RK45", 1e-3), ("BDF", 1e-5), ("Radau", 1e-6), ("LSODA", 1e-2)]
)

DIVIDER = """Divider
V1 a 0 SIN(0 1 1k)
R1 a b 1k
R2 b 0 1k
B1 c 0 V=V(b)*time
R3 c 0 1k
.tran 10u 1m
.end
"""


@given(SEEDS, METHODS)
@settings(max_examples=12, deadline=None)
def test_a_run_of_any_deck_obeys_the_deck(seed, method):
    circuit, lure = compiled(random_deck(np.random.default_rng(seed)))
    solution = run(circuit, lure, *method)
    assert solution.audit.reason is None
    assert solution.audit.times >= 12
    assert set(solution.audit.to_dict()) >= {"current_error", "voltage_error", "passed", "reason"}


@given(SEEDS)
@settings(max_examples=4, deadline=None)
def test_every_error_in_the_reduced_system_that_moves_a_voltage_is_found(seed):
    # The rule that docs/energy.md states: twenty times the threshold of the audit.
    rng = np.random.default_rng(seed)
    circuit, lure = compiled(random_deck(rng))
    right = run(circuit, lure)
    names = [f"v({node})" for node in circuit.nodes]
    volts, found = right.observe(names), 0
    for name, wrong in planted(lure, rng, 0.03):
        solution = run(circuit, wrong)
        assert solution.times.shape == right.times.shape
        moved = np.abs(solution.observe(names) - volts).max() / np.abs(volts).max()
        if moved > 20.0 * solution.audit.threshold:
            assert solution.audit.reason is not None, f"{name} moves a voltage by {moved:.2g}"
            found += 1
    assert found >= 3


def test_an_error_of_a_reported_voltage_or_current_is_found_where_it_is():
    circuit, lure = compiled(DIVIDER)
    seen = lure.observation
    right = run(circuit, lure)
    assert right.audit.reason is None
    for name, rows in (("voltage", len(seen.nodes)), ("current", len(seen.branches))):
        for row in range(rows):
            part = getattr(seen, name)
            maps = [np.array(m) for m in (part.x, part.v, part.w)]
            if not any(m[row].any() for m in maps):
                continue
            for m in maps:
                m[row] *= 1.01
            wrong = replace(lure, observation=replace(seen, **{name: type(part)(*maps)}))
            audit = run(circuit, wrong).audit
            assert audit.reason is not None, (name, row)


def test_a_circuit_without_states_is_audited():
    audit = simulate(Circuit.parse(DIVIDER)).audit
    assert audit.reason is None
    assert audit.times > 24


@pytest.mark.parametrize("engine", [Ensemble("DOPRI5"), Ensemble("exponential"), "ensemble"])
def test_a_run_of_another_engine_is_audited_by_its_recorded_times(engine):
    circuit, lure = compiled(random_deck(np.random.default_rng(6)))
    solution = simulate(circuit, engine=engine)
    assert solution.audit.reason is None
    assert solution.audit.times == 120


NOISY = """Noise
V1 n 0 TRNOISE(0.1 1u)
R1 n u 1k
B1 v 0 V=tanh(2*V(u))
R2 v u 2k
C1 u 0 1u
I1 0 u DC {bias}
.ic v(u)=0
.tran 20u 5m uic
.end
"""


def test_noise_moves_a_run_within_its_deviations():
    circuit, lure = compiled(NOISY.format(bias="0.1m"))
    right = simulate(circuit, seed=3)
    assert right.audit.reason is None
    assert 0.0 < right.audit.current_error < 0.5 * right.audit.threshold
    other = compiled(NOISY.format(bias="1m"))[0]
    assert audited(other, replace(right, audit=None)).audit.reason is not None


def test_a_run_of_a_system_has_no_audit_by_a_deck():
    _, lure = compiled(DIVIDER)
    solution = simulate(lure, tstop=1e-3)
    assert solution.audit is None
    assert solution.samples is None
    assert solution.to_dict()["audit"] is None


def test_an_engine_without_audit_makes_none():
    circuit, _ = compiled(DIVIDER)
    assert simulate(circuit, engine=ScipyIVP(audit=False)).audit is None


def test_the_samples_are_steps_of_the_whole_run():
    circuit, lure = compiled(random_deck(np.random.default_rng(1)))
    engine = ScipyIVP("RK23", rtol=1e-8, sampled=True)
    solution = engine.integrate(lure, lure.start[:, 0], [0.0, 2e-3])
    samples = solution.samples
    assert 24 <= len(samples.starts) <= 48
    assert (samples.ends > samples.starts).all()
    assert (samples.starts[1:] >= samples.ends[:-1]).all()
    assert samples.starts[0] < 2e-4
    assert samples.ends[-1] > 1.8e-3
    where = np.searchsorted(solution.times, samples.ends)
    assert np.abs(solution.states[:, where] - samples.after).max() < 1e-6


def test_a_failed_audit_is_an_error_of_the_command(tmp_path, capsys, monkeypatch):
    path = tmp_path / "divider.cir"
    path.write_text(DIVIDER)
    assert main(["run", str(path), "--json"]) == 0
    value = json.loads(capsys.readouterr().out)
    audit = value["audit"]
    assert (value["status"], audit["passed"]) == ("time up", True)
    assert (audit["kirchhoff"], audit["branches"]) == (audit["current_error"], audit["voltage_error"])
    assert audit["balance"] == value["energy"]["balance_error"]
    wrong = Circuit.parse(DIVIDER.replace("R2 b 0 1k", "R2 b 0 1.1k"))
    module = sys.modules["analoghop.simulate"]
    monkeypatch.setattr(module, "audited", lambda circuit, solution: audited(wrong, solution))
    assert main(["run", str(path)]) == 4
    printed = capsys.readouterr()
    assert "failed audit: the currents at node b do not sum to zero" in printed.out
    assert "failed audit" in printed.err
    assert main(["run", str(path), "--json"]) == 4
    assert json.loads(capsys.readouterr().out)["status"] == "failed audit"


def test_an_input_that_jumps_at_the_very_end_is_no_failed_audit():
    run = simulate(
        Circuit.parse("t\nV1 a 0 PULSE(0 1 0 1u 1u 99u 5u)\nR1 a u 1k\nC1 u 0 1n\n.tran 1u 20u uic\n.end\n")
    )
    assert run["v(a)"][-2:] == pytest.approx([1.0, 0.0])
    assert run.audit.reason is None
    assert run.energy.balance_error < 1e-5
