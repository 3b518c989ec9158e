"""`Lanes`: the vector register as a number type of numba, so that kernels need no auto-vectorisation.

A kernel loads lanes from memory, computes with them as with numbers, and stores them: the compiler does not
have to vectorise loops, and each lane is computed by the same instructions, independent of its neighbours.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, TypeVar, cast

import llvmlite.binding
import numba
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.datamodel.models import PrimitiveModel
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import intrinsic as numba_intrinsic
from numba.extending import lower_builtin, register_model

Function = TypeVar("Function", bound=Callable[..., Any])

_FEATURES = llvmlite.binding.get_host_cpu_features()

BYTES = 64 if _FEATURES.get("avx512f") else 32 if _FEATURES.get("avx2") else 16
"""Bytes of a vector register of this machine."""

REGISTERS = 32 if _FEATURES.get("avx512f") or not _FEATURES.get("sse2") else 16
"""Number of vector registers."""


def intrinsic(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make `function`, of the typing context and argument types, generate the code of an operation."""
    operation: Callable[..., Any] = numba_intrinsic(function)
    return operation


def inlined(function: Function, always: bool = False) -> Function:
    """Compile `function` for calls from kernels only; `always`: even where the compiler would rather call it.

    It takes and returns numbers, lanes and pointers, no reference-counted objects.
    """
    options = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "_nrt": False, "forceinline": always}
    return cast(Function, numba.njit(error_model="numpy", **options)(function))


class Lanes(types.Type):  # type: ignore[misc]
    """The type of a vector register: `count` numbers of `dtype`."""

    def __init__(self, dtype: Any) -> None:
        self.dtype = dtype
        self.bits = dtype.bitwidth
        self.count = 8 * BYTES // dtype.bitwidth
        super().__init__(name=f"Lanes({dtype} x {self.count})")


KINDS = {dtype: Lanes(dtype) for dtype in (types.float64, types.float32)}


def vector(kind: Lanes) -> ir.VectorType:
    """Return the LLVM type of `kind`."""
    return ir.VectorType(ir.DoubleType() if kind.bits == 64 else ir.FloatType(), kind.count)


def _whole(kind: Lanes) -> ir.VectorType:
    return ir.VectorType(ir.IntType(kind.bits), kind.count)


def constant(of: ir.VectorType, value: float) -> ir.Constant:
    """Return `value` in all lanes."""
    return ir.Constant(of, [value] * of.count)


@register_model(Lanes)
class _Model(PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, kind: Lanes) -> None:
        super().__init__(manager, kind, vector(kind))


def _arithmetic(symbol: Callable[[Any, Any], Any], instruction: str) -> None:
    class Template(AbstractTemplate):  # type: ignore[misc]
        def generic(self, args: Any, kws: Any) -> Any:
            if len(args) == 2 and isinstance(args[0], Lanes) and args[0] == args[1]:
                return signature(args[0], *args)
            return None

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        # A product and a sum may become one fused operation, in all kernels alike.
        return getattr(builder, instruction)(*args, flags=("contract",))

    infer_global(symbol)(Template)
    lower_builtin(symbol, Lanes, Lanes)(lower)


for _symbol, _instruction in (
    (operator.add, "fadd"),
    (operator.sub, "fsub"),
    (operator.mul, "fmul"),
    (operator.truediv, "fdiv"),
):
    _arithmetic(_symbol, _instruction)


def spread(builder: Any, value: Any, kind: Lanes) -> Any:
    """Generate the code that copies a number to all lanes."""
    of = vector(kind)
    nothing = ir.Constant(of, ir.Undefined)
    first = builder.insert_element(nothing, value, ir.Constant(ir.IntType(32), 0))
    places = ir.Constant(ir.VectorType(ir.IntType(32), kind.count), [0] * kind.count)
    return builder.shuffle_vector(first, nothing, places)


def address(builder: Any, pointer: Any, index: Any, of: Any) -> Any:
    """Generate the code for a pointer to `pointer[index]`, of the type `of`."""
    return builder.bitcast(builder.gep(pointer, [index]), of.as_pointer())


@intrinsic
def pointer(context: Any, array: Any) -> Any:
    """`pointer(array)`: the pointer to the first number of a contiguous array.

    Passing an array updates its reference count, passing a pointer does not: kernels work on pointers, and
    the function that Python calls keeps the arrays alive.
    """
    if getattr(array, "layout", "") != "C":
        return None

    def code(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return context.make_array(sig.args[0])(context, builder, args[0]).data

    return types.CPointer(array.dtype)(array), code


@intrinsic
def view(context: Any, record: Any) -> Any:
    """`view(record)`: a named tuple of arrays and numbers with pointers instead of the arrays."""
    kinds = [types.CPointer(kind.dtype) if isinstance(kind, types.Array) else kind for kind in record.types]

    def code(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        values = [
            context.make_array(kind)(context, builder, value).data if isinstance(kind, types.Array) else value
            for kind, value in zip(record.types, cgutils.unpack_tuple(builder, args[0]), strict=True)
        ]
        return context.make_tuple(builder, sig.return_type, values)

    if any(getattr(kind, "layout", "C") != "C" for kind in record.types):
        return None
    return types.BaseTuple.from_types(kinds, record.instance_class)(record), code


@intrinsic
def lanes(typing: Any, numbers: Any) -> Any:
    """`lanes(numbers)`: how many numbers at a pointer are loaded at a time."""
    kind = KINDS[numbers.dtype]

    def code(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return context.get_constant(types.intp, kind.count)

    return types.intp(numbers), code


@intrinsic
def load(typing: Any, numbers: Any, index: Any) -> Any:
    """`load(numbers, index)`: the lanes that start at `numbers[index]`."""
    kind = KINDS[numbers.dtype]

    def code(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.load(address(builder, args[0], args[1], vector(kind)), align=kind.bits // 8)

    return kind(numbers, types.intp), code


@intrinsic
def store(typing: Any, numbers: Any, index: Any, value: Any) -> Any:
    """`store(numbers, index, value)`: store lanes at `numbers[index]`."""
    kind = KINDS[numbers.dtype]

    def code(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        place = address(builder, args[0], args[1], vector(kind))
        builder.store(args[2], place, align=kind.bits // 8)
        return context.get_dummy_value()

    return types.none(numbers, types.intp, kind), code


@intrinsic
def same(typing: Any, like: Any, value: Any) -> Any:
    """`same(like, value)`: a number in all lanes, of the type of `like`, lanes or a pointer."""
    kind = like if isinstance(like, Lanes) else KINDS[like.dtype]

    def code(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return spread(builder, context.cast(builder, args[1], sig.args[1], kind.dtype), kind)

    return kind(like, value), code


def _held(tables: Any) -> int | None:
    """Return the index of the field `columns` of a record whose columns have own values, else None."""
    names = getattr(tables.instance_class, "_fields", ())
    return names.index("columns") if "held" in names else None


@intrinsic
def varied(typing: Any, tables: Any) -> Any:
    """`varied(tables)`: whether the columns have values of their own, a constant of the compiled code."""
    found = _held(tables) is not None

    def code(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return context.get_constant(types.boolean, found)

    return types.boolean(tables), code


@intrinsic
def entry(typing: Any, tables: Any, like: Any, numbers: Any, index: Any, column: Any) -> Any:
    """`entry(tables, like, numbers, index, column)`: a parameter for the lanes from `column` on.

    It is `numbers[index]` in all lanes, or where columns have values of their own, theirs.
    """
    kind, place = KINDS[like.dtype], _held(tables)

    def code(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        if place is None:
            return spread(builder, builder.load(builder.gep(args[2], [args[3]])), kind)
        columns = builder.extract_value(args[0], place)
        first = builder.add(builder.mul(args[3], columns), args[4])
        return builder.load(address(builder, args[2], first, vector(kind)), align=kind.bits // 8)

    return kind(tables, like, numbers, types.intp, types.intp), code


def _chosen(symbol: str) -> Callable[..., Any]:
    def choose(typing: Any, a: Any, b: Any) -> Any:
        def code(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            return builder.select(builder.fcmp_ordered(symbol, *args), *args)

        return a(a, b), code

    return choose


@intrinsic
def smaller(typing: Any, a: Any, b: Any) -> Any:
    """`smaller(a, b)`: a where a < b, else b, so a NaN of b is kept."""
    return _chosen("<")(typing, a, b)


@intrinsic
def larger(typing: Any, a: Any, b: Any) -> Any:
    """`larger(a, b)`: a where a > b, else b, so a NaN of b is kept."""
    return _chosen(">")(typing, a, b)


@intrinsic
def where(typing: Any, mask: Any, a: Any, b: Any) -> Any:
    """`where(mask, a, b)`: a where the mask is above zero, else b."""

    def code(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        zero = constant(args[0].type, 0.0)
        return builder.select(builder.fcmp_ordered(">", args[0], zero), args[1], args[2])

    return a(mask, a, b), code


@intrinsic
def size(typing: Any, a: Any) -> Any:
    """`size(a)`: the absolute value."""

    def code(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        whole = _whole(a)
        bits = builder.and_(builder.bitcast(args[0], whole), constant(whole, (1 << (a.bits - 1)) - 1))
        return builder.bitcast(bits, args[0].type)

    return a(a), code


@intrinsic
def signed(typing: Any, a: Any, b: Any) -> Any:
    """`signed(a, b)`: a, which is not negative, with the sign of b."""

    def code(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        whole = _whole(a)
        sign = builder.and_(builder.bitcast(args[1], whole), constant(whole, 1 << (a.bits - 1)))
        return builder.bitcast(builder.or_(builder.bitcast(args[0], whole), sign), args[0].type)

    return a(a, b), code


@intrinsic
def power_of_two(typing: Any, a: Any) -> Any:
    """`power_of_two(a)`: 2 to the k, where a = 1.5 2^(bits of the fraction) + k, k in the normal range."""

    def code(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        whole = _whole(a)
        fraction, bias = (52, 1023) if a.bits == 64 else (23, 127)
        # The low bits of `a` are those of k; the shift drops all others.
        exponent = builder.add(builder.bitcast(args[0], whole), constant(whole, bias))
        return builder.bitcast(builder.shl(exponent, constant(whole, fraction)), args[0].type)

    return a(a), code


@intrinsic
def binary_exponent(typing: Any, a: Any) -> Any:
    """`binary_exponent(a)`: k of a = 2^k m with m from sqrt(1/2) to sqrt(2), for normal numbers above 0."""

    def code(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        whole = _whole(a)
        # The bits of sqrt(1/2): smaller mantissas belong to the next lower k.
        fraction, root = (52, 0x3FE6A09E667F3BCD) if a.bits == 64 else (23, 0x3F3504F3)
        bits = builder.sub(builder.bitcast(args[0], whole), constant(whole, root))
        return builder.sitofp(builder.ashr(bits, constant(whole, fraction)), args[0].type)

    return a(a), code


@intrinsic
def total(typing: Any, a: Any) -> Any:
    """`total(a)`: the sum of all lanes, halves added to halves."""

    def code(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        value, count = args[0], a.count
        while count > 1:
            count //= 2
            nothing = ir.Constant(value.type, ir.Undefined)
            places = [
                ir.Constant(ir.VectorType(ir.IntType(32), count), list(range(k, k + count)))
                for k in (0, count)
            ]
            value = builder.fadd(*(builder.shuffle_vector(value, nothing, part) for part in places))
        return builder.extract_element(value, ir.Constant(ir.IntType(32), 0))

    return a.dtype(a), code
