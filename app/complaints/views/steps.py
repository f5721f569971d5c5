"""Forms of the steps, shared by the reporter's and the desk's pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from flask import flash, request
from flask.typing import ResponseReturnValue

from app.communities.rules import Settings
from app.complaints.actions.promises import settings_of
from app.complaints.actions.steps import Given, take_step
from app.complaints.forms import (
    STEP_FORMS,
    AssignForm,
    DispatchForm,
    PhotoForm,
    ReclassifyForm,
    SplitOffForm,
    StepForm,
    uploads,
)
from app.complaints.queries import cases, colleagues
from app.complaints.rules.answers import Ground, Rating
from app.complaints.rules.states import Action, State
from app.complaints.views import choosing, drafts, sight
from app.core.access.door import here
from app.core.db import db
from app.kit.refusal import Invalid, NotFound, Refusal

_SENT = {"photos": "sent_ahead", "before_photos": "sent_before"}


def known_action(name: str, among: Iterable[Action]) -> Action:
    """The action of the address, among those of this page."""
    found = next((action for action in among if action.value == name), None)
    if found is None:
        raise NotFound
    return found


def forms_for(
    complaint: Any, actions: Iterable[Action], bound: dict[Action, Any], doors: drafts.Doors
) -> dict[Action, StepForm]:
    """A form for each possible action; one that came back keeps what was typed and sent.

    `doors`: through which photos go ahead of the forms of this page.
    """
    forms = {action: bound.get(action) or _empty(complaint, action) for action in actions}
    say_lost(form for action, form in bound.items() if action not in forms)
    for form in forms.values():
        form.version.data = str(complaint.version)
        if isinstance(form, PhotoForm):
            form.upload_url = drafts.upload_url(form.key, doors)
            form.kept = _kept(form, doors)
    return forms


def submitted(complaint: Any, action: Action) -> StepForm:
    """The form as it was sent."""
    form = STEP_FORMS[action](prefix=f"{action.value}-")
    _offer_choices(complaint, form)
    return form


def take(complaint_id: UUID, action: Action, form: Any) -> State:
    """Do the step with what the form says; raises Invalid when the form itself is wrong."""
    if not form.validate():
        raise Invalid
    return take_step(
        here().community.id,
        sight.worker_here(),
        complaint_id,
        action,
        _given(form),
    )


def asked_again(form: StepForm, refusal: Refusal, page: Callable[[], str]) -> ResponseReturnValue:
    """The page with the form as it was typed and why it was not taken; nothing was written.

    Where the step is not possible any more the page has no form for it and says why itself
    (`say_lost`).
    """
    if isinstance(refusal, NotFound):
        raise refusal
    db.session.rollback()
    form.refusal = refusal.sentence
    show_refusal(form, refusal)
    return page(), refusal.status if isinstance(refusal, Invalid) else 409


def say_lost(forms: Iterable[StepForm]) -> None:
    """Say above the page why these steps, which it does not offer any more, were not taken."""
    for form in forms:
        flash(form.refusal, "error")


def show_refusal(form: Any, refusal: Refusal) -> None:
    """Put a refusal's sentences to the fields they are about, else above the form."""
    if form.errors:
        return
    named = refusal.errors if isinstance(refusal, Invalid) else {}
    for name, sentence in named.items():
        if name in form:
            form[name].errors = [sentence]
    if not any(name in form for name in named):
        place = "photos" if isinstance(refusal, Invalid) and "photos" in form else None
        if place:
            form[place].errors = [refusal.sentence]
        else:
            form.form_errors = [refusal.sentence]


def settings_here() -> Settings:
    """The community's settings."""
    return settings_of(here().community.id)


def _kept(form: PhotoForm, doors: drafts.Doors) -> dict[str, list[Any]]:
    """What was sent ahead of a form that came back, by its field."""
    sent = {name: set(request.form.getlist(key, type=UUID)) for name, key in _SENT.items()}
    if form.is_submitted() and form.form_key.raw_data and any(sent.values()):
        known = drafts.kept_for(form.key, doors)
        return {name: [one for one in known if one["id"] in ids] for name, ids in sent.items()}
    return {name: [] for name in _SENT}


def _sent(field: str) -> list[UUID]:
    return request.form.getlist(_SENT[field], type=UUID)


def _empty(complaint: Any, action: Action) -> StepForm:
    form = STEP_FORMS[action](formdata=None, prefix=f"{action.value}-")
    _offer_choices(complaint, form)
    return form


def _offer_choices(complaint: Any, form: StepForm) -> None:
    community_id = here().community.id
    if isinstance(form, DispatchForm):
        form.organization.choices = [
            (str(row.id), row.name) for row in cases.companies(community_id)
        ]
    if isinstance(form, AssignForm):
        known = colleagues.of_case(community_id, complaint.organization_id)
        names = [(str(row.id), row.name) for row in known if row.id != complaint.reporter_id]
        form.assignee.choices = [("", "请选择"), *names]
    if isinstance(form, ReclassifyForm | SplitOffForm):
        form.category.choices = [("", "请选择"), *choosing.categories()]


def _given(form: Any) -> Given:
    def typed(name: str) -> Any:
        return form[name].data if name in form else None

    organization, assignee = typed("organization"), typed("assignee")
    ground, rating = typed("ground"), typed("rating")
    return Given(
        version=form.seen_version,
        text=typed("text") or "",
        assignee_id=UUID(assignee) if assignee else None,
        days=typed("days"),
        until=typed("until"),
        lead=typed("lead") or "",
        category=typed("category") or "",
        organization_id=UUID(organization) if organization else None,
        ground=Ground(ground) if ground else None,
        rating=Rating(rating) if rating else None,
        photos=uploads(form.photos) if "photos" in form else (),
        before_photos=uploads(form.before_photos) if "before_photos" in form else (),
        form_key=form.key if isinstance(form, PhotoForm) else None,
        sent_ahead=_sent("photos") if "photos" in form else (),
        sent_before=_sent("before_photos") if "before_photos" in form else (),
    )
