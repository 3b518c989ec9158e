"""The modules in which `mutants.py` plants faults, the tests of each, and the faults that are known."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Module:
    """A module, its `tests` (the fast ones first; `!` leaves a test out), and why it is in the list."""

    name: str
    path: str
    tests: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Planted:
    """A fault: `old` becomes `new` in the file `path`; `tests` must find it."""

    story: str
    path: str
    old: str
    new: str
    tests: tuple[str, ...]


MODULES = (
    Module(
        "parse",
        "analoghop/circuit/expressions/parse.py",
        (
            "tests/circuit/test_expressions.py",
            "tests/circuit/test_expression_values.py",
            "tests/circuit/test_netlist_traps.py",
        ),
        "a wrong tree is a wrong circuit, and nothing later can notice",
    ),
    Module(
        "compile",
        "analoghop/circuit/reduction/compile.py",
        (
            "tests/circuit/test_compile.py",
            "tests/circuit/test_transient.py",
            "tests/circuit/test_lure_deck.py",
            "tests/circuit/test_multiplier_deck.py",
            "tests/circuit/test_deck_schedules.py",
            "tests/circuit/test_bases.py",
            "tests/circuit/test_noise.py",
        ),
        "every deck passes through it on its way to equations",
    ),
    Module(
        "recognise",
        "analoghop/circuit/recognition/recognise.py",
        ("tests/circuit/test_recognise.py", "tests/circuit/test_recognition_laws.py"),
        "theorems hold for what is recognised: it has to be proved",
    ),
    Module(
        "lure",
        "analoghop/systems/circuits/lure.py",
        (
            "tests/systems/test_lure.py",
            "tests/circuit/test_compile.py",
            "tests/circuit/test_lure_deck.py",
            "tests/circuit/test_multiplier_deck.py",
            "tests/laws/test_systems.py",
        ),
        "the equations of every deck",
    ),
    Module(
        "network",
        "analoghop/systems/circuits/network.py",
        (
            "tests/systems/test_network.py",
            "tests/systems/test_energy_weights.py",
            "tests/laws/test_systems.py",
        ),
        "the equations of Hopfield's circuit, and its theorem",
    ),
    Module(
        "audit",
        "analoghop/engines/trajectory/audit.py",
        ("tests/engines/test_audit.py", "tests/engines/test_quadrature.py"),
        "it is what a user is told about the energy",
    ),
    Module(
        "measure",
        "analoghop/circuit/measure.py",
        ("tests/circuit/test_measure.py",),
        "numbers that a user takes from a run",
    ),
    Module(
        "choice",
        "analoghop/engines/choice/engines.py",
        ("tests/engines/test_automatic.py",),
        "it decides which code computes a result",
    ),
    Module(
        "run",
        "analoghop/engines/machines/run.py",
        ("tests/engines/test_machine_runs.py", "tests/laws/test_own_machines.py"),
        "the one loop in which all machines run",
    ),
    Module(
        "limits",
        "analoghop/limits.py",
        ("tests/test_limits.py",),
        "deadlines, threads and Ctrl-C of everything",
    ),
    Module(
        "permutation",
        "analoghop/problems/permutation.py",
        ("tests/problems/tsp/test_grid.py", "tests/problems/qap/test_qap.py"),
        "it decides which outputs are tours",
    ),
    Module(
        "tsp",
        "analoghop/problems/tsp/instance.py",
        ("tests/problems/tsp/test_instance.py", "tests/problems/test_constructors.py"),
        "the judge of tours",
    ),
    Module(
        "colouring",
        "analoghop/problems/colouring/instance.py",
        ("tests/problems/test_colouring_problem.py", "tests/problems/test_constructors.py"),
        "the judge of colourings",
    ),
    Module(
        "result",
        "analoghop/problems/result.py",
        ("tests/problems/test_statistics.py",),
        "every rate, gap and interval that is reported",
    ),
    Module(
        "statistics",
        "analoghop/problems/statistics.py",
        ("tests/problems/test_statistics.py",),
        "gaps and times to solution",
    ),
    Module(
        "intervals",
        "analoghop/intervals.py",
        ("tests/problems/test_statistics.py",),
        "the confidence that is reported",
    ),
    Module(
        "distances",
        "analoghop/formats/tsplib/distances.py",
        ("tests/formats/test_tsplib.py",),
        "published optima hold for exactly these roundings",
    ),
    Module(
        "raw",
        "analoghop/formats/waveforms/raw.py",
        ("tests/formats/test_raw.py", "tests/formats/test_waveforms.py"),
        "other programs read what it writes",
    ),
    Module(
        "files",
        "analoghop/formats/files.py",
        ("tests/formats/test_files.py",),
        "no file is lost or half written",
    ),
)

PLANTED = (
    Planted(
        "the interval of validity is that of success",
        "analoghop/problems/result.py",
        "wilson_interval(self.valid, count)",
        "wilson_interval(self.successes, count)",
        ("tests/problems/test_statistics.py",),
    ),
    Planted(
        "outputs are decoded at 0.3",
        "analoghop/problems/permutation.py",
        "THRESHOLD = 0.5",
        "THRESHOLD = 0.3",
        ("tests/problems/tsp/test_grid.py",),
    ),
    Planted(
        "colours are decoded at 0.3",
        "analoghop/problems/colouring/binary.py",
        "outputs.shape[1]) > 0.5",
        "outputs.shape[1]) > 0.3",
        ("tests/problems/test_colouring_problem.py",),
    ),
    Planted(
        "the balance error is that of the last point",
        "analoghop/engines/trajectory/audit.py",
        "max(self._residual, float(residual.max()))",
        "float(residual[-1])",
        ("tests/engines/test_audit.py",),
    ),
    Planted(
        "geographical distances with pi",
        "analoghop/formats/tsplib/distances.py",
        "PI = 3.141592 ",
        "PI = 3.141592653589793 ",
        ("tests/formats/test_tsplib.py",),
    ),
    Planted(
        "compare keeps the noise of resistors",
        "analoghop/cli/decks/compare.py",
        "return replace(circuit, johnson=None)",
        "return circuit",
        ("tests/cli/test_compare.py", "tests/cli/test_noise.py"),
    ),
    Planted(
        "limits have no deadline",
        "analoghop/limits.py",
        "math.inf if time_limit is None else",
        "math.inf if time_limit is None or True else",
        ("tests/test_limits.py",),
    ),
    Planted(
        "objects in arrays are unpickled",
        "analoghop/formats/numpy_files.py",
        "allow_pickle=False",
        "allow_pickle=True",
        ("tests/test_structure.py",),
    ),
    Planted(
        "arrays of objects are not refused",
        "analoghop/formats/numpy_files.py",
        '    if dtype.hasobject:\n        raise ValueError("it holds objects, which are never read")\n',
        "",
        ("tests/formats/test_intake.py",),
    ),
)

EQUIVALENT: dict[tuple[str, str], str] = {
    (
        "recognise",
        "_exponentials: coefficient <= 0 -> coefficient < 0",
    ): "a sum has no terms of coefficient zero",
    ("audit", "Audit.wanted: return self._has_energy or self._metered -> return None"): "nobody asks for it",
    (
        "audit",
        "Audit._account: rises[highest] > self._rise -> rises[highest] >= self._rise",
    ): "of two equal rises another time is told, which only a tie of two floats shows",
    ("audit", "module: 1000000 -> 1000001"): "the number of points that are kept is a bound of memory",
    (
        "compile",
        "_Reduction._readings: abs(part).max() > 0 -> abs(part).max() >= 0",
    ): "the matrices hold no zeros: `nnz` says the same",
    ("network", "Network.time_constants: 0 -> 1"): "a shortcut, beyond which the same is computed",
    (
        "choice",
        "expected_seconds: min(duration, _SETTLING * slowest) -> min(_SETTLING * slowest, duration)",
    ): "the smaller of two numbers",
    (
        "limits",
        "Limits._in_threads: min(self.threads, len(todo)) -> min(len(todo), self.threads)",
    ): "the smaller of two numbers",
    ("files", "replacing: 0 -> 1"): "the flag is set already: 1 is O_WRONLY",
    (
        "choice",
        "expected_seconds: followed * fastest_rate(network, duration) / _STEP -> "
        "followed * fastest_rate(network, duration) * _STEP",
    ): "the step is one time constant",
    ("run", "_Loop._most: 30 -> 31"): "a bound that no run reaches",
    (
        "run",
        "_Loop.block: min(look, self.last, record.stop_after(k), k + self._most()) -> "
        "min(self.last, look, record.stop_after(k), k + self._most())",
    ): "the smallest of four numbers",
    ("raw", "write_raw: True -> False"): "`Waveforms` has as many names as kinds",
    ("result", "best_answer: 1.0 -> 1.75"): "the sign is a factor of all costs that are compared",
    ("result", "Result.closest: 1.0 -> 1.75"): "the sign is a factor of all costs that are compared",
    ("permutation", "permutation_outputs: 1 -> 2"): "NumPy takes any negative length for the unknown one",
    ("limits", "_Bar.show: False -> True"): "the bar is drawn again a moment earlier",
}
"""Mutants that no test can tell from the module, and why."""
