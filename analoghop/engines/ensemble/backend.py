"""`Backend`: the array library, precision and device with which an ensemble is computed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analoghop.arrays import Array
from analoghop.errors import InputError, MissingProgram

Precision = Literal["float64", "float32"]


@dataclass(frozen=True, eq=False)
class Backend(ABC):
    """Arrays of one library: `xp` is its namespace by the array API, `dtype` the type of the states.

    Subclasses add operations that the standard lacks. Times and steps are always float64.
    """

    xp: Any
    dtype: Any

    @abstractmethod
    def array(self, values: ArrayLike) -> Any:
        """Return `values` in the type of the states."""

    @abstractmethod
    def double(self, values: ArrayLike) -> Any:
        """Return `values` as float64."""

    @abstractmethod
    def cast(self, values: Any) -> Any:
        """Return an array of this library in the type of the states."""

    @abstractmethod
    def numpy(self, values: Any) -> NDArray[Any]:
        """Return an array of this library as a NumPy array of the same precision, possibly sharing memory."""

    @abstractmethod
    def empty(self, size: int) -> Any:
        """Return an uninitialised array of `size` numbers in the type of the states."""

    @abstractmethod
    def choose(self, mask: Any, new: Any, out: Any) -> None:
        """Copy the columns of `new` to `out` for which `mask` (members,) is True; both (rows, members)."""

    @property
    def is_numpy(self) -> bool:
        """Whether the arrays are NumPy's."""
        return self.xp is np


@dataclass(frozen=True, eq=False)
class NumPyBackend(Backend):
    """NumPy, on one core."""

    def array(self, values: ArrayLike) -> Array:
        """Return `values` in the type of the states, a new array; what is too large for it is infinite."""
        with np.errstate(over="ignore"):
            return np.array(values, dtype=self.dtype, order="C")

    def double(self, values: ArrayLike) -> Array:
        """Return `values` as float64, a new array."""
        return np.array(values, dtype=np.float64)

    def cast(self, values: Any) -> Any:
        """Return `values` in the type of the states."""
        return values.astype(self.dtype, copy=False)

    def numpy(self, values: Any) -> NDArray[Any]:
        """Return `values` itself."""
        return np.asarray(values)

    def empty(self, size: int) -> Array:
        """Return an uninitialised array of `size` numbers."""
        return np.empty(size, self.dtype)

    def choose(self, mask: Any, new: Any, out: Any) -> None:
        """Put columns of `new` into `out`."""
        # Copying all columns and restoring the few others is faster than a masked copy of most of them.
        others = np.flatnonzero(~mask)
        if 4 * len(others) > len(mask):
            np.copyto(out, new, where=mask)
            return
        kept = out[:, others]
        np.copyto(out, new)
        out[:, others] = kept


@dataclass(frozen=True, eq=False)
class TorchBackend(Backend):
    """PyTorch, on any of its devices."""

    device: str

    def array(self, values: ArrayLike) -> Any:
        """Return `values` in the type of the states."""
        return self.xp.asarray(np.array(values, np.float64, order="C"), dtype=self.dtype, device=self.device)

    def double(self, values: ArrayLike) -> Any:
        """Return `values` as float64."""
        return self.xp.asarray(np.array(values, dtype=np.float64), device=self.device)

    def cast(self, values: Any) -> Any:
        """Return `values` in the type of the states."""
        return values.to(self.dtype)

    def numpy(self, values: Any) -> NDArray[Any]:
        """Return `values` as an array in the memory of the host."""
        return np.asarray(values.cpu().numpy())

    def empty(self, size: int) -> Any:
        """Return an uninitialised array of `size` numbers."""
        return self.xp.empty(size, dtype=self.dtype, device=self.device)

    def choose(self, mask: Any, new: Any, out: Any) -> None:
        """Put columns of `new` into `out`."""
        out.copy_(self.xp.where(mask, new, out))


def backend(device: str | None, precision: Precision) -> Backend:
    """Return the backend: NumPy for None or "cpu", else PyTorch on "torch:cpu", "cuda", "cuda:1", "mps" ...

    Raises `InputError` for a device that does not exist, `MissingProgram` if PyTorch is not installed.
    """
    if device in (None, "cpu"):
        return NumPyBackend(np, np.dtype(precision))
    try:
        import array_api_compat.torch as xp
        import torch
    except ImportError as error:
        raise MissingProgram(
            f"device {device!r} needs PyTorch and array-api-compat: install analoghop[gpu]"
        ) from error
    place = device.removeprefix("torch:")
    try:
        torch.empty(1, device=place, dtype=torch.float64)
    except (RuntimeError, TypeError, AssertionError) as error:
        reason = str(error).strip().splitlines()[0].rstrip(".")
        raise InputError(f"`device` {device!r} cannot be used: {reason}") from error
    return TorchBackend(xp, getattr(torch, precision), place)
