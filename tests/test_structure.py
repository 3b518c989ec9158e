"""How the files of the package hang together: no circles, no crowded folders, one class for a name."""

import ast
from collections import Counter, defaultdict
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "analoghop"

WITHOUT_CIRCLES = ("problems", "formats")
"""Packages whose files do not import each other in circles, neither inside functions nor for types alone."""

CROWDED = 16
"""Files in a folder, beside `__init__.py`."""

FILES = {
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"): path
    for path in PACKAGE.rglob("*.py")
}
TREES = {name: ast.parse(path.read_text()) for name, path in FILES.items()}


def imported(name: str) -> set[str]:
    """The modules of the package that a module imports, anywhere in its text."""
    found: set[str] = set()
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} has a relative import"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                found.add(inner if inner in FILES else str(node.module))
    return (found & FILES.keys()) - {name}


def circles(names: set[str]) -> list[tuple[str, ...]]:
    """Groups of modules that reach each other by imports."""
    edges = {name: imported(name) & names for name in names}
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


@pytest.mark.parametrize("package", WITHOUT_CIRCLES)
def test_no_files_import_each_other_in_a_circle(package: str) -> None:
    inside = {name for name in FILES if name.startswith(f"analoghop.{package}.")}
    assert len(inside) > 1
    assert circles(inside) == []


def test_no_folder_is_crowded() -> None:
    counts = Counter(path.parent for path in FILES.values() if path.name != "__init__.py")
    assert {str(folder): count for folder, count in counts.items() if count > CROWDED} == {}


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
