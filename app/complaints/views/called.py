"""部门报到: those who are called see their calls and nothing else of any community.

Everything here is read under the region's scope; row security shows exactly the calls addressed to
the visitor's department or street, and the copy that came with them.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.complaints.actions.call_steps import steps_to_join, take_call_step
from app.complaints.actions.calling import Wish, call_more, callable_parties
from app.complaints.actions.whistle_record import Seat
from app.complaints.forms import StepForm
from app.complaints.forms_whistle import WishForm
from app.complaints.models import WhistleCall
from app.complaints.permissions import ANSWER_CALLS, call_keys
from app.complaints.queries import whistles
from app.complaints.queries.whistles import ON_SITE_PHOTO, WHISTLE_PHOTO, WantedCalls
from app.complaints.rules.whistle_tabs import CallTab
from app.complaints.rules.whistles import CallAction, CallParty, CallState, street_key
from app.complaints.views import calls, steps
from app.complaints.views.cards import said_code
from app.complaints.views.whistling import tab_among, tab_links
from app.core.access.door import here, requires
from app.core.files import queries as files
from app.core.files.actions import THUMBNAIL
from app.core.files.views import serve
from app.core.web.refused_form import attempt
from app.core.web.shell import navigation_item
from app.kit.clock import now
from app.kit.refusal import Invalid, NotFound, Refusal

blueprint = Blueprint("called", __name__)
navigation_item("吹哨报到", "bell-ring", "called.index", order=20)
ROOT = "/r/<region>/whistles/"
TABS = (CallTab.TO_SIGN, CallTab.TO_ARRIVE, CallTab.ACTING, CallTab.REFUSED, CallTab.ENDED)


@blueprint.get(ROOT)
@requires(ANSWER_CALLS)
def index() -> str:
    """The calls addressed to this department or street, the most urgent first."""
    keys = _keys()
    tabs = (*TABS, CallTab.MADE) if street_key(here().region.path) in keys else TABS
    tab = tab_among(tabs)
    wanted = WantedCalls(tab, keys=keys, after=request.args.get("after"))
    rows = whistles.calls_page(wanted)
    page, more = rows[: whistles.PAGE], rows[whistles.PAGE :]
    moment = now()
    return render_template(
        "complaints/called.html",
        rows=[
            (row, calls.call_card(row.WhistleCall, moment), _show(row.WhistleCall.id))
            for row in page
        ],
        tab=tab,
        CallTab=CallTab,
        several=len(keys) > 1 or tab is CallTab.MADE,
        tabs=tab_links(tabs, tab, whistles.call_counts(wanted), lambda **to: _to("index", **to)),
        older_url=_to("index", tab=tab.value, after=whistles.key_after(page[-1].WhistleCall, tab))
        if more
        else None,
        first_url=_to("index", tab=tab.value) if wanted.after else None,
    )


@blueprint.get(f"{ROOT}<uuid:call_id>")
@requires(ANSWER_CALLS)
def show(call_id: UUID) -> str:
    """One call: the place, what it is about, by when, and what can be done now."""
    return _page(call_id, {})


@blueprint.post(f"{ROOT}<uuid:call_id>/<action>")
@requires(ANSWER_CALLS)
def step(call_id: UUID, action: str) -> ResponseReturnValue:
    """Sign for it, refuse it, arrive, note, act jointly, finish, score; or answer as the caller."""
    seat, chosen = _seat(), calls.known_step(action)
    call = whistles.seen_call_locked(call_id)
    if call is None:
        raise NotFound
    standings = whistles.standings(call.community_id, call.whistle_id)
    form = calls.form_of(seat, call, chosen, calls.there_besides(call, standings))
    try:
        if not form.validate():
            raise Invalid
        take_call_step(seat, call, chosen, calls.given_by(form))
    except Refusal as refusal:
        bound = {(call_id, chosen): form}
        return steps.asked_again(form, refusal, lambda: _page(call_id, bound))
    flash(_DONE[chosen], "success")
    return redirect(_show(call_id))


@blueprint.route(f"{ROOT}<uuid:call_id>/call", methods=["GET", "POST"])
@requires(ANSWER_CALLS)
def more(call_id: UUID) -> ResponseReturnValue:
    """The street calls departments for the case it was called for."""
    seat, call = _seat(), whistles.seen_call(call_id)
    if call is None or CallAction.CALL_MORE not in calls.possible_on(seat, call):
        raise NotFound
    form = WishForm()
    known = callable_parties(call.called_path, street=False)
    form.called.choices = [(one.key, one.label) for one in known]

    def act() -> None:
        wish = Wish(form.called.data or (), form.reason.data or "", form.arrive_by.moment)
        call_more(seat, call_id, wish)

    taken = attempt(form, act)
    if taken.done:
        flash("已请他们到场，他们会马上收到消息。", "success")
        return redirect(_show(call_id))
    page = render_template(
        "complaints/call_more.html",
        form=form,
        call=whistles.seen_call(call_id),
        back_url=_show(call_id),
    )
    return page, taken.status


@blueprint.get(f"{ROOT}<uuid:call_id>/photos/<uuid:file_id>")
@requires(ANSWER_CALLS)
def photo(call_id: UUID, file_id: UUID) -> Response:
    """A photo that was handed over, or one of the record."""
    return _photo(call_id, file_id, "")


@blueprint.get(f"{ROOT}<uuid:call_id>/photos/<uuid:file_id>/thumbnail")
@requires(ANSWER_CALLS)
def thumbnail(call_id: UUID, file_id: UUID) -> Response:
    """A small picture of it."""
    return _photo(call_id, file_id, THUMBNAIL)


_DONE = {
    CallAction.SIGN: "已签收，请按时到场。",
    CallAction.REFUSE: "已退回，等吹哨方答复。",
    CallAction.ARRIVE: "已签到，到场时间已记下。",
    CallAction.NOTE: "已留言。",
    CallAction.STEP_JOINTLY: "已记下，等对方确认。",
    CallAction.JOIN: "已确认。",
    CallAction.FINISH: "已记下处理完了，请给这次吹哨打分。",
    CallAction.SCORE: "已打分，对方能看到。",
    CallAction.INSIST: "已告诉他们仍请到场，签收时间重新计算。",
    CallAction.WITHDRAW: "已撤回，他们会收到消息。",
}


def _page(call_id: UUID, bound: dict[tuple[UUID, CallAction], StepForm]) -> str:
    seat, moment = _seat(), now()
    call = whistles.seen_call(call_id)
    parties = seat.parties_on(call) if call is not None else frozenset()
    if call is None or not parties:
        raise NotFound
    community_id = call.community_id
    events = whistles.events_of(community_id, call.whistle_id)
    standings = whistles.standings(community_id, call.whistle_id)
    copy = whistles.whistle(community_id, call.whistle_id)
    on_site = files.files_of(community_id, ON_SITE_PHOTO, [event.id for event in events])
    handed = files.files_of(community_id, WHISTLE_PHOTO, [call.whistle_id])
    forms = calls.forms_for(seat, call, standings, events, bound)
    called = CallParty.CALLED in parties

    def urls(file_id: UUID) -> tuple[str, str]:
        place = {"call_id": call_id, "file_id": file_id}
        return _to("photo", **place), _to("thumbnail", **place)

    return render_template(
        "complaints/call.html",
        call=call,
        card=calls.call_card(call, moment),
        whistle=copy,
        code=said_code(copy.short_code) if copy is not None else None,
        called=called,
        forms=forms,
        failing=next(iter(bound), (None, None))[1],
        joinable=steps_to_join(call, events) if CallAction.JOIN in forms else [],
        prefix=calls.prefix_of,
        others=_others(call, standings),
        made=[
            (_show(one.id), calls.call_card(one, moment))
            for one in whistles.calls_made_by(community_id, call.id)
        ],
        more_url=_to("more", call_id=call_id)
        if CallAction.CALL_MORE in calls.possible_on(seat, call)
        else None,
        entries=calls.lines_of(events, on_site, moment, urls),
        photos=[calls.photo_of(one, urls, "现场照片") for one in handed],
        scores=calls.scores_of(whistles.scores_of(community_id, [call.id])),
        index_url=_to("index"),
        CallAction=CallAction,
    )


def _others(call: WhistleCall, standings: Any) -> list[tuple[str, str]]:
    """Who else is called for the same, and where they stand."""
    return [
        (str(row.details.get("name")), CallState(row.to_state).label)
        for row in standings
        if row.call_id != call.id
    ]


def _photo(call_id: UUID, file_id: UUID, suffix: str) -> Response:
    call = whistles.seen_call(call_id)
    stored = files.stored_file(call.community_id, file_id) if call is not None else None
    if call is None or stored is None or not _seat().parties_on(call):
        raise NotFound
    events = whistles.events_of(call.community_id, call.whistle_id)
    subjects = {(ON_SITE_PHOTO, event.id) for event in events}
    if (stored.subject_kind, stored.subject_id) not in {
        *subjects,
        (WHISTLE_PHOTO, call.whistle_id),
    }:
        raise NotFound
    return serve(stored, suffix)


def _keys() -> frozenset[str]:
    keys = call_keys(here().signed_in, here().region)
    if not keys:
        raise NotFound
    return keys


def _seat() -> Seat:
    actor = here().signed_in
    return Seat(actor.account_id, actor.name, here().region.name, at_home=False, keys=_keys())


def _show(call_id: UUID) -> str:
    return _to("show", call_id=call_id)


def _to(endpoint: str, **values: Any) -> str:
    return url_for(f"called.{endpoint}", region=here().region.code, **values)
