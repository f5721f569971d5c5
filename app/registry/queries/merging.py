"""Bringing a checked, staged register into the register, set by set."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import text

from app.core.db import db

_SUMMARY = text("""
SELECT
    (SELECT count(*) FROM stage_row) AS lines,
    (SELECT count(*) FROM stage_unit WHERE change = 'new') AS units_new,
    (SELECT count(*) FROM stage_unit WHERE change = 'changed') AS units_changed,
    (SELECT count(*) FROM stage_unit WHERE change = 'same') AS units_same,
    (SELECT count(*) FROM stage_owner WHERE change = 'new') AS owners_new,
    (SELECT count(*) FROM stage_owner WHERE change = 'changed') AS owners_changed,
    (SELECT count(*) FROM stage_owner WHERE change = 'same') AS owners_same,
    (SELECT count(*) FROM stage_begin) AS shares_new,
    (SELECT count(*) FROM stage_end) AS shares_ended,
    (SELECT coalesce(sum(area_centi), 0)::bigint FROM stage_unit) AS area_centi,
    (SELECT count(DISTINCT building_key) FROM stage_unit WHERE building_new) AS buildings_new,
    ARRAY(SELECT building FROM stage_unit WHERE building_new
          GROUP BY building, building_key ORDER BY building_key LIMIT 20) AS building_names
""")
_DIFFERENCES = (
    """
CREATE TEMPORARY TABLE stage_begin ON COMMIT DROP AS
SELECT wanted.* FROM stage_holding AS wanted
WHERE NOT EXISTS (
    SELECT FROM stage_held AS held
    WHERE held.unit_number = wanted.unit_number AND held.owner_id = wanted.owner_id
      AND held.share_numerator = wanted.share_numerator
      AND held.share_denominator = wanted.share_denominator)
""",
    """
CREATE TEMPORARY TABLE stage_end ON COMMIT DROP AS
SELECT held.*, wanted.owner_id IS NULL AS leaves
FROM stage_held AS held
LEFT JOIN stage_holding AS wanted
    ON wanted.unit_number = held.unit_number AND wanted.owner_id = held.owner_id
WHERE EXISTS (SELECT FROM stage_holding AS other WHERE other.unit_number = held.unit_number)
  AND (wanted.owner_id IS NULL
       OR (wanted.share_numerator, wanted.share_denominator)
          <> (held.share_numerator, held.share_denominator))
""",
)
_MERGE = (
    """
INSERT INTO building (community_id, id, compound_id, name, sort_key, floors)
SELECT :community, gen_random_uuid(), :compound, building, min(building_key), max(floor)
FROM stage_unit GROUP BY building
ON CONFLICT (community_id, compound_id, name) DO NOTHING
""",
    """
INSERT INTO stairwell (community_id, id, building_id, name, sort_key)
SELECT :community, gen_random_uuid(), building.id, staged.stairwell, min(staged.stairwell_key)
FROM stage_unit AS staged
JOIN building ON building.community_id = :community
    AND building.compound_id = :compound AND building.name = staged.building
WHERE staged.stairwell IS NOT NULL GROUP BY building.id, staged.stairwell
ON CONFLICT (community_id, building_id, name) DO NOTHING
""",
    """
INSERT INTO property_unit
    (community_id, id, compound_id, building_id, stairwell_id, room, label, sort_key, floor, kind,
     area_centi, area_source, sale_state)
SELECT :community, staged.unit_id, :compound, building.id, stairwell.id, staged.room, staged.label,
       staged.unit_key, staged.floor, staged.kind, staged.area_centi, staged.area_source,
       staged.sale_state
FROM stage_unit AS staged
JOIN building ON building.community_id = :community
    AND building.compound_id = :compound AND building.name = staged.building
LEFT JOIN stairwell ON stairwell.community_id = :community
    AND stairwell.building_id = building.id AND stairwell.name = staged.stairwell
WHERE staged.change = 'new'
""",
    """
UPDATE property_unit AS unit
SET floor = staged.floor, kind = staged.kind, area_centi = staged.area_centi,
    area_source = staged.area_source, sale_state = staged.sale_state, version = unit.version + 1
FROM stage_unit AS staged
WHERE unit.community_id = :community AND unit.id = staged.unit_id AND staged.change = 'changed'
""",
    """
INSERT INTO owner
    (community_id, id, name, pinyin, kind, phone, identity_encrypted, identity_index,
     identity_masked)
SELECT :community, owner_id, owner_name, owner_pinyin, owner_kind, phone, identity_encrypted,
       identity_index, identity_masked
FROM stage_owner WHERE change = 'new'
""",
    """
UPDATE owner
SET name = staged.owner_name, pinyin = staged.owner_pinyin, kind = staged.owner_kind,
    phone = coalesce(staged.phone, owner.phone),
    identity_index = coalesce(owner.identity_index, staged.identity_index),
    identity_masked = coalesce(owner.identity_masked, staged.identity_masked),
    identity_encrypted = coalesce(owner.identity_encrypted, staged.identity_encrypted),
    version = owner.version + 1
FROM stage_owner AS staged
WHERE owner.community_id = :community AND owner.id = staged.owner_id AND staged.change = 'changed'
""",
    """
UPDATE ownership SET ended_at = now()
FROM stage_end WHERE ownership.community_id = :community AND ownership.id = stage_end.ownership_id
""",
    """
INSERT INTO ownership (community_id, id, unit_id, owner_id, share_numerator, share_denominator)
SELECT :community, gen_random_uuid(), unit_id, owner_id, share_numerator, share_denominator
FROM stage_begin JOIN stage_unit USING (unit_number)
""",
    """
UPDATE unit_claim SET state = 'ended', decided_at = now(), reason = '房屋已登记到其他业主名下。'
FROM stage_end JOIN stage_unit USING (unit_number)
WHERE unit_claim.community_id = :community AND unit_claim.unit_id = stage_unit.unit_id
  AND unit_claim.owner_id = stage_end.owner_id AND unit_claim.relation = 'owner'
  AND unit_claim.state = 'approved' AND stage_end.leaves
""",
)


def summarize(community_id: int, compound_id: UUID) -> dict[str, Any]:
    """What the staged register would change."""
    values = {"community": community_id, "compound": compound_id}
    for step in _DIFFERENCES:
        db.session.execute(text(step))
    return dict(db.session.execute(_SUMMARY, values).one()._mapping)  # noqa: SLF001 - its public name


def merge(community_id: int, compound_id: UUID) -> None:
    """Write the staged register: places, units, owners, shares."""
    values = {"community": community_id, "compound": compound_id}
    for step in _MERGE:
        db.session.execute(text(step), values)
