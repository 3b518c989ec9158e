"""`Writer`: the only process that writes a store."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from analoghop import __version__
from analoghop.errors import InputError
from analoghop.experiments.plan.points import canonical
from analoghop.experiments.plan.study import SCHEMA, Study
from analoghop.experiments.store.lock import locked
from analoghop.experiments.store.point_result import PointResult
from analoghop.experiments.store.tables import create, create_view


class Writer:
    """Stores rows, one transaction for each call of `add`; made by `writing`."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path, self._connection, self._run = path, connection, 0

    def begin(self, study: Study, count: int, command: str, settings: Mapping[str, Any]) -> int:
        """Note the study as it stands now, of `count` points, and the command; return its number."""
        with self._transaction() as db:
            known = {
                "schema": str(SCHEMA),
                "study": canonical(study.to_dict()),
                "points": str(count),
                "driver": f"analoghop {__version__}",
            }
            db.executemany("INSERT OR REPLACE INTO study VALUES (?, ?)", known.items())
            create_view(db, study.axis_names, study.metrics)
            run = db.execute(
                "INSERT INTO runs (started, version, command, settings) VALUES (?, ?, ?, ?)",
                (_now(), __version__, command, canonical(settings)),
            ).lastrowid
        assert run is not None
        self._run = run
        return run

    def place(self, keys: Sequence[str]) -> dict[str, str]:
        """Number the stored points as they stand in `keys`; return the status of each of them by key."""
        with self._transaction() as db:
            db.execute("CREATE TEMP TABLE IF NOT EXISTS plan (key TEXT PRIMARY KEY, position INTEGER)")
            db.execute("DELETE FROM plan")
            db.executemany("INSERT INTO plan VALUES (?, ?)", ((key, k) for k, key in enumerate(keys)))
            db.execute(
                "UPDATE rows SET position = (SELECT p.position FROM plan AS p WHERE p.key = rows.key) "
                "WHERE position IS NOT (SELECT p.position FROM plan AS p WHERE p.key = rows.key)"
            )
            return dict(db.execute("SELECT key, status FROM rows WHERE position IS NOT NULL"))

    def add(self, rows: Iterable[tuple[int, PointResult]]) -> None:
        """Store rows with their positions, all of them or none; a row replaces an earlier one of its key."""
        with self._transaction() as db:
            db.executemany(
                "INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    (
                        row.key, position, row.status, canonical(row.point.values), row.point.part,
                        row.point.start, row.point.noise, _metrics(row.metrics), row.error, row.waveform,
                        row.cpu_s, row.wall_s, self._run,
                    )
                    for position, row in rows
                ),
            )  # fmt: skip

    def keep(self, positions: Sequence[int]) -> None:
        """Note that the study has the points at these `positions` alone; others are kept out of sight."""
        with self._transaction() as db:
            db.execute("CREATE TEMP TABLE IF NOT EXISTS kept (position INTEGER PRIMARY KEY)")
            db.execute("DELETE FROM kept")
            db.executemany("INSERT INTO kept VALUES (?)", ((k,) for k in positions))
            db.execute("UPDATE rows SET position = NULL WHERE position NOT IN (SELECT position FROM kept)")
            db.execute("UPDATE study SET value = ? WHERE name = 'points'", (str(len(positions)),))

    def end(self) -> None:
        """Note that the command has ended in an orderly way."""
        with self._transaction() as db:
            db.execute("UPDATE runs SET ended = ? WHERE run = ?", (_now(), self._run))

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            with self._connection as db:
                yield db
        except sqlite3.Error as error:
            raise InputError(
                f"cannot write {self.path}: {error}; what was stored before is kept, "
                "and the same command goes on from there"
            ) from error


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _metrics(metrics: Mapping[str, Any]) -> str:
    return json.dumps(metrics, sort_keys=True, separators=(",", ":"), allow_nan=False)


@contextmanager
def writing(path: str | Path) -> Iterator[Writer]:
    """Open the store at `path` to write, a new one where there is none.

    Raises `InputError` where another process writes it, for a file that is not a store, and where it cannot
    be written.
    """
    path = Path(path)
    with locked(path):
        try:
            connection = sqlite3.connect(path, timeout=30.0)
        except sqlite3.Error as error:
            raise InputError(f"cannot open {path}: {error}") from error
        try:
            _prepare(connection, path)
            yield Writer(path, connection)
        finally:
            _finish(connection)


def _finish(connection: sqlite3.Connection) -> None:
    """Close the store as one file; the files of the log beside it stay while somebody looks at it."""
    with closing(connection), suppress(sqlite3.Error):
        connection.execute("PRAGMA busy_timeout = 200")
        connection.execute("PRAGMA journal_mode = DELETE")


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        named = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        if named and not {"study", "runs", "rows"} <= set(named):
            raise InputError(f"{path} is not a store of a study, but another SQLite file")
        create(connection)
        found = connection.execute("SELECT value FROM study WHERE name = 'schema'").fetchone()
        connection.commit()
    except sqlite3.Error as error:
        raise InputError(f"{path} cannot be used as a store: {error}") from error
    if found is not None and found[0] != str(SCHEMA):
        raise InputError(f"{path} has the schema {found[0]}: this version of the program writes {SCHEMA}")
