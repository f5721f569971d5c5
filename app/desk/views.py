"""The start pages of residents and of those who work in a community."""

from __future__ import annotations

from flask import Blueprint, render_template, session

from app.core.access.door import here, requires
from app.core.web.shell import LAST_HOME, navigation_item
from app.desk import queries
from app.desk.cards import gather
from app.desk.permissions import RESIDENT_DESK, STAFF_DESK
from app.kit.clock import in_beijing, now
from app.people.rules import Face
from app.registry.rules import RELATION_TITLES

blueprint = Blueprint("desk", __name__)
navigation_item("首页", "house", "desk.home", order=10, resident=True)
navigation_item("我的", "circle-user", "desk.me", order=90, resident=True)
navigation_item("工作台", "house", "desk.staff_home", order=10)

_MAIN_ENTRIES = (
    ("反映问题", "message-square-plus", "complaints.new", "拍张照片，说清地点"),
    ("投票", "vote", "voting.index", "业主共同决定的事"),
    ("公约", "file-signature", "covenants.index", "本楼道的约定"),
)
_MORNING, _NOON, _AFTERNOON, _EVENING = 5, 11, 13, 18


@blueprint.get("/c/<community>/")
@requires(RESIDENT_DESK)
def home() -> str:
    """A resident's start page."""
    _remember(Face.RESIDENT)
    community, actor = here().community, here().signed_in
    code = community.code
    entries = [
        {"label": label, "icon": icon, "hint": hint, "url": url}
        for label, icon, endpoint, hint in _MAIN_ENTRIES
        if (url := queries.link(endpoint, community=code))
    ]
    return render_template(
        "desk/home.html",
        greeting=greeting(in_beijing(now()).hour),
        name=actor.name,
        entries=entries,
        cards=gather(queries.RESIDENT_SOURCES, community, actor),
        homes=queries.homes_of(community, actor),
        relations=RELATION_TITLES,
        claim_url=queries.link("registry.claim", community=code),
    )


@blueprint.get("/c/<community>/me")
@requires(RESIDENT_DESK)
def me() -> str:
    """我的: homes here, and the ways to one's account."""
    community, actor = here().community, here().signed_in
    return render_template(
        "desk/me.html",
        name=actor.name,
        roles=[role.label for role in sorted(actor.roles_in(community))],
        homes=queries.homes_of(community, actor),
        relations=RELATION_TITLES,
        claim_url=queries.link("registry.claim", community=community.code),
        complaints_url=queries.link("complaints.index", community=community.code),
    )


@blueprint.get("/c/<community>/desk")
@requires(STAFF_DESK)
def staff_home() -> str:
    """The start page of the office, the property company and the committee."""
    _remember(Face.OFFICE)
    community, actor = here().community, here().signed_in
    return render_template(
        "desk/staff_home.html",
        greeting=greeting(in_beijing(now()).hour),
        name=actor.name,
        roles=[role.label for role in sorted(actor.roles_in(community))],
        cards=gather(queries.STAFF_SOURCES, community, actor),
    )


def greeting(hour: int) -> str:
    """The word of the hour."""
    if _MORNING <= hour < _NOON:
        return "早上好"
    if _NOON <= hour < _AFTERNOON:
        return "中午好"
    if _AFTERNOON <= hour < _EVENING:
        return "下午好"
    return "晚上好"


def _remember(face: Face) -> None:
    key = f"{face}:{here().community.code}"
    if session.get(LAST_HOME) != key:
        session[LAST_HOME] = key
