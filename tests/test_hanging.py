"""A test that hangs ends the run, and the run says which one it was."""

import subprocess
import sys
from pathlib import Path

CONFTEST = Path(__file__).parents[1] / "conftest.py"
HANGS = """import time
import pytest

def test_quick():
    pass

def test_quick_too():
    time.sleep(0.3)

@pytest.mark.parametrize("size", [3])
def test_endless(size):
    wait(size)

def wait(size):
    sum(iter(int, 1))  # no signal is heeded here
"""


def test_a_test_that_hangs_is_named_and_ends_the_run(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST.read_text())
    (tmp_path / "test_some.py").write_text(HANGS)
    words = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "longest_test=1", "."]
    done = subprocess.run(
        [sys.executable, *words], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert "Timeout (0:00:01)!" in done.stderr
    assert "in test_endless" in done.stderr
    assert "in wait" in done.stderr
    assert "test_quick" not in done.stderr
