"""How Sphinx builds the site: `sphinx-build -W docs build/site`. It needs no network, to build or to read."""

import sys
from pathlib import Path

DOCS = Path(__file__).parent
ROOT = DOCS.parent
sys.path[:0] = [str(ROOT), str(DOCS / "extensions")]

from gallery import PicturesOnDisk, collected, name_script  # noqa: E402

import analoghop  # noqa: E402

project = "analoghop"
author = "the analoghop developers"
copyright = f"2026, {author}"
version = release = analoghop.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx_gallery.gen_gallery",
    "classics",
    "films",
    "generated",
    "json_keys",
    "options",
    "repository_links",
]
exclude_patterns = [
    "extensions",
    "**/README.txt",
    "examples/*.md5",
    "examples/*.json",
    "examples/*.py",
    "**sg_execution_times*",
]
nitpicky = True
suppress_warnings = ["config.cache"]  # the scraper of pictures is an object, so that the cache is not kept
default_role = "code"  # docstrings write `name` for code, as Markdown does

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "none"
autodoc_default_options = {"members": True, "show-inheritance": True}
python_use_unqualified_type_names = True
nitpick_ignore_regex = [("py:.*", ".*")]

html_theme = "pydata_sphinx_theme"
html_title = f"analoghop {release}"
html_show_sourcelink = False
html_copy_source = False
html_static_path = ["static"]
html_css_files = ["site.css"]
html_theme_options = {
    "navigation_with_keys": False,
    "show_toc_level": 2,
    "footer_start": ["copyright"],
    "footer_end": [],
    "secondary_sidebar_items": ["page-toc"],
    "search_as_you_type": True,
}

examples = collected(ROOT / "examples", ROOT / "build" / "gallery")
sphinx_gallery_conf = {
    "examples_dirs": str(examples),
    "gallery_dirs": "examples",
    "filename_pattern": r"\.py$",
    "within_subsection_order": "FileNameSortKey",
    "image_scrapers": (PicturesOnDisk(),),
    "reset_modules": (name_script, "matplotlib"),
    "download_all_examples": False,
    "remove_config_comments": True,
    "show_signature": False,
    "show_memory": False,
    "min_reported_time": 1e9,
    "abort_on_example_error": True,
    "capture_repr": (),
    "copyfile_regex": "",
    "backreferences_dir": None,
}
