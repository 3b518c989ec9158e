"""`Stored`: a store as viewers read it, also while a study runs."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

from analoghop.errors import InputError
from analoghop.experiments.plan.points import Point
from analoghop.experiments.store.point_result import PointResult

_COLUMNS = "key, point, part, start, noise, status, metrics, error, waveform, cpu_s, wall_s"


class Stored:
    """The store at `path`, opened read-only for each question; raises `InputError` where there is none."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        if not self.path.is_file():
            raise InputError(f"there is no store {path}: `sweep run` makes it")

    def _rows(self, question: str, *values: Any) -> list[tuple[Any, ...]]:
        address = f"file:{quote(str(self.path.resolve()))}?mode=ro"
        try:
            with closing(sqlite3.connect(address, uri=True, timeout=30.0)) as db:
                return db.execute(question, values).fetchall()
        except sqlite3.Error as error:
            raise InputError(f"cannot read {self.path} as the store of a study: {error}") from error

    @property
    def facts(self) -> dict[str, str]:
        """The table `study`: the study file's tables, the number of points, the schema."""
        return dict(self._rows("SELECT name, value FROM study"))

    @property
    def study(self) -> dict[str, Any]:
        """The tables of the study file as it stood when the store was written last."""
        tables: dict[str, Any] = json.loads(self.facts.get("study", "{}"))
        return tables

    @property
    def points(self) -> int:
        """Number of points of the study."""
        return int(self.facts.get("points", 0))

    def statuses(self) -> dict[str, int]:
        """Return how many current points ended with each status."""
        return dict(
            self._rows("SELECT status, count(*) FROM rows WHERE position IS NOT NULL GROUP BY status")
        )

    def runs(self) -> list[dict[str, Any]]:
        """Return the commands that wrote the store: the provenance of its rows."""
        names = ("run", "started", "ended", "version", "command", "settings")
        found = self._rows(f"SELECT {', '.join(names)} FROM runs ORDER BY run")
        return [{**dict(zip(names, row, strict=True)), "settings": json.loads(row[-1])} for row in found]

    def computed_by(self, run: int) -> int:
        """Return how many of the stored points the command number `run` computed."""
        return int(self._rows("SELECT count(*) FROM rows WHERE run = ?", run)[0][0])

    def cost(self) -> tuple[float, float]:
        """Return the sums of CPU time and of wall clock over the current points, in s."""
        cpu, wall = self._rows("SELECT sum(cpu_s), sum(wall_s) FROM rows WHERE position IS NOT NULL")[0]
        return cpu or 0.0, wall or 0.0

    def groups(self) -> Iterator[tuple[dict[str, Any], list[PointResult]]]:
        """Yield the current points in order, all draws of one combination of values together."""
        values: dict[str, Any] = {}
        found: list[PointResult] = []
        text = None
        for row in self._rows(f"SELECT {_COLUMNS} FROM rows WHERE position IS NOT NULL ORDER BY position"):
            if row[1] != text:
                if text is not None:
                    yield values, found
                text, values, found = row[1], json.loads(row[1]), []
            found.append(_row(row, values))
        if text is not None:
            yield values, found

    def rows(self) -> list[PointResult]:
        """Return the current points in order."""
        return [row for _, rows in self.groups() for row in rows]

    def row(self, key: str) -> tuple[PointResult, int]:
        """Return the point whose key begins with `key`, and its run; raises `InputError` unless it is one."""
        pattern = key.replace("%", "").replace("_", "") + "%"
        found = self._rows(f"SELECT {_COLUMNS}, run FROM rows WHERE key LIKE ? LIMIT 2", pattern)
        if len(found) != 1:
            reason = "no point has" if not found else "several points have"
            raise InputError(f"{reason} a key that begins with {key!r}; `sweep export` lists the keys")
        return _row(found[0], json.loads(found[0][1])), int(found[0][-1])


def _row(row: tuple[Any, ...], values: dict[str, Any]) -> PointResult:
    return PointResult(
        key=row[0],
        point=Point(values, row[2], row[3], row[4]),
        status=row[5],
        metrics=json.loads(row[6]),
        error=row[7],
        waveform=row[8],
        cpu_s=row[9],
        wall_s=row[10],
    )
