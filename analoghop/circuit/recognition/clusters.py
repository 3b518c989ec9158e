"""`FoundClusters`: winner-take-all amplifiers recognised from outputs that a deck writes one by one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from analoghop.activations import Softmax
from analoghop.circuit.recognition.forms import AffineForm
from analoghop.circuit.recognition.units import Unit, clean


@dataclass(frozen=True)
class Share:
    """`exp(L_i) / sum_j exp(L_j)`: `others` are the forms L_j - L_i, `own` is L_i, None if unknown."""

    others: tuple[AffineForm, ...]
    own: AffineForm | None


class FoundClusters:
    """Softmax clusters recognised from their outputs: equal sets of forms, up to a shift common to a set.

    The outputs are in the order in which the deck first writes them, unwritten ones last.
    """

    def __init__(self, shares: Iterable[Share]) -> None:
        written: dict[frozenset[AffineForm], dict[AffineForm, AffineForm]] = {}
        others: dict[frozenset[AffineForm], dict[AffineForm, AffineForm]] = {}
        for share in shares:
            forms = _absolute(share)
            key = frozenset(form.rounded() for form in forms)
            written.setdefault(key, {}).setdefault(forms[0].rounded(), forms[0])
            others.setdefault(key, {form.rounded(): form for form in forms})
        self._order: dict[frozenset[AffineForm], list[AffineForm]] = {}
        self._units: dict[frozenset[AffineForm], Unit] = {}
        for key, own in written.items():
            rest = {rounded: form for rounded, form in others[key].items() if rounded not in own}
            forms = [*own.values(), *rest.values()]
            self._order[key] = [*own, *rest]
            gain = max(abs(form.largest) for form in forms) or 1.0
            inputs = tuple(AffineForm.build({leaf: c / gain for leaf, c in form.items}) for form in forms)
            offsets = tuple(clean(-form.constant / gain) for form in forms)
            self._units[key] = Unit(Softmax(len(forms)), inputs, gain, offsets)

    def place(self, share: Share) -> tuple[Unit, int]:
        """Return the cluster of a share and the index of its output."""
        forms = [form.rounded() for form in _absolute(share)]
        key = frozenset(forms)
        return self._units[key], self._order[key].index(forms[0])


def _absolute(share: Share) -> list[AffineForm]:
    """Return the forms L of a cluster, the share's own first; the first form by name has the constant zero.

    If only differences L_j - L_i are written, L_i is minus their common part.
    """
    own = share.own
    if own is None:
        common = set(share.others[0].items)
        for other in share.others[1:]:
            common &= set(other.items)
        own = AffineForm.build({leaf: -c for leaf, c in common if c < 0})
    forms = [own, *(other + own for other in share.others)]
    reference = min(forms, key=lambda form: repr(form.rounded().items)).constant
    return [form.shifted(-reference) for form in forms]
