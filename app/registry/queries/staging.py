"""An uploaded register beside the register: staged in temporary tables and compared as sets.

`:community` and `:compound` say whose register it is, `:import` which upload.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from psycopg import sql
from sqlalchemy import text

from app.core.db import db

COLUMNS = (
    "line",
    "fault_column",
    "fault",
    "building",
    "building_key",
    "stairwell",
    "stairwell_key",
    "room",
    "unit_key",
    "label",
    "floor",
    "kind",
    "area_centi",
    "area_source",
    "sale_state",
    "owner_name",
    "owner_pinyin",
    "owner_kind",
    "phone",
    "identity_index",
    "identity_masked",
    "identity_encrypted",
    "share_numerator",
    "share_denominator",
)
_INTEGERS = frozenset({"line", "floor", "area_centi", "share_numerator", "share_denominator"})
_NOBODY = "'00000000-0000-0000-0000-000000000000'::uuid"

_NUMBER_UNITS = """
CREATE TEMPORARY TABLE stage_row ON COMMIT DROP AS
SELECT staged.*,
       dense_rank() OVER (ORDER BY building, coalesce(stairwell, ''), room) AS unit_number,
       NULL::text AS owner_key
FROM stage_file AS staged
WHERE fault IS NULL
"""
_SAME_NAME_AND_PHONE = """
UPDATE stage_row AS bare SET identity_index = known.identity_index
FROM (
    SELECT owner_name, phone, min(identity_index) AS identity_index
    FROM stage_row WHERE identity_index IS NOT NULL AND phone IS NOT NULL
    GROUP BY owner_name, phone HAVING count(DISTINCT identity_index) = 1
) AS known
WHERE bare.identity_index IS NULL
  AND bare.owner_name = known.owner_name AND bare.phone = known.phone
"""
_KEY_OWNERS = """
UPDATE stage_row SET owner_key = CASE
    WHEN identity_index IS NOT NULL THEN 'i' || identity_index
    WHEN phone IS NOT NULL THEN 'p' || phone || owner_name
    ELSE 'u' || unit_number || '/' || owner_name END
WHERE owner_name IS NOT NULL
"""
_UNITS = f"""
CREATE TEMPORARY TABLE stage_unit ON COMMIT DROP AS
SELECT first.unit_number, first.line, first.building, first.building_key, first.stairwell,
       first.stairwell_key, first.room, first.unit_key, first.label, first.floor, first.kind,
       first.area_centi, first.area_source, first.sale_state,
       building.id IS NULL AS building_new,
       coalesce(unit.id, gen_random_uuid()) AS unit_id,
       CASE WHEN unit.id IS NULL THEN 'new'
            WHEN (unit.floor, unit.kind, unit.area_centi, unit.area_source, unit.sale_state)
                 IS DISTINCT FROM
                 (first.floor, first.kind, first.area_centi, first.area_source, first.sale_state)
            THEN 'changed' ELSE 'same' END AS change
FROM (
    SELECT DISTINCT ON (unit_number) * FROM stage_row ORDER BY unit_number, line
) AS first
LEFT JOIN building ON building.community_id = :community
    AND building.compound_id = :compound AND building.name = first.building
LEFT JOIN stairwell ON stairwell.community_id = :community
    AND stairwell.building_id = building.id AND stairwell.name = first.stairwell
LEFT JOIN property_unit AS unit ON unit.community_id = :community
    AND unit.building_id = building.id AND unit.room = first.room
    AND coalesce(unit.stairwell_id, {_NOBODY})
        = coalesce(stairwell.id, CASE WHEN first.stairwell IS NULL THEN {_NOBODY} END)
"""  # noqa: S608 - built from our own constants
_HELD = """
CREATE TEMPORARY TABLE stage_held ON COMMIT DROP AS
SELECT stage_unit.unit_number, held.id AS ownership_id, held.owner_id,
       held.share_numerator, held.share_denominator,
       owner.name, owner.phone, owner.identity_index
FROM stage_unit
JOIN ownership AS held ON held.community_id = :community
    AND held.unit_id = stage_unit.unit_id AND held.ended_at IS NULL
JOIN owner ON owner.community_id = :community AND owner.id = held.owner_id
WHERE stage_unit.change <> 'new'
"""
_OWNERS = """
CREATE TEMPORARY TABLE stage_owner ON COMMIT DROP AS
WITH keyed AS (
    SELECT owner_key, min(line) AS line, left(owner_key, 1) AS known_by,
           (array_agg(owner_name ORDER BY line))[1] AS owner_name,
           (array_agg(owner_pinyin ORDER BY line))[1] AS owner_pinyin,
           (array_agg(owner_kind ORDER BY line))[1] AS owner_kind,
           (array_agg(phone ORDER BY line) FILTER (WHERE phone IS NOT NULL))[1] AS phone,
           min(identity_index) AS identity_index,
           min(identity_masked) AS identity_masked,
           min(identity_encrypted) AS identity_encrypted
    FROM stage_row WHERE owner_key IS NOT NULL GROUP BY owner_key
), by_identity AS (
    SELECT keyed.owner_key, owner.id AS owner_id
    FROM keyed JOIN owner ON owner.community_id = :community
        AND owner.identity_index = keyed.identity_index
), by_phone AS (
    SELECT keyed.owner_key,
           (array_agg(owner.id ORDER BY owner.id) FILTER (WHERE owner.identity_index IS NULL))[1]
               AS bare_id,
           (array_agg(owner.id ORDER BY owner.id))[1] AS any_id,
           count(DISTINCT owner.id) AS candidates
    FROM keyed JOIN owner ON owner.community_id = :community
        AND owner.name = keyed.owner_name AND owner.phone = keyed.phone
    GROUP BY keyed.owner_key
), alike AS (
    SELECT owner_name, phone FROM keyed
    WHERE phone IS NOT NULL GROUP BY owner_name, phone HAVING count(*) > 1
), by_unit AS (
    SELECT keyed.owner_key,
           (array_agg(held.owner_id ORDER BY held.identity_index IS NOT NULL,
                      held.phone IS NOT NULL, held.owner_id)
            FILTER (WHERE keyed.known_by <> 'i' OR held.identity_index IS NULL))[1] AS owner_id
    FROM keyed
    JOIN stage_row AS staged ON staged.owner_key = keyed.owner_key
    JOIN stage_held AS held ON held.unit_number = staged.unit_number
        AND held.name = keyed.owner_name
    GROUP BY keyed.owner_key
), found AS (
    SELECT keyed.*,
        coalesce(
            by_identity.owner_id,
            CASE WHEN known_by = 'p' THEN coalesce(
                     by_phone.bare_id, CASE WHEN candidates = 1 THEN any_id END)
                 WHEN known_by = 'i' AND alike.phone IS NULL THEN by_phone.bare_id END,
            by_unit.owner_id
        ) AS known_id
    FROM keyed
    LEFT JOIN by_identity USING (owner_key)
    LEFT JOIN by_phone USING (owner_key)
    LEFT JOIN by_unit USING (owner_key)
    LEFT JOIN alike ON alike.owner_name = keyed.owner_name AND alike.phone = keyed.phone
)
SELECT found.*, coalesce(known_id, gen_random_uuid()) AS owner_id,
       CASE WHEN known_id IS NULL THEN 'new'
            WHEN known_by <> 'u' AND (
                 owner.name <> found.owner_name OR owner.kind <> found.owner_kind
                 OR (found.phone IS NOT NULL AND owner.phone IS DISTINCT FROM found.phone)
                 OR (found.identity_index IS NOT NULL AND owner.identity_index IS NULL))
            THEN 'changed' ELSE 'same' END AS change
FROM found LEFT JOIN owner ON owner.community_id = :community AND owner.id = found.known_id
"""
_HOLDINGS = """
CREATE TEMPORARY TABLE stage_holding ON COMMIT DROP AS
SELECT staged.line, staged.unit_number, stage_owner.owner_id, staged.owner_key, staged.owner_name,
       staged.share_numerator IS NULL AS share_open,
       coalesce(staged.share_numerator, 1) AS share_numerator,
       coalesce(staged.share_denominator, count(*) OVER (PARTITION BY staged.unit_number))::int
           AS share_denominator
FROM stage_row AS staged JOIN stage_owner USING (owner_key)
"""
_STEPS = (
    _NUMBER_UNITS,
    "ANALYZE stage_row",
    _SAME_NAME_AND_PHONE,
    _KEY_OWNERS,
    "CREATE INDEX ON stage_row (owner_key)",
    "ANALYZE stage_row",
    _UNITS,
    "CREATE UNIQUE INDEX ON stage_unit (unit_number)",
    "ANALYZE stage_unit",
    _HELD,
    "ANALYZE stage_held",
    _OWNERS,
    "CREATE UNIQUE INDEX ON stage_owner (owner_key)",
    "ANALYZE stage_owner",
    _HOLDINGS,
    "ANALYZE stage_holding",
)


def allow_time(minutes: int) -> None:
    """Let this transaction's statements take longer than a page's may."""
    for setting in ("statement_timeout", "idle_in_transaction_session_timeout", "lock_timeout"):
        db.session.execute(text(f"SET LOCAL {setting} = '{int(minutes)}min'"))


def queue_up(community_id: int) -> None:
    """One register of a community is merged at a time; the next waits for the commit."""
    db.session.execute(
        text("SELECT pg_advisory_xact_lock(hashtext('registry.import'), :community)"),
        {"community": community_id},
    )


def copy_in(lines: Iterable[tuple[Any, ...]]) -> None:
    """Stream lines (values in the order of COLUMNS) into a temporary table."""
    described = ", ".join(f"{name} {'bigint' if name in _INTEGERS else 'text'}" for name in COLUMNS)
    db.session.execute(text(f"CREATE TEMPORARY TABLE stage_file ({described}) ON COMMIT DROP"))
    connection: Any = db.session.connection().connection.driver_connection
    copying = sql.SQL("COPY stage_file FROM STDIN")
    with connection.cursor() as cursor, cursor.copy(copying) as copy:
        for line in lines:
            copy.write_row(line)


def compare(community_id: int, compound_id: UUID) -> None:
    """Find every staged unit and owner in the register."""
    values = {"community": community_id, "compound": compound_id}
    for step in _STEPS:
        db.session.execute(text(step), values)
