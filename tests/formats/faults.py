"""Files that are wrong, and the line that the error must name."""

from collections.abc import Callable
from pathlib import Path

import pytest

from analoghop.errors import FileFormatError


def assert_fault(read: Callable[[Path], object], path: Path, text: str, line: int, message: str) -> None:
    path.write_text(text)
    with pytest.raises(FileFormatError) as caught:
        read(path)
    assert message in str(caught.value)
    assert str(caught.value).startswith(f"{path}:{line}:")
