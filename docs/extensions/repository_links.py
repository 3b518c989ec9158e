"""Links of the pages to files of the repository that are no pages: shown as names, for no server is asked."""

from __future__ import annotations

from pathlib import Path

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

ROOT = Path(__file__).parents[2]


class NamesOfFiles(SphinxTransform):
    """Replaces a link such as `../benchmarks/README.md` by the name of the file."""

    default_priority = 5

    def apply(self, **kwargs: object) -> None:
        """Walk the links of a page."""
        for link in list(self.document.findall(pending_xref)):
            target = Path(str(link.get("reftarget", "")))
            if link.get("refdomain") != "doc" or target.is_relative_to(ROOT / "docs"):
                continue
            if target.is_absolute() and target.is_relative_to(ROOT):
                link.replace_self(nodes.literal("", f"{target.relative_to(ROOT)}.md"))


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the transform."""
    app.add_transform(NamesOfFiles)
    return {"parallel_read_safe": True}
