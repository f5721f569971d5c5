"""工单: the desk's queue and a case on it, for property companies and community staff."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.complaints.actions.calling import WHISTLED_FROM
from app.complaints.forms_desk import FilterForm
from app.complaints.permissions import WORK_TICKETS, Desk
from app.complaints.queries import cases, catalogue, colleagues, lists, nearby, whistles
from app.complaints.queries import desk as desk_queries
from app.complaints.rules.answers import Channel, Closing
from app.complaints.rules.queue import Mark, Tab
from app.complaints.rules.states import Action, State
from app.complaints.rules.whistles import CallState
from app.complaints.views import calls, contacts, drafts, places, sight, steps, story
from app.complaints.views.cards import card_of, said_code
from app.complaints.views.tickets import as_query, blueprint, kept, to, wanted_here
from app.core.access.door import here, requires
from app.core.web.row_urls import row_urls
from app.kit.clock import now, say_moment
from app.kit.refusal import Refusal
from app.registry.queries import compounds

DESK_ACTIONS = frozenset(Action) - {
    Action.ADD,
    Action.CONFIRM,
    Action.REOPEN,
    Action.DISPUTE,
    Action.CLOSE_SILENT,
}


@blueprint.get("/c/<community>/tickets/")
@requires(WORK_TICKETS)
def index() -> str:
    """The queue: tabs by whose turn it is and how late, filters in the address."""
    desk, community_id = sight.desk_here(), here().community.id
    wanted = wanted_here()
    rows = lists.queue_page(community_id, wanted)
    page, more = rows[: lists.PAGE], rows[lists.PAGE :]
    filtered = kept(wanted)
    return render_template(
        "complaints/queue.html",
        tickets=page,
        tabs=_tabs(lists.open_counts(community_id, wanted), wanted),
        wanted=wanted,
        marks=list(Mark),
        compounds=compounds(community_id),
        office=desk.office,
        saved=_saved(wanted),
        filter_form=FilterForm(formdata=None, query=as_query(wanted)),
        colleagues=colleagues.of_desk(community_id, desk),
        companies=cases.companies(community_id) if desk.office else [],
        older_url=to("index", **filtered, after=lists.key_after(page[-1], wanted.tab))
        if more
        else None,
        first_url=to("index", **filtered) if wanted.after else None,
        clear_url=to("index", tab=wanted.tab.value) if len(filtered) > 1 else None,
        card_of=card_of,
        ticket_url=row_urls("tickets.show", "complaint_id", community=here().community.code),
        now=wanted.now,
        Action=Action,
        Tab=Tab,
    )


@blueprint.get("/c/<community>/tickets/<uuid:complaint_id>")
@requires(WORK_TICKETS)
def show(complaint_id: UUID) -> str:
    """One case: what was reported, its time line and what can be done now."""
    return _page(complaint_id, {})


@blueprint.post("/c/<community>/tickets/<uuid:complaint_id>/<action>")
@requires(WORK_TICKETS)
def step(complaint_id: UUID, action: str) -> ResponseReturnValue:
    """Take one step of the table."""
    chosen = steps.known_action(action, DESK_ACTIONS)
    row = sight.desk_case(complaint_id)
    form = steps.submitted(row.Complaint, chosen)
    try:
        steps.take(complaint_id, chosen, form)
    except Refusal as refusal:
        return steps.asked_again(form, refusal, lambda: _page(complaint_id, {chosen: form}))
    flash(_DONE[chosen], "success")
    if chosen is Action.HAND_BACK:
        return redirect(to("index"))
    return redirect(to("show", complaint_id=complaint_id))


_DONE = {
    Action.DISPATCH: "已分派，对方会马上收到消息。",
    Action.TAKE: "已由社区接手，请按期限办理。",
    Action.REFUSE: "已告知居民不予受理和该找谁。",
    Action.ACCEPT: "已签收，居民会收到消息。请在期限前办好。",
    Action.REPLY: "已答复，居民会马上看到。",
    Action.COMPLETE: "已报告办好，等居民确认。",
    Action.SETTLE: "已裁定，对方会收到理由，不能再退回。",
    Action.ASSIGN: "已交给同事，对方会收到消息。",
    Action.ASK_EXTENSION: "已申请延期，等社区答复。",
    Action.EXTEND: "已同意延期，居民会收到新的日期。",
    Action.DENY_EXTENSION: "已告诉对方不同意延期。",
    Action.PAUSE: "已记下，到约好的日期自动继续计时。",
    Action.RESUME: "继续办理，期限接着计算。",
    Action.NOTE: "备注已记下，居民看不到。",
    Action.CALL_UNREACHED: "已记下这次没有接通。",
    Action.VERIFY: "已按回访办结。",
    Action.FIND_UNSOLVED: "已退回重办，办理的人会收到理由。",
    Action.RECLASSIFY: "事项已改，期限按新的事项重新计算。",
    Action.MERGE: "已并入，居民会收到那一件的进展。",
    Action.SPLIT: "已拆出来，请重新分派。",
    Action.SPLIT_OFF: "另一件事已单独成为一件诉求，等待分派。",
    Action.FLAG: "已标为公共安全，相关的人会马上收到消息。",
    Action.UNFLAG: "公共安全标记已取消。",
    Action.HAND_BACK: "已退回社区，由社区决定交给谁。",
}


def _page(complaint_id: UUID, bound: dict[Action, Any]) -> str:
    row = sight.desk_case(complaint_id)
    complaint, community_id, moment = row.Complaint, here().community.id, now()
    desk, state = sight.desk_here(), State(complaint.state)
    may_know = desk.may_know_reporter(anonymous=complaint.anonymous)
    events = cases.events_of(
        community_id,
        complaint.id,
        for_resident=False,
        hide_reporter=not may_know,
        office=desk.office,
    )
    photos = cases.photos_of(community_id, complaint.id)
    forms = steps.forms_for(complaint, sight.possible_here(complaint), bound, drafts.DESK)
    chosen = _reply_from_template(forms, desk)
    contact = contacts.contact_of(complaint) if may_know else None
    return render_template(
        "complaints/ticket.html",
        complaint=complaint,
        card=card_of(complaint, moment),
        organization_name=row.organization_name,
        contact=contact,
        phone=contact.phone if contact and not state.ended else None,
        may_know=may_know,
        channel=Channel(complaint.channel).label,
        closing=Closing(complaint.closing).label if complaint.closing else None,
        entries=story.entries_of(complaint, events, photos, mine=False, now=moment),
        forms=forms,
        failing=next(iter(bound), chosen),
        queue_url=to("index"),
        basis=catalogue.basis_of(community_id, complaint.catalogue_version, complaint.category),
        joined=nearby.count_followers(community_id, complaint.id),
        plan=places.spot_on_plan(complaint.id),
        around=cases.around(community_id, complaint.id),
        followers=cases.followers_of(community_id, complaint.id) if desk.office else [],
        called=_called(complaint.id) if desk.office else [],
        may_whistle=desk.office and state in WHISTLED_FROM,
        settings=steps.settings_here(),
        templates=desk_queries.templates_of(community_id, desk),
        said_code=said_code,
        say_day=say_moment,
        State=State,
        Action=Action,
    )


def _called(complaint_id: UUID) -> list[dict[str, Any]]:
    """Whoever was called for this case or one merged into it, with the page of the whistle."""
    code, moment = here().community.code, now()
    return [
        {
            "url": url_for("whistles.show", community=code, whistle_id=row.WhistleCall.whistle_id),
            "card": calls.call_card(row.WhistleCall, moment),
            "merged": said_code(row.short_code) if row.complaint_id != complaint_id else None,
            "open": not CallState(row.WhistleCall.state).ended,
        }
        for row in whistles.calls_about(here().community.id, complaint_id)
    ]


def _reply_from_template(forms: dict[Action, Any], desk: Desk) -> Action | None:
    """Put the words of a template into an empty reply; the action whose form is to be open."""
    template_id = request.args.get("template", type=UUID)
    form = forms.get(Action.REPLY)
    if template_id is None or form is None or form.text.data:
        return None
    template = desk_queries.template_on(here().community.id, desk, template_id)
    if template is not None:
        form.text.data = template.text
    return Action.REPLY


def _tabs(counts: dict[Tab, int], wanted: lists.Wanted) -> list[dict[str, Any]]:
    others = {name: value for name, value in kept(wanted).items() if name != "tab"}
    return [
        {
            "label": "待分派、待签收"
            if tab is Tab.TO_SIGN and wanted.companies is None
            else tab.label,
            "url": to("index", tab=tab.value, **others),
            "current": tab is wanted.tab,
            "count": counts.get(tab),
        }
        for tab in Tab
    ]


def _saved(wanted: lists.Wanted) -> list[dict[str, Any]]:
    """The visitor's saved filters, as links."""
    now_kept = as_query(wanted)
    return [
        {
            "id": row.id,
            "label": row.name,
            "url": f"{to('index')}?{row.query}",
            "current": row.query == now_kept,
            "count": None,
        }
        for row in desk_queries.filters_of(here().community.id, here().signed_in.account_id)
    ]
