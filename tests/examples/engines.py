"""Engines of every kind, each with how far it may be from the truth, in input scales."""

from importlib.util import find_spec

from analoghop.engines import Engine, Ensemble, Fused, ScipyIVP

PRECISE: dict[str, tuple[Engine, float]] = {
    "ScipyIVP": (ScipyIVP(rtol=1e-9), 1e-6),
    "DOPRI5": (Ensemble(rtol=1e-8, atol=1e-8), 1e-5),
    "BS23": (Ensemble("BS23", rtol=1e-7, atol=1e-7), 1e-4),
    "exponential": (Ensemble("exponential", dt=1e-3), 1e-2),
    "euler": (Ensemble("euler", dt=1e-3), 1e-2),
}
if find_spec("numba") is not None:
    PRECISE["Fused"] = (Fused(rtol=1e-8, atol=1e-8), 1e-5)
