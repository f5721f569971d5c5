"""反映: a resident's own complaints, a new one in three taps, and its time line."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.complaints.actions.filing import Report, file_complaint
from app.complaints.forms import ReportForm, uploads
from app.complaints.permissions import FILE_COMPLAINTS
from app.complaints.queries import cases, lists
from app.complaints.rules.catalogue import CATALOGUE, Category, groups
from app.complaints.rules.deadlines import sign_span, solve_span
from app.complaints.rules.places import PlaceChoice, PlaceKind, read_place
from app.complaints.rules.states import TO_DISPATCH, Action, State
from app.complaints.views import sight, steps, story
from app.complaints.views.cards import card_of
from app.core.access.door import here, requires
from app.core.db import db
from app.core.web.shell import navigation_item
from app.kit.clock import now
from app.kit.refusal import Invalid, Refusal, TooLarge
from app.registry.queries import compounds, homes_of

blueprint = Blueprint("complaints", __name__)
navigation_item("反映", "message-square-plus", "complaints.index", order=20, resident=True)
REPORTER_ACTIONS = frozenset(
    {Action.ADD, Action.CONFIRM, Action.REOPEN, Action.DISPUTE, Action.RESUME}
)


@blueprint.get("/c/<community>/complaints/")
@requires(FILE_COMPLAINTS)
def index() -> str:
    """My complaints, newest first."""
    before = request.args.get("before", type=UUID)
    rows = lists.own_complaints(here().community.id, here().signed_in.account_id, before)
    page, more = rows[: lists.PAGE], rows[lists.PAGE :]
    return render_template(
        "complaints/index.html",
        complaints=page,
        older=page[-1].id if more else None,
        first_page=before is None,
        card_of=card_of,
        now=now(),
    )


@blueprint.get("/c/<community>/complaints/new")
@requires(FILE_COMPLAINTS)
def new() -> str:
    """Category, place, words: one question a page, each a tap."""
    category = CATALOGUE.get(request.args.get("category", ""))
    if category is None:
        return render_template("complaints/new_category.html", groups=groups())
    place = read_place(request.args.get("place"))
    if place is None:
        return render_template(
            "complaints/new_place.html", category=category, places=_places_to_choose()
        )
    form = ReportForm(category=category.code, place=str(place))
    form.once_key.data = str(uuid4())
    return _report_page(form, category, place)


@blueprint.post("/c/<community>/complaints/new")
@requires(FILE_COMPLAINTS)
def file() -> ResponseReturnValue:
    """Take the report in; what cannot be used is asked for again with all words kept."""
    form = ReportForm()
    category = CATALOGUE.get(form.category.data or "")
    place = read_place(form.place.data)
    if category is None or place is None:
        flash("请重新选择要反映的事情和地方。", "error")
        return redirect(url_for(".new", community=here().community.code))
    if place.kind is PlaceKind.ELSEWHERE and not form.place_note.data:
        form.validate()
        form.place_note.errors = ["请写一下在什么地方，例如“小区北门外的人行道”。"]
        return _report_page(form, category, place), 422
    if not form.validate():
        return _report_page(form, category, place), 422
    try:
        complaint_id = file_complaint(
            here().community.id,
            here().signed_in.account_id,
            Report(
                once_key=_once_key(form),
                category=category.code,
                place=place,
                text=form.text.data or "",
                place_note=form.place_note.data or "",
                anonymous=form.anonymous.data,
                photos=uploads(form.photos),
            ),
        )
    except (Invalid, TooLarge) as refusal:
        db.session.rollback()
        steps.show_refusal(form, refusal)
        return _report_page(form, category, place), 422
    return redirect(_address(complaint_id, filed="1"))


@blueprint.get("/c/<community>/complaints/<uuid:complaint_id>")
@requires(FILE_COMPLAINTS)
def show(complaint_id: UUID) -> str:
    """The time line of my complaint, its next step and deadline."""
    return _page(complaint_id, {})


@blueprint.post("/c/<community>/complaints/<uuid:complaint_id>/<action>")
@requires(FILE_COMPLAINTS)
def step(complaint_id: UUID, action: str) -> ResponseReturnValue:
    """Add to it, confirm it or return it."""
    chosen = steps.known_action(action, REPORTER_ACTIONS)
    row = sight.own_case(complaint_id)
    form = steps.submitted(row.Complaint, chosen)
    try:
        steps.take(complaint_id, chosen, form)
    except Refusal as refusal:
        return steps.asked_again(form, refusal, lambda: _page(complaint_id, {chosen: form}))
    flash(_THANKS[chosen], "success")
    return redirect(_address(complaint_id))


_THANKS = {
    Action.ADD: "已补充，办理的人会马上看到。",
    Action.CONFIRM: "谢谢您的确认，这件事办结了。",
    Action.RESUME: "已告诉办理的人，期限接着计算。",
    Action.DISPUTE: "已退回重办，期限重新计算，您会收到每一步的消息。",
    Action.REOPEN: "已退回重办，期限重新计算，您会收到每一步的消息。",
}


def _page(complaint_id: UUID, bound: dict[Action, Any]) -> str:
    row = sight.own_case(complaint_id)
    complaint, community_id, moment = row.Complaint, here().community.id, now()
    events = cases.events_of(community_id, complaint.id, for_resident=True, hide_reporter=False)
    photos = cases.photos_of(community_id, complaint.id)
    return render_template(
        "complaints/show.html",
        complaint=complaint,
        responsible=row.organization_name or _community_does(State(complaint.state)),
        card=card_of(complaint, moment, mine=True),
        entries=story.entries_of(complaint, events, photos, mine=True, now=moment),
        forms=steps.forms_for(complaint, sight.possible_here(complaint), bound),
        fresh="filed" in request.args,
        Action=Action,
    )


def _community_does(state: State) -> str:
    return "社区正在分派" if state in TO_DISPATCH else "社区"


def _report_page(form: ReportForm, category: Category, place: PlaceChoice) -> str:
    span = solve_span(category.urgency, category.responsible, _ordinary_days())
    return render_template(
        "complaints/new_words.html",
        form=form,
        category=category,
        place=place,
        place_title=_title_of_place(place),
        elsewhere=place.kind is PlaceKind.ELSEWHERE,
        urgent=category.urgency == "urgent",
        solve_words=span.words,
        sign_words=sign_span(category.urgency).words,
    )


def _ordinary_days() -> int:
    return steps.settings_here().complaint_days_ordinary


def _places_to_choose() -> list[dict[str, Any]]:
    homes = homes_of(here().community.id, here().signed_in.account_id)
    seen: dict[str, dict[str, Any]] = {}
    for home in homes:
        around = f"{home.compound_name} {home.building_name}"
        _offer(seen, PlaceKind.UNIT, home.unit_id, "我家里", f"{home.compound_name} {home.label}")
        if home.stairwell_id:
            stairwell = f"{around} {home.stairwell_name}"
            _offer(seen, PlaceKind.STAIRWELL, home.stairwell_id, "我这个楼道", stairwell)
        _offer(seen, PlaceKind.BUILDING, home.building_id, "我这栋楼", around)
        _offer(seen, PlaceKind.COMPOUND, home.compound_id, "小区里公共地方", home.compound_name)
    own = {home.compound_id for home in homes}
    for compound in compounds(here().community.id):
        if compound.id not in own:
            _offer(seen, PlaceKind.COMPOUND, compound.id, compound.name, "小区里公共地方")
    elsewhere = str(PlaceChoice(PlaceKind.ELSEWHERE))
    seen[elsewhere] = {
        "value": elsewhere,
        "label": "别的地方",
        "hint": "小区外的路上、街边等，下一步写清楚",
        "icon": PLACE_ICONS[PlaceKind.ELSEWHERE],
    }
    return list(seen.values())


PLACE_ICONS = {
    PlaceKind.UNIT: "house",
    PlaceKind.STAIRWELL: "layers",
    PlaceKind.BUILDING: "building",
    PlaceKind.COMPOUND: "building-2",
    PlaceKind.ELSEWHERE: "map-pin",
}


def _offer(
    seen: dict[str, dict[str, Any]], kind: PlaceKind, key: UUID, label: str, hint: str
) -> None:
    value = str(PlaceChoice(kind, key))
    seen.setdefault(
        value, {"value": value, "label": label, "hint": hint, "icon": PLACE_ICONS[kind]}
    )


def _title_of_place(place: PlaceChoice) -> str:
    chosen = next((one for one in _places_to_choose() if one["value"] == str(place)), None)
    return f"{chosen['label']}（{chosen['hint']}）" if chosen else "您选的地方"


def _once_key(form: ReportForm) -> UUID:
    try:
        return UUID(form.once_key.data or "")
    except ValueError:
        return uuid4()


def _address(complaint_id: UUID, **values: Any) -> str:
    return url_for(".show", community=here().community.code, complaint_id=complaint_id, **values)
