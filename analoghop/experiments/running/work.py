"""`Plan`: the points of a study in chunks; `compute`: what a worker does with one of them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analoghop.errors import InputError
from analoghop.experiments.models.base import Computed, Job, Subject
from analoghop.experiments.models.subjects import subject_of
from analoghop.experiments.plan.points import canonical, keys
from analoghop.experiments.plan.study import Study
from analoghop.limits import Limits


@dataclass(frozen=True)
class Plan:
    """All `jobs` of a study in order, its `subject`, and the `fingerprint` of what the numbers depend on.

    A chunk is `size` consecutive jobs, cut at the same places whatever has been done before and whoever
    computes it: the points of a batch see the same neighbours in every run.
    """

    study: Study
    subject: Subject
    jobs: Sequence[Job]
    size: int
    fingerprint: str

    def chunks(self, done: Mapping[str, object], positions: Sequence[int] | None = None) -> list[list[int]]:
        """Return the positions, out of `positions` or of all, whose jobs are not `done`, chunk by chunk."""
        found: dict[int, list[int]] = {}
        for k in range(len(self.jobs)) if positions is None else positions:
            if self.jobs[k][0] not in done:
                found.setdefault(k // self.size, []).append(k)
        return list(found.values())


def plan(study: Study) -> Plan:
    """Return the plan of a study; raises `InputError` for a study that does not fit its model."""
    subject = subject_of(study)
    subject.check()
    jobs = list(keys(study, subject.identity))
    return Plan(study, subject, jobs, max(1, subject.chunk), fingerprint(subject))


def fingerprint(subject: Subject) -> str:
    """Return a hash of the identity of a subject."""
    return hashlib.sha256(canonical(subject.identity).encode()).hexdigest()


def compute(subject: Subject, jobs: Sequence[Job], limits: Limits) -> list[Computed]:
    """Return the results of a chunk that are complete: what the limits cut short is left out."""
    return subject.compute(jobs, limits)


_prepared: dict[str, Subject] = {}


def compute_elsewhere(
    study: Study, wanted: str, jobs: Sequence[Job], seconds: float | None
) -> list[Computed]:
    """Compute a chunk in a worker's process, which prepares the subject once.

    Raises `InputError` where the files of the study, as the worker sees them, are not those of the driver.
    """
    if wanted not in _prepared:
        subject = subject_of(study)
        if fingerprint(subject) != wanted:
            raise InputError("a file of the study has been changed while it runs: begin again")
        _prepared.clear()
        _prepared[wanted] = subject
    return compute(_prepared[wanted], jobs, Limits(seconds))
