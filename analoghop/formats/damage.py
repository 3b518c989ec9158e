"""`DAMAGED`: the errors that NumPy and the standard library raise for a damaged `.npy` or `.npz` file."""

from __future__ import annotations

import struct
import tokenize
import zipfile
import zlib

DAMAGED = (
    OSError, EOFError, KeyError, ValueError, TypeError, MemoryError, OverflowError, SyntaxError,
    RuntimeError, struct.error, tokenize.TokenError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""A changed byte may affect the header (`SyntaxError`, `TokenError` of its parser) or flags of the archive:
an unknown compression method gives a `NotImplementedError`, a subclass of `RuntimeError`, an encrypted file a
`RuntimeError`."""
