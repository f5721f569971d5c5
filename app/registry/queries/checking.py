"""What is wrong with a staged register as a whole, noted by line and column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, text

from app.core.db import db
from app.kit.ids import new_id
from app.registry.models import ImportFault

_NOTE = """
INSERT INTO import_fault (community_id, id, import_id, line, column_title, sentence)
SELECT :community, gen_random_uuid(), :import, line, column_title, sentence FROM ({}) AS found
"""
_READING = """
SELECT line, fault_column AS column_title, fault AS sentence
FROM stage_file WHERE fault IS NOT NULL
"""
_UNITS_DIFFER = """
SELECT staged.line, field.title AS column_title,
       '和第 ' || unit.line || ' 行是同一户，这一列却不一样，请改成一致。' AS sentence
FROM stage_row AS staged JOIN stage_unit AS unit USING (unit_number)
CROSS JOIN LATERAL (VALUES
    ('面积', staged.area_centi <> unit.area_centi),
    ('楼层', staged.floor IS DISTINCT FROM unit.floor),
    ('类型', staged.kind <> unit.kind),
    ('面积来源', staged.area_source <> unit.area_source),
    ('交付状态', staged.sale_state <> unit.sale_state)
) AS field (title, differs)
WHERE field.differs
"""
_OWNERS_DIFFER = """
SELECT staged.line, field.title AS column_title,
       '和第 ' || stage_owner.line || ' 行是同一位业主，这一列却不一样，请改成一致。' AS sentence
FROM stage_row AS staged JOIN stage_owner USING (owner_key)
CROSS JOIN LATERAL (VALUES
    ('业主姓名', staged.owner_name <> stage_owner.owner_name),
    ('业主类型', staged.owner_kind <> stage_owner.owner_kind),
    ('手机', staged.phone <> stage_owner.phone)
) AS field (title, differs)
WHERE field.differs AND stage_owner.known_by <> 'u'
"""
_TWICE_IN_UNIT = """
SELECT line, '业主姓名' AS column_title,
       '和第 ' || first_line || ' 行重复：同一户里一位业主只写一行。' AS sentence
FROM (
    SELECT line, min(line) OVER same_owner AS first_line
    FROM stage_holding WINDOW same_owner AS (PARTITION BY unit_number, owner_id)
    UNION
    SELECT line, first_line FROM (
        SELECT line, min(line) OVER same_name AS first_line,
               bool_or(owner_key LIKE 'u%') OVER same_name AS unsure
        FROM stage_holding WINDOW same_name AS (PARTITION BY unit_number, owner_name)
    ) AS named WHERE unsure
) AS counted
WHERE line > first_line
"""
_ONE_OWNER_TWO_WAYS = """
SELECT line, '业主姓名' AS column_title,
       '和第 ' || first_line
       || ' 行在名册里是同一位业主，证件号或手机却写得不一样，请改成一致。' AS sentence
FROM (
    SELECT line, min(line) OVER (PARTITION BY owner_id) AS first_line
    FROM stage_owner WHERE known_by <> 'u'
) AS counted
WHERE line > first_line
"""
_EMPTY_BESIDE_OWNER = """
SELECT staged.line, '业主姓名' AS column_title,
       '这一户的其他行写了业主，这一行也要写；没有别的业主就删掉这一行。' AS sentence
FROM stage_row AS staged
WHERE owner_key IS NULL
  AND EXISTS (SELECT FROM stage_holding WHERE stage_holding.unit_number = staged.unit_number)
"""
_SHARES_MIXED = """
SELECT max(line) AS line, '份额' AS column_title,
       '同一户的份额要么每位业主都填，要么都不填（都不填时按等额登记）。' AS sentence
FROM stage_holding GROUP BY unit_number
HAVING bool_or(share_open) AND NOT bool_and(share_open)
"""
_CHECKS = (
    _READING,
    _UNITS_DIFFER,
    _OWNERS_DIFFER,
    _TWICE_IN_UNIT,
    _ONE_OWNER_TWO_WAYS,
    _EMPTY_BESIDE_OWNER,
    _SHARES_MIXED,
)
_CO_OWNED = text("""
SELECT max(line) AS line, array_agg(share_numerator) AS numerators,
       array_agg(share_denominator) AS denominators
FROM stage_holding GROUP BY unit_number
HAVING count(*) > 1 AND NOT bool_or(share_open)
""")


def forget_faults(community_id: int, import_id: UUID) -> None:
    """Make room for a new list of faults."""
    db.session.execute(
        delete(ImportFault).where(
            ImportFault.community_id == community_id, ImportFault.import_id == import_id
        )
    )


def note_faults(community_id: int, import_id: UUID) -> None:
    """Note everything that sets can tell."""
    for check in _CHECKS:
        db.session.execute(
            text(_NOTE.format(check)), {"community": community_id, "import": import_id}
        )


def note_fault(
    community_id: int, import_id: UUID, line: int, column_title: str, sentence: str
) -> None:
    """Note one fault."""
    db.session.execute(
        insert(ImportFault).values(
            community_id=community_id,
            id=new_id(),
            import_id=import_id,
            line=line,
            column_title=column_title,
            sentence=sentence,
        )
    )


def co_owned() -> Sequence[Any]:
    """Shares of staged units with several owners: line, numerators, denominators."""
    return db.session.execute(_CO_OWNED).all()


def fault_count(community_id: int, import_id: UUID) -> int:
    """How many faults an import has."""
    return (
        db.session.scalar(
            select(func.count()).where(
                ImportFault.community_id == community_id, ImportFault.import_id == import_id
            )
        )
        or 0
    )


def faults(community_id: int, import_id: UUID, limit: int | None = None) -> Sequence[Any]:
    """Faults by line: line, column_title, sentence."""
    return db.session.execute(
        select(ImportFault.line, ImportFault.column_title, ImportFault.sentence)
        .where(ImportFault.community_id == community_id, ImportFault.import_id == import_id)
        .order_by(ImportFault.line, ImportFault.id)
        .limit(limit)
    ).all()
