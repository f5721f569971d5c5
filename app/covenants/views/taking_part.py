"""Taking part: signing for one's household, giving an opinion."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.core.access.door import here, requires
from app.core.web.refused_form import show_in_form
from app.covenants import pages, rules
from app.covenants.actions import objections, signing
from app.covenants.forms import OpinionForm, SignForm
from app.covenants.permissions import TAKE_PART
from app.covenants.queries import texts
from app.covenants.rules import State
from app.covenants.views.room import Found, address, blueprint, found, frame
from app.kit.refusal import NotFound, Refusal
from app.registry.rules import RELATION_TITLES, Relation

SHORTENED = 24


@blueprint.route("/c/<community>/covenants/<uuid:covenant_id>/sign", methods=["GET", "POST"])
@requires(TAKE_PART)
def sign(covenant_id: UUID) -> ResponseReturnValue:
    """Read it once more, then sign for the household."""
    one = _part(covenant_id)
    back = address("show", covenant_id=covenant_id)
    choices = _unsigned(one)
    form, status = SignForm(), 200
    form.unit_id.choices = [(str(home.unit_id), _say_home(home)) for home in choices]
    if request.method == "GET":
        if one.state is not State.SIGNING or not choices:
            return redirect(back)
        form.digest.data = one.sheet.digest
        if len(choices) == 1:
            form.unit_id.data = str(choices[0].unit_id)
    elif not choices or form.validate():
        try:
            progress = signing.sign(
                here().community.id,
                covenant_id,
                account_id=here().signed_in.account_id,
                unit_id=_chosen(form, one, choices),
                seen_digest=form.digest.data or "",
            )
        except Refusal as refusal:
            if not choices:
                raise
            status = show_in_form(form, refusal)
        else:
            flash(f"签好了，谢谢您。{rules.say_progress(progress)}", "success")
            return redirect(back)
    else:
        status = 422
    page = render_template(
        "covenants/sign.html",
        frame=frame(),
        form=form,
        sheet=one.sheet,
        place=pages.place_name(one.sheet),
        clauses=pages.clauses_shown(texts.clauses(here().community.id, one.sheet.version_id), []),
        only=_say_home(choices[0]) if len(choices) == 1 else None,
        tenant=bool(choices) and all(home.relation == Relation.TENANT for home in choices),
        back_url=back,
    )
    return page, status


@blueprint.route("/c/<community>/covenants/<uuid:covenant_id>/objections", methods=["GET", "POST"])
@requires(TAKE_PART)
def opinion(covenant_id: UUID) -> ResponseReturnValue:
    """Say what is wrong with a clause, and why."""
    one = _part(covenant_id)
    back = address("show", covenant_id=covenant_id)
    clauses = texts.clauses(here().community.id, one.sheet.version_id)
    form, status = OpinionForm(), 200
    form.clause_id.choices = [
        *(
            (str(item.id), f"{rules.article(n)}　{_short(item.wording)}")
            for n, item in enumerate(clauses, start=1)
        ),
        ("", "整份公约"),
    ]
    if request.method == "GET":
        if one.state not in {State.DELIBERATING, State.PUBLISHED}:
            return redirect(back)
        form.clause_id.data = request.args.get("clause", "")
    elif form.validate():
        try:
            objections.give_opinion(
                here().community.id,
                covenant_id,
                account_id=here().signed_in.account_id,
                clause_id=form.clause,
                reason=form.reason.data or "",
            )
        except Refusal as refusal:
            status = show_in_form(form, refusal)
        else:
            flash("意见收到了，有答复会通知您。", "success")
            return redirect(address("show", covenant_id=covenant_id, _anchor="opinions"))
    else:
        status = 422
    page = render_template(
        "covenants/opinion.html",
        frame=frame(),
        form=form,
        sheet=one.sheet,
        place=pages.place_name(one.sheet),
        published=one.state is State.PUBLISHED,
        back_url=back,
    )
    return page, status


def _part(covenant_id: UUID) -> Found:
    """The current version, for those who live or own in this stairwell."""
    one = found(covenant_id)
    if not one.standpoint.may_sign or one.sheet.number != one.sheet.current_number:
        raise NotFound
    return one


def _unsigned(one: Found) -> list[Any]:
    """Homes for which this person can still sign."""
    community_id, version_id = here().community.id, one.sheet.version_id
    by_me = texts.own_signatures(community_id, version_id, here().signed_in.account_id)
    households = {home.unit_id: home for home in texts.households(community_id, version_id)}
    return [
        home
        for home in one.standpoint.homes
        if home.unit_id in households
        and home.unit_id not in by_me
        and (home.relation == Relation.TENANT or households[home.unit_id].signed_at is None)
    ]


def _chosen(form: SignForm, one: Found, choices: list[Any]) -> UUID:
    """The household chosen; with nothing left to sign, the home about which to say so."""
    chosen: UUID | None = form.unit if choices else one.standpoint.homes[0].unit_id
    if chosen is None:
        raise NotFound
    return chosen


def _say_home(home: Any) -> str:
    return f"{home.room} 室（{RELATION_TITLES[Relation(home.relation)]}）"


def _short(wording: str) -> str:
    return wording if len(wording) <= SHORTENED else f"{wording[:SHORTENED]}…"
