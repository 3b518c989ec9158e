import ast
import runpy
from pathlib import Path

import pytest

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.py"))

DOCUMENTED = {"analoghop", "analoghop.plotting", "analoghop.memory", "analoghop.study"}
DOCUMENTED |= {"analoghop.experiments", "analoghop.interop.dimod"}
"""Modules that the documentation names, so that an example may import from them."""


def homes(text: str) -> set[str]:
    """The modules of the package from which a script imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(str(node.module))
    return {name for name in found if name.split(".")[0] == "analoghop"}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_example_runs_and_writes_its_picture(example, tmp_path, monkeypatch, capsys):
    if "import dimod" in example.read_text():
        pytest.importorskip("dimod")
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(example), run_name="__main__")
    assert capsys.readouterr().out
    written = [p for p in tmp_path.iterdir() if p.suffix in (".png", ".gif")]
    assert written
    assert all(p.stat().st_size > 5000 for p in written)
    assert len(example.read_text().splitlines()) <= 60


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_example_imports_from_documented_modules_only(example):
    assert homes(example.read_text()) <= DOCUMENTED


def test_homes_of_every_way_to_import_are_found():
    text = "import analoghop.arrays, numpy\ndef f():\n    from analoghop.plotting.style import PALETTE"
    assert homes(text) == {"analoghop.arrays", "analoghop.plotting.style"}
