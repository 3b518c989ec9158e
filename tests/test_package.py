"""The names of the package itself."""

import subprocess
import sys
from types import ModuleType

import pytest

import analoghop
from analoghop import plotting


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
