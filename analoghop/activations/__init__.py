"""Activations, amplifiers of unit gain: value, derivative as an operator, potential and inverse."""

from analoghop.activations.base import Activation, Push
from analoghop.activations.cluster import Softmax
from analoghop.activations.function import FunctionActivation
from analoghop.activations.morita import Morita
from analoghop.activations.power import Power
from analoghop.activations.scalar import Arctan, Identity, Logistic, Rectifier, Satlin, Tanh
from analoghop.activations.table import Table

__all__ = [
    "Activation",
    "Arctan",
    "FunctionActivation",
    "Identity",
    "Logistic",
    "Morita",
    "Power",
    "Push",
    "Rectifier",
    "Satlin",
    "Softmax",
    "Table",
    "Tanh",
]
