"""Analog, continuous-time circuit simulator for Hopfield networks.

The names below are found where they are used first, so that `import analoghop` costs nothing.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from analoghop import bench as bench
    from analoghop import experiments as experiments
    from analoghop import gallery as gallery
    from analoghop import interop as interop
    from analoghop import memory as memory
    from analoghop import plotting as plotting
    from analoghop import study as study
    from analoghop import testing as testing
    from analoghop.activations import Activation as Activation
    from analoghop.activations import Arctan as Arctan
    from analoghop.activations import Logistic as Logistic
    from analoghop.activations import Rectifier as Rectifier
    from analoghop.activations import Satlin as Satlin
    from analoghop.activations import Softmax as Softmax
    from analoghop.activations import Table as Table
    from analoghop.activations import Tanh as Tanh
    from analoghop.amplifiers import Amplifiers as Amplifiers
    from analoghop.analyses.response import FrequencyResponse as FrequencyResponse
    from analoghop.analyses.response import ac as ac
    from analoghop.analyses.spectrum import NoiseSpectrum as NoiseSpectrum
    from analoghop.analyses.spectrum import noise as noise
    from analoghop.analyses.transfer import TransferCurve as TransferCurve
    from analoghop.analyses.transfer import dc as dc
    from analoghop.circuit import netlist as netlist
    from analoghop.circuit.circuit import Circuit as Circuit
    from analoghop.circuit.reduction.compile import compile_circuit as compile_circuit
    from analoghop.circuit.requests import Tran as Tran
    from analoghop.circuit.synthesis.builder import CircuitBuilder as CircuitBuilder
    from analoghop.circuit.synthesis.synthesize import synthesize as synthesize
    from analoghop.couplings import Coupling as Coupling
    from analoghop.engines import Engine as Engine
    from analoghop.engines import Ensemble as Ensemble
    from analoghop.engines import Fused as Fused
    from analoghop.engines import ScipyIVP as ScipyIVP
    from analoghop.ensembles import EnsembleSolution as EnsembleSolution
    from analoghop.ensembles import random_starts as random_starts
    from analoghop.errors import AnalogHopError as AnalogHopError
    from analoghop.errors import FileFormatError as FileFormatError
    from analoghop.errors import InputError as InputError
    from analoghop.errors import MissingProgram as MissingProgram
    from analoghop.errors import NetlistError as NetlistError
    from analoghop.errors import NumericalError as NumericalError
    from analoghop.errors import UnsafeStepWarning as UnsafeStepWarning
    from analoghop.limits import Limits as Limits
    from analoghop.limits import Tally as Tally
    from analoghop.memory.patterns import Memory as Memory
    from analoghop.optimise import Trace as Trace
    from analoghop.optimise import entry_of as entry_of
    from analoghop.optimise import solve as solve
    from analoghop.optimise import trace as trace
    from analoghop.optimise.catalogue.reading import read as read
    from analoghop.optimise.chains import ChainSearch as ChainSearch
    from analoghop.optimise.deck import deck_of as deck_of
    from analoghop.problems.base import Encoding as Encoding
    from analoghop.problems.base import Formulation as Formulation
    from analoghop.problems.base import Problem as Problem
    from analoghop.problems.base import Raw as Raw
    from analoghop.problems.base import Reheating as Reheating
    from analoghop.problems.base import Verdict as Verdict
    from analoghop.problems.colouring.instance import Colouring as Colouring
    from analoghop.problems.constraints.model import Model as Model
    from analoghop.problems.graph import Graph as Graph
    from analoghop.problems.independent_set import IndependentSet as IndependentSet
    from analoghop.problems.maxsat import MaxSat as MaxSat
    from analoghop.problems.partition import Partition as Partition
    from analoghop.problems.qap import QAP as QAP
    from analoghop.problems.queens.instance import Queens as Queens
    from analoghop.problems.result import Result as Result
    from analoghop.problems.result import Start as Start
    from analoghop.problems.satisfiability.instance import Satisfiability as Satisfiability
    from analoghop.problems.spins.ising import Ising as Ising
    from analoghop.problems.spins.maxcut import MaxCut as MaxCut
    from analoghop.problems.spins.qubo import QUBO as QUBO
    from analoghop.problems.sudoku.instance import Sudoku as Sudoku
    from analoghop.problems.tsp import TSP as TSP
    from analoghop.problems.tsp import Potts as Potts
    from analoghop.problems.tsp import SuccessorTour as SuccessorTour
    from analoghop.problems.vertex_cover import VertexCover as VertexCover
    from analoghop.schedules import Schedule as Schedule
    from analoghop.schedules import Signals as Signals
    from analoghop.simulate import simulate as simulate
    from analoghop.simulate_many import simulate_many as simulate_many
    from analoghop.solution import Ran as Ran
    from analoghop.solution import Solution as Solution
    from analoghop.solution import Status as Status
    from analoghop.study.all_equilibria import Equilibria as Equilibria
    from analoghop.study.all_equilibria import equilibria as equilibria
    from analoghop.study.continuation import BifurcationDiagram as BifurcationDiagram
    from analoghop.study.continuation import continuation as continuation
    from analoghop.study.equilibria import equilibrium as equilibrium
    from analoghop.study.findings import Findings as Findings
    from analoghop.systems.base import Flow as Flow
    from analoghop.systems.base import System as System
    from analoghop.systems.base import Theorem as Theorem
    from analoghop.systems.circuits.lagged import LaggedNetwork as LaggedNetwork
    from analoghop.systems.circuits.lure import Lure as Lure
    from analoghop.systems.circuits.network import Network as Network
    from analoghop.systems.machine import Machine as Machine

_HOMES = {
    "analoghop.activations": "Activation Arctan Logistic Rectifier Satlin Softmax Table Tanh",
    "analoghop.amplifiers": "Amplifiers",
    "analoghop.analyses.response": "FrequencyResponse ac",
    "analoghop.analyses.spectrum": "NoiseSpectrum noise",
    "analoghop.analyses.transfer": "TransferCurve dc",
    "analoghop.circuit.circuit": "Circuit",
    "analoghop.circuit.reduction.compile": "compile_circuit",
    "analoghop.circuit.requests": "Tran",
    "analoghop.circuit.synthesis.builder": "CircuitBuilder",
    "analoghop.circuit.synthesis.synthesize": "synthesize",
    "analoghop.couplings": "Coupling",
    "analoghop.engines": "Engine Ensemble Fused ScipyIVP",
    "analoghop.ensembles": "EnsembleSolution random_starts",
    "analoghop.errors": "AnalogHopError FileFormatError InputError MissingProgram NetlistError "
    "NumericalError UnsafeStepWarning",
    "analoghop.limits": "Limits Tally",
    "analoghop.memory.patterns": "Memory",
    "analoghop.optimise.deck": "deck_of",
    "analoghop.optimise": "Trace entry_of solve trace",
    "analoghop.optimise.catalogue.reading": "read",
    "analoghop.optimise.chains": "ChainSearch",
    "analoghop.problems.base": "Encoding Formulation Problem Raw Reheating Verdict",
    "analoghop.problems.colouring.instance": "Colouring",
    "analoghop.problems.constraints.model": "Model",
    "analoghop.problems.graph": "Graph",
    "analoghop.problems.independent_set": "IndependentSet",
    "analoghop.problems.partition": "Partition",
    "analoghop.problems.qap": "QAP",
    "analoghop.problems.queens.instance": "Queens",
    "analoghop.problems.result": "Result Start",
    "analoghop.problems.satisfiability.instance": "Satisfiability",
    "analoghop.problems.maxsat": "MaxSat",
    "analoghop.problems.spins.ising": "Ising",
    "analoghop.problems.spins.maxcut": "MaxCut",
    "analoghop.problems.spins.qubo": "QUBO",
    "analoghop.problems.sudoku.instance": "Sudoku",
    "analoghop.problems.tsp": "TSP Potts SuccessorTour",
    "analoghop.problems.vertex_cover": "VertexCover",
    "analoghop.schedules": "Schedule Signals",
    "analoghop.simulate": "simulate",
    "analoghop.simulate_many": "simulate_many",
    "analoghop.solution": "Ran Solution Status",
    "analoghop.study.all_equilibria": "Equilibria equilibria",
    "analoghop.study.continuation": "BifurcationDiagram continuation",
    "analoghop.study.equilibria": "equilibrium",
    "analoghop.study.findings": "Findings",
    "analoghop.systems.base": "Flow System Theorem",
    "analoghop.systems.circuits.lagged": "LaggedNetwork",
    "analoghop.systems.circuits.lure": "Lure",
    "analoghop.systems.circuits.network": "Network",
    "analoghop.systems.machine": "Machine",
    "analoghop.workers": "Workers",
}
_MODULES = {
    "bench": "analoghop.bench",
    "experiments": "analoghop.experiments",
    "gallery": "analoghop.gallery",
    "interop": "analoghop.interop",
    "memory": "analoghop.memory",
    "netlist": "analoghop.circuit.netlist",
    "plotting": "analoghop.plotting",
    "study": "analoghop.study",
    "testing": "analoghop.testing",
}
_HOME = {name: home for home, names in _HOMES.items() for name in names.split()}

__all__ = ["__version__", *sorted([*_HOME, *_MODULES])]


def __getattr__(name: str) -> object:
    value: object
    if name in _MODULES:
        value = import_module(_MODULES[name])
    elif name in _HOME:
        value = getattr(import_module(_HOME[name]), name)
    else:
        raise AttributeError(f"module 'analoghop' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__


class _Package(ModuleType):
    """The package: importing the module `simulate` does not put it in the place of the function in it."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _HOME and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
