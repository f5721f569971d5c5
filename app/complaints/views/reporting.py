"""反映 in three taps: category, place, words; what is alike nearby is shown before sending."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.complaints.actions.filing import Report, file_complaint
from app.complaints.actions.promises import span_for, terms_under
from app.complaints.forms import ReportForm, uploads
from app.complaints.forms_places import ask_for_outside
from app.complaints.permissions import FILE_COMPLAINTS
from app.complaints.queries import catalogue, filing, nearby
from app.complaints.rules.catalogue import Category
from app.complaints.rules.deadlines import sign_span
from app.complaints.rules.finding import find
from app.complaints.rules.places import PlaceChoice, PlaceKind, read_place
from app.complaints.views import drafts, places, steps
from app.complaints.views.public import board_card
from app.complaints.views.room import address, blueprint
from app.core.access.door import here, requires
from app.core.db import db
from app.kit.clock import now
from app.kit.refusal import Invalid, TooLarge
from app.registry.queries import places as register

LONGEST_SEARCH = 30
MOST_AT_ONCE = 60


@blueprint.get("/c/<community>/complaints/new")
@requires(FILE_COMPLAINTS)
def new() -> ResponseReturnValue:
    """Category, place, words: one question a page, each a tap."""
    category = _item(request.args.get("category"))
    if category is None:
        return _category_page()
    tap = _tap()
    if tap is not None:
        return redirect(_new(category=category.code, place=str(tap)))
    place = read_place(request.args.get("place"))
    if place is None:
        return _place_page(category)
    ground = filing.filing_ground(here().community.id, here().signed_in.account_id, place)
    if ground is None:
        return _place_page(category)
    form = ReportForm(category=category.code, place=str(place))
    return _words_page(form, category, place, ground)


@blueprint.post("/c/<community>/complaints/new")
@requires(FILE_COMPLAINTS)
def file() -> ResponseReturnValue:
    """Take the report in; what cannot be used is asked for again with all words kept."""
    form = ReportForm()
    place = read_place(form.place.data)
    if place is None or not form.category.data:
        return _from_the_start()
    if not form.validate():
        return _asked_again(form, place)
    try:
        complaint_id = file_complaint(
            here().community.id, here().signed_in.account_id, _report(form, place)
        )
    except (Invalid, TooLarge) as refusal:
        db.session.rollback()
        steps.show_refusal(form, refusal)
        return _asked_again(form, place)
    return redirect(f"{address(complaint_id)}?filed=1")


def _report(form: ReportForm, place: PlaceChoice) -> Report:
    return Report(
        once_key=_once_key(form),
        category=form.category.data or "",
        place=place,
        text=form.text.data or "",
        place_note=form.place_note.data or "",
        anonymous=form.anonymous.data,
        photos=uploads(form.photos),
        sent_ahead=_sent_ahead(),
    )


def _item(code: str | None) -> Category | None:
    return catalogue.current(here().community.id).get(code or "")


def _from_the_start() -> ResponseReturnValue:
    flash("请重新选择要反映的事情和地方。", "error")
    return redirect(url_for(".new", community=here().community.code))


def _category_page() -> str:
    """All items at once; group by group where there are too many for a phone."""
    typed = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    holding = catalogue.current(here().community.id)
    groups = holding.groups()
    number = request.args.get("group", type=int)
    opened = groups[number] if number is not None and 0 <= number < len(groups) else None
    return render_template(
        "complaints/new_category.html",
        groups=groups,
        by_group=len(holding.items) > MOST_AT_ONCE,
        opened=opened,
        typed=typed,
        found=find(holding.items.values(), typed),
        new_url=_new(),
    )


def _place_page(category: Category) -> str:
    """Mine first; `compound` and `building` in the address open what is not mine."""
    building_id = request.args.get("building", type=UUID)
    compound_id = request.args.get("compound", type=UUID)
    if building_id is not None:
        return _inner_page(category, places.inside_building(building_id), None, compound_id)
    if compound_id is not None:
        return _inner_page(category, places.inside_compound(compound_id), compound_id, None)
    own = places.own_choices()
    home = next((one["id"] for one in own if one["kind"] is PlaceKind.COMPOUND), None)
    return render_template(
        "complaints/new_place.html",
        category=category,
        own=own,
        common=places.common_choices(home) if home else [],
        plan=places.plan_to_tap(home) if home else None,
        compounds=places.other_compounds(own),
        elsewhere=places.elsewhere(),
    )


def _inner_page(
    category: Category,
    choices: list[dict[str, Any]],
    compound_id: UUID | None,
    back_to: UUID | None,
) -> str:
    buildings = register.buildings(here().community.id, compound_id) if compound_id else []
    return render_template(
        "complaints/new_place_inner.html",
        category=category,
        choices=choices,
        buildings=buildings,
        compound_id=compound_id,
        plan=places.plan_to_tap(compound_id) if compound_id else None,
        back_url=_new(category=category.code, compound=back_to),
    )


def _asked_again(form: ReportForm, place: PlaceChoice) -> ResponseReturnValue:
    category = _item(form.category.data)
    if category is None:
        return _from_the_start()
    ground = filing.filing_ground(here().community.id, here().signed_in.account_id, place)
    return _words_page(form, category, place, ground), 422


def _words_page(form: ReportForm, category: Category, place: PlaceChoice, ground: Any) -> str:
    key = _once_key(form)
    form.once_key.data = str(key)
    elsewhere = place.kind is PlaceKind.ELSEWHERE
    if elsewhere:
        ask_for_outside(form.place_note)
    span = span_for(terms_under(category), steps.settings_here())
    return render_template(
        "complaints/new_words.html",
        form=form,
        category=category,
        place_title=places.title_of(place, ground),
        plan=places.point_on_plan(ground.compound_id if ground else None, place),
        elsewhere=elsewhere,
        urgent=category.urgency == "urgent",
        solve_words=span.words,
        sign_words=sign_span(category.urgency).words,
        similar=_similar(category, place, ground),
        kept=drafts.kept_for(key, drafts.RESIDENT) if _sent_ahead() else [],
        upload_url=drafts.upload_url(key, drafts.RESIDENT),
    )


def _similar(category: Category, place: PlaceChoice, ground: Any) -> list[Any]:
    if ground is None:
        return []
    account_id, moment = here().signed_in.account_id, now()
    rows = nearby.similar_open(here().community.id, account_id, category.code, place.kind, ground)
    return [(row, board_card(row, ground.compound_name, moment)) for row in rows]


def _sent_ahead() -> list[UUID]:
    return request.form.getlist("sent_ahead", type=UUID)


def _tap() -> PlaceChoice | None:
    compound_id = request.args.get("plan", type=UUID)
    x, y = (request.args.get(f"at.{axis}", type=int) for axis in ("x", "y"))
    if compound_id is None or x is None or y is None:
        return None
    return places.tapped_place(compound_id, x, y)


def _once_key(form: ReportForm) -> UUID:
    try:
        return UUID(form.once_key.data or "")
    except ValueError:
        return uuid4()


def _new(**values: Any) -> str:
    return url_for("complaints.new", community=here().community.code, **values)
