"""代录: staff enter a report for somebody who came in person or phoned."""

from __future__ import annotations

from uuid import UUID, uuid4

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.complaints.actions.entering import Behalf, enter_complaint
from app.complaints.actions.filing import Report
from app.complaints.forms import uploads
from app.complaints.forms_desk import EntryForm
from app.complaints.permissions import RUN_THE_DESK
from app.complaints.rules.answers import Channel
from app.complaints.rules.places import PlaceChoice, PlaceKind, read_place
from app.complaints.views import choosing
from app.complaints.views.tickets import blueprint, to
from app.core.access.door import here, requires
from app.core.web.refused_form import show_in_form
from app.kit.refusal import Refusal

ELSEWHERE = str(PlaceChoice(PlaceKind.ELSEWHERE))


@blueprint.route("/c/<community>/tickets/enter", methods=["GET", "POST"])
@requires(RUN_THE_DESK)
def enter() -> ResponseReturnValue:
    """One form for the counter and the phone."""
    form, status = EntryForm(), 200
    form.category.choices = [("", "请选择"), *choosing.categories()]
    form.place.choices = [("", "请选择"), *choosing.places(), (ELSEWHERE, "别的地方")]
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                complaint_id = _entered(form)
            except Refusal as refusal:
                status = show_in_form(form, refusal)
            else:
                flash("已代居民提交，请把编号告诉居民。", "success")
                return redirect(to("show", complaint_id=complaint_id))
    else:
        form.fresh_key()
    return render_template("complaints/enter.html", form=form), status


def _entered(form: EntryForm) -> UUID:
    return enter_complaint(
        here().community.id,
        here().signed_in.account_id,
        Report(
            once_key=_once_key(form),
            category=form.category.data,
            place=read_place(form.place.data) or PlaceChoice(PlaceKind.ELSEWHERE),
            text=form.text.data or "",
            place_note=form.place_note.data or "",
            anonymous=form.anonymous.data,
            photos=uploads(form.photos),
        ),
        Behalf(Channel(form.channel.data), form.name.data or "", form.phone.data or ""),
    )


def _once_key(form: EntryForm) -> UUID:
    try:
        return UUID(form.once_key.data or "")
    except ValueError:
        return uuid4()
