"""Interfaces of other packages to our problems and circuits; each module needs the package of its name."""
