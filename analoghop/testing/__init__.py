"""Laws of the extension points, as checks of the package's classes and of user-defined ones.

Each function checks one object and returns None, or raises `AssertionError` with one sentence that names the
violated law and the numbers. They need neither pytest nor any other test framework:

    from analoghop.testing import check_activation

    def test_my_amplifier():
        check_activation(MyAmplifier())
"""

from analoghop.testing.activation import check_activation
from analoghop.testing.coupling import check_coupling
from analoghop.testing.engine import check_engine
from analoghop.testing.format import check_format
from analoghop.testing.formulation import check_encoding, check_formulation
from analoghop.testing.machine import check_machine
from analoghop.testing.problem import check_problem
from analoghop.testing.system import check_system

__all__ = [
    "check_activation",
    "check_coupling",
    "check_encoding",
    "check_engine",
    "check_format",
    "check_formulation",
    "check_machine",
    "check_problem",
    "check_system",
]
