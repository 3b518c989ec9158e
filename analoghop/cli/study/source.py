"""The circuit of a study: a deck, or a file with a matrix of couplings."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from analoghop.cli import options
from analoghop.cli.decks.opening import open_deck
from analoghop.cli.options import WrittenNumber
from analoghop.cli.verb import UsageError
from analoghop.errors import InputError

if TYPE_CHECKING:
    from analoghop.arrays import Array
    from analoghop.cli.console import Console
    from analoghop.systems.base import System
    from analoghop.systems.circuits.lure import Lure
    from analoghop.systems.circuits.network import Network

MATRICES = (".npy", ".npz")
"""Suffixes of files that hold couplings."""


def add_source(parser: ArgumentParser) -> None:
    """Add the circuit and the options that change it."""
    parser.add_argument(
        "deck",
        metavar="SOURCE",
        help="netlist file, - for standard input; or couplings T in siemens in a .npy or .npz file",
    )
    parser.add_argument(
        "--gain", type=options.number, metavar="G", help="gain of the amplifiers tanh(G u) of a matrix (1)"
    )
    options.add_changes_of_deck(parser)


def is_matrix(arguments: Namespace) -> bool:
    """Return whether the source is a file with couplings."""
    return Path(arguments.deck).suffix.lower() in MATRICES


def matrix_of(arguments: Namespace) -> Array:
    """Return the couplings T (n, n) of the file; the array of an archive is "T" or "W"."""
    from analoghop.arrays import check_finite
    from analoghop.errors import FileFormatError, Location
    from analoghop.formats.matrices import square_matrix
    from analoghop.formats.numpy_files import read_archive, read_array

    path = arguments.deck
    if Path(path).suffix.lower() == ".npy":
        values = read_array(path, "a matrix of couplings")
    else:
        arrays = read_archive(path, "a matrix of couplings", ("T", "W"))
        if not arrays:
            raise FileFormatError("holds no couplings", Location(str(path), 1), 'an array "T" or "W"')
        values = next(iter(arrays.values()))
    T = square_matrix(values, path)
    check_finite(T, path)
    return T


def network_of(arguments: Namespace) -> Network:
    """Return the network of a file with couplings: C = 1 F, G = 1 S, amplifiers tanh(G u)."""
    from analoghop.activations import Tanh
    from analoghop.amplifiers import Amplifiers
    from analoghop.couplings import as_coupling
    from analoghop.systems.circuits.network import Network

    if arguments.set or arguments.include_dir:
        raise UsageError("`--set` and `--include-dir` are for decks")
    T = matrix_of(arguments)
    gain = 1.0 if arguments.gain is None else arguments.gain
    return Network(as_coupling(T), Amplifiers.uniform(Tanh(), len(T), gain=gain))


def system_at(arguments: Namespace, console: Console, values: dict[str, float] | None = None) -> System:
    """Return the equations of the source; of a deck with the `values` of its parameters."""
    return network_of(arguments) if is_matrix(arguments) else _deck_at(arguments, console, values)


def _deck_at(arguments: Namespace, console: Console, values: dict[str, float] | None = None) -> Lure:
    from analoghop.circuit.reduction.compile import compile_circuit

    if arguments.gain is not None:
        raise UsageError("`--gain` is for a matrix of couplings: a deck has its own gains")
    point = {name: WrittenNumber(value, repr(value)) for name, value in (values or {}).items()}
    return compile_circuit(open_deck(arguments, console, point))


def delayed_at(arguments: Namespace, console: Console) -> Network:
    """Return the source as a network whose connections are to delay: of a deck with lines, without them."""
    from analoghop.cli.text import si
    from analoghop.systems.circuits.lines.equal_delays import delayed_network

    if is_matrix(arguments):
        return network_of(arguments)
    lure = _deck_at(arguments, console)
    if lure.lines is None:
        return _as_network(lure, arguments)
    network, delay = delayed_network(lure)
    console.line(f"the lines of the deck delay by {si(delay, 's')}")
    return network


def network_at(arguments: Namespace, console: Console) -> Network:
    """Return the source as Hopfield's network; raises `InputError` for a deck that is none."""
    return _as_network(system_at(arguments, console), arguments)


def _as_network(system: System, arguments: Namespace) -> Network:
    network = system.network
    if network is None:
        raise InputError(f"{arguments.deck} is no network of amplifiers with one capacitor each")
    return network
