"""Amplifiers of every kind."""

from analoghop.activations import Activation, Morita, Power, Softmax, Table
from tests.strategies import CLOSED, CLUSTER, LEAKY, PRODUCT

RISING = Table([-2.0, -0.5, 0.25, 2.0], [-1.0, -0.75, 0.5, 1.0])
BUMP = Table([-1.0, 0.0, 1.0], [0.0, 1.0, 0.0])

ACTIVATIONS: tuple[Activation, ...] = (
    *(*CLOSED, RISING, BUMP, LEAKY, Softmax(1), Softmax(4), CLUSTER, PRODUCT),
    *(Morita(), Morita(floor=0.0), Morita(10.0, 4.0, 0.8, 0.2), Power(), Power(1.0), Power(3.0)),
)


def shown(activation: Activation) -> str:
    """Return the name of an example."""
    return f"{activation.name}{activation.inputs}"
