"""Solving ends when it is told to, and keeps what stands."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from analoghop import MaxCut, solve
from analoghop.formats.graphs.graph import Graph
from tests.signals import hear_ctrl_c


def graph(n: int, edges: int, seed: int = 0) -> Graph:
    rng = np.random.default_rng(seed)
    pairs = {
        tuple(sorted(pair)) for pair in rng.integers(n, size=(2 * edges, 2)).tolist() if len(set(pair)) == 2
    }
    return Graph.of(n, sorted(pairs)[:: max(1, len(pairs) // edges)])


def rudy(path: Path, graph: Graph) -> Path:
    rows = "".join(f"{a + 1} {b + 1} 1\n" for a, b in graph.edges.tolist())
    path.write_text(f"{graph.n} {len(graph.edges)}\n{rows}")
    return path


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_ends_compiled_machines_soon_and_reports_them(name: str, tmp_path: Path) -> None:
    pytest.importorskip("numba")
    file = rudy(tmp_path / "g.txt", graph(800, 6000))
    words = ["solve", "maxcut", file, "--formulation", "inertial", "--starts", "64", "--threads", "2"]
    words += ["--set", "steps=3000000"]
    log = tmp_path / "log"
    run = subprocess.Popen(
        [sys.executable, "-m", "analoghop", *map(str, words), "--json", "--log", log],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=hear_ctrl_c,
    )
    while not (log.exists() and "loaded in" in log.read_text()):  # the starts begin then
        assert run.poll() is None
        time.sleep(0.1)
    time.sleep(1.0)
    sent = time.monotonic()
    run.send_signal(getattr(signal, name))
    out, err = run.communicate(timeout=60)
    assert time.monotonic() - sent < 5.0  # about 0.3 s on a machine that does nothing else
    assert run.returncode == 4
    assert "interrupted after" in err
    told = json.loads(out)
    assert told["interrupted"] is True
    assert told["stopped"] == told["starts"] > 0
    assert told["cost_best"] > 3000


def test_spins_count_as_they_stand_when_time_is_up() -> None:
    result = solve(MaxCut(graph(5000, 7000)), starts=64, settings={"steps": 10_000_000}, time_limit=1.0)
    assert 0 < len(result.starts) == result.stopped <= 64
    assert result.valid == len(result.starts)
    assert result.wall_s < 10.0


def test_a_machine_is_paced_as_it_runs(without_numba: Callable[[], None]) -> None:
    problem = MaxCut(graph(300, 2000))
    compiled = solve(problem, time_limit=1.0, baselines=False)
    plain = solve(problem, time_limit=1.0, baselines=False, engine="numpy")
    without_numba()
    without = solve(problem, time_limit=1.0, baselines=False)
    for result in (plain, without):
        assert result.ran is not None
        assert not result.ran.compiled
        assert len(result.starts) > 0
        assert result.parameters["steps"] < 0.2 * float(compiled.parameters["steps"])


def test_what_ran_stands_in_the_result() -> None:
    pytest.importorskip("numba")
    problem = MaxCut(graph(60, 200))
    told = solve(problem, starts=2, baselines=False, settings={"steps": 100_000}).to_dict()
    assert told["engine"] == {"name": "fused", "compiled": True, "precision": "float32"}
    told = solve(problem, starts=2, baselines=False, engine="numpy").to_dict()
    assert told["engine"] == {"name": "numpy", "compiled": False, "precision": "float64"}
