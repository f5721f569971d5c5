"""A closed assembly of any number of voters, all of whom voted: only what a tally reads."""

from __future__ import annotations

from sqlalchemy import text

ASSEMBLY = "counted"

# Without owners, casts and checks of references, which a tally does not look at.
BALLOTS = """
SET session_replication_role = replica;
INSERT INTO assembly (community_id, id, compound_id, title, convener, mode, state, opens_at,
    closes_at, notice_at, closed_at)
SELECT 1, md5('{assembly}')::uuid, md5('compound')::uuid, '更换水泵', '业委会', 'online', 'closed',
    now() - interval '20 days', now(), now() - interval '40 days', now();
INSERT INTO assembly_matter (community_id, id, assembly_id, position, statute, kind, title)
SELECT 1, md5('{assembly}' || n)::uuid, md5('{assembly}')::uuid, n, 5, 'resolution', '第' || n
FROM generate_series(1, {matters}) n;
INSERT INTO roll_voter (community_id, id, assembly_id, number, area_centi, unit_count,
    member_count, label, building_id, owner_key, developer)
SELECT 1, gen_random_uuid(), md5('{assembly}')::uuid, n, 8000 + n % 5000, 1, 1, '第' || n || '户',
    md5('building')::uuid, n::text, false
FROM generate_series(1, {voters}) n;
INSERT INTO ballot
    (community_id, id, assembly_id, matter_id, voter_id, cast_id, choice, nonce)
SELECT 1, gen_random_uuid(), voter.assembly_id, matter.id, voter.id, voter.id,
    (ARRAY['for', 'for', 'against', 'abstain'])[1 + (hashtext(voter.id::text || matter.id) & 3)],
    md5(voter.id::text || matter.id)
FROM roll_voter AS voter
JOIN assembly_matter AS matter ON matter.assembly_id = voter.assembly_id
WHERE voter.assembly_id = md5('{assembly}')::uuid;
SET session_replication_role = origin
"""
BARE = text("""
SELECT ballot.matter_id, ballot.choice, count(*) AS heads, sum(voter.area_centi) AS area_centi
FROM ballot JOIN roll_voter AS voter
    ON voter.community_id = ballot.community_id AND voter.id = ballot.voter_id
WHERE ballot.community_id = 1 AND ballot.assembly_id = :assembly_id
GROUP BY ballot.matter_id, ballot.choice
""")
