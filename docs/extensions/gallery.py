"""The scripts of `examples/` as pages of the site, with what they print and the pictures that they write."""

from __future__ import annotations

import ast
import builtins
import re
import shutil
from pathlib import Path

from sphinx_gallery.scrapers import figure_rst

_WRITES = re.compile(r"\s*Writes? [^.]*\.\w+.*$", re.DOTALL)
_PICTURES = (".png", ".gif")


def collected(examples: Path, to: Path) -> Path:
    """Copy the scripts to a folder of `to`, each under a title, with their data beside; return that folder.

    A title is the first sentence of the script, up to a colon. Scripts find their data beside themselves and
    in `circuits/` one folder up, as in the checkout.
    """
    shutil.rmtree(to, ignore_errors=True)
    scripts = to / "examples"
    for folder in ("instances", "patterns"):
        shutil.copytree(examples / folder, scripts / folder)
    shutil.copytree(examples.parent / "circuits", to / "circuits")
    (scripts / "README.txt").write_text(
        "Examples\n========\n\nOne script for each idea, of at most 60 lines.\n"
    )
    for script in sorted(examples.glob("*.py")):
        text = script.read_text()
        told = ast.get_docstring(ast.parse(text)) or script.stem
        body = text.partition('"""')[2].partition('"""')[2]
        (scripts / script.name).write_text(f'"""\n{_titled(told)}\n"""{body}')
    return scripts


def _titled(told: str) -> str:
    words = _WRITES.sub("", told)
    title = re.split(r"[:.](?:\s|$)", words)[0].strip().replace("`", "")
    return f"{title}\n{'=' * len(title)}\n\n{words}"


def name_script(conf: dict, script: str) -> None:
    """Give a script its `__file__`, which sphinx-gallery lacks: Python looks among built-in names last."""
    builtins.__file__ = str(Path(conf["examples_dirs"]) / Path(script).name)


class PicturesOnDisk:
    """Shows the pictures that a script has written into its folder: the package draws without pyplot."""

    def __repr__(self) -> str:
        return "PicturesOnDisk"

    def __call__(self, block: object, block_vars: dict, gallery_conf: dict) -> str:
        """Return the text that shows the pictures, which are moved to where Sphinx looks for them."""
        folder = Path(block_vars["src_file"]).parent
        shown = []
        for picture in sorted(path for path in folder.iterdir() if path.suffix in _PICTURES):
            target = Path(next(block_vars["image_path_iterator"])).with_suffix(picture.suffix)
            shutil.move(picture, target)
            shown.append(str(target))
        return figure_rst(shown, gallery_conf["src_dir"])
