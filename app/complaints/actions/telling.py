"""Telling people what happened, in plain words and without naming the reporter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.complaints.models import Complaint
from app.complaints.queries import cases, nearby
from app.complaints.rules.catalogue import title_of
from app.complaints.rules.deadlines import Level
from app.complaints.rules.states import Ground, Happening, State
from app.core.access.roles import OFFICE_ROLES, PROPERTY_ROLES, Role
from app.core.notifications.actions import notify
from app.kit.clock import say_moment
from app.people.queries import accounts_with_roles

_EXCERPT = 60
_MANAGERS = frozenset({Role.PROPERTY_MANAGER})


@dataclass(frozen=True, slots=True)
class Telling:
    """Who is told what: the reporter's words and those of the desk."""

    to_reporter: str | None = None
    to_desk: str | None = None


TELLINGS: dict[Happening, Telling] = {
    Happening.FILED: Telling(to_desk="新的诉求等您处理"),
    Happening.DISPATCHED: Telling("您反映的事已交给物业办理", "新的诉求等您签收"),
    Happening.TAKEN: Telling("社区已接手您反映的事"),
    Happening.REFUSED: Telling("您反映的事不能在这里受理"),
    Happening.ACCEPTED: Telling("您反映的事已签收，正在处理"),
    Happening.REPLIED: Telling("您反映的事有了回复"),
    Happening.COMPLETED: Telling("您反映的事办好了，请您看看是不是真的好了"),
    Happening.HANDED_BACK: Telling("您反映的事正在重新分派", "物业退回了一件诉求，请改派"),
    Happening.ADDED: Telling(to_desk="居民补充了情况"),
    Happening.CONFIRMED: Telling(to_desk="居民确认已解决"),
    Happening.REOPENED: Telling(to_desk="居民说没有解决，退回重办"),
    Happening.ESCALATED: Telling("您反映的事超过了期限，已提醒上一级", "诉求已超期，请马上处理"),
}


TO_FOLLOWERS: dict[Happening, str] = {
    Happening.CONFIRMED: "您也遇到的事，反映的人说已经解决",
    Happening.REOPENED: "您也遇到的事没有解决，已退回重办",
}
"""What the reporter does, told to those who met with the same."""


def tell(community_id: int, event_id: UUID) -> None:
    """Tell the reporter, those who joined and the desk whose turn it is, each once."""
    news = cases.news_of(community_id, event_id)
    if news is None:
        return
    complaint: Complaint = news.Complaint
    happening = Happening(news.kind)
    telling = TELLINGS[happening]
    base = f"/c/{news.community_code}"
    if telling.to_reporter:
        notify(
            community_id,
            [complaint.reporter_id],
            title=telling.to_reporter,
            body=_body(complaint, _what_now(complaint, happening, news)),
            url=f"{base}/complaints/{complaint.id}",
            once_key=f"complaint:{event_id}",
        )
    _tell_followers(complaint, happening, news, telling.to_reporter)
    if telling.to_desk:
        readers = _desk(complaint, happening, news)
        notify(
            community_id,
            [account_id for account_id in readers if account_id != complaint.reporter_id],
            title=telling.to_desk,
            body=_body(complaint, complaint.place_name),
            url=f"{base}/tickets/{complaint.id}",
            once_key=f"complaint:{event_id}:desk",
        )


def _tell_followers(
    complaint: Complaint, happening: Happening, news: Any, to_reporter: str | None
) -> None:
    """As the reporter is told, with the words for somebody who did not file it."""
    title = TO_FOLLOWERS.get(happening)
    if title is None and to_reporter is not None:
        title = to_reporter.replace("您反映的事", "您也遇到的事")
    if title is None:
        return
    community_id = complaint.community_id
    notify(
        community_id,
        nearby.followers_of(community_id, complaint.id),
        title=title,
        body=_body(complaint, _what_now(complaint, happening, news)),
        url=f"/c/{news.community_code}/board/{complaint.id}",
        once_key=f"complaint:{news.event_id}:joined",
    )


def _body(complaint: Complaint, more: str) -> str:
    parts = (title_of(complaint.category), f"编号 {complaint.short_code}", more)
    return "，".join(part for part in parts if part) + "。"


def _what_now(complaint: Complaint, happening: Happening, news: Any) -> str:
    if happening is Happening.REFUSED and complaint.ground:
        return Ground(complaint.ground).where_to_go.rstrip("。")
    if happening in {Happening.REPLIED, Happening.COMPLETED}:
        return str(news.event_text)[:_EXCERPT]
    if State(complaint.state).clock_runs:
        return f"承诺 {say_moment(complaint.promised_at)} 前办好"
    return ""


def _desk(complaint: Complaint, happening: Happening, news: Any) -> Sequence[UUID]:
    """Whose turn it is; for a late step, the level that is told."""
    community_id, company = complaint.community_id, complaint.organization_id
    level = Level(int(news.details.get("level", Level.STAFF)))
    roles = _MANAGERS if happening is Happening.ESCALATED else PROPERTY_ROLES
    if company is None or level > Level.MANAGER:
        return accounts_with_roles(community_id, OFFICE_ROLES)
    if complaint.assignee_id is not None and happening in {Happening.ADDED, Happening.CONFIRMED}:
        return [complaint.assignee_id]
    return accounts_with_roles(community_id, roles, organization_id=company)
