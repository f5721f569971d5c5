"""The catalogue that holds in a community, and its versions.

Which version holds is read once a transaction at most; what a version says is remembered by each
process under the digest of its items, so that communities with the same catalogue share one.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, event, func, insert, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from app.complaints.models import CatalogueItem, CatalogueVersion, Complaint
from app.complaints.rules.catalogue import SHIPPED, Catalogue, Category, title_of
from app.complaints.rules.catalogue_imports import read_items, stored_item
from app.core.db import db
from app.core.prepared import Prepared
from app.kit.ids import new_id
from app.people.models import Account

KEPT_MOST = 32
"""How many contents a process remembers; one of 800 items takes about 0.7 MB."""
RECENT = 50
_NAMES = "catalogue_names"
_contents: OrderedDict[str, Mapping[str, Category]] = OrderedDict()


def name_column(community: ColumnElement[int]) -> Any:
    """The name of the version that holds, as one value: for the statement of filing."""
    return (
        select(func.concat(CatalogueVersion.number, " ", CatalogueVersion.digest))
        .where(CatalogueVersion.community_id == community)
        .order_by(CatalogueVersion.number.desc())
        .limit(1)
        .scalar_subquery()
        .label("catalogue_name")
    )


_NAME = Prepared(select(name_column(bindparam("here"))))


def current(community_id: int) -> Catalogue:
    """The catalogue that holds here: the newest version published, else the one we ship."""
    names = _names()
    if community_id not in names:
        found: Any = _NAME.row({"here": community_id})
        names[community_id] = found.catalogue_name
    return named(community_id, names[community_id])


def named(community_id: int, name: str | None) -> Catalogue:
    """The version with this name (see `name_column`), which holds now."""
    _names()[community_id] = name
    if name is None:
        return SHIPPED
    number, _, digest = name.partition(" ")
    known = _contents.get(digest)
    if known is None:
        known = read_items(_lines(community_id, int(number)))
        _contents[digest] = known
        while len(_contents) > KEPT_MOST:
            _contents.popitem(last=False)
    return Catalogue(number, known)


def newest_version(community_id: int) -> Any:
    """The version that holds: CatalogueVersion, publisher; None where we ship it."""
    return db.session.execute(
        _versions(community_id).order_by(CatalogueVersion.number.desc()).limit(1)
    ).one_or_none()


def version(community_id: int, version_id: UUID | None) -> Any:
    """One version: CatalogueVersion, publisher."""
    return db.session.execute(
        _versions(community_id).where(CatalogueVersion.id == version_id)
    ).one_or_none()


def versions(community_id: int) -> Sequence[Any]:
    """The newest versions, newest first: CatalogueVersion, publisher."""
    return db.session.execute(
        _versions(community_id).order_by(CatalogueVersion.number.desc()).limit(RECENT)
    ).all()


def items_of(community_id: int, number: int) -> Mapping[str, Category]:
    """What a version says; what we ship for the number 0."""
    return read_items(_lines(community_id, number)) if number else SHIPPED.items


def basis_of(community_id: int, version_name: str, code: str) -> str:
    """What the item rested on in the version a case was filed under; empty where unknown."""
    if not version_name.isdecimal():
        return ""
    return db.session.scalar(
        select(CatalogueItem.basis)
        .join(CatalogueVersion, _of_version())
        .where(
            CatalogueItem.community_id == community_id,
            CatalogueVersion.number == int(version_name),
            CatalogueItem.code == code,
        )
    ) or ""  # fmt: skip


def titles_before(community_id: int, codes: Iterable[str]) -> dict[str, str]:
    """The last title of items that can no longer be chosen, by code."""
    rows = db.session.execute(
        select(CatalogueItem.code, CatalogueItem.title)
        .ext(distinct_on(CatalogueItem.code))
        .where(CatalogueItem.community_id == community_id, CatalogueItem.code.in_(list(codes)))
        .order_by(CatalogueItem.code, CatalogueItem.id.desc())
    )
    return {row.code: row.title for row in rows}


def title(community_id: int, code: str) -> str:
    """What an item is called now, or was called last; the code itself where nobody knows it."""
    item = current(community_id).get(code)
    return item.title if item else titles_before(community_id, [code]).get(code) or title_of(code)


def count_open(community_id: int, codes: Iterable[str]) -> int:
    """How many cases of these items are under way."""
    return db.session.scalar(
        select(func.count())
        .select_from(Complaint)
        .where(
            Complaint.community_id == community_id,
            Complaint.closed_at.is_(None),
            Complaint.category.in_(list(codes)),
        )
    ) or 0  # fmt: skip


def queue_up(community_id: int) -> None:
    """One version of a community is published at a time; the next waits for the commit."""
    db.session.execute(
        text("SELECT pg_advisory_xact_lock(hashtext('complaints.catalogue'), :community)"),
        {"community": community_id},
    )
    _names().pop(community_id, None)


def insert_version(values: Mapping[str, Any], items: Iterable[Category]) -> UUID:
    """Write a version with its items, which holds from the commit on."""
    version_id = new_id()
    community_id = values["community_id"]
    db.session.execute(insert(CatalogueVersion).values(**values, id=version_id))
    db.session.execute(
        insert(CatalogueItem),
        [
            {
                "community_id": community_id,
                "id": new_id(),
                "version_id": version_id,
                "position": position,
                **stored_item(item),
            }
            for position, item in enumerate(items)
        ],
    )
    _names().pop(community_id, None)
    return version_id


def _names() -> dict[int, str | None]:
    """Which versions this transaction has found to hold, by community."""
    names: dict[int, str | None] = db.session().info.setdefault(_NAMES, {})
    return names


@event.listens_for(Session, "after_commit")
@event.listens_for(Session, "after_rollback")
def _forget_names(session: Session) -> None:
    session.info.pop(_NAMES, None)


def _lines(community_id: int, number: int) -> list[Mapping[str, Any]]:
    rows = db.session.execute(
        select(
            CatalogueItem.code,
            CatalogueItem.category_group,
            CatalogueItem.title,
            CatalogueItem.hint,
            CatalogueItem.responsible,
            CatalogueItem.urgency,
            CatalogueItem.own_limit,
            CatalogueItem.basis,
        )
        .join(CatalogueVersion, _of_version())
        .where(CatalogueVersion.community_id == community_id, CatalogueVersion.number == number)
        .order_by(CatalogueItem.position)
    )
    return [dict(row) for row in rows.mappings()]


def _versions(community_id: int) -> Any:
    return (
        select(CatalogueVersion, Account.name.label("publisher"))
        .outerjoin(Account, Account.id == CatalogueVersion.published_by)
        .where(CatalogueVersion.community_id == community_id)
    )


def _of_version() -> ColumnElement[bool]:
    return and_(
        CatalogueVersion.community_id == CatalogueItem.community_id,
        CatalogueVersion.id == CatalogueItem.version_id,
    )
