"""Staff decide about claims to units, with evidence and register side by side."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.core.access.door import Here, here, requires
from app.core.files import queries as files
from app.core.files.models import StoredFile
from app.core.files.readers import decides_for
from app.core.web.refused_form import show_in_form
from app.kit.areas import say_area
from app.kit.clock import say_moment
from app.kit.phones import mask_phone
from app.kit.refusal import Refusal
from app.registry.actions import claims as actions
from app.registry.actions.claims import PHOTO_KIND, Links
from app.registry.forms import ApprovalForm, RefusalForm, value_of
from app.registry.permissions import DECIDE_CLAIMS
from app.registry.queries import claims, units
from app.registry.rules import CLAIM_STATE_TITLES, RELATION_TITLES, ClaimState
from app.registry.rules.shares import say_share
from app.registry.views.room import blueprint, found, to

TONES = {
    ClaimState.PENDING: "due",
    ClaimState.APPROVED: "done",
    ClaimState.REFUSED: "late",
    ClaimState.ENDED: "quiet",
}


@blueprint.get("/c/<community>/registry/claims", endpoint="claims")
@requires(DECIDE_CLAIMS)
def claim_list() -> str:
    """Claims by state; those that wait first."""
    community_id = here().community.id
    state = ClaimState(value_of(ClaimState, request.args.get("state")) or ClaimState.PENDING)
    return render_template(
        "registry/claims.html",
        claims=claims.claims_in(community_id, state),
        counts=claims.claim_counts(community_id),
        state=state,
        titles=CLAIM_STATE_TITLES,
        tones=TONES,
        relations=RELATION_TITLES,
        mask_phone=mask_phone,
        say_moment=say_moment,
    )


@blueprint.get("/c/<community>/registry/claims/<uuid:claim_id>")
@requires(DECIDE_CLAIMS)
def claim_page(claim_id: UUID) -> ResponseReturnValue:
    """One claim."""
    return _page(claim_id, ApprovalForm(formdata=None), RefusalForm(formdata=None))


@blueprint.post("/c/<community>/registry/claims/<uuid:claim_id>/approve")
@requires(DECIDE_CLAIMS)
def approve_claim(claim_id: UUID) -> ResponseReturnValue:
    """Approve."""
    form = ApprovalForm()
    try:
        actions.approve(
            here().community.id,
            claim_id,
            decided_by=here().signed_in.account_id,
            owner_id=request.form.get("owner_id", type=UUID),
            links=links(claim_id),
        )
    except Refusal as refusal:
        status = show_in_form(form, refusal)
        return _page(claim_id, form, RefusalForm(formdata=None), status)
    flash("已通过，居民会收到通知。", "done")
    return redirect(to("claims"))


@blueprint.post("/c/<community>/registry/claims/<uuid:claim_id>/refuse")
@requires(DECIDE_CLAIMS)
def refuse_claim(claim_id: UUID) -> ResponseReturnValue:
    """Refuse with a reason."""
    form = RefusalForm()
    status = 422
    if form.validate():
        try:
            actions.refuse(
                here().community.id,
                claim_id,
                decided_by=here().signed_in.account_id,
                reason=form.reason.data,
                links=links(claim_id),
            )
        except Refusal as refusal:
            status = show_in_form(form, refusal)
        else:
            flash("已记为不通过，居民会看到原因。", "done")
            return redirect(to("claims"))
    return _page(claim_id, ApprovalForm(formdata=None), form, status)


@decides_for(PHOTO_KIND)
def may_read_evidence(place: Here, stored: StoredFile) -> bool:
    """The office, and whoever sent the photo."""
    office = DECIDE_CLAIMS.grants(place.signed_in, place.community, None)
    return bool(office) or stored.uploaded_by == place.signed_in.account_id


def links(claim_id: UUID | None = None) -> Links:
    """Where notices about a claim lead."""
    office = to("claim_page", claim_id=claim_id) if claim_id else to("claims")
    return Links(resident=to("claim"), office=office)


def _page(
    claim_id: UUID, approval: ApprovalForm, refusal: RefusalForm, status: int = 200
) -> ResponseReturnValue:
    community_id = here().community.id
    row: Any = found(claims.claim(community_id, claim_id))
    claim = row.UnitClaim
    holdings = [
        held
        for held in units.holdings(community_id, claim.unit_id)
        if held.Ownership.ended_at is None
    ]
    approval.owner_id.choices = [(str(held.Owner.id), held.Owner.name) for held in holdings]
    page = render_template(
        "registry/claim_page.html",
        row=row,
        claim=claim,
        holdings=holdings,
        photos=files.files_of(community_id, PHOTO_KIND, [claim.id]),
        approval=approval,
        refusal=refusal,
        title=CLAIM_STATE_TITLES[ClaimState(claim.state)],
        tone=TONES[ClaimState(claim.state)],
        relations=RELATION_TITLES,
        area=say_area(row.area_centi),
        mask_phone=mask_phone,
        say_moment=say_moment,
        say_share=say_share,
    )
    return page, status
