"""The names of the package itself."""

import subprocess
import sys
from types import ModuleType

import analoghop


def test_every_name_is_there_and_no_module_hides_it():
    modules = {"netlist"}
    for home in analoghop._HOME.values():
        __import__(home)
    for name in analoghop.__all__:
        assert isinstance(getattr(analoghop, name), ModuleType) is (name in modules), name
    assert set(analoghop.__all__) <= set(dir(analoghop))


def test_in_any_order_of_imports():
    code = "import analoghop.simulate, analoghop; from analoghop import simulate; assert callable(simulate)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_importing_the_package_loads_nothing():
    code = "import sys, analoghop; sys.exit(bool({'numpy', 'scipy', 'matplotlib'} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
