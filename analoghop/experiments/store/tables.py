"""The tables of a store, which any SQLite program can read.

`study` (name, value): "schema", the study file's tables as JSON in "study", "points" (how many the study has
now), "driver" (free text about the program that wrote last).

`runs` (run, started, ended, version, command, settings): one row for each command that wrote; times are UTC,
`settings` is JSON: the workers, the seed, the machine. `ended` is NULL where the command was killed.

`rows` (key, position, status, point, part, start, noise, metrics, error, waveform, cpu_s, wall_s, run): one
row for each finished point. `position` numbers the points of the study from 0 as it stands now, NULL for
points of an earlier edition. `status` is a status of a run ("settled", "time up", "time limit", "stopped",
"failed"), "done" where there is none, "error" with the sentence in `error`, or "crashed". `point` and
`metrics` are JSON objects: values of the axes, results by name, null where unknown. `waveform` is the name of
a file in the folder beside the store, NULL for none. `run` is the row of `runs` that computed it.

`results` is a view of the current rows with one column for each axis and each metric.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

TABLES = """
CREATE TABLE IF NOT EXISTS study (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS runs (
    run INTEGER PRIMARY KEY, started TEXT NOT NULL, ended TEXT, version TEXT NOT NULL,
    command TEXT NOT NULL, settings TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS rows (
    key TEXT PRIMARY KEY, position INTEGER, status TEXT NOT NULL, point TEXT NOT NULL,
    part INTEGER, start INTEGER, noise INTEGER, metrics TEXT NOT NULL, error TEXT, waveform TEXT,
    cpu_s REAL NOT NULL, wall_s REAL NOT NULL, run INTEGER NOT NULL REFERENCES runs (run)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS rows_position ON rows (position);
"""


def create(connection: sqlite3.Connection) -> None:
    """Create the tables that are not there."""
    connection.executescript(TABLES)


def create_view(connection: sqlite3.Connection, axes: Iterable[str], metrics: Iterable[str]) -> None:
    """Create the view `results` for these axes and metrics, in the place of an earlier one."""
    taken = {"position", "status", "part", "start", "noise", "key"}
    columns = []
    for source, names in (("point", axes), ("metrics", metrics)):
        for name in names:
            label = name if name.lower() not in taken else f"{source}.{name}"
            taken.add(label.lower())
            path = "$." + '"' + name.replace('"', "") + '"'
            columns.append(f"json_extract({source}, {_text(path)}) AS {_name(label)}")
    connection.execute("DROP VIEW IF EXISTS results")
    shown = ", ".join(["position", "status", "part", "start", "noise", *columns])
    connection.execute(
        f"CREATE VIEW results AS SELECT {shown} FROM rows WHERE position IS NOT NULL ORDER BY position"
    )


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _name(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'
