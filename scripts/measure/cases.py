"""Many complaints in many communities, as three years leave them: made by set-based SQL.

The communities are of very different size, the cases of all of them lie mixed in the order of
time, one in eighteen is open, and each has the time line its state asks for.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from app.complaints.rules.catalogue import SHIPPED
from measure.words import sentences
from measure.world import COMMUNITIES, OTHER_COMMUNITIES

_SENTENCES = 100_000
_AT_ONCE = 250_000
_FILLED = ("complaint", "complaint_event", "complaint_words")

_COMMUNITIES = """
CREATE TABLE measured_share AS
SELECT bucket, community_id
FROM (
    SELECT community_id,
           10000 * (sum(weight) OVER through - weight) / sum(weight) OVER () AS first,
           10000 * sum(weight) OVER through / sum(weight) OVER () AS last
    FROM (SELECT n AS community_id, 1.0 / (n + 6) AS weight FROM generate_series(1, :others + 1) n)
        AS tenants
    WINDOW through AS (ORDER BY community_id)
) AS shares
JOIN generate_series(0, 9999) AS bucket ON bucket >= first AND bucket < last;
CREATE TABLE measured_sentence (number int, said text);
INSERT INTO compound (community_id, id, name, pinyin)
SELECT c, md5('compound' || c || '-' || n)::uuid,
       (ARRAY['檀溪花园', '汉江苑', '古隆中小区', '长虹新村'])[n], 'xiaoqu' || n
FROM generate_series(1, :others + 1) c, generate_series(1, 4) n;
INSERT INTO organization (community_id, id, kind, name, pinyin)
SELECT c, md5('company' || c || '-' || n)::uuid, 'property_company', '物业' || n, 'wuye' || n
FROM generate_series(1, :others + 1) c, generate_series(1, 2) n;
INSERT INTO account (id, phone, name)
SELECT md5(who || c)::uuid, '+86' || prefix || lpad(c::text, 8, '0'), label || c
FROM generate_series(1, :others + 1) c,
     (VALUES ('office', '137', '社工'), ('resident', '138', '居民'), ('staff', '136', '师傅'))
         AS known (who, prefix, label);
-- Seen ahead of time: noting a device every five minutes must not fall on one side only.
INSERT INTO login_session
    (id, token_digest, account_id, device, expires_at, last_seen_at, second_factor_at)
SELECT md5('session' || who || c)::uuid, sha256(convert_to(who || '-' || c, 'UTF8')),
       md5(who || c)::uuid, '测量', now() + interval '1 day', now() + interval '1 day', now()
FROM generate_series(1, :others + 1) c, unnest(ARRAY['office', 'resident', 'staff']) who;
INSERT INTO membership (id, account_id, role, community_id, organization_id)
SELECT md5('membership' || who || c)::uuid, md5(who || c)::uuid, role, c,
       CASE who WHEN 'staff' THEN md5('company' || c || '-1')::uuid END
FROM generate_series(1, :others + 1) c,
     (VALUES ('office', 'community_staff'), ('resident', 'resident'), ('staff', 'property_staff'))
         AS known (who, role)
"""

# u is a number below a million that differs from purpose to purpose; the states by age.
_CASES = """
INSERT INTO complaint (
    community_id, id, created_at, short_code, once_key, reporter_id, anonymous, catalogue_version,
    category, category_title, urgency, responsible, text, compound_id, place_name, place_note,
    state, organization_id, assignee_id, promise_from, promised_at, step_from, due_at, escalate_at,
    wake_at, signed_at, done_at, closed_at, closing, rating, contact_due_at, contacted_at,
    verdicts, verdicts_resolved, verdicts_content, escalation_level)
SELECT community_id, id, at, upper(substr(md5('code' || n), 1, 10)), md5('once' || n)::uuid,
       md5('reporter' || community_id || '-' || n %% 400)::uuid, n %% 7 = 0, '2026-1',
       category, title, 'ordinary', 'property', said, compound_id, place, '',
       state, organization_id,
       CASE WHEN state IN ('accepted', 'reopened', 'done', 'closed') AND n %% 3 > 0
            THEN md5('staff' || community_id)::uuid END,
       at, at + interval '7 days', at, due_at,
       CASE WHEN level < 3 THEN due_at + (ARRAY['0', '1 day', '3 days']::interval[])[level + 1] END,
       CASE WHEN state = 'waiting' THEN now() + interval '3 days' END,
       CASE WHEN state NOT IN ('filed', 'returned', 'dispatched') THEN at + interval '5 hours' END,
       CASE WHEN state IN ('done', 'closed') THEN at + interval '2 days' END,
       CASE WHEN state IN ('closed', 'not_accepted') THEN at + interval '3 days' END,
       CASE WHEN state = 'closed'
            THEN (ARRAY['confirmed', 'called_back', 'silence'])[1 + n %% 3] END,
       CASE WHEN state = 'closed' AND n %% 3 < 2
            THEN (ARRAY['satisfied', 'fairly', 'unsatisfied'])[1 + n %% 10 / 4] END,
       at + interval '1 day',
       CASE WHEN state NOT IN ('filed', 'returned', 'dispatched') THEN at + interval '5 hours' END,
       (state = 'closed' AND n %% 3 < 2)::int, (state = 'closed' AND n %% 3 < 2)::int,
       (state = 'closed' AND n %% 3 < 2 AND n %% 10 < 8)::int, level
FROM (
    SELECT drawn.*, share.community_id, sentence.said,
           md5('compound' || share.community_id || '-' || 1 + (u3 %% 10) / 4)::uuid AS compound_id,
           (ARRAY['檀溪花园', '汉江苑', '古隆中小区', '长虹新村'])[1 + (u3 %% 10) / 4]
               || ' ' || 1 + u4 %% 30 || '栋 ' || 1 + u4 %% 4 || '单元' AS place,
           CASE WHEN state NOT IN ('filed', 'returned')
                THEN md5('company' || share.community_id || '-' || 1 + u3 %% 2)::uuid
           END AS organization_id,
           CASE WHEN state IN ('filed', 'dispatched', 'accepted', 'reopened', 'returned')
                THEN CASE n %% 2 WHEN 0 THEN at + interval '7 days'
                     ELSE now() + u4 * interval '1 second' END END AS due_at,
           CASE WHEN NOT %(all_open)s AND n %% 2 = 0 AND at + interval '10 days' < now()
                THEN 3 ELSE 0 END AS level
    FROM (
        SELECT n, at, u1, u2, u3, u4,
               uuidv7(at - now()) AS id,
               (%(categories)s ::text[])[1 + u2 %% %(kinds)s] AS category,
               (%(titles)s ::text[])[1 + u2 %% %(kinds)s] AS title,
               CASE WHEN %(all_open)s OR u2 < CASE WHEN at > now() - interval '10 days' THEN 700000
                                WHEN at > now() - interval '40 days' THEN 200000
                                ELSE 40000 END
                    THEN (ARRAY['filed', 'dispatched', 'accepted', 'accepted', 'accepted', 'done',
                                'reopened', 'returned', 'dispatched', 'waiting'])[1 + u4 %% 10]
                    WHEN u4 < 40000 THEN 'not_accepted' ELSE 'closed' END AS state
        FROM (
            SELECT n, now() - interval '1095 days' * (1 - n::float / %(cases)s) AS at,
                   (hashint8extended(n, 1) & 1073741823) %% 1000000 AS u1,
                   (hashint8extended(n, 2) & 1073741823) %% 1000000 AS u2,
                   (hashint8extended(n, 3) & 1073741823) %% 1000000 AS u3,
                   (hashint8extended(n, 4) & 1073741823) %% 1000000 AS u4
            FROM generate_series(%(first)s ::bigint, %(last)s ::bigint) n) numbers) drawn
    JOIN measured_share share ON share.bucket = u1 %% 10000
    JOIN measured_sentence sentence ON sentence.number = (n * 7919 + u4) %% %(sentences)s) cases
"""

_EVENTS = """
INSERT INTO complaint_event (community_id, id, created_at, complaint_id, kind, party, actor_id,
    organization_id, to_state, due_at, details)
SELECT made.community_id,
       uuidv7(made.created_at + step.later - now()),
       made.created_at + step.later, made.id, step.kind, step.party,
       CASE step.party WHEN 'reporter' THEN made.reporter_id
                       ELSE md5('staff' || made.community_id)::uuid END,
       made.organization_id, step.to_state,
       CASE WHEN step.to_state IN ('dispatched', 'accepted', 'reopened')
            THEN made.created_at + interval '1 day' END,
       CASE WHEN step.kind = 'confirm' AND made.rating IS NOT NULL
            THEN jsonb_build_object('rating', made.rating) ELSE '{}' END
FROM complaint made
JOIN (VALUES
    ('filed', 'reporter', 'dispatched', interval '0',
     '{filed,returned,dispatched,accepted,done,reopened,waiting,closed,not_accepted}'::text[]),
    ('accept', 'company', 'accepted', interval '5 hours',
     '{accepted,done,reopened,waiting,closed}'),
    ('complete', 'company', 'done', interval '2 days', '{done,reopened,closed}'),
    ('reopen', 'reporter', 'reopened', interval '3 days', '{reopened}'),
    ('refuse', 'office', 'not_accepted', interval '1 day', '{not_accepted}'),
    ('confirm', 'reporter', 'closed', interval '3 days', '{closed}')
) AS step (kind, party, to_state, later, states) ON made.state = ANY (step.states)
WHERE made.created_at + step.later <= now()
"""

# As rules/searching.py, on the cases' own sentences: what happens at filing, done for all at once.
_WORDS = r"""
INSERT INTO complaint_words (community_id, id, words)
SELECT made.community_id, made.id, ARRAY(
    SELECT (made.community_id::bigint << 42) | pair
    FROM unnest(sentence.pairs || place.pairs) AS pair GROUP BY pair)
FROM complaint made
JOIN measured_pairs sentence ON sentence.said = made.text
JOIN measured_pairs place ON place.said = made.place_name
"""
_PAIRS = r"""
CREATE TABLE measured_pairs AS
SELECT said, ARRAY(
    SELECT DISTINCT (ascii(first)::bigint << 21) | ascii(second)
    FROM (
        SELECT character AS first, lead(character) OVER (ORDER BY place) AS second
        FROM unnest(string_to_array(lower(said), NULL)) WITH ORDINALITY AS listed (character, place)
    ) AS neighbours
    WHERE first !~ '\s' AND second !~ '\s') AS pairs
FROM (
    SELECT said FROM measured_sentence UNION SELECT DISTINCT place_name FROM complaint) AS texts
"""


class Cases:
    """Makes `cases` complaints in many communities; `all_open`: none has ended, all may be late."""

    def __init__(
        self,
        address: str,
        cases: int,
        *,
        communities: int = OTHER_COMMUNITIES + 1,
        all_open: bool = False,
    ) -> None:
        self._address = address
        self._communities = communities
        self.cases = cases
        self._all_open = all_open
        self._sentences = min(cases, _SENTENCES)

    def build(self) -> None:
        """Fill a migrated, empty database."""
        with psycopg.connect(self._address, autocommit=True) as connection:
            # The rows are made to fit: checking their references one by one would take hours.
            connection.execute("SET session_replication_role = replica")
            self._make_communities(connection)
            with _without_indexes(connection):
                for first in range(1, self.cases + 1, _AT_ONCE):
                    last = min(first + _AT_ONCE - 1, self.cases)
                    connection.execute(_CASES, self._values(first, last))
                if not self._all_open:
                    connection.execute(_EVENTS)
                    connection.execute(_PAIRS)
                    connection.execute(_WORDS)
            connection.execute("VACUUM ANALYZE")

    def _make_communities(self, connection: psycopg.Connection[tuple[object, ...]]) -> None:
        for script in (COMMUNITIES, _COMMUNITIES):
            connection.execute(script.replace(":others", str(self._communities - 1)))
        with (
            connection.cursor() as cursor,
            cursor.copy("COPY measured_sentence FROM STDIN") as copy,
        ):
            for row in enumerate(sentences(self._sentences)):
                copy.write_row(row)

    def _values(self, first: int, last: int) -> dict[str, object]:
        return {
            "first": first,
            "last": last,
            "cases": self.cases,
            "all_open": self._all_open,
            "sentences": self._sentences,
            "kinds": len(SHIPPED.items),
            "categories": list(SHIPPED.items),
            "titles": [category.title for category in SHIPPED.items.values()],
        }


@contextmanager
def _without_indexes(connection: psycopg.Connection[tuple[object, ...]]) -> Iterator[None]:
    """Rows go in faster when the indexes that guard nothing are made afterwards."""
    rows = connection.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE indrelid = ANY (%s::regclass[]) AND NOT indisunique",
        [list(_FILLED)],
    ).fetchall()
    for name, _ in rows:
        connection.execute(f"DROP INDEX {name}")
    yield
    connection.execute("SET maintenance_work_mem = '512MB'")
    for _, made in rows:
        connection.execute(str(made))
