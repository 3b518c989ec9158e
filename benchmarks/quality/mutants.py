"""Mutants: faults planted in the most important modules, and whether the tests find them.

    python benchmarks/quality/mutants.py --count 20 --results FILE [--module NAME] [--planted] [--retry]

Each mutant is one small change of a module's syntax tree, in a copy of the checkout: another number,
comparison, operator, order of arguments, returned value, or a statement left out. It is killed if a test of
that module fails, or hangs. `--results` names a file with one line of JSON for each mutant that was tried: a
run that is begun again goes on where it ended; `--retry` tries survivors again. `--planted` tries faults that
have been overlooked before. Exit code 1: some of the mutants that were tried survive.
"""

from __future__ import annotations

import argparse
import ast
import copy
import json
import os
import re
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from random import Random

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(Path(__file__).parent))
from mutants_known import EQUIVALENT, MODULES, PLANTED, Module, Planted  # noqa: E402

MEMORY = 8 * 2**30
"""Bytes of address space for the tests of a mutant: some mutants ask for more and more."""
COPIED = (
    "analoghop",
    "tests",
    "circuits",
    "docs",
    "examples",
    "fuzz",
    "benchmarks",
    "pyproject.toml",
    "conftest.py",
    "README.md",
)

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}


@dataclass(frozen=True)
class Mutant:
    """A change of `module`: `name` says where and which, `new` stands at `path` in the syntax `tree`."""

    module: str
    name: str
    tree: ast.Module
    path: tuple[tuple[str, int | None], ...]
    new: ast.AST

    @property
    def text(self) -> str:
        """The module with the change."""
        return _with(self.tree, self.path, self.new)


def _changes(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Yield the kinds of changes of `node`, with what stands there instead."""
    match node:
        case ast.Constant(value=bool() | int() | float() as value):
            other = (
                not value
                if isinstance(value, bool)
                else value + 1
                if isinstance(value, int)
                else 1.5 * value + 0.25
            )
            yield "constant", ast.Constant(other)
        case ast.Compare(ops=ops):
            for k, op in enumerate(ops):
                new = copy.deepcopy(node)
                new.ops[k] = COMPARISONS[type(op)]()
                yield "comparison", new
        case ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in OPERATORS:
            new = copy.deepcopy(node)
            new.op = OPERATORS[type(op)]()
            yield "operator", new
        case ast.BoolOp(op=op):
            new = copy.deepcopy(node)
            new.op = ast.And() if isinstance(op, ast.Or) else ast.Or()
            yield "and/or", new
        case ast.UnaryOp(op=ast.Not() | ast.USub() | ast.Invert(), operand=operand):
            yield "sign", operand
        case ast.IfExp(test=test, body=body, orelse=orelse):
            yield "branches", ast.IfExp(test, orelse, body)
        case ast.Call(args=[first, second, *rest], func=func) if _swaps(func, node.args):
            new = copy.deepcopy(node)
            new.args = [second, first, *rest]
            yield "arguments", new
        case ast.Return(value=ast.expr()):
            yield "returned", ast.Return(ast.Constant(None))
    if isinstance(node, ast.Assign | ast.AugAssign | ast.Expr | ast.Raise | ast.Continue | ast.Break):
        yield "left out", ast.Pass()


def _swaps(function: ast.expr, arguments: list[ast.expr]) -> bool:
    """Whether two arguments may change places with another effect than an exception at once."""
    plain = not any(isinstance(argument, ast.Starred) for argument in arguments)
    return plain and not (isinstance(function, ast.Name) and function.id in ("isinstance", "getattr", "cast"))


def _passed_over(node: ast.AST) -> bool:
    """Whether nothing inside `node` runs, or only makes the words of a message."""
    match node:
        case ast.Expr(value=ast.Constant(value=str())) | ast.JoinedStr():
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.Assert() | ast.Import() | ast.ImportFrom():
            return True
    return False


def _places(
    node: ast.AST, path: tuple[tuple[str, int | None], ...] = (), inside: str = ""
) -> Iterator[tuple]:
    """Yield (node, path, function) of everything that may change; annotations and decorators may not."""
    if _passed_over(node):
        return
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        inside = f"{inside}.{node.name}" if inside else node.name
    yield node, path, inside
    if isinstance(node, ast.Raise):
        return
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "bases", "type_comment"):
            continue
        for k, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, ast.AST):
                yield from _places(child, (*path, (name, k)), inside)


def _with(tree: ast.Module, path: tuple[tuple[str, int | None], ...], new: ast.AST) -> str:
    """Return the text of `tree` with `new` at `path`."""
    tree = copy.deepcopy(tree)
    node: ast.AST = tree
    for name, k in path[:-1]:
        node = getattr(node, name) if k is None else getattr(node, name)[k]
    name, k = path[-1]
    if k is None:
        setattr(node, name, new)
    else:
        getattr(node, name)[k] = new
    return ast.unparse(ast.fix_missing_locations(tree))


def mutants(module: Module) -> list[Mutant]:
    """Return all mutants of a module, each with a name of its own that does not depend on line numbers."""
    tree = ast.parse((ROOT / module.path).read_text())
    seen, found = Counter[str](), []
    for node, path, inside in _places(tree):
        if not path:
            continue
        for kind, new in _changes(node):
            before, after = (" ".join(ast.unparse(part).split())[:90] for part in (node, new))
            if ast.dump(node) == ast.dump(new):
                continue
            name = f"{inside or 'module'}: {before}" + ("" if kind == "left out" else f" -> {after}")
            name += " (left out)" if kind == "left out" else ""
            seen[name] += 1
            name += f" #{seen[name]}" if seen[name] > 1 else ""
            found.append(Mutant(module.name, name, tree, path, new))
    return found


@dataclass(frozen=True)
class Outcome:
    """How the tests ended: "passed", "failed" or "hung", the test that failed, and the seconds."""

    end: str
    test: str
    seconds: float


class Tree:
    """A copy of the checkout in which one file at a time is changed."""

    def __init__(self, root: Path) -> None:
        self.root, self._clock = root, int(time.time()) - 10**6
        for name in COPIED:
            source, target = ROOT / name, root / name
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", ".*"))
            else:
                shutil.copy2(source, target)

    def write(self, path: str, text: str) -> None:
        """Replace a file; its time is a new one, since a compiled file is known by time and size only."""
        self._clock += 1
        (self.root / path).write_text(text)
        os.utime(self.root / path, (self._clock, self._clock))

    def test(self, tests: tuple[str, ...], limit: float) -> Outcome:
        """Run tests in a child process that has the libraries loaded already."""
        start, log = time.monotonic(), self.root / "log.txt"
        child = os.fork()
        if child == 0:
            self._run(tests, log)
        while time.monotonic() - start < limit:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                break
            time.sleep(0.02)
        else:
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return Outcome("hung", "", time.monotonic() - start)
        told = re.findall(
            r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", log.read_text(errors="replace"), re.MULTILINE
        )
        end = "passed" if status == 0 else "failed"
        return Outcome(end, told[0] if told else "", time.monotonic() - start)

    def _run(self, tests: tuple[str, ...], log: Path) -> None:
        code = 1
        try:
            os.setsid()
            os.chdir(self.root)
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            with log.open("w") as file:
                os.dup2(file.fileno(), 1)
                os.dup2(file.fileno(), 2)
            os.environ["PYTHONPATH"] = str(self.root)
            sys.path[:] = [str(self.root), *(p for p in sys.path if Path(p or ".").resolve() != ROOT)]
            import pytest

            words = [
                "-x",
                "-q",
                "--tb=line",
                "-rfE",
                "--no-header",
                "-W",
                "ignore::pytest.PytestAssertRewriteWarning",
            ]
            code = int(pytest.main([*words, *(f"--deselect={t[1:]}" if t[0] == "!" else t for t in tests)]))
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)


def tried(tree: Tree, path: str, text: str, tests: tuple[str, ...], limit: float) -> Outcome:
    """Return how the tests end with `text` for the file at `path`."""
    before = (tree.root / path).read_text()
    tree.write(path, text)
    try:
        return tree.test(tests, limit)
    finally:
        tree.write(path, before)


def planted(tree: Tree, faults: tuple[Planted, ...]) -> int:
    """Try the planted faults, print how each ends, and return how many survive."""
    alive = 0
    for fault in faults:
        text = (ROOT / fault.path).read_text()
        if text.count(fault.old) != 1:
            sys.exit(f"{fault.path} has {text.count(fault.old)} times {fault.old!r}, expected one")
        outcome = tried(tree, fault.path, text.replace(fault.old, fault.new), fault.tests, 300.0)
        alive += outcome.end == "passed"
        verdict = "SURVIVES" if outcome.end == "passed" else "killed"
        print(f"| {fault.path} | {fault.story} | {verdict} | {outcome.test.split('::')[-1]} |", flush=True)
    return alive


def sampled(module: Module, found: list[Mutant], count: int, seed: int) -> list[Mutant]:
    """Return `count` of the mutants of a module, or all if there are fewer."""
    return Random(f"{seed}:{module.name}").sample(found, min(count, len(found)))


def hunt(tree: Tree, module: Module, count: int, results: Path, retry: bool, seed: int) -> None:
    """Try a sample of `count` mutants of a module, and write each end to `results`."""
    found = mutants(module)
    sample = sampled(module, found, count, seed)
    known = read(results)
    left = []
    for mutant in sample:
        end = known.get((module.name, mutant.name), {}).get("end")
        reason = EQUIVALENT.get((module.name, mutant.name))
        if reason is None and (end is None or (retry and end == "passed")):
            left.append(mutant)
    if not left:
        return
    baseline = tree.test(module.tests, 900.0)
    if baseline.end != "passed":
        print((tree.root / "log.txt").read_text()[-3000:], file=sys.stderr)
        print(f"{module.name} is left out: without a mutant its tests {baseline.end}: {baseline.test}")
        return
    print(
        f"{module.name}: {len(left)} of {len(found)} mutants, tests of {baseline.seconds:.1f} s",
        file=sys.stderr,
    )
    for mutant in left:
        outcome = tried(tree, module.path, mutant.text, module.tests, 20.0 + 4.0 * baseline.seconds)
        row = {"module": module.name, "mutant": mutant.name, **vars(outcome)}
        with results.open("a") as file:
            file.write(json.dumps(row) + "\n")
        print(f"  {outcome.end}: {mutant.name}  {outcome.test}", file=sys.stderr, flush=True)


def read(results: Path) -> dict[tuple[str, str], dict[str, str]]:
    """Return the last row of every mutant in a file of results."""
    lines = results.read_text().splitlines() if results.exists() else []
    return {(row["module"], row["mutant"]): row for row in map(json.loads, lines)}


def table(modules: list[Module], count: int, results: Path, seed: int) -> int:
    """Print the table of the samples and the survivors; return how many survive."""
    known, alive, rows, total = read(results), [], [], Counter[str]()
    print("| module | mutants | tried | killed | equivalent | survive | killed % |")
    print("|---|---|---|---|---|---|---|")
    for module in modules:
        found = mutants(module)
        ends = Counter[str]()
        for mutant in sampled(module, found, count, seed):
            key = module.name, mutant.name
            if key in EQUIVALENT:
                ends["equivalent"] += 1
            elif key in known:
                ends[known[key]["end"]] += 1
                alive += [key] if known[key]["end"] == "passed" else []
        ends["all"] = len(found)
        total.update(ends)
        rows.append((module.path.removeprefix("analoghop/"), ends))
    for name, ends in [*rows, ("together", total)]:
        killed, passed = ends["failed"] + ends["hung"], ends["passed"]
        done = killed + passed
        share = f"{100 * killed / done:.0f}" if done else "-"
        print(
            f"| {name} | {ends['all']} | {done + ends['equivalent']} | {killed} | {ends['equivalent']} "
            f"| {passed} | {share} |"
        )
    for module, name in alive:
        print(f"survives: {module}: {name}")
    return len(alive)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--module", action="append", help="name of a module in the list; by default all")
    parser.add_argument("--count", type=int, default=20, help="mutants of each module")
    parser.add_argument("--seed", type=int, default=1, help="of the sample")
    parser.add_argument("--results", type=Path, default=Path("mutants.jsonl"))
    parser.add_argument("--retry", action="store_true", help="try survivors again")
    parser.add_argument("--planted", action="store_true", help="try the planted faults only")
    parser.add_argument("--table", action="store_true", help="only print the table of the results so far")
    wanted = parser.parse_args()
    chosen = [m for m in MODULES if not wanted.module or m.name in wanted.module]
    if not chosen:
        sys.exit(f"no such module: the list has {', '.join(m.name for m in MODULES)}")
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[variable] = "1"
    if not wanted.table:
        for library in (
            "numpy",
            "scipy.sparse",
            "scipy.integrate",
            "scipy.optimize",
            "pytest",
            "hypothesis.strategies",
        ):
            import_module(library)
        with suppress(ImportError):
            import_module("numba")
        with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
            tree = Tree(Path(folder))
            if wanted.planted:
                return min(planted(tree, PLANTED), 1)
            for module in chosen:
                hunt(tree, module, wanted.count, wanted.results, wanted.retry, wanted.seed)
    return min(table(chosen, wanted.count, wanted.results, wanted.seed), 1)


if __name__ == "__main__":
    sys.exit(main())
