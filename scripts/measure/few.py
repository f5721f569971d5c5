"""A compound of a hundred homes beside the big one, and a page that costs the same in both.

It has a full page of buildings, as the big one has, and its first is as large as those of the big
one: both pages show as many rows and rooms, and differ in the voters behind them.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from uuid import UUID

from flask import Flask

from measure.requests import sign_in
from measure.world import md5_uuid

HOMES = 100
SMALL_BUILDINGS = 40
ASSEMBLY = "few"
REQUESTS = 60
STAFF, TOKEN = "staff", "token-staff"

# Home n: in the first building while it has room, then in the small ones in turn.
PLACES = """
INSERT INTO compound (community_id, id, name, pinyin)
VALUES (1, md5('few-compound')::uuid, '檀溪小院', 'tanxixiaoyuan');
INSERT INTO building (community_id, id, compound_id, name, sort_key)
SELECT 1, md5('few-building' || n)::uuid, md5('few-compound')::uuid, n || '栋',
    lpad(n::text, 6, '0')
FROM generate_series(0, {buildings}) n;
INSERT INTO stairwell (community_id, id, building_id, name, sort_key)
SELECT 1, md5('few-stairwell' || n)::uuid, md5('few-building' || n)::uuid, '1单元', '000001'
FROM generate_series(0, {buildings}) n;
INSERT INTO property_unit
 (community_id, id, compound_id, building_id, stairwell_id, room, label, sort_key, floor, kind,
  area_centi)
SELECT 1, md5('few-unit' || n)::uuid, md5('few-compound')::uuid,
    md5('few-building' || building)::uuid, md5('few-stairwell' || building)::uuid,
    (100 + place)::text, building || '栋1单元' || (100 + place), lpad(n::text, 6, '0'), place + 1,
    'dwelling', 8000 + n
FROM (
    SELECT n,
        CASE WHEN n < {per} THEN 0
             ELSE 1 + (n - {per}) % {buildings} END AS building,
        CASE WHEN n < {per} THEN n
             ELSE (n - {per}) / {buildings} END AS place
    FROM generate_series(0, {few} - 1) n
) AS homes;
INSERT INTO ownership (community_id, id, unit_id, owner_id)
SELECT 1, md5('few-ownership' || n)::uuid, md5('few-unit' || n)::uuid, md5('owner' || n)::uuid
FROM generate_series(0, {few} - 1) n;
INSERT INTO assembly
 (community_id, id, compound_id, title, convener, mode, state, opens_at, closes_at, notice_at)
VALUES (1, md5('few')::uuid, md5('few-compound')::uuid, '更换水泵', '业委会', 'online', 'noticed',
    now() - interval '1 day', now() + interval '20 days', now() - interval '20 days');
INSERT INTO assembly_matter (community_id, id, assembly_id, position, statute, kind, title)
VALUES (1, md5('few-matter')::uuid, md5('few')::uuid, 1, 5, 'resolution', '使用维修资金更换水泵');
INSERT INTO account (id, phone, name) VALUES (md5('staff')::uuid, '+8613800000000', '刘社区');
INSERT INTO login_session
 (id, token_digest, account_id, device, expires_at, last_seen_at, second_factor_at)
VALUES (md5('session-staff')::uuid, sha256(convert_to('token-staff', 'UTF8')), md5('staff')::uuid,
    '测量', now() + interval '1 day', now() + interval '1 day', now());
INSERT INTO membership (id, account_id, role, community_id)
VALUES (md5('membership-staff')::uuid, md5('staff')::uuid, 'community_staff', 1)
"""


def seconds_of_pages(
    app: Flask, community: str, assemblies: Sequence[UUID]
) -> tuple[list[float], ...]:
    """The seconds of each request for the page of each assembly, alternating, after a warm-up."""
    headers = {"Cookie": sign_in(app, TOKEN, str(md5_uuid(STAFF))).cookie}
    client = app.test_client(use_cookies=False)
    taken: tuple[list[float], ...] = tuple([] for _ in assemblies)
    for turn in range(REQUESTS + 5):
        for place, assembly in enumerate(assemblies):
            began = time.perf_counter()
            answer = client.get(
                f"/c/{community}/assemblies/{assembly}/participation", headers=headers
            )
            seconds = time.perf_counter() - began
            if answer.status_code != 200:  # noqa: PLR2004 - HTTP
                raise RuntimeError(f"the page of participation answered {answer.status}")
            if turn >= 5:  # noqa: PLR2004 - the warm-up
                taken[place].append(seconds)
    return taken
