"""The options of `analoghop memory`, on the command line and in a TOML file; the command line wins."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from analoghop.cli import options
from analoghop.cli.memory.task import MemoryTask
from analoghop.cli.options import whole
from analoghop.cli.solve.verb import setting, settings
from analoghop.cli.verb import UsageError
from analoghop.errors import FileFormatError, InputError, Location

RECALLS, STUDIES = ("recall", "compare", "correction"), ("capacity", "basin", "gain", "heat", "faults")
ACTIONS = (*RECALLS, "sequence", *STUDIES)
WITH_RULE = (*RECALLS, *STUDIES)
WITH_MODEL = tuple(action for action in WITH_RULE if action != "heat")
"""Actions that have a model and its options; `heat` is the study of Hebb's stochastic model alone."""
WITH_GAIN = tuple(action for action in (*WITH_MODEL, "sequence") if action != "gain")
SOURCES = ("patterns", "random")
MODELS = ("continuous", "binary", "stochastic")
CUE_OPTIONS = ("noise", "erase", "blur", "cues")


class Option(NamedTuple):
    """One option: the reader of its text, and the actions that have it (empty: all actions)."""

    name: str
    read: Callable[[str], Any]
    metavar: str
    help: str
    actions: tuple[str, ...] = ()


def _percent(text: str) -> float:
    value = options.number(text.removesuffix("%"))
    if not 0 <= value <= 100:
        raise ArgumentTypeError(f"{text!r} is no percentage from 0 to 100")
    return value / 100.0


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(options.number(word) for word in text.split(","))


def _pattern_numbers(text: str) -> tuple[int, ...]:
    wanted = tuple(whole(word) for word in text.split(","))
    if min(wanted) < 1:
        raise ArgumentTypeError(f"{text!r} names a pattern below 1, the first")
    return wanted


def _pair(text: str) -> tuple[int, int]:
    words = text.split(",")
    if len(words) != 2 or min(sizes := [whole(word) for word in words]) < 1:
        raise ArgumentTypeError(f"{text!r} is not N,P: neurons and patterns")
    return sizes[0], sizes[1]


def _temperature(text: str) -> float | tuple[float, float]:
    values = [options.number(word) for word in text.split(":")]
    if len(values) > 2 or min(values) < 0:
        raise ArgumentTypeError(f"{text!r} is no temperature T, or T:T to cool from one to the other")
    return values[0] if len(values) == 1 else (values[0], values[1])


def _word(*known: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in known:
            raise ArgumentTypeError(f"{text!r}, expected one of {', '.join(known)}")
        return text

    return read


_RULE = (
    "hebbian (default), storkey, pseudo-inverse, perceptron, krauth-minsky, unlearning, daydreaming, "
    "covariance, sequence; dense: modern (exponential), polynomial; with --answers hetero (default), "
    "bidirectional"
)

TABLE: tuple[Option, ...] = (
    Option("random", _pair, "N,P", "P random patterns of N bits instead of a file"),
    Option("threshold", options.number, "T", "numbers above T are +1; in images, brightness 0..1 below T"),
    Option("take", whole, "K", "only the first K patterns of the file"),
    Option("rule", str, "R", _RULE, WITH_RULE),
    Option("model", _word(*MODELS), "M", "continuous (default), binary or stochastic", WITH_MODEL),
    Option("noise", _percent, "PERCENT", "flipped bits of a cue (default 10, studies 0)", WITH_RULE),
    Option("erase", _percent, "PERCENT", "erased bits of a cue, instead of --noise", RECALLS),
    Option("blur", options.number, "S", "normal noise on all bits, of standard deviation S", RECALLS),
    Option("cues", str, "FILE", "cues of your own: a pattern file, or .npy", RECALLS),
    Option("pattern", _pattern_numbers, "1,3,5", "patterns to make cues from (default: each once)", RECALLS),
    Option("answers", str, "FILE", "the pattern to recall for each pattern of PATTERNS", RECALLS),
    Option("gain", options.number, "G", "gain of the amplifiers (default 20)", WITH_GAIN),
    Option("amplifier", _word("tanh", "morita"), "A", "tanh (default), or morita: not monotone", WITH_MODEL),
    Option("layers", whole, "L", "layers of the circuit of a dense memory, 1 (default) or 2", WITH_MODEL),
    Option("beta", options.number, "B", "inverse temperature, exponential memory (default 1)", WITH_MODEL),
    Option("degree", options.number, "D", "degree of the polynomial memory (default 3)", WITH_MODEL),
    Option("units", _word("bipolar", "binary"), "U", "bipolar (default): -1, 1; binary: 0, 1", WITH_MODEL),
    Option("temperature", _temperature, "T", "of the stochastic model (0.1); A:B cools, A to B", WITH_MODEL),
    Option("update", _word("async", "sync"), "U", "discrete models: async (default) or sync", WITH_MODEL),
    Option("order", _word("random", "fixed"), "O", "async updates: random (default) or fixed", WITH_MODEL),
    Option("sweeps", whole, "S", "sweeps of a discrete model, at most (200; correction 20)", WITH_RULE),
    Option("save-weights", str, "FILE", "write the couplings to a .npz file", ("recall",)),
    Option("load-weights", str, "FILE", "use the couplings of a .npz file", RECALLS),
    Option("trials", whole, "T", "number of recalls for each point (default 30)", STUDIES),
    Option("points", whole, "K", "number of loads, evenly spaced up to P (default 12; basin 4)", STUDIES),
    Option("gains", _numbers, "G,G,...", "gains of the study", ("gain",)),
    Option("temperatures", _numbers, "T,T,...", "temperatures of the study", ("heat",)),
    Option("fractions", _numbers, "F,F,...", "fractions of faulty elements, 0 to 1", ("faults",)),
    Option("kind", _word("cut", "dead", "stuck"), "K", "cut couplings (default), dead or stuck", ("faults",)),
    Option("first", whole, "K", "first pattern of the sequence (default 1)", ("sequence",)),
    Option("strength", options.number, "S", "coupling to the next pattern (default 1.5)", ("sequence",)),
    Option("delay", options.number, "D", "its delay in time constants (default 10)", ("sequence",)),
    Option("duration", options.number, "SECONDS", "length of the run (default: one round)", ("sequence",)),
    Option("out", str, "FILE", "write the recalled patterns (.txt, .npy, .png), or a study (.npz, .csv)"),
    Option("plot", str, "FILE", "draw a picture into a .png, .svg or .pdf file"),
)  # fmt: skip

_COMMON = {"seed": whole, "time-limit": options.number}


def configure(parser: ArgumentParser, action: str) -> None:
    """Add the options of one action."""
    parser.add_argument("patterns", metavar="PATTERNS", nargs="?", help="a file of patterns")
    for option in TABLE:
        if not option.actions or action in option.actions:
            parser.add_argument(
                f"--{option.name}", type=option.read, metavar=option.metavar, help=option.help
            )
    parser.add_argument(
        "--set",
        type=setting,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="another way to give one of these options; may be repeated",
    )
    parser.add_argument("--config", metavar="FILE", help="a TOML file of options; the command line wins")
    options.add_force(parser)
    options.add_common(parser)


def task_of(arguments: Namespace) -> MemoryTask:
    """Return the task of a command; options that it lacks are taken from `--set`, then from `--config`.

    Raises `UsageError` for an option that the action does not have, `FileFormatError` for an invalid file.
    """
    for name, text in settings(arguments).items():
        _take(arguments, name, text, UsageError)
    if arguments.config is not None:
        _from_file(arguments)
    if (arguments.patterns is None) == (arguments.random is None):
        raise UsageError("give a file of patterns or `--random N,P`, one of them")
    for name in ("threshold", "take"):
        if arguments.random is not None and _given(arguments, name):
            raise UsageError(f"`--{name}` is for a file of patterns, not for `--random`")
    given = [name for name in CUE_OPTIONS if getattr(arguments, name, None) is not None]
    if len(given) > 1:
        raise UsageError(f"`--{given[0]}` and `--{given[1]}` are two ways to make cues: give one")
    if _given(arguments, "temperature") and arguments.model not in (None, "stochastic"):
        raise UsageError(f"`--temperature` is for the stochastic model, not the {arguments.model} one")
    options.check_common(arguments)  # they may come from the file
    return MemoryTask.of(arguments)


def without_effect(task: MemoryTask) -> Iterator[str]:
    """Yield a sentence for every option that has no effect on the model in question."""
    if task.action in ("compare", "correction", "sequence", "heat"):
        return  # actions with all models, or without options that depend on the model
    model, dense = task.model or "continuous", task.rule in ("modern", "exponential", "polynomial")
    idle = {
        "a circuit": ("temperature", "update", "order", "sweeps") if model == "continuous" else (),
        f"the {model} model": ("gain", "amplifier", "layers") if model != "continuous" else (),
        "couplings of pairs": () if dense else ("layers", "beta", "degree"),
    }
    for what, names in idle.items():
        for name in names:
            if getattr(task, name) is not None:
                yield f"`--{name}` has no effect on {what}"


def _given(arguments: Namespace, name: str) -> bool:
    return getattr(arguments, name, None) is not None


def _from_file(arguments: Namespace) -> None:
    from analoghop.formats.intake import read_toml

    path = arguments.config
    content, text = read_toml(path)
    # Options at the top are for all actions, those in a table [recall], [capacity] ... for one.
    own = content.pop(arguments.action, {})
    tables = {name for name, value in content.items() if isinstance(value, dict)}
    if not isinstance(own, dict) or tables - set(ACTIONS):
        odd = ", ".join(sorted(tables - set(ACTIONS))) or arguments.action
        raise FileFormatError(f"{odd!r} is no table of an action: {', '.join(ACTIONS)}", Location(path, 1))
    general = {name: value for name, value in content.items() if name not in tables}

    lines = text.splitlines()

    def refuse(message: str, name: str = "") -> InputError:
        """Return the error, at the first line that begins with the option's name."""
        here = [k for k, line in enumerate(lines, 1) if name and line.split("=")[0].strip() == name]
        return FileFormatError(message, Location(path, here[0] if here else 1))

    kinds = [name for name in {**general, **own} if name in CUE_OPTIONS]
    if len(kinds) > 1:
        raise refuse(f"`{kinds[0]}` and `{kinds[1]}` are two ways to make cues: give one", kinds[1])
    known = {option.name for option in TABLE} | set(_COMMON) | {"patterns"}
    for name, value in {**general, **own}.items():
        plain = name.replace("_", "-")
        if name in general and name not in own and plain in known and not _has(arguments, plain):
            continue  # an option of other actions
        if isinstance(value, bool | dict):
            kind = type(value).__name__
            raise refuse(f"`{name}` is a {kind}, expected a number, a text or a list of them", name)
        word = ",".join(map(str, value)) if isinstance(value, list) else str(value)
        # Names of files in a TOML file are relative to its folder.
        if plain in ("patterns", "answers", "cues", "load-weights", "save-weights", "out", "plot"):
            word = str(Path(path).parent / word)
        _take(arguments, name, word, partial(refuse, name=name))


def _has(arguments: Namespace, plain: str) -> bool:
    return hasattr(arguments, plain.replace("-", "_"))


def _take(arguments: Namespace, name: str, text: str, error: Callable[[str], Exception]) -> None:
    """Set the option `name` from its text unless the command line has set it."""
    plain = name.replace("_", "-")
    readers: dict[str, Callable[[str], Any]] = {option.name: option.read for option in TABLE}
    readers |= {**_COMMON, "patterns": str}
    if plain not in readers or not _has(arguments, plain):
        raise error(f"`memory {arguments.action}` has no option `{name}`")
    key = plain.replace("-", "_")
    if plain in SOURCES and any(getattr(arguments, other) is not None for other in SOURCES):
        return
    if getattr(arguments, key) is not None:
        return
    if plain in CUE_OPTIONS and any(getattr(arguments, other, None) is not None for other in CUE_OPTIONS):
        return  # the cues of the command line are of another kind
    try:
        setattr(arguments, key, readers[plain](text))
    except ArgumentTypeError as wrong:
        raise error(f"`{name}`: {wrong}") from wrong
