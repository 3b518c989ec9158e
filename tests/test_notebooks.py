"""Notebooks run from above to below, and every picture appears below its cell, once."""

from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[1] / "examples" / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def executed(notebook: Any, folder: Path) -> Any:
    client = pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    return client.NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    ).execute()


def shown(cell: Any) -> list[set[str]]:
    """The kinds of media of each output of a cell; what is printed is "stream"."""
    return [set(output.get("data", {"stream": ""})) for output in cell.outputs]


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_is_stored_without_outputs(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nbformat = pytest.importorskip("nbformat")
    monkeypatch.delenv("MPLBACKEND", raising=False)
    notebook = nbformat.read(path, as_version=4)
    codes = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert not any(cell.outputs for cell in codes)
    executed(notebook, tmp_path)
    for cell in codes:
        kinds = shown(cell)
        assert not any("stream" in one for one in kinds), cell.source
        assert any({"image/png", "text/html"} & one for one in kinds), cell.source


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_pictures_appear_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nbformat = pytest.importorskip("nbformat")
    monkeypatch.delenv("MPLBACKEND", raising=False)
    begin = (
        "from analoghop import Amplifiers, Network, Tanh, simulate\n"
        "from analoghop.plotting import coupling, energy, save_animation\n"
        "latch = Network([[0, 1], [1, 0]], Amplifiers.uniform(Tanh(), 2, gain=2.0))\n"
        "run = simulate(latch, tstop=5.0, x0=[0.1, 0])"
    )
    cases = {
        begin: 0,
        "run": 1,  # a table with a thumbnail
        "run.plot()": 1,
        "figure = run.plot()": 1,
        "figure": 1,  # again, by its name
        "coupling(run);": 1,
        "for _ in range(2):\n    energy(run)": 2,
        "save_animation('x.gif', run, frames=3)": 0,
        "run.plot(); run.plot()": 2,
        "import matplotlib.pyplot as plt\naxes = plt.figure().subplots()\nenergy(run, axes);": 1,
    }
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(text) for text in cases]
    executed(notebook, tmp_path)
    for cell, count in zip(notebook.cells, cases.values(), strict=True):
        pictures = [one for one in shown(cell) if {"image/png", "text/html"} & one]
        assert len(pictures) == count, (cell.source, shown(cell))
