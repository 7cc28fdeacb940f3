"""Resight recognises individual animals from their natural markings, and keeps the record of who was seen where.

The public names, each imported when it is first used. What answers questions lies in two packages of that name:
`resight.identify.run.identify` says who is in a photo, `resight.evaluate.run.evaluate` how well a method does.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_FROM = {
    "catalogue.folder": ("Catalogue", "create_catalogue", "open_catalogue"),
    "catalogue.log": ("append", "history"),
    "errors": ("CatalogueError", "PhotoError", "ResightError"),
    "match.comparable": ("Sides",),
    "identify.decide": ("PRESETS", "Costs"),
    "identify.library": ("open_library",),
    "media.folders": ("scan",),
    "media.photo": ("read_photo",),
    "media.table": ("read_table",),
    "method": ("open_method",),
    "types": ("Box", "Record", "Side", "Verdict"),
    "work.add": ("add",),
    "work.processes": ("in_this_process", "local_processes"),
}
_MODULES = {name: module for module, names in _FROM.items() for name in names}
__all__ = [*sorted(_MODULES), "__version__"]


def __getattr__(name: str) -> Any:  # the modules themselves know the types
    if name not in _MODULES:
        raise AttributeError(f"module 'resight' has no attribute {name!r}")
    return getattr(import_module(f"resight.{_MODULES[name]}"), name.removesuffix("_catalogue"))


def __dir__() -> list[str]:
    return __all__
