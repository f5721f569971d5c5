"""A year of complaints before today, so that figures and trends have something to say.

Unlike the rest of the demo world these are written as rows: the actions live in the present.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select

from app.communities.rules import Settings
from app.complaints.actions.digests import make_digests
from app.complaints.actions.figures import refresh
from app.complaints.actions.promises import Terms, promise
from app.complaints.models import Complaint, ComplaintEvent, ComplaintWords
from app.complaints.queries import cases
from app.complaints.queries.searching import words_of
from app.complaints.rules.answers import Channel, Closing, Ground, Rating
from app.complaints.rules.catalogue import SHIPPED, Category
from app.complaints.rules.deadlines import Level, Responsible, sign_span
from app.complaints.rules.states import Action, Happening, Party, State
from app.core.db import db
from app.core.tenancy import CommunityRef, Scope, place_directory
from app.core.transaction import transaction
from app.demo.stage import Stage
from app.kit.clock import now
from app.kit.ids import ALPHABET, first_id

_DAYS = 330
_ELSEWHERE = ("420602001011", "420602002012", "420602003008", "420606004006", "420607003012")
"""Further communities, of other streets and districts; those that do not exist are left."""
_TOLD = {
    "property.lighting": ("楼道灯又不亮了", 14),
    "property.cleaning": ("垃圾桶满了没有清", 12),
    "property.parking": ("车停在消防通道上", 11),
    "property.lift": ("电梯停用半天了", 9),
    "property.drains": ("一楼下水道返水", 8),
    "property.clutter": ("楼道里堆了纸箱", 8),
    "property.doors": ("单元门关不上", 7),
    "property.charging": ("有人飞线充电", 5),
    "property.renovation": ("周末装修吵人", 5),
    "property.fees": ("想看看公共收益", 4),
    "property.burst_pipe": ("车库水管在喷水", 2),
    "neighbours.noise": ("夜里吵闹睡不着", 6),
    "events.street_order": ("摆摊占了人行道", 5),
    "parts.utilities": ("井盖响了好几天", 3),
}
_UNHAPPY, _RETURNED, _SILENT, _REFUSED, _JOINED = 0.08, 0.16, 0.07, 0.04, 0.05
_LATE_ANSWER, _LATE_END, _STILL_OPEN = 0.09, 0.12, 0.5
_OPEN_DAYS = 16
_NOWHERE = {"compound_id": None, "building_id": None, "stairwell_id": None, "place_name": ""}


@dataclass(slots=True)
class Past:
    """What happened in one community, made up from one seed: the same each time."""

    community: CommunityRef
    random: Random
    present: datetime
    company: UUID | None
    places: list[dict[str, Any]]
    reporters: list[UUID]
    worker: UUID | None
    rows: list[dict[str, Any]]
    events: list[dict[str, Any]]

    def report(self, days_ago: float) -> None:
        """One case from its report to where it stands now."""
        code = self.random.choices(list(_TOLD), [many for _, many in _TOLD.values()])[0]
        category = SHIPPED.items[code]
        filed = self.present - timedelta(days=days_ago)
        place = self.random.choice(self.places)
        served = place.get("served") and category.responsible is Responsible.PROPERTY
        row = self._row(category, filed, self.company if served else None, place)
        self._tell(row, Happening.FILED, Party.REPORTER, filed, due_at=row["contact_due_at"])
        self.rows.append(row)
        self._work(row, filed, days_ago)

    def _work(self, row: dict[str, Any], filed: datetime, days_ago: float) -> None:
        chance = self.random.random
        desk = Party.COMPANY if row["organization_id"] else Party.OFFICE
        if chance() < _REFUSED:
            row.update(state=State.NOT_ACCEPTED, ground=Ground.IN_COURT)
            return self._end(row, Action.REFUSE, Party.OFFICE, filed + timedelta(hours=5))
        if chance() < _JOINED and self.rows[:-1]:
            row.update(state=State.MERGED, merged_into_id=self.rows[0]["id"])
            return self._end(row, Action.MERGE, Party.OFFICE, filed + timedelta(hours=3))
        slow = 1.4 if chance() < _LATE_ANSWER else 0.5 * chance()
        contacted = filed + slow * (row["contact_due_at"] - filed)
        if contacted > self.present:
            return None
        row.update(state=State.ACCEPTED, contacted_at=contacted, signed_at=contacted)
        row.update(step_from=contacted, due_at=row["promised_at"])
        self._tell(row, Action.ACCEPT, desk, contacted, due_at=row["promised_at"])
        slow = 1.5 if chance() < _LATE_END else 0.2 + 0.6 * chance()
        done = contacted + slow * (row["promised_at"] - contacted)
        if done > self.present or (days_ago < _OPEN_DAYS and chance() < _STILL_OPEN):
            return None
        self._tell(row, Action.COMPLETE, desk, done, "已处理好，请看看。")
        row.update(state=State.DONE, done_at=done, due_at=None, escalate_at=None)
        return self._hear(row, done)

    def _hear(self, row: dict[str, Any], done: datetime) -> None:
        chance = self.random.random
        if chance() < _RETURNED:
            self._tell(row, Action.REOPEN, Party.REPORTER, done + timedelta(hours=9), "没有弄好。")
            self._tell(
                row, Action.COMPLETE, Party.COMPANY, done + timedelta(hours=30), "又去修了。"
            )
            row.update(verdicts=1, reopened_count=1, done_at=done + timedelta(hours=30))
            done += timedelta(hours=30)
        said = done + timedelta(hours=2 + 40 * chance())
        if said > self.present:
            return
        row["state"] = State.CLOSED
        if chance() < _SILENT:
            row["closing"] = Closing.SILENCE
            self._end(row, Action.CLOSE_SILENT, Party.SYSTEM, said)
            return
        rating = Rating.SATISFIED if chance() < 0.7 else Rating.FAIRLY  # noqa: PLR2004 - a chance
        rating = Rating.UNSATISFIED if chance() < _UNHAPPY else rating
        row.update(closing=Closing.CONFIRMED, rating=rating, verdicts=row["verdicts"] + 1)
        row.update(verdicts_resolved=1, verdicts_content=int(rating is not Rating.UNSATISFIED))
        self._end(row, Action.CONFIRM, Party.REPORTER, said, rating=rating)

    def _end(
        self, row: dict[str, Any], how: Action, party: Party, moment: datetime, **details: Any
    ) -> None:
        ended = min(moment, self.present)
        row.update(closed_at=ended, step_from=ended, due_at=None, escalate_at=None)
        self._tell(row, how, party, ended, details=details)

    def _row(
        self, category: Category, filed: datetime, company: UUID | None, place: dict[str, Any]
    ) -> dict[str, Any]:
        promised = promise(Terms(category.urgency, category.responsible), Settings(), filed)
        contact = min(promised, sign_span(category.urgency).end_from(filed))
        reporter = self.random.choice(self.reporters) if self.reporters else None
        return {
            "community_id": self.community.id,
            "id": self._id(filed),
            "short_code": "".join(self.random.choices(ALPHABET, k=8)),
            "once_key": self._id(filed),
            "created_at": filed,
            "reporter_id": reporter,
            "contact_name": None if reporter else "来电居民",
            "channel": Channel.ONLINE if reporter else Channel.PHONE,
            "anonymous": self.random.random() < 0.2,  # noqa: PLR2004 - a chance
            "catalogue_version": SHIPPED.version,
            "category": category.code,
            "category_title": category.title,
            "urgency": category.urgency,
            "responsible": category.responsible,
            "text": f"{_TOLD[category.code][0]}，请来看看。",
            "state": State.DISPATCHED if company else State.FILED,
            "organization_id": company,
            "promise_from": filed,
            "promised_at": promised,
            "step_from": filed,
            "contact_due_at": contact,
            "due_at": contact,
            "escalation_level": Level.STREET if contact < self.present else Level.STAFF,
            **dict.fromkeys(
                ("contacted_at", "signed_at", "done_at", "closed_at", "closing", "ground",
                 "rating", "merged_into_id", "escalate_at")
            ),
            **dict.fromkeys(("verdicts", "verdicts_resolved", "verdicts_content"), 0),
            "reopened_count": 0,
            **{name: place.get(name, empty) for name, empty in _NOWHERE.items()},
        }  # fmt: skip

    def _tell(
        self,
        row: dict[str, Any],
        kind: Happening | Action,
        party: Party,
        moment: datetime,
        text: str = "",
        **more: Any,
    ) -> None:
        self.events.append(
            {
                "community_id": self.community.id,
                "id": self._id(moment),
                "created_at": moment,
                "complaint_id": row["id"],
                "kind": kind.value,
                "party": party.value,
                "actor_id": row["reporter_id"] if party is Party.REPORTER else self.worker,
                "organization_id": row["organization_id"] if party is Party.COMPANY else None,
                "text": text,
                "to_state": State(row["state"]).value,
                "due_at": more.get("due_at"),
                "details": more.get("details", {}),
            }
        )

    def _id(self, moment: datetime) -> UUID:
        random = self.random.getrandbits(62) | (self.random.getrandbits(12) << 64)
        return UUID(int=first_id(moment).int | (7 << 76) | (2 << 62) | random)


def load(stage: Stage) -> None:
    """Write the year, once, in the demo community, next door and in a few further places."""
    if "garden" not in stage.places:
        return
    residents = [key for name, key in stage.accounts.items() if name.startswith("resident_")]
    staff = stage.accounts.get("staff")
    _write(stage.community, 170, _garden(stage), residents, staff)
    _write(stage.neighbour, 60, [{}], [], None)
    for code in _ELSEWHERE:
        further = place_directory().community(code)
        if further is not None:
            _write(further, 24, [{}], [], None)


def _write(
    community: CommunityRef,
    many: int,
    places: list[dict[str, Any]],
    reporters: list[UUID],
    worker: UUID | None,
) -> None:
    with transaction(Scope(community_id=community.id)):
        oldest = db.session.scalar(
            select(func.min(Complaint.created_at)).where(Complaint.community_id == community.id)
        )
        if oldest is not None and oldest < now() - timedelta(days=30):
            return
        companies = cases.companies(community.id) if reporters else []
        company = companies[0].id if companies else None
        seed = Random(community.code)  # noqa: S311 - a play, not a secret
        past = Past(community, seed, now(), company, places, reporters, worker, [], [])
        for days_ago in sorted((_DAYS * seed.random() ** 1.3 for _ in range(many)), reverse=True):
            past.report(days_ago + 0.05)
        db.session.execute(insert(Complaint), past.rows)
        db.session.execute(insert(ComplaintEvent), past.events)
        db.session.execute(insert(ComplaintWords), [_found_by(row) for row in past.rows])
        db.session.flush()
        make_digests(community.id)
        refresh(community.id)


def _found_by(row: dict[str, Any]) -> dict[str, Any]:
    keys = {"community_id": row["community_id"], "id": row["id"]}
    return {**keys, "words": words_of(row["community_id"], row["text"], row["place_name"], "")}


def _garden(stage: Stage) -> list[dict[str, Any]]:
    """The stairwells of the garden, its common ground, and the old yard."""
    garden, yard = stage.places["garden"], stage.places.get("old_yard")
    found = [_ground(garden, "檀溪花园")] * 3
    for number in "1234":
        building = stage.places.get(f"garden_{number}")
        for stairwell in "12":
            door = stage.places.get(f"garden_{number}_{stairwell}")
            if building and door:
                name = f"檀溪花园 {number}栋 {stairwell}单元"
                found.append(_ground(garden, name, building, door))
    return [*found, _ground(yard, "檀溪老院", served=False)] if yard else found


def _ground(
    compound: UUID,
    name: str,
    building: UUID | None = None,
    stairwell: UUID | None = None,
    *,
    served: bool = True,
) -> dict[str, Any]:
    return {
        "compound_id": compound,
        "building_id": building,
        "stairwell_id": stairwell,
        "place_name": name,
        "served": served,
    }
