"""Pages by key: a page begins where the last one ended, however long the list is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from app.core.db import TenantModel, db

PAGE = 50


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one page and the ids from which the pages beside it go on."""

    rows: Sequence[Any]
    before: UUID | None
    after: UUID | None


def page(
    statement: Select[Any],
    everything: Select[Any],
    model: type[TenantModel],
    sort: Sequence[InstrumentedAttribute[str]],
    *,
    after: UUID | None = None,
    before: UUID | None = None,
    size: int = PAGE,
) -> Page:
    """One page of a statement that has the column `id`, in the order of `sort`.

    `everything` is the same list without its filters, so that a page can begin after a row that
    no longer belongs to it.
    """
    key = tuple_(*sort, model.id)
    backwards = before is not None and after is None
    mark = before if backwards else after
    if mark is not None:
        found_mark = everything.with_only_columns(*sort, model.id).where(model.id == mark)
        place = found_mark.scalar_subquery()
        statement = statement.where(key < place if backwards else key > place)
    columns = (*sort, model.id)
    order = [column.desc() for column in columns] if backwards else columns
    found = list(db.session.execute(statement.order_by(*order).limit(size + 1)).all())
    more, rows = len(found) > size, found[:size]
    if backwards:
        rows.reverse()
    earlier = more if backwards else mark is not None
    later = backwards or more
    return Page(
        rows,
        before=rows[0].id if rows and earlier else None,
        after=rows[-1].id if rows and later else None,
    )
