"""Facilities and their upkeep."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.access.door import Here, here, requires
from app.core.access.roles import PROPERTY_ROLES
from app.core.files.actions import Upload
from app.core.files.models import StoredFile
from app.core.files.queries import files_of
from app.core.files.readers import decides_for
from app.core.web.refused_form import attempt
from app.core.web.shell import navigation_item
from app.kit.clock import civil_date, now
from app.kit.refusal import Invalid, NotFound
from app.maintenance import actions, queries
from app.maintenance.forms import (
    MOST_PHOTOS,
    TOO_MANY_PHOTOS,
    FacilityForm,
    UpkeepForm,
    chosen_photos,
)
from app.maintenance.permissions import KEEP_FACILITIES, RECORD_UPKEEP, SEE_FACILITIES
from app.maintenance.rules import FacilityKind, say_state, upkeep_state
from app.organizations.queries import compounds_served
from app.registry.queries import compounds

blueprint = Blueprint("maintenance", __name__)
navigation_item("设施维护", "wrench", "maintenance.index", order=65)
ROOT = "/c/<community>/maintenance/"
VIEWS = {"gap": "要处理", "soon": "快到期", "done": "周期内"}


@blueprint.get(ROOT)
@requires(SEE_FACILITIES)
def index() -> ResponseReturnValue:
    """Facilities, the most urgent first."""
    rows = [
        _as_shown(row)
        for row in queries.facilities(here().community.id, compound_ids=_own_compounds(here()))
    ]
    chosen = request.args.get("view", "")
    return render_template(
        "maintenance/index.html",
        rows=[row for row in rows if chosen not in VIEWS or row["view"] == chosen],
        counts={name: sum(row["view"] == name for row in rows) for name in VIEWS},
        total=len(rows),
        views=VIEWS,
        chosen=chosen,
        may_keep=_may(KEEP_FACILITIES),
    )


@blueprint.route(f"{ROOT}new", methods=["GET", "POST"])
@requires(KEEP_FACILITIES)
def register() -> ResponseReturnValue:
    """Enter a facility."""
    form: Any = FacilityForm()
    del form.retired_on
    _offer(form)
    tried = attempt(
        form,
        lambda: actions.register_facility(
            here().community.id,
            UUID(form.compound_id.data),
            FacilityKind(form.kind.data),
            form.name.data,
            form.cycle_days.data,
        ),
    )
    if tried.result:
        flash("已登记设施。接着登记最近一次维护。", "done")
        return redirect(_page(tried.result))
    page = render_template(
        "maintenance/form.html", form=form, facility=None, changed_meanwhile=False
    )
    return page, tried.status


@blueprint.get(f"{ROOT}<uuid:facility_id>")
@requires(SEE_FACILITIES)
def show(facility_id: UUID) -> ResponseReturnValue:
    """One facility with its history."""
    row = _facility(facility_id)
    records = queries.upkeep(here().community.id, facility_id)
    photos: dict[UUID, list[StoredFile]] = {}
    for stored in files_of(
        here().community.id, actions.EVIDENCE, [record.id for record in records]
    ):
        photos.setdefault(stored.subject_id, []).append(stored)
    return render_template(
        "maintenance/show.html",
        facility=_as_shown(row),
        records=[(record, photos.get(record.id, [])) for record in records],
        may_keep=_may(KEEP_FACILITIES),
        may_record=_may(RECORD_UPKEEP) and row.Facility.retired_on is None,
    )


@blueprint.route(f"{ROOT}<uuid:facility_id>/edit", methods=["GET", "POST"])
@requires(KEEP_FACILITIES)
def edit(facility_id: UUID) -> ResponseReturnValue:
    """Correct a facility, or take it out of use."""
    known = _facility(facility_id).Facility
    form: Any = FacilityForm(obj=known)
    del form.compound_id, form.kind
    tried = attempt(
        form,
        lambda: actions.change_facility(
            here().community.id,
            facility_id,
            _version(form),
            name=form.name.data,
            cycle_days=form.cycle_days.data,
            retired_on=form.retired_on.data,
        ),
    )
    if tried.done:
        flash("已保存。", "done")
        return redirect(_page(facility_id))
    if tried.refusal:
        known = _facility(facility_id).Facility
    page = render_template(
        "maintenance/form.html",
        form=form,
        facility=known,
        changed_meanwhile=form.is_submitted() and _version(form) != known.version,
    )
    return page, tried.status


@blueprint.route(f"{ROOT}<uuid:facility_id>/upkeep", methods=["GET", "POST"])
@requires(RECORD_UPKEEP)
def record_upkeep(facility_id: UUID) -> ResponseReturnValue:
    """Note what was done, with photos."""
    shown = _as_shown(_facility(facility_id))
    form: Any = UpkeepForm()
    if not form.is_submitted():
        form.done_on.data = civil_date(now())
    tried = attempt(
        form,
        lambda: actions.record_upkeep(
            here().community.id,
            facility_id,
            _upkeep(form),
            recorded_by=here().signed_in.account_id,
        ),
    )
    if tried.done:
        flash("已登记这次维护。", "done")
        return redirect(_page(facility_id))
    return render_template("maintenance/upkeep.html", form=form, facility=shown), tried.status


@decides_for(actions.EVIDENCE)
def may_see_evidence(place: Here, stored: StoredFile) -> bool:
    """Whoever may see the facility may see its photos."""
    actor = place.signed_in
    if not SEE_FACILITIES.grants(actor, place.community, None):
        return False
    compound_id = queries.compound_of_upkeep(place.community.id, stored.subject_id)
    own = _own_compounds(place)
    return compound_id is not None and (own is None or compound_id in own)


def _own_compounds(place: Here) -> frozenset[UUID] | None:
    """None: all. The compounds a property company serves, for its people."""
    grants = SEE_FACILITIES.grants(place.signed_in, place.community, None)
    if any(grant.role not in PROPERTY_ROLES for grant in grants):
        return None
    companies = [grant.organization_id for grant in grants if grant.organization_id]
    return compounds_served(place.community.id, companies, civil_date(now()))


def _may(permission: Any) -> bool:
    return bool(permission.grants(here().signed_in, here().community, None))


def _facility(facility_id: UUID) -> Any:
    row = queries.facility(here().community.id, facility_id)
    own = _own_compounds(here())
    if row is None or (own is not None and row.Facility.compound_id not in own):
        raise NotFound
    return row


def _as_shown(row: Any) -> dict[str, Any]:
    found, today = row.Facility, civil_date(now())
    state = upkeep_state(
        found.next_due_on, found.last_done_on, found.last_evidence_id is not None, today
    )
    view = "gap" if not state.covered else "soon" if state.tone == "due" else "done"
    return {
        "row": found,
        "kind": FacilityKind(found.kind),
        "compound": row.compound_name,
        "tone": state.tone,
        "said": say_state(state, found.next_due_on, today),
        "view": view,
    }


def _offer(form: Any) -> None:
    form.compound_id.choices = [("", "请选择")] + [
        (str(row.id), row.name) for row in compounds(here().community.id)
    ]


def _upkeep(form: Any) -> actions.UpkeepDraft:
    chosen = chosen_photos(form)
    if len(chosen) > MOST_PHOTOS:
        raise Invalid(errors={"photos": TOO_MANY_PHOTOS})
    return actions.UpkeepDraft(
        done_on=form.done_on.data,
        done_by=form.done_by.data,
        note=form.note.data or "",
        next_due_on=form.next_due_on.data,
        photos=tuple(Upload(item.filename, item.read()) for item in chosen),
    )


def _version(form: Any) -> int:
    text = str(form.version.data or "0")
    return int(text) if text.isdecimal() and len(text) <= 9 else 0  # noqa: PLR2004 - fits an int


def _page(facility_id: UUID) -> str:
    return url_for("maintenance.show", community=here().community.code, facility_id=facility_id)
