"""Heavy libraries that most processes never use: loaded when first asked, not at start."""

from importlib import import_module
from typing import Any


class Deferred:
    """Stands for a module by its full name and loads it when the first of its names is read.

    Raises ImportError at that moment, not before, when there is no such module.
    """

    __slots__ = ("_module",)

    def __init__(self, module: str) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self._module), name)
