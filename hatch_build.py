"""The wheel carries the site of the documentation where it has been built."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Site(BuildHookInterface):
    """Adds `build/site` to the wheel, as the folder that `analoghop docs` opens."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Tell hatchling of the folder; not for an editable installation, which finds it where it is."""
        site = Path(self.root) / "build" / "site"
        if version == "standard" and (site / "index.html").is_file():
            build_data["force_include"][str(site)] = "analoghop/shipped/site"
