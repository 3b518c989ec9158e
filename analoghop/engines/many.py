"""`EnsembleEngine`: the contract of engines that integrate many trajectories at once."""

from __future__ import annotations

from abc import abstractmethod

from numpy.typing import ArrayLike

from analoghop.engines.base import Engine, Stop
from analoghop.ensembles.solution import EnsembleSolution
from analoghop.ensembles.starts import Starts
from analoghop.systems.base import System


class EnsembleEngine(Engine):
    """Integrates many trajectories of one system; its fields are its options."""

    @abstractmethod
    def integrate_many(
        self, system: System, starts: Starts, times: ArrayLike, stop: Stop | None = None
    ) -> EnsembleSolution:
        """Return what the trajectories of `system` from `starts` at `times[0]` do.

        `times` in seconds: two values are the span, and only the last states are kept; more are a grid on
        which waveforms are kept as well. `stop` ends trajectories whose outputs satisfy it.
        Ctrl-C and a time limit end the run; what has finished by then is returned.
        Raises `InputError` for what does not fit. A numerical failure is a status.
        """
