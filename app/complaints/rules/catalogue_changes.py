"""What a new version of the catalogue changes, beside the one that holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.complaints.rules.catalogue import Category
from app.complaints.rules.catalogue_lines import Column, cells_of

_REST = ("其他", "其它")
_LONGEST_REST = len("其他事情")


@dataclass(frozen=True, slots=True)
class Changed:
    """An item that says something else: (what, before, after) for each difference."""

    item: Category
    differences: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """Items that are new, that say something else, that can no longer be chosen; the rest."""

    new: tuple[Category, ...]
    changed: tuple[Changed, ...]
    retired: tuple[Category, ...]
    same: int
    only_order: bool

    @property
    def any(self) -> bool:
        """Whether the new version differs at all."""
        return bool(self.new or self.changed or self.retired or self.only_order)


def compare(old: Mapping[str, Category], new: Mapping[str, Category]) -> Changes:
    """What changes from one version to the next; items are known by their code."""
    changed = tuple(
        Changed(item, _differences(old[code], item))
        for code, item in new.items()
        if code in old and cells_of(old[code]) != cells_of(item)
    )
    added = tuple(item for code, item in new.items() if code not in old)
    retired = tuple(item for code, item in old.items() if code not in new)
    alike = not (changed or added or retired)
    return Changes(
        new=added,
        changed=changed,
        retired=retired,
        same=len(new) - len(added) - len(changed),
        only_order=alike and list(old) != list(new),
    )


def has_rest(items: Mapping[str, Category]) -> bool:
    """Whether a resident whose matter is not listed finds something to choose."""
    return any(
        item.title.startswith(_REST) and len(item.title) <= _LONGEST_REST for item in items.values()
    )


def _differences(old: Category, new: Category) -> tuple[tuple[str, str, str], ...]:
    pairs = zip(Column, cells_of(old), cells_of(new), strict=True)
    return tuple(
        (column.value, before, after) for column, before, after in pairs if before != after
    )
