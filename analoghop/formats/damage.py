"""`DAMAGED`: the errors by which NumPy and the standard library say that a `.npy` or `.npz` file is none."""

from __future__ import annotations

import struct
import tokenize
import zipfile
import zlib

DAMAGED = (
    OSError, EOFError, KeyError, ValueError, TypeError, MemoryError, OverflowError, SyntaxError,
    RuntimeError, struct.error, tokenize.TokenError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""A changed byte reaches the parser of the header (`SyntaxError`, `TokenError`) and flags of the archive: one
for a method of compression that nobody has is a `NotImplementedError`, a kind of `RuntimeError`, and one for
an encrypted file a `RuntimeError`."""
