"""Finding cases by their words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    and_,
    any_,
    bindparam,
    case,
    cast,
    false,
    func,
    insert,
    or_,
    select,
    true,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY

from app.complaints.models import Complaint, ComplaintWords
from app.complaints.rules.searching import BITS, pairs, terms
from app.core.db import db
from app.kit.ids import normalize_code

MOST = 1000
"""With more cases than this a word is common: a page of them is found sooner by looking in order.

The index costs two reads a case found, looking in order the cases between two hits: in a community
of 30,000 cases the two are even at about 700, in one of a million at 4,000.
"""


def words_of(community_id: int, text: str, place_name: str, place_note: str) -> list[int]:
    """What is kept of a case: what everybody whose desk it lies on is shown, and nothing more."""
    tenant = community_id << 2 * BITS
    return [tenant | pair for pair in pairs(text, place_name, place_note)]


def insert_words(complaint: Complaint) -> None:
    """Keep the words of a new case."""
    db.session.execute(
        insert(ComplaintWords).values(
            community_id=complaint.community_id,
            id=complaint.id,
            words=words_of(
                complaint.community_id,
                complaint.text,
                complaint.place_name or "",
                complaint.place_note or "",
            ),
        )
    )


def matching(community_id: int, typed: str) -> Any:
    """The condition that a case has this number, or these words.

    Rare words are looked up first: the condition then names the cases that can be meant.
    """
    says = and_(*(_contains(term) for term in terms(typed)))
    code = Complaint.short_code == normalize_code(typed)
    looked_for = pairs(typed)
    if not looked_for:
        return _often(or_(code, says))
    found = _found(community_id, typed, looked_for)
    if len(found) > MOST:
        return _often(or_(code, says))
    ids = bindparam("found", list(found), type_=ARRAY(postgresql.UUID(as_uuid=True)), unique=True)
    return and_(Complaint.id == any_(ids), or_(code, says))


def _found(community_id: int, typed: str, looked_for: list[int]) -> Sequence[UUID]:
    """The cases with all these pairs, in no order and at most one more than MOST.

    The function reads past row security, which lets no index be used for what is inside a text;
    it adds the community of the transaction's scope to each pair itself (decision 23).
    """
    wanted = func.complaint_found(cast(looked_for, ARRAY(BigInteger)), MOST + 1)
    by_words = select(wanted.column_valued("id"))
    by_code = select(Complaint.id).where(
        Complaint.community_id == community_id, Complaint.short_code == normalize_code(typed)
    )
    return db.session.scalars(by_words.union_all(by_code)).all()


def _often(condition: Any) -> Any:
    """A condition the planner takes for true of every other row.

    It knows no word and takes each for rare; so it would read and sort a whole community rather
    than read on in the order of the page until the page is full.
    """
    return case((condition, true()), else_=false())


def _contains(term: str) -> Any:
    return or_(
        *(
            column.icontains(term, autoescape=True)
            for column in (Complaint.text, Complaint.place_name, Complaint.place_note)
        )
    )
