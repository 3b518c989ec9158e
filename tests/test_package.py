"""The names of the package itself."""

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import analoghop
from analoghop import plotting

ROOT = Path(__file__).parents[1]


def runs(code: str) -> bool:
    return subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_every_name_is_there_and_no_module_hides_it():
    for home in analoghop._HOME.values():
        __import__(home)
    for name in analoghop.__all__:
        assert isinstance(getattr(analoghop, name), ModuleType) is (name in analoghop._MODULES), name


def test_dir_shows_the_public_names_and_no_others():
    assert dir(analoghop) == sorted(analoghop.__all__)
    assert dir(plotting) == sorted(plotting.__all__)


def test_every_picture_is_a_function():
    for name in plotting.__all__:
        assert callable(getattr(plotting, name)), name
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        plotting.nonsense  # noqa: B018


def test_in_any_order_of_imports():
    assert runs(
        "import analoghop.simulate, analoghop; from analoghop import simulate; assert callable(simulate)"
    )


def test_importing_the_package_loads_nothing():
    assert runs(
        "import sys, analoghop; sys.exit(bool({'numpy', 'scipy', 'matplotlib'} & sys.modules.keys()))"
    )


def test_importing_pictures_loads_neither_matplotlib_nor_solvers():
    heavy = "{'matplotlib', 'scipy', 'analoghop.optimise', 'analoghop.problems'}"
    assert runs(f"import sys, analoghop.plotting; sys.exit(bool({heavy} & sys.modules.keys()))")


def test_what_ships_stays_small():
    """5 MB of text in all, no file above 400 kB: the wheel is loaded over slow lines, and read by people."""
    files = [
        path
        for folder in ("analoghop", "circuits", "examples")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    ]
    sizes = {path: path.stat().st_size for path in files}
    assert sum(sizes.values()) < 5_000_000
    assert not [path for path, size in sizes.items() if size > 400_000]


@pytest.mark.parametrize("words", [["--version"], ["run", "--help"], ["solve", "--help"], ["examples"]])
def test_commands_that_compute_nothing_load_no_numerical_package(words):
    heavy = "{'numpy', 'scipy', 'matplotlib', 'numba', 'tqdm'}"
    command = f"from analoghop.cli import main; main({words!r})"
    assert runs(f"import sys; {command}; sys.exit(bool({heavy} & sys.modules.keys()))")
