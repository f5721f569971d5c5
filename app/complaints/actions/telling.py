"""Telling people what happened, in plain words and without naming the reporter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.complaints.models import Complaint
from app.complaints.queries import cases, nearby
from app.complaints.rules.answers import Ground
from app.complaints.rules.catalogue import title_of
from app.complaints.rules.deadlines import Level
from app.complaints.rules.states import Happening, State
from app.core.access.roles import OFFICE_ROLES, PROPERTY_ROLES, Role
from app.core.notifications.actions import notify
from app.kit.clock import say_moment
from app.people.queries import accounts_with_roles, street_reviewers

_EXCERPT = 60
_MANAGERS = frozenset({Role.PROPERTY_MANAGER})


class Readers(StrEnum):
    """Who at the desk is told."""

    HANDLERS = "handlers"
    OFFICE = "office"
    BOTH = "both"
    ASSIGNEE = "assignee"


@dataclass(frozen=True, slots=True)
class Telling:
    """Who is told what: the reporter's words and those of the desk."""

    to_reporter: str | None = None
    to_desk: str | None = None
    readers: Readers = Readers.HANDLERS


TELLINGS: dict[Happening, Telling] = {
    Happening.FILED: Telling(to_desk="新的诉求等您处理"),
    Happening.DISPATCHED: Telling("您反映的事已交给物业办理", "新的诉求等您签收"),
    Happening.SETTLED: Telling("您反映的事已定下办理单位", "社区裁定：这件诉求由你们办理"),
    Happening.TAKEN: Telling("社区已接手您反映的事"),
    Happening.REFUSED: Telling("您反映的事不能在这里受理"),
    Happening.ACCEPTED: Telling("您反映的事已签收，正在处理"),
    Happening.ASSIGNED: Telling(None, "有一件诉求交给您办理", Readers.ASSIGNEE),
    Happening.REPLIED: Telling("您反映的事有了回复"),
    Happening.COMPLETED: Telling("您反映的事办好了，请您看看是不是真的好了"),
    Happening.HANDED_BACK: Telling("您反映的事正在重新分派", "物业退回了一件诉求，请改派"),
    Happening.EXTENSION_ASKED: Telling(None, "有一件诉求申请延期，请答复", Readers.OFFICE),
    Happening.EXTENDED: Telling("您反映的事要多等几天", "延期申请已同意"),
    Happening.EXTENSION_DENIED: Telling(None, "延期申请没有同意，请按原来的期限办好"),
    Happening.PAUSED: Telling("您反映的事要等您配合"),
    Happening.RESUMED: Telling("您反映的事继续办理", "等待结束，请继续办理"),
    Happening.NOTED: Telling(),
    Happening.ADDED: Telling(None, "居民补充了情况"),
    Happening.CONFIRMED: Telling(None, "居民确认已解决"),
    Happening.REOPENED: Telling(None, "居民说没有解决，退回重办", Readers.BOTH),
    Happening.DISPUTED: Telling(None, "居民不同意自动办结，退回重办", Readers.BOTH),
    Happening.CALL_UNREACHED: Telling("社区打电话没有联系上您，请看看办好了没有"),
    Happening.VERIFIED: Telling("您反映的事已按电话回访办结", "电话回访：居民说已解决"),
    Happening.FOUND_UNSOLVED: Telling(
        "您反映的事退回重办", "电话回访：居民说没有解决，退回重办", Readers.BOTH
    ),
    Happening.CLOSED_SILENTLY: Telling(
        "您反映的事到期自动办结，不同意可以退回重办", "联系不上居民，到期自动办结"
    ),
    Happening.RECLASSIFIED: Telling("您反映的事改了事项，期限也改了", "诉求改了事项，请看新的期限"),
    Happening.MERGED: Telling("您反映的事和别人反映的合在一起办，进展会告诉您"),
    Happening.ABSORBED: Telling(),
    Happening.SPLIT: Telling("您反映的事拆出来单独办理", "一件诉求拆了出来，等待分派"),
    Happening.SPLIT_OFF: Telling("您反映的另一件事，已经单独办理"),
    Happening.FLAGGED: Telling(None, "一件诉求关系公共安全，请马上处理", Readers.BOTH),
    Happening.UNFLAGGED: Telling(),
    Happening.WHISTLED: Telling("已请有关单位到场处理您反映的事"),
    Happening.CALL_SIGNED: Telling(),
    Happening.CALL_REFUSED: Telling(),
    Happening.CALL_INSISTED: Telling(),
    Happening.CALL_WITHDRAWN: Telling(),
    Happening.CALL_ARRIVED: Telling("有关单位已到场处理您反映的事"),
    Happening.CALL_FINISHED: Telling("有关单位在现场处理完了，等办理单位报告结果"),
    Happening.CALL_LATE: Telling(),
    Happening.ESCALATED: Telling("您反映的事超过了期限，已提醒上一级", "诉求已超期，请马上处理"),
}
_WITH_REASON = {
    Happening.HANDED_BACK,
    Happening.EXTENSION_ASKED,
    Happening.EXTENSION_DENIED,
    Happening.ADDED,
    Happening.REOPENED,
    Happening.DISPUTED,
    Happening.FOUND_UNSOLVED,
    Happening.FLAGGED,
    Happening.SETTLED,
}
_WITH_WORDS = {Happening.REPLIED, Happening.COMPLETED, Happening.PAUSED}


TO_FOLLOWERS: dict[Happening, str] = {
    Happening.CONFIRMED: "您也遇到的事，反映的人说已经解决",
    Happening.REOPENED: "您也遇到的事没有解决，已退回重办",
    Happening.DISPUTED: "您也遇到的事没有解决，已退回重办",
    Happening.CLOSED_SILENTLY: "您也遇到的事到期自动办结",
}
"""Where those who joined are told in other words than the reporter."""
_REPORTER_ONLY = {Happening.CALL_UNREACHED, Happening.PAUSED, Happening.SPLIT_OFF}


def tell(community_id: int, event_id: UUID) -> None:
    """Tell the reporters, those who joined and the desk whose turn it is, each once."""
    news = cases.news_of(community_id, event_id)
    if news is None:
        return
    happening = Happening(news.kind)
    telling = TELLINGS[happening]
    if news.details.get("level") == Level.STREET:
        _tell_street(news, event_id)
    if telling.to_reporter:
        _tell_reporters(news, event_id, telling.to_reporter)
    _tell_followers(news, event_id, telling.to_reporter)
    if telling.to_desk:
        complaint = news.Complaint
        told = {complaint.reporter_id, news.actor_id}
        notify(
            community_id,
            [one for one in _readers(telling.readers, happening, news) if one not in told],
            title=telling.to_desk,
            body=_body(complaint, _why(complaint, happening, news)),
            url=f"/c/{news.community_code}/tickets/{complaint.id}",
            once_key=f"complaint:{event_id}:desk",
        )


def _tell_street(news: Any, event_id: UUID) -> None:
    """The street learns which community is late with what; nothing of people or places."""
    complaint: Complaint = news.Complaint
    notify(
        complaint.community_id,
        street_reviewers(complaint.community_id),
        title=f"{news.community_name}有一件诉求超期，已到街道一级",
        body=_body(complaint, ""),
        url=f"/r/{news.region_path.strip('.').rpartition('.')[2]}/complaints/",
        once_key=f"complaint:{event_id}:street",
    )


def _tell_reporters(news: Any, event_id: UUID, title: str) -> None:
    """The reporter, and those whose reports were merged into this one, each at their own case."""
    lead: Complaint = news.Complaint
    community_id = lead.community_id
    body = _body(lead, _what_now(lead, Happening(news.kind), news))
    concerned = [(lead.id, lead.reporter_id)]
    concerned += [(row.id, row.reporter_id) for row in cases.followers_of(community_id, lead.id)]
    for complaint_id, reporter_id in concerned:
        if reporter_id is not None:
            notify(
                community_id,
                [reporter_id],
                title=title,
                body=body,
                url=f"/c/{news.community_code}/complaints/{complaint_id}",
                once_key=f"complaint:{event_id}:{complaint_id}",
            )


def _tell_followers(news: Any, event_id: UUID, to_reporter: str | None) -> None:
    """Those who joined this case or one merged into it, in the words for who did not file it."""
    happening, lead = Happening(news.kind), news.Complaint
    title = TO_FOLLOWERS.get(happening)
    if title is None and to_reporter is not None and happening not in _REPORTER_ONLY:
        title = to_reporter.replace("您反映的事", "您也遇到的事")
    if title is None:
        return
    community_id = lead.community_id
    body = _body(lead, _what_now(lead, happening, news))
    for row in nearby.followers_of(community_id, lead.id, event_id):
        notify(
            community_id,
            [row.account_id],
            title=title,
            body=body,
            url=f"/c/{news.community_code}/board/{row.complaint_id}",
            once_key=f"complaint:{event_id}:joined",
        )


def _body(complaint: Complaint, more: str) -> str:
    parts = (
        complaint.category_title or title_of(complaint.category),
        f"编号 {complaint.short_code}",
        more,
    )
    return "，".join(part for part in parts if part) + "。"


def _why(complaint: Complaint, happening: Happening, news: Any) -> str:
    reason = str(news.event_text)[:_EXCERPT].rstrip("。") if happening in _WITH_REASON else ""
    return "，".join(part for part in (complaint.place_name, reason) if part)


def _what_now(complaint: Complaint, happening: Happening, news: Any) -> str:
    if happening is Happening.REFUSED and complaint.ground:
        return Ground(complaint.ground).where_to_go.rstrip("。")
    if "party" in news.details:
        return str(news.details["party"])
    if happening in _WITH_WORDS:
        return str(news.event_text)[:_EXCERPT].rstrip("。")
    if State(complaint.state).clock_runs:
        return f"承诺 {say_moment(complaint.promised_at)} 前办好"
    return ""


def _readers(readers: Readers, happening: Happening, news: Any) -> Sequence[UUID]:
    complaint: Complaint = news.Complaint
    office = accounts_with_roles(complaint.community_id, OFFICE_ROLES)
    if readers is Readers.ASSIGNEE:
        return [complaint.assignee_id] if complaint.assignee_id else []
    if readers is Readers.OFFICE:
        return office
    handlers = _handlers(complaint, happening, news)
    return [*handlers, *office] if readers is Readers.BOTH else handlers


def _handlers(complaint: Complaint, happening: Happening, news: Any) -> Sequence[UUID]:
    """Whose turn it is; for a late step, the level that is told."""
    community_id, company = complaint.community_id, complaint.organization_id
    level = Level(int(news.details.get("level", Level.STAFF)))
    roles = _MANAGERS if happening is Happening.ESCALATED else PROPERTY_ROLES
    if company is None or level > Level.MANAGER:
        return accounts_with_roles(community_id, OFFICE_ROLES)
    if complaint.assignee_id is not None and happening in {Happening.ADDED, Happening.CONFIRMED}:
        return [complaint.assignee_id]
    return accounts_with_roles(community_id, roles, organization_id=company)
