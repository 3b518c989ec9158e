"""`subject_of`: the model of a study, prepared for its points."""

from __future__ import annotations

from collections.abc import Callable

from analoghop.experiments.models.base import Subject
from analoghop.experiments.models.decks import DeckSubject
from analoghop.experiments.models.functions import FunctionSubject
from analoghop.experiments.models.memories import MemorySubject
from analoghop.experiments.models.problems import ProblemSubject
from analoghop.experiments.plan.study import Study

_SUBJECTS: dict[str, Callable[[Study], Subject]] = {
    "deck": DeckSubject,
    "problem": ProblemSubject,
    "memory": MemorySubject,
    "function": FunctionSubject,
}


def subject_of(study: Study) -> Subject:
    """Return the model of a study; raises `InputError` for one that cannot be read."""
    return _SUBJECTS[study.kind](study)
