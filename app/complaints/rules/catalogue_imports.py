"""Where an uploaded catalogue stands, and items as they are kept until they are published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from app.complaints.rules.catalogue import Category, by_code, shipped_icon
from app.complaints.rules.deadlines import Responsible, Urgency
from app.complaints.rules.spans import stored_span


class ImportState(StrEnum):
    """What became of an upload."""

    CHECKING = "checking"
    FAILED = "failed"
    FAULTY = "faulty"
    UNCHANGED = "unchanged"
    CHECKED = "checked"
    PUBLISHED = "published"

    @property
    def label(self) -> str:
        """The state in Chinese."""
        return _STATES[self][0]

    @property
    def tone(self) -> str:
        """The colour of its tag."""
        return _STATES[self][1]


_STATES = {
    ImportState.CHECKING: ("正在检查", "info"),
    ImportState.FAILED: ("没能读出来", "late"),
    ImportState.FAULTY: ("有错误", "late"),
    ImportState.UNCHANGED: ("没有变化", "quiet"),
    ImportState.CHECKED: ("等待发布", "due"),
    ImportState.PUBLISHED: ("已发布", "done"),
}


def stored_item(item: Category) -> dict[str, Any]:
    """An item as the columns of a published one."""
    return {
        "code": item.code,
        "category_group": item.group,
        "title": item.title,
        "hint": item.hint,
        "responsible": item.responsible.value,
        "urgency": item.urgency.value,
        "own_limit": str(item.limit) if item.limit else None,
        "basis": item.basis,
    }


def read_item(stored: Mapping[str, Any]) -> Category:
    """The item `stored_item` wrote."""
    return Category(
        code=stored["code"],
        group=stored["category_group"],
        title=stored["title"],
        hint=stored["hint"],
        responsible=Responsible(stored["responsible"]),
        urgency=Urgency(stored["urgency"]),
        limit=stored_span(stored["own_limit"]),
        basis=stored["basis"],
        icon=shipped_icon(stored["code"]),
    )


def read_items(stored: Iterable[Mapping[str, Any]]) -> Mapping[str, Category]:
    """Items as a catalogue holds them."""
    return by_code(read_item(one) for one in stored)
