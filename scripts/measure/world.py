"""The world that is measured: one big community among many, filled by set-based SQL."""

from __future__ import annotations

from hashlib import md5
from uuid import UUID

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

CODE, COMMUNITY_ID = "420602001008", 1
OTHER_COMMUNITIES = 535
UNITS_PER_STAIRWELL = 24

COMMUNITIES = """
INSERT INTO region (code, parent_code, level, name, pinyin, path) VALUES
 ('42', NULL, 'province', '湖北省', 'hubei', '42.'),
 ('4206', '42', 'city', '襄阳市', 'xiangyang', '42.4206.'),
 ('420602', '4206', 'district', '襄城区', 'xiangcheng', '42.4206.420602.'),
 ('420602001', '420602', 'street', '真武山街道', 'zhenwushan', '42.4206.420602.420602001.');
INSERT INTO community (code, name, pinyin, region_code, region_path)
SELECT (420602001007 + n)::text, '社区' || n, 'shequ' || n, '420602001',
       '42.4206.420602.420602001.'
FROM generate_series(1, :others + 1) n
"""
_PLACES = """
INSERT INTO compound (community_id, id, name, pinyin)
VALUES (1, md5('compound')::uuid, '檀溪花园', 'tanxihuayuan');
INSERT INTO building (community_id, id, compound_id, name, sort_key)
SELECT 1, md5('building' || n)::uuid, md5('compound')::uuid, n || '栋', lpad(n::text, 6, '0')
FROM generate_series(0, :people / :per) n;
INSERT INTO stairwell (community_id, id, building_id, name, sort_key)
SELECT 1, md5('stairwell' || n)::uuid, md5('building' || n)::uuid, '1单元', '000001'
FROM generate_series(0, :people / :per) n;
INSERT INTO property_unit
 (community_id, id, compound_id, building_id, stairwell_id, room, label, sort_key, floor, kind,
  area_centi)
SELECT 1, md5('unit' || n)::uuid, md5('compound')::uuid, md5('building' || n / :per)::uuid,
       md5('stairwell' || n / :per)::uuid, (100 + n % :per)::text,
       n / :per || '栋1单元' || (100 + n % :per), lpad(n::text, 6, '0'), n % :per + 1,
       'dwelling', 8000 + n % 5000
FROM generate_series(0, :people - 1) n
"""
_PEOPLE = """
INSERT INTO account (id, phone, name)
SELECT md5('account' || n)::uuid, '+86139' || lpad(n::text, 8, '0'), '居民' || n
FROM generate_series(0, :people - 1) n;
-- Seen ahead of time: noting a device every five minutes must not fall on one side only.
INSERT INTO login_session (id, token_digest, account_id, device, expires_at, last_seen_at)
SELECT md5('session' || n)::uuid, sha256(convert_to('token-' || n, 'UTF8')),
       md5('account' || n)::uuid, '测量', now() + interval '1 day', now() + interval '1 day'
FROM generate_series(0, :people - 1) n;
INSERT INTO membership (id, account_id, role, community_id)
SELECT md5('membership' || n)::uuid, md5('account' || n)::uuid, 'resident', 1
FROM generate_series(0, :people - 1) n;
INSERT INTO owner (community_id, id, name, pinyin, kind, phone, account_id)
SELECT 1, md5('owner' || n)::uuid, '居民' || n, 'jumin' || n, 'natural',
       '+86139' || lpad(n::text, 8, '0'), md5('account' || n)::uuid
FROM generate_series(0, :people - 1) n;
INSERT INTO ownership (community_id, id, unit_id, owner_id)
SELECT 1, md5('ownership' || n)::uuid, md5('unit' || n)::uuid, md5('owner' || n)::uuid
FROM generate_series(0, :people - 1) n;
INSERT INTO unit_claim
 (community_id, id, account_id, unit_id, owner_id, relation, state, matched)
SELECT 1, md5('claim' || n)::uuid, md5('account' || n)::uuid, md5('unit' || n)::uuid,
       md5('owner' || n)::uuid, 'owner', 'approved', true
FROM generate_series(0, :people - 1) n
"""
_ASSEMBLY = """
INSERT INTO assembly
 (community_id, id, compound_id, title, convener, mode, state, opens_at, closes_at, notice_at)
VALUES (1, md5('assembly')::uuid, md5('compound')::uuid, '更换水泵', '业委会', 'online', 'noticed',
        now() - interval '1 day', now() + interval '20 days', now() - interval '20 days');
INSERT INTO assembly_matter (community_id, id, assembly_id, position, statute, kind, title)
VALUES (1, md5('matter')::uuid, md5('assembly')::uuid, 1, 5, 'resolution', '使用维修资金更换水泵')
"""


class World:
    """Makes `people` owner-residents with a unit and a live session each."""

    def __init__(self, address: str, people: int) -> None:
        self._address = address
        self.people = people
        self.community = CODE
        self.community_id = COMMUNITY_ID
        self.voters: dict[UUID, UUID] = {}

    @staticmethod
    def described(people: int) -> str:
        """In words, for the progress line."""
        return f"{OTHER_COMMUNITIES + 1} 个社区，其中一个有 {people} 户业主"

    def build(self) -> None:
        """Fill the database."""
        engine = create_engine(self._address, poolclass=NullPool)
        values = {"people": self.people, "per": UNITS_PER_STAIRWELL, "others": OTHER_COMMUNITIES}
        with engine.begin() as connection:
            for script in (COMMUNITIES, _PLACES, _PEOPLE, _ASSEMBLY):
                _run(connection, script, values)

    def settle(self) -> None:
        """Let PostgreSQL look at what it holds."""
        engine = create_engine(self._address, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text("VACUUM ANALYZE"))

    @property
    def assembly(self) -> UUID:
        """The assembly everybody votes in."""
        return md5_uuid("assembly")

    @property
    def matter(self) -> UUID:
        """Its one matter."""
        return md5_uuid("matter")

    def voter(self, number: int) -> UUID:
        """A person's place on the roll."""
        return self.voters[md5_uuid(f"owner{number}")]

    def stairwell(self, number: int) -> UUID:
        """Where a person lives."""
        return md5_uuid(f"stairwell{number // UNITS_PER_STAIRWELL}")

    def account(self, number: int) -> str:
        """The account id of a person."""
        return str(md5_uuid(f"account{number}"))

    def token(self, number: int) -> str:
        """The session token of a person."""
        return f"token-{number}"


def _run(connection: Connection, script: str, values: dict[str, int]) -> None:
    for statement in script.split(";"):
        if statement.strip():
            used = {name: value for name, value in values.items() if f":{name}" in statement}
            connection.execute(text(statement), used)


def code_of(community_id: int) -> str:
    """The code of a community in the address."""
    return str(int(CODE) - COMMUNITY_ID + community_id)


def md5_uuid(words: str) -> UUID:
    """The id that `md5('…')::uuid` gives in the scripts above."""
    return UUID(md5(words.encode(), usedforsecurity=False).hexdigest())
