import runpy
from pathlib import Path

import pytest

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.py"))


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
