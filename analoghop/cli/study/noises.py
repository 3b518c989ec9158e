"""`analoghop study noise|escape|sampler SOURCE`: circuits with noise."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from analoghop.cli import options
from analoghop.cli.study.command import StudyCommand, add_files, seed_of
from analoghop.cli.study.source import add_source, is_matrix, matrix_of, network_at
from analoghop.cli.verb import UsageError

if TYPE_CHECKING:
    from analoghop.cli.console import Console
    from analoghop.limits import Limits
    from analoghop.study.findings import Findings
    from analoghop.systems.circuits.network import Network


def _configure(parser: ArgumentParser) -> None:
    add_source(parser)
    parser.add_argument(
        "--noise", type=options.number, metavar="D", help="white noise of each node, in V per root second"
    )
    parser.add_argument("--temperature", type=options.number, metavar="T", help="Johnson noise, in kelvin")


def _network(arguments: Namespace, console: Console) -> Network:
    """Return the network with the noise of the options."""
    from dataclasses import replace

    network = network_at(arguments, console)
    if arguments.noise is not None:
        network = replace(network, noise_density=arguments.noise)
    if arguments.temperature is not None:
        network = replace(network, temperature=arguments.temperature)
    if network.noise is None:
        raise UsageError("there is no noise: give `--noise D` or `--temperature T`")
    return network


def _configure_noise(parser: ArgumentParser) -> None:
    _configure(parser)
    parser.add_argument(
        "--members", type=options.whole, default=2000, metavar="N", help="number of circuits (2000)"
    )
    add_files(parser)


def _noise(arguments: Namespace, console: Console, limits: Limits) -> Findings:
    from analoghop.study.noise import noise

    network = _network(arguments, console)
    return noise(network, members=arguments.members, seed=seed_of(arguments), limits=limits)


def _configure_escape(parser: ArgumentParser) -> None:
    _configure(parser)
    parser.add_argument(
        "--minimum",
        type=options.whole,
        default=1,
        metavar="K",
        help="number of the minimum to leave, the lowest is 1 (1)",
    )
    parser.add_argument(
        "--members", type=options.whole, default=200, metavar="N", help="number of circuits (200)"
    )
    parser.add_argument("--tstop", type=options.number, metavar="T", help="longest time in s")
    add_files(parser)


def _escape(arguments: Namespace, console: Console, limits: Limits) -> Findings:
    from dataclasses import replace

    import numpy as np

    from analoghop.errors import InputError
    from analoghop.study.all_equilibria import equilibria
    from analoghop.study.noise import escape

    network = _network(arguments, console)
    found = equilibria(replace(network, temperature=0.0, noise_density=np.zeros(())), limits=limits)
    minima = found.states[:, found.indices == 0]
    if not 1 <= arguments.minimum <= minima.shape[1]:
        raise InputError(
            f"`--minimum` is {arguments.minimum}: the circuit has {minima.shape[1]} stable states"
        )
    return escape(
        network,
        minima[:, arguments.minimum - 1],
        members=arguments.members,
        tstop=arguments.tstop,
        seed=seed_of(arguments),
        limits=limits,
    )


def _configure_sampler(parser: ArgumentParser) -> None:
    _configure(parser)
    parser.add_argument(
        "--law",
        choices=("gaussian", "boltzmann"),
        default="gaussian",
        help="gaussian: the noisy circuit; boltzmann: the stochastic model of a matrix, at --temperature",
    )
    parser.add_argument(
        "--chains", type=options.whole, default=100, metavar="N", help="number of independent runs (100)"
    )
    parser.add_argument(
        "--steps", type=options.whole, default=200, metavar="N", help="number of samples of each run (200)"
    )
    add_files(parser)


def _sampler(arguments: Namespace, console: Console, limits: Limits) -> Findings:
    from analoghop.study.noise import sample_circuit, sample_stochastic

    chains, steps, seed = arguments.chains, arguments.steps, seed_of(arguments)
    if arguments.law == "gaussian":
        network = _network(arguments, console)
        return sample_circuit(network, chains=chains, steps=steps, seed=seed, limits=limits)
    if not is_matrix(arguments):
        raise UsageError("`--law boltzmann` needs a matrix of couplings in a .npy or .npz file")
    if arguments.noise is not None or arguments.gain is not None:
        raise UsageError("`--noise` and `--gain` are for the circuit, not for `--law boltzmann`")
    return sample_stochastic(
        matrix_of(arguments),
        temperature=1.0 if arguments.temperature is None else arguments.temperature,
        chains=chains,
        sweeps=steps + 100,
        warm_up=100,
        seed=seed,
        limits=limits,
    )


COMMANDS = (
    StudyCommand(
        "noise", "compare fluctuations with those of the Lyapunov equation", _configure_noise, _noise
    ),
    StudyCommand("escape", "measure how long noise needs to leave a minimum", _configure_escape, _escape),
    StudyCommand("sampler", "test whether a circuit samples its distribution", _configure_sampler, _sampler),
)
