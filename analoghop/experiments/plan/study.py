"""`Study`: what is varied, drawn, recorded and limited, for one model."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from analoghop.ensembles.streams import check_seed
from analoghop.errors import InputError, nearest
from analoghop.experiments.plan.axes import Axis, axis
from analoghop.experiments.plan.criterion import Criterion, criterion_of
from analoghop.experiments.plan.scatter import Scatter, scatter, written_scatter
from analoghop.experiments.plan.tables import a_choice, a_count, a_list, a_number, a_table, check_keys
from analoghop.experiments.plan.until import YIELD, Until, until_of

SCHEMA = 1
"""Version of the study file, and of the tables of the store."""
MOST_POINTS = 10_000_000
"""Most points of one study."""

MODELS: Mapping[str, tuple[str, ...]] = {
    "deck": ("deck", "include_dirs", "set"),
    "problem": ("problem", "instance", "formulation", "settings", "starts", "search", "target"),
    "memory": ("memory", "rule", "model", "noise", "neurons", "patterns", "settings"),
    "function": ("function",),
}
"""Keys of the table `model`, by the key that names its kind."""
ENGINE = ("name", "rtol", "atol", "settle", "tstop")
RECORD = ("metrics", "waveforms")
LIMITS = ("wall",)
DRAWS = ("parts", "starts", "noise", "seed", "scale", "until")
KEYS = (
    "schema", "study", "model", "engine", "on_error", "vary", "tolerance", "draws", "record", "limits",
    "criterion",
)  # fmt: skip

OnError = Literal["continue", "stop"]
Kept = Literal["none", "failed", "all"]


@dataclass(frozen=True)
class Draws:
    """Draws at each point: `parts` (0: the exact values; else circuits that scatter), `starts`, `noise`.

    `seed` is that of all of them. `scale`: starts lie within so many input scales of the amplifiers'
    thresholds; with `starts` 0 the model's own start is taken. With `until` these are the most draws: they
    end earlier where an interval is narrow enough.
    """

    parts: int = 0
    starts: int = 0
    noise: int = 0
    seed: int = 0
    scale: float = 1.0
    until: Until | None = None

    def __post_init__(self) -> None:
        check_seed(self.seed, "draws.seed")
        for name in ("parts", "starts", "noise"):
            a_count(getattr(self, name), f"`draws.{name}`", 0)
        if self.until is not None and sum(bool(n) for n in (self.parts, self.starts, self.noise)) != 1:
            raise InputError("`draws.until` needs one kind of draws, `parts`, `starts` or `noise`: the most")

    @property
    def count(self) -> int:
        """Number of draws at each point."""
        return max(self.parts, 1) * max(self.starts, 1) * max(self.noise, 1)

    def to_dict(self) -> dict[str, Any]:
        """Return the table `[draws]` of the study file."""
        written = {name: getattr(self, name) for name in DRAWS if name != "until"}
        return written if self.until is None else {**written, "until": self.until.to_dict()}


@dataclass(frozen=True, eq=False)
class Study:
    """An experiment: a `model` at the outer product of its axes, with draws at each point.

    `model`: a table of the study file (see `MODELS`), or a Python function of the values of the axes and
    `seed`, which returns a number or a mapping of metrics. `vary`: axes by name, each a list or one of
    {"list", "lin", "log", "zip"}. `tolerance`: see `Scatter`; `draws`: see `Draws`; `metrics`: names that
    the model knows. `waveforms` are kept for "none", "failed" or "all" points. `criterion` says when a point
    is good (`Criterion`). `wall`: seconds of wall clock for a point. `engine`: `name`, `rtol`, `atol`,
    `settle`, `tstop`. `directory` is the folder that relative paths of the model start from. Raises
    `InputError` for keys and values that do not fit.
    """

    name: str
    model: Mapping[str, Any] | Callable[..., Any]
    vary: Mapping[str, Any] = field(default_factory=dict)
    tolerance: Mapping[str, Any] | Scatter | None = None
    draws: Mapping[str, Any] | Draws = field(default_factory=Draws)
    metrics: Sequence[str] = ("status",)
    waveforms: Kept = "none"
    criterion: Mapping[str, Any] | Criterion | None = None
    wall: float | str | None = None
    engine: Mapping[str, Any] = field(default_factory=dict)
    on_error: OnError = "continue"
    directory: str | Path = "."

    axes: tuple[Axis, ...] = field(init=False)
    scatter: Scatter | None = field(init=False)
    drawn: Draws = field(init=False)
    judged: Criterion | None = field(init=False)

    def __post_init__(self) -> None:
        put = object.__setattr__
        if not isinstance(self.name, str) or not self.name.strip():
            raise InputError(f"`study` is {self.name!r}, expected a name")
        put(self, "model", _model(self.model))
        put(self, "axes", tuple(axis(name, spec) for name, spec in a_table(self.vary, "`vary`").items()))
        names = self.axis_names
        for name in names:
            if names.count(name) > 1:
                raise InputError(f"`{name}` is varied twice")
        given = self.tolerance
        put(self, "scatter", scatter(given) if isinstance(given, Mapping) else given)
        put(self, "drawn", self.draws if isinstance(self.draws, Draws) else _draws(self.draws))
        a_choice(self.waveforms, "`record.waveforms`", ("none", "failed", "all"))
        given_rule = self.criterion
        put(self, "judged", criterion_of(given_rule) if isinstance(given_rule, Mapping) else given_rule)
        words = [str(word) for word in a_list(self.metrics, "`record.metrics`")]
        put(self, "metrics", tuple(dict.fromkeys([*words, *(self.judged.metrics if self.judged else ())])))
        for name in self.judged.over if self.judged else ():
            if name not in names:
                raise InputError(f"`criterion.over` names `{name}`, which is no axis{nearest(name, names)}")
        if self.wall is not None:
            put(self, "wall", a_number(self.wall, "`limits.wall`", above=0.0))
        check_keys(a_table(self.engine, "`engine`"), ENGINE, "`engine`")
        a_choice(self.on_error, "`on_error`", ("continue", "stop"))
        if self.drawn.parts and self.scatter is None:
            raise InputError("`draws.parts` is given without `[tolerance]`: say which elements scatter")
        until = self.drawn.until
        if until is not None and until.metric == YIELD and self.judged is None:
            raise InputError("`draws.until` is about the yield, but the study has no `[criterion]`")
        if until is not None and until.metric != YIELD and until.metric not in self.metrics:
            raise InputError(
                f"`draws.until.metric` is {until.metric!r}, which is not recorded"
                f"{nearest(until.metric, list(self.metrics))}"
            )
        if self.count > MOST_POINTS:
            raise InputError(f"the study has {self.count} points, at most {MOST_POINTS} are accepted")

    @property
    def axis_names(self) -> tuple[str, ...]:
        """The names of all axes, in order."""
        return tuple(name for one in self.axes for name in one.names)

    @property
    def count(self) -> int:
        """Number of points, every draw counted."""
        return math.prod(len(one.values) for one in self.axes) * self.drawn.count

    @property
    def kind(self) -> str:
        """The kind of the model: deck, problem, memory or function."""
        return "function" if callable(self.model) else next(k for k in MODELS if k in self.model)

    def to_dict(self) -> dict[str, Any]:
        """Return the study as the tables of its file; a function is named by its module."""
        model: Any = self.model
        if callable(model):
            model = {"function": f"{model.__module__}:{model.__qualname__}"}
        written: dict[str, Any] = {"schema": SCHEMA, "study": self.name, "model": dict(model)}
        if self.engine:
            written["engine"] = dict(self.engine)
        written["on_error"] = self.on_error
        written["vary"] = {one.names[0]: one.to_spec() for one in self.axes}
        if self.scatter is not None:
            written["tolerance"] = self.scatter.to_dict()
        written["draws"] = self.drawn.to_dict()
        written["record"] = {"metrics": list(self.metrics), "waveforms": self.waveforms}
        if self.judged is not None:
            written["criterion"] = self.judged.to_dict()
        if self.wall is not None:
            written["limits"] = {"wall": self.wall}
        return written


def _model(given: object) -> Mapping[str, Any] | Callable[..., Any]:
    if callable(given):
        return given
    table = a_table(given, "`model`")
    kinds = [kind for kind in MODELS if kind in table]
    if len(kinds) != 1:
        check_keys(table, [*MODELS, *(key for keys in MODELS.values() for key in keys)], "`model`")
        raise InputError(f"`model` needs one of the keys {', '.join(MODELS)}")
    check_keys(table, MODELS[kinds[0]], "`model`")
    return dict(table)


def _draws(table: Mapping[str, Any]) -> Draws:
    check_keys(a_table(table, "`[draws]`"), DRAWS, "`[draws]`")
    given = dict(table)
    if "scale" in given:
        given["scale"] = a_number(given["scale"], "`draws.scale`", above=0.0)
    given["until"] = until_of(given.get("until"))
    return Draws(**given)


def study_of(tables: Mapping[str, Any], directory: str | Path = ".") -> Study:
    """Return the study that the tables of a study file describe; paths start from `directory`.

    Raises `InputError` for unknown keys, with the nearest known one, and for values that do not fit.
    """
    check_keys(tables, KEYS, "the study")
    version = tables.get("schema", SCHEMA)
    if version != SCHEMA:
        raise InputError(f"`schema` is {version!r}: this version of the program reads {SCHEMA}")
    if "model" not in tables:
        raise InputError("the study has no `model`: give { deck = FILE }, or a problem, a memory, a function")
    record = a_table(tables.get("record", {}), "`[record]`")
    check_keys(record, RECORD, "`[record]`")
    limits = a_table(tables.get("limits", {}), "`[limits]`")
    check_keys(limits, LIMITS, "`[limits]`")
    return Study(
        name=tables.get("study", "study"),
        model=tables["model"],
        vary=tables.get("vary", {}),
        tolerance=a_table(tables["tolerance"], "`[tolerance]`") if "tolerance" in tables else None,
        draws=tables.get("draws", {}),
        metrics=record.get("metrics", ("status",)),
        waveforms=record.get("waveforms", "none"),
        criterion=a_table(tables["criterion"], "`[criterion]`") if "criterion" in tables else None,
        wall=limits.get("wall"),
        engine=a_table(tables.get("engine", {}), "`engine`"),
        on_error=tables.get("on_error", "continue"),
        directory=directory,
    )


def read_study(path: str | Path) -> Study:
    """Return the study in a TOML file, or that of the sweeps in a deck (see `deck_study`).

    Raises `FileFormatError` or `InputError` for what is not one.
    """
    from analoghop.formats.intake import read_toml

    if Path(path).suffix.lower() != ".toml":
        return deck_study(path)
    tables, _ = read_toml(path)
    try:
        return study_of(tables, Path(path).parent)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error


def deck_study(path: str | Path) -> Study:
    """Return the study that a deck asks for by `.step` or `*!analoghop step`, and by `*!analoghop mc`.

    Metrics are its `.meas` results and the status; where parts scatter and the deck has `* expect` lines,
    these are the criterion. Raises `NetlistError` for a file that is no deck, `InputError` for a deck that
    asks for neither, and for settings that do not fit.
    """
    from analoghop.circuit.circuit import Circuit
    from analoghop.circuit.netlist.template import DeckTemplate
    from analoghop.experiments.models.expectations import expected

    circuit = Circuit.read(path)
    drawn = circuit.monte_carlo
    if not circuit.sweeps and drawn is None:
        raise InputError(
            f"{path} sweeps nothing: write a study file, or lines `.step` or `*!analoghop mc` into the deck"
        )
    judged = drawn is not None and bool(expected(DeckTemplate.read(Path(path), []).texts))
    return Study(
        name=Path(path).stem,
        model={"deck": Path(path).name},
        vary={sweep.name: list(dict.fromkeys(sweep.values)) for sweep in circuit.sweeps},
        tolerance=None if drawn is None else written_scatter(drawn.scatter),
        draws={} if drawn is None else {"parts": drawn.parts, "seed": drawn.seed},
        metrics=[*(measure.name for measure in circuit.measures), "status"],
        criterion={"expect": True} if judged else None,
        directory=Path(path).parent,
    )
