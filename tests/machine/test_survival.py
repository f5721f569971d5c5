"""Whatever is killed while a thousand complaints are filed: what was confirmed is there, once."""

import http.cookiejar
import itertools
import os
import re
import signal
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from uuid import uuid4

import psycopg
import pytest
from factories.patience import until

from app.demo.cast import COMMUNITY_CODE, DEMO_PASSWORD

pytestmark = pytest.mark.xdist_group("machine")
PHONES = ("13800000011", "13800000013", "13800000014", "13800000015")
VICTIMS = ("web", "worker", "valkey", "postgres")
FILED_BETWEEN_KILLS = 200
"""A thousand in all: before the first kill, after each, and so after the last."""
SEEN_ELSEWHERE = {302, 303}
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class Stay(urllib.request.HTTPRedirectHandler):
    """Where an answer leads is read, not followed."""

    def redirect_request(self, *_):
        return None


class Resident:
    """A browser that files complaints and sends again what got no answer."""

    def __init__(self, address, phone):
        self._address = address
        self._open = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()), Stay
        ).open
        assert self._post("/login", self._get("/login"), phone=phone, password=DEMO_PASSWORD)
        self._form = self._get(
            f"/c/{COMMUNITY_CODE}/complaints/new?category=property.lighting&place=elsewhere"
        )

    def file(self, once_key):
        """Whether the product confirmed this complaint."""
        try:
            told = self._post(
                f"/c/{COMMUNITY_CODE}/complaints/new",
                self._form,
                once_key=str(once_key),
                category="property.lighting",
                place="elsewhere",
                place_note="三楼",
                text="灯不亮了",
            )
        except OSError:
            return False
        return "/complaints/" in told and "filed=1" in told

    def _get(self, path):
        with self._open(self._address + path, timeout=20) as answer:
            return answer.read().decode()

    def _post(self, path, page, **values):
        """Where the answer leads; empty when it leads nowhere."""
        token = TOKEN.search(page)[1]
        body = urllib.parse.urlencode({**values, "csrf_token": token}).encode()
        try:
            with self._open(self._address + path, body, timeout=20):
                return ""
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.headers["Location"] if answer.code in SEEN_ELSEWHERE else ""


def file_until_told(resident, confirmed, stop):
    for once_key in iter(uuid4, None):
        while not resident.file(once_key):
            if stop.is_set():
                return
            time.sleep(0.2)
        confirmed.append(once_key)
        if stop.is_set():
            return


def rows(house, statement, *values):
    with psycopg.connect(house.settings["DATABASE_OWNER_URL"]) as connection:
        number = connection.execute(
            "SELECT id FROM community WHERE code = %s", (COMMUNITY_CODE,)
        ).fetchone()[0]
        connection.execute(f"SET LOCAL app.community_id = '{number}'")
        return connection.execute(statement, values).fetchall()


def test_no_confirmed_complaint_is_lost_or_doubled_whatever_is_killed(running_house):
    house = running_house
    confirmed, stop = [], threading.Event()
    threads = [
        threading.Thread(
            target=file_until_told, args=(Resident(house.address, phone), confirmed, stop)
        )
        for phone in PHONES
    ]
    for thread in threads:
        thread.start()
    try:
        for number, victim in zip(itertools.count(1), VICTIMS, strict=False):
            wanted = number * FILED_BETWEEN_KILLS
            until(lambda wanted=wanted: len(confirmed) >= wanted, f"{wanted} complaints")
            os.kill(house.pids()[victim], signal.SIGKILL)
        wanted = (len(VICTIMS) + 1) * FILED_BETWEEN_KILLS
        until(lambda: len(confirmed) >= wanted, "filing goes on after the last kill")
    finally:
        stop.set()
        for thread in threads:
            thread.join(60)
    found = [
        row[0]
        for row in rows(
            house, "SELECT once_key FROM complaint WHERE once_key = ANY(%s)", list(confirmed)
        )
    ]
    assert sorted(found) == sorted(confirmed)
    audited = rows(
        house,
        "SELECT count(*) FROM audit_entry a JOIN complaint c ON a.subject_id = c.id::text"
        " WHERE a.event = 'complaints.filed' AND c.once_key = ANY(%s)",
        list(confirmed),
    )
    assert audited == [(len(confirmed),)]
    until(
        lambda: rows(house, "SELECT count(*) FROM outbox_message WHERE dead_at IS NULL") == [(0,)],
        "the workers catch up with every message",
    )
