"""`run_study`: the one process that plans a study, hands out chunks and stores their results."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from analoghop.errors import InputError, nearest
from analoghop.experiments.models.base import Computed
from analoghop.experiments.plan.study import Study
from analoghop.experiments.running.cluster import on_cluster
from analoghop.experiments.running.looks import Looks
from analoghop.experiments.running.serial import in_this_process
from analoghop.experiments.running.work import Plan, plan
from analoghop.experiments.store.point_result import RETRIED, PointResult
from analoghop.experiments.store.writer import Writer, writing
from analoghop.formats.waveforms.npz import write_npz
from analoghop.limits import Limits, Progress, limited
from analoghop.workers import Sharing, check_sharing, sharing


@dataclass(frozen=True)
class Outcome:
    """What a command has done: `points` of the study, `before` (stored earlier), `computed` now, `left`.

    `failed`: how many of those computed now have no proper result. `interrupted`: ended by Ctrl-C or SIGTERM;
    `stopped`: ended by the first failure, with `on_error = "stop"`. `notes`: choices of the model.
    """

    store: Path
    points: int
    before: int
    computed: int
    failed: int
    interrupted: bool
    stopped: bool
    wall_s: float
    notes: tuple[str, ...] = ()

    @property
    def left(self) -> int:
        """Number of points that are still to be computed."""
        return self.points - self.before - self.computed


def run_study(
    study: Study,
    store: str | Path,
    *,
    workers: Sharing = 1,
    retry: Sequence[str] = (),
    command: str = "run_study",
    time_limit: float | None = None,
    progress: bool | Progress = False,
    limits: Limits | None = None,
) -> Outcome:
    """Compute the points of `study` that the `store` does not hold, and return what was done.

    The same call goes on where an earlier one ended, however it ended: by Ctrl-C, SIGTERM, a time limit or
    SIGKILL. Rows are stored chunk by chunk, so that at most the chunks in flight are lost. `workers` share
    the chunks: a number of processes on this machine, the address of a scheduler of Dask, or `Workers`
    (extra `cluster`). `retry`: "failed", "timeout", "crashed": stored points that ended so are computed
    again. `time_limit` in s; `progress`: True for a bar, or a function of a `Tally`. Raises `InputError` for
    a study that does not fit its model, and where another process writes the store.
    """
    for word in retry:
        if word not in RETRIED:
            raise InputError(f"`retry` is {word!r}, expected {', '.join(RETRIED)}{nearest(word, RETRIED)}")
    check_sharing(workers)
    began, path = time.monotonic(), Path(store)
    whole = plan(study)
    again = {status for word in retry for status in RETRIED[word]}
    with (
        limited(limits, time_limit=time_limit, threads=None, progress=progress) as within,
        writing(path) as writer,
        ExitStack() as stack,
    ):
        words = workers if isinstance(workers, int | str) else "given"
        settings = {"workers": words, "retry": list(retry), "seed": study.drawn.seed}
        run = writer.begin(study, len(whole.jobs), command, settings)
        stored = writer.place([key for key, _ in whole.jobs])
        kept = {key: status for key, status in stored.items() if status not in again}
        looks = None if study.drawn.until is None else Looks(whole, study.drawn.until, path)
        tally = _Tally(len(whole.jobs), len(kept))
        shared = stack.enter_context(sharing(workers if len(kept) < len(whole.jobs) else 1, within.left))

        def carry_out(positions: Sequence[int] | None) -> None:
            """Compute and store the points that are not stored; of all points, or of a round of them."""
            chunks = whole.chunks(kept, positions)
            results = (
                in_this_process(whole, chunks, within)
                if shared is None
                else on_cluster(whole, chunks, shared, within)
            )
            with within.heed():
                _store(results, writer, whole, run, tally, within)

        if looks is None:
            carry_out(None)
        else:
            for positions in looks.rounds():
                carry_out(positions)
                if within.over or tally.stopped:
                    break
            needed = looks.needed
            tally.points = len(needed)
            tally.before = sum(whole.jobs[k][0] in kept for k in needed)
            writer.keep(needed)
        writer.end()
        return Outcome(
            path, tally.points, tally.before, tally.computed, tally.failed, within.interrupted,
            tally.stopped, time.monotonic() - began, whole.subject.notes,
        )  # fmt: skip


class _Tally:
    def __init__(self, points: int, before: int) -> None:
        self.points, self.before = points, before
        self.computed = self.failed = 0
        self.stopped = False


def _store(
    results: Iterable[list[tuple[int, Computed]]],
    writer: Writer,
    whole: Plan,
    run: int,
    tally: _Tally,
    limits: Limits,
) -> None:
    """Store what comes, chunk by chunk: waveforms first, then the rows that name them."""
    folder = waveforms_of(writer.path)
    for found in results:
        rows = [(position, _kept(computed, folder, run)) for position, computed in found]
        if rows:
            writer.add(rows)
        tally.computed += len(rows)
        tally.failed += sum(row.faulty for _, row in rows)
        limits.tell(tally.before + tally.computed, tally.points, "points")
        if tally.failed and whole.study.on_error == "stop":
            tally.stopped = True
            return


def waveforms_of(store: Path) -> Path:
    """Return the folder of a store's waveforms."""
    return store.with_name(store.name.removesuffix(".db") + ".waves")


def _kept(computed: Computed, folder: Path, run: int) -> PointResult:
    if computed.waveforms is None:
        return computed.row
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot make the folder {folder}: {error.strerror or error}") from error
    # A point that is computed again gets a new file: what another reader has open stays as it is.
    name = f"{computed.row.key}-{run}.npz"
    write_npz(folder / name, computed.waveforms)
    return replace(computed.row, waveform=name)
