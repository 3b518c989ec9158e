"""How the files of the package hang together: circles, crowded folders, names, and who asks what."""

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "analoghop"

WITHOUT_CIRCLES_OF_TYPES = ("activations", "amplifiers", "couplings", "problems", "formats", "testing")
"""Packages whose files do not import each other in circles for types alone either."""

CROWDED = 16
"""Files in a folder, beside `__init__.py`."""

FILES = {
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"): path
    for path in PACKAGE.rglob("*.py")
}
TREES = {name: ast.parse(path.read_text()) for name, path in FILES.items()}


def nodes(tree: ast.AST, types: bool = True) -> Iterator[ast.AST]:
    """The nodes of a text, without those below `if TYPE_CHECKING` unless `types`."""
    yield tree
    for child in ast.iter_child_nodes(tree):
        if types or not (isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"):
            yield from nodes(child, types)


def imported(name: str, types: bool = True) -> set[str]:
    """The modules of the package that a module imports, anywhere in its text."""
    return modules(TREES[name], types) & FILES.keys() - {name}


def modules(tree: ast.AST, types: bool = True) -> set[str]:
    """The modules that a text imports; of a package, also those that are imported from it by name."""
    found: set[str] = set()
    for node in nodes(tree, types):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"a relative import: {ast.unparse(node)}"
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in FILES else str(node.module) for name in inner}
    return found


def circles(names: set[str], types: bool = True) -> list[tuple[str, ...]]:
    """Groups of modules that reach each other by imports."""
    edges = {name: imported(name, types) & names for name in names}
    reached: dict[str, set[str]] = {}
    for name in names:
        seen: set[str] = set()
        waiting = list(edges[name])
        while waiting:
            other = waiting.pop()
            if other not in seen:
                seen.add(other)
                waiting += edges[other]
        reached[name] = seen
    rings = [
        sorted(other for other in names if other in reached[name] and name in reached[other])
        for name in names
        if name in reached[name]
    ]
    return sorted({tuple(ring) for ring in rings})


def test_no_files_import_each_other_in_a_circle_nor_inside_functions() -> None:
    assert circles(set(FILES), types=False) == []


@pytest.mark.parametrize("package", WITHOUT_CIRCLES_OF_TYPES)
def test_nor_for_types_alone(package: str) -> None:
    inside = {name for name in FILES if name.startswith(f"analoghop.{package}.")}
    assert inside
    assert circles(inside) == []


def test_no_folder_is_crowded() -> None:
    counts = Counter(path.parent for path in FILES.values() if path.name != "__init__.py")
    assert {str(folder): count for folder, count in counts.items() if count > CROWDED} == {}


def test_no_two_modules_of_tests_are_the_same_to_pytest() -> None:
    """In a folder that is no package, a module is known by its file's name alone."""
    tests = [
        path
        for path in Path(__file__).parent.rglob("test_*.py")
        if not (path.parent / "__init__.py").exists()
    ]
    counts = Counter(path.name for path in tests)
    assert [name for name, count in counts.items() if count > 1] == []


def test_no_two_classes_share_a_name() -> None:
    homes: defaultdict[str, list[str]] = defaultdict(list)
    for name, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                homes[node.name].append(name)
    shared = {word: places for word, places in homes.items() if len(places) > 1}
    assert shared == {}


def test_circles_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {"a": "import b", "b": "def f():\n    from c import x", "c": "import a", "d": "import a"}
    monkeypatch.setitem(globals(), "FILES", dict.fromkeys(texts))
    monkeypatch.setitem(globals(), "TREES", {name: ast.parse(text) for name, text in texts.items()})
    assert circles(set(texts)) == [("a", "b", "c")]


OPENING = {
    "open",
    "os.open",
    "os.fdopen",
    "imread",
    "zipfile.ZipFile",
    "json.load",
    "tomllib.load",
    "pickle.load",
}
OPENING |= {f"np.{name}" for name in ("load", "fromfile", "loadtxt", "genfromtxt", "memmap", "fromregex")}
METHODS = {"open", "read_text", "read_bytes"}
"""Of paths."""
OPENED = {
    "analoghop.formats.intake": {"os.open", "os.fdopen"},
    "analoghop.formats.numpy_files": {"zipfile.ZipFile"},  # of bytes
    "analoghop.formats.images": {"imread", ".open"},  # of bytes
    "analoghop.formats.origin": {"zipfile.ZipFile"},  # of a file that is open
    "analoghop.formats.files": {"os.open"},  # to write
    "analoghop.circuit.ngspice": {".open"},  # to write
    "analoghop.cli": {"os.open"},  # the null device
    "analoghop.cli.setup.documentation": {".open"},  # the browser
    "analoghop.experiments.store.lock": {"os.open"},  # a lock beside the store
    "analoghop.engines.fused.registers.compiling": {".read_bytes"},  # the package's own modules
    "analoghop.schemas": {".read_text"},  # the package's own files
    "analoghop.testing.format": {".read_bytes"},  # what the test has written
}


def opened(tree: ast.AST) -> set[str]:
    """The calls in a text that open a file, or unpack one."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            if name in OPENING:
                found.add(name)
            elif method in METHODS:
                found.add(f".{method}")
    return found


def test_files_of_users_are_opened_in_one_module() -> None:
    assert {name: calls for name, tree in TREES.items() if (calls := opened(tree))} == OPENED


def test_nothing_is_unpickled() -> None:
    for name, tree in TREES.items():
        assert not {"pickle", "marshal", "shelve", "dill"} & modules(tree), name
        assert "allow_pickle=True" not in ast.unparse(tree), name


DOORS = {"analoghop.simulate", "analoghop.simulate_many", "analoghop.circuit.source"}
DOORS |= {"analoghop.testing.machine", "analoghop.testing.formulation"}
"""Where a check is made that what a user gave is a `System`."""


def system_classes() -> set[str]:
    """The names of all classes that are integrated or step by themselves."""
    bases = {
        node.name: {ast.unparse(base) for base in node.bases}
        for tree in TREES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    found = {"StateSpace"}
    while more := {name for name, above in bases.items() if above & found} - found:
        found |= more
    return found


def test_no_kind_of_system_is_asked_for_beside_the_choice_of_engines() -> None:
    kinds = system_classes()
    assert {"System", "Machine", "Network", "Lure", "SpinMachine", "DiscreteMemory"} <= kinds
    asked = {
        (name, ast.unparse(node))
        for name, tree in TREES.items()
        if not name.startswith(("analoghop.engines.choice.", "analoghop.testing."))
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("isinstance", "issubclass")
        if kinds & {word.id for word in ast.walk(node.args[1]) if isinstance(word, ast.Name)}
    }
    inside = {(name, text) for name, text in asked if name not in DOORS}
    assert inside == set()
    assert all("Network" not in text and "Lure" not in text for _, text in asked)


def test_one_line_asks_whether_numba_is_installed() -> None:
    lines = [line for path in FILES.values() for line in path.read_text().splitlines()]
    assert sum("find_spec(" in line and "numba" in line for line in lines) == 1
    for name, tree in TREES.items():
        for node in ast.walk(tree):
            caught = [ast.unparse(h.type) for h in getattr(node, "handlers", []) if h.type is not None]
            if any("ImportError" in text or "ModuleNotFoundError" in text for text in caught):
                tried = {module.split(".")[0] for part in node.body for module in modules(part)}
                assert not tried & {"numba", "analoghop"}, name
