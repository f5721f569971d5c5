"""吹哨: the office calls departments or the street for one case, and follows how they come."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.communities.actions import settings_of
from app.complaints.actions.call_steps import take_call_step, withdraw_all
from app.complaints.actions.calling import (
    WHISTLED_FROM,
    HandedOver,
    Wish,
    blow,
    callable_parties,
    words_to_hand_over,
)
from app.complaints.actions.whistle_record import Seat
from app.complaints.forms import StepForm
from app.complaints.forms_whistle import BlowForm, WithdrawForm
from app.complaints.permissions import BLOW_WHISTLES, desk_of
from app.complaints.queries import cases, whistles
from app.complaints.queries.whistles import ON_SITE_PHOTO, WHISTLE_PHOTO, WantedCalls
from app.complaints.rules.states import Happening, State
from app.complaints.rules.whistle_tabs import CallTab
from app.complaints.rules.whistles import CallAction, CallState
from app.complaints.views import calls, sight, steps
from app.complaints.views.cards import card_of, said_code
from app.core.access.door import Here, here, requires
from app.core.files import queries as files
from app.core.files.models import StoredFile
from app.core.files.readers import decides_for
from app.core.web.refused_form import attempt
from app.core.web.shell import navigation_item
from app.kit.clock import now
from app.kit.refusal import Invalid, NotFound, Refusal

blueprint = Blueprint("whistles", __name__)
navigation_item("吹哨", "bell-ring", "whistles.index", order=21)
TABS = (CallTab.TO_SIGN, CallTab.TO_ARRIVE, CallTab.ACTING, CallTab.REFUSED, CallTab.ENDED)


@blueprint.get("/c/<community>/whistles/")
@requires(BLOW_WHISTLES)
def index() -> str:
    """Everybody who was called, the most urgent first."""
    tab = tab_among(TABS)
    wanted = WantedCalls(tab, here().community.id, after=request.args.get("after"))
    rows = whistles.calls_page(wanted)
    page, more = rows[: whistles.PAGE], rows[whistles.PAGE :]
    moment = now()
    return render_template(
        "complaints/whistles.html",
        rows=[
            (row, calls.call_card(row.WhistleCall, moment), _show(row.WhistleCall.whistle_id))
            for row in page
        ],
        tabs=tab_links(TABS, tab, whistles.call_counts(wanted), lambda **to: _to("index", **to)),
        older_url=_to("index", tab=tab.value, after=whistles.key_after(page[-1].WhistleCall, tab))
        if more
        else None,
        first_url=_to("index", tab=tab.value) if wanted.after else None,
    )


@blueprint.route("/c/<community>/tickets/<uuid:complaint_id>/whistle", methods=["GET", "POST"])
@requires(BLOW_WHISTLES)
def blow_for(complaint_id: UUID) -> ResponseReturnValue:
    """Who is called, why and for when; and what of the case is handed over."""
    community = here().community
    complaint = sight.desk_case(complaint_id).Complaint
    photos = cases.ready_photos_of(community.id, complaint_id)
    form = _blow_form(complaint, photos)
    taken = attempt(form, lambda: _blow(complaint_id, form))
    if taken.done:
        flash("已吹哨，他们会马上收到消息。", "success")
        return redirect(_show(taken.result))
    settings = settings_of(community.id)
    page = render_template(
        "complaints/whistle_new.html",
        form=form,
        card=card_of(sight.desk_case(complaint_id).Complaint, now()),
        photos=[
            calls.photo_of(photo, photo_urls, f"照片 {number}", f"照片 {number}")
            for number, photo in enumerate(photos, start=1)
        ],
        possible=State(complaint.state) in WHISTLED_FROM,
        settings=settings,
        ticket_url=_ticket(complaint_id),
    )
    return page, taken.status


@blueprint.get("/c/<community>/whistles/<uuid:whistle_id>")
@requires(BLOW_WHISTLES)
def show(whistle_id: UUID) -> str:
    """One whistle: what was handed over, each call and what can be done about it, the record."""
    return _page(whistle_id, {})


@blueprint.post("/c/<community>/whistles/<uuid:whistle_id>/calls/<uuid:call_id>/<action>")
@requires(BLOW_WHISTLES)
def step(whistle_id: UUID, call_id: UUID, action: str) -> ResponseReturnValue:
    """Answer a refusal, withdraw, leave a note, or score."""
    chosen = calls.known_step(action)
    call = whistles.call_of(here().community.id, call_id)
    if call is None or call.whistle_id != whistle_id:
        raise NotFound
    seat = _seat()
    form = calls.form_of(seat, call, chosen, [])
    try:
        if not form.validate():
            raise Invalid
        take_call_step(seat, call, chosen, calls.given_by(form))
    except Refusal as refusal:
        bound = {(call_id, chosen): form}
        return steps.asked_again(form, refusal, lambda: _page(whistle_id, bound))
    flash(_DONE[chosen], "success")
    return redirect(_show(whistle_id))


@blueprint.post("/c/<community>/whistles/<uuid:whistle_id>/withdraw")
@requires(BLOW_WHISTLES)
def withdraw(whistle_id: UUID) -> ResponseReturnValue:
    """Withdraw the whistle from everybody who has not arrived."""
    sight.found(whistles.whistle(here().community.id, whistle_id))
    form = WithdrawForm(prefix="all")
    try:
        if not form.validate():
            raise Invalid
        withdraw_all(_seat(), here().community.id, whistle_id, form.text.data or "")
    except Refusal as refusal:
        return steps.asked_again(form, refusal, lambda: _page(whistle_id, {}, form))
    flash("已撤回，他们会收到消息。", "success")
    return redirect(_show(whistle_id))


_DONE = {
    CallAction.INSIST: "已告诉他们仍请到场，签收时间重新计算。",
    CallAction.WITHDRAW: "已撤回，他们会收到消息。",
    CallAction.NOTE: "已留言。",
    CallAction.SCORE: "已打分，对方能看到。",
}


@decides_for(WHISTLE_PHOTO)
@decides_for(ON_SITE_PHOTO)
def may_see_whistle_photo(place: Here, _stored: StoredFile) -> bool:
    """In the community the office; the called see them on their own page."""
    return desk_of(place.signed_in, place.community).office


def tab_among(tabs: tuple[CallTab, ...]) -> CallTab:
    """The tab of the address, else the first."""
    typed = request.args.get("tab", "")
    return next((tab for tab in tabs if tab.value == typed), tabs[0])


def tab_links(
    tabs: tuple[CallTab, ...], current: CallTab, counts: dict[str, int], to: Any
) -> list[dict[str, Any]]:
    """The tabs with how many wait in each; the ended are not counted."""
    return [
        {
            "label": tab.label,
            "url": to(tab=tab.value),
            "current": tab is current,
            "count": sum(counts.get(state.value, 0) for state in tab.states)
            if tab not in {CallTab.ENDED, CallTab.MADE}
            else None,
        }
        for tab in tabs
    ]


def photo_urls(file_id: UUID) -> tuple[str, str]:
    """Where the community's own people look at a photo."""
    place: dict[str, Any] = {"file_id": file_id, "community": here().community.code}
    return url_for("files.show", **place), url_for("files.thumbnail", **place)


def _page(
    whistle_id: UUID,
    bound: dict[tuple[UUID, CallAction], StepForm],
    withdrawing: StepForm | None = None,
) -> str:
    community, moment, seat = here().community, now(), _seat()
    copy = sight.found(whistles.whistle(community.id, whistle_id))
    made = whistles.calls_of(community.id, whistle_id)
    events = whistles.events_of(community.id, whistle_id)
    scores = whistles.scores_of(community.id, [call.id for call in made])
    standings = whistles.standings(community.id, whistle_id)
    on_site = files.files_of(community.id, ON_SITE_PHOTO, [event.id for event in events])
    handed = files.files_of(community.id, WHISTLE_PHOTO, [whistle_id])
    several_wait = sum(CallState(call.state).clock_runs for call in made) > 1
    if withdrawing is not None and not several_wait:
        steps.say_lost([withdrawing])
    return render_template(
        "complaints/whistle.html",
        whistle=copy,
        calls=[
            {
                "call": call,
                "card": calls.call_card(call, moment),
                "forms": calls.forms_for(seat, call, standings, events, bound),
                "failing": next((action for key, action in bound if key == call.id), None),
                "scores": calls.scores_of([one for one in scores if one.call_id == call.id]),
            }
            for call in made
        ],
        entries=calls.lines_of(events, on_site, moment, photo_urls),
        photos=[calls.photo_of(photo, photo_urls, "现场照片") for photo in handed],
        code=said_code(copy.short_code),
        withdrawing=withdrawing or WithdrawForm(formdata=None, prefix="all"),
        several_wait=several_wait,
        ticket_url=_ticket(copy.complaint_id),
        CallAction=CallAction,
    )


def _blow_form(complaint: Any, photos: Any) -> BlowForm:
    reported = [str(photo.id) for photo in photos if photo.kind == Happening.FILED]
    form = BlowForm(data={"text": words_to_hand_over(complaint), "photos": reported})
    known = callable_parties(here().community.region_path, street=True)
    form.called.choices = [(one.key, one.label) for one in known]
    form.photos.choices = [
        (str(photo.id), f"照片 {number}") for number, photo in enumerate(photos, start=1)
    ]
    return form


def _blow(complaint_id: UUID, form: BlowForm) -> UUID:
    return blow(
        here().community,
        _seat(),
        complaint_id,
        Wish(form.called.data or (), form.reason.data or "", form.arrive_by.moment),
        HandedOver(
            form.text.data or "",
            form.contact.data or "",
            [UUID(file_id) for file_id in form.photos.data or ()],
        ),
    )


def _seat() -> Seat:
    actor = here().signed_in
    return Seat(actor.account_id, actor.name, here().community.name, at_home=True)


def _show(whistle_id: Any) -> str:
    return _to("show", whistle_id=whistle_id)


def _ticket(complaint_id: UUID) -> str:
    return url_for("tickets.show", community=here().community.code, complaint_id=complaint_id)


def _to(endpoint: str, **values: Any) -> str:
    return url_for(f"whistles.{endpoint}", community=here().community.code, **values)
