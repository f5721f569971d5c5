"""Whistles of the demo community: one signed for, one arrived at, one nobody signed in time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select, update

from app.complaints.actions.call_steps import CallGiven, take_call_step
from app.complaints.actions.calling import HandedOver, Wish, blow, words_to_hand_over
from app.complaints.actions.whistle_record import Seat
from app.complaints.models import WhistleCall
from app.complaints.queries import cases, lists, whistles
from app.complaints.rules.whistles import CallAction, department_key
from app.core.db import db
from app.core.files.actions import Upload
from app.core.tenancy import PLATFORM_ID, Scope, place_directory
from app.core.transaction import transaction
from app.demo.cast import CAST
from app.demo.complaints import draw
from app.demo.queries import department_named
from app.demo.stage import Stage
from app.kit.clock import now

_OVERDUE = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class Blown:
    """A whistle of the demo world. `steps`: what the first of the called did."""

    category: str
    called: tuple[str, ...]
    reason: str
    steps: tuple[CallAction, ...] = ()
    picture: str = "clean"
    late: bool = False


WHISTLES = (
    Blown(
        "events.street_order",
        ("enforcement",),
        "学校门口占道摆摊，请在放学前到场劝离，和学校商量划定范围。",
        (CallAction.SIGN, CallAction.ARRIVE),
    ),
    Blown(
        "property.parking",
        ("enforcement", "fire_station"),
        "消防通道夜间停满车，请两家一起到场，依法处理并划线。",
        (CallAction.SIGN,),
    ),
    Blown(
        "property.charging",
        ("enforcement",),
        "飞线充电有火灾危险，请到场检查、劝导拆除。",
        late=True,
    ),
)


def load(stage: Stage) -> None:
    """Blow the whistles once; they need the complaints and the departments."""
    community_id, resident = stage.community.id, stage.accounts.get("owner_1")
    if resident is None:
        return
    with transaction(Scope(community_id=community_id)):
        filed = {row.category: row.id for row in lists.own_complaints(community_id, resident, None)}
        if db.session.scalar(select(func.count()).select_from(WhistleCall)):
            return
    for one in WHISTLES:
        if one.category in filed:
            _blow(stage, filed[one.category], one)


def _blow(stage: Stage, complaint_id: UUID, one: Blown) -> None:
    community_id = stage.community.id
    seat = Seat(stage.accounts["staff"], "林静", stage.community.name, at_home=True)
    with transaction(Scope(community_id=community_id)):
        keys = [_key_of(key) for key in one.called]
        complaint = cases.present(community_id, complaint_id)
        photos = [row.id for row in cases.photos_of(community_id, complaint_id)][:2]
        given = HandedOver(words_to_hand_over(complaint), "小林 138 0000 0002", photos)
        whistle_id = blow(stage.community, seat, complaint_id, Wish(keys, one.reason), given)
        first = next(
            call.id
            for call in whistles.calls_of(community_id, whistle_id)
            if call.called_key == keys[0]
        )
        if one.late:
            _let_time_pass(community_id, first)
    for action in one.steps:
        _act(stage, one, keys[0], first, action)


def _act(stage: Stage, one: Blown, key: str, call_id: UUID, action: CallAction) -> None:
    region = place_directory().region("420602001")
    account_id = stage.accounts[one.called[0]]
    if region is None:
        return
    scope = Scope(community_id=PLATFORM_ID, account_id=account_id, region_path=region.path)
    name = _name_of(one.called[0])
    seat = Seat(account_id, name, region.name, at_home=False, keys=frozenset({key}))
    photos = [Upload("here.jpg", draw(one.picture))] if action is CallAction.ARRIVE else []
    with transaction(scope):
        call = whistles.seen_call_locked(call_id)
        if call is not None:
            take_call_step(seat, call, action, CallGiven(call.version, photos=photos))


def _let_time_pass(community_id: int, call_id: UUID) -> None:
    passed = now() - _OVERDUE
    db.session.execute(
        update(WhistleCall)
        .where(WhistleCall.community_id == community_id, WhistleCall.id == call_id)
        .values(sign_by=passed, due_at=passed, notice_at=passed)
    )


def _key_of(key: str) -> str:
    character = next(one for one in CAST if one.key == key)
    code, name = character.region_code or "", character.department or ""
    return department_key(department_named(code, name, db.session()))


def _name_of(key: str) -> str:
    return next(one.name for one in CAST if one.key == key)
