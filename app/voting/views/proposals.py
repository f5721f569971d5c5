"""业主提议: the residents' pages, and the desk's list."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.access.door import here, requires
from app.core.web.refused_form import show_in_form
from app.kit.clock import now, say_moment
from app.kit.refusal import NotFound, Refusal
from app.registry.queries import homes_of
from app.registry.rules import Relation
from app.voting.actions import proposing
from app.voting.actions.proposing import ProposalDraft
from app.voting.forms import ProposalForm
from app.voting.models import Proposal
from app.voting.permissions import PREPARE, PROPOSE, READ
from app.voting.queries import places, proposals
from app.voting.rules import Matter, ProposalState, SignatureKind, Weight, missing_support
from app.voting.views import desk, figures
from app.voting.views.blueprints import assemblies_blueprint, voting_blueprint

TONES = {
    ProposalState.COLLECTING: "brand",
    ProposalState.REACHED: "done",
    ProposalState.DRAFTED: "info",
    ProposalState.CLOSED: "quiet",
}


@voting_blueprint.get("/c/<community>/votes/proposals/")
@requires(READ)
def proposal_list() -> ResponseReturnValue:
    """What owners propose, newest first."""
    community = here().community
    rows = proposals.proposals_of(community.id, None, request.args.get("before", type=UUID))
    return render_template("voting/proposals.html", community=community.code, **_page_of(rows))


@voting_blueprint.route("/c/<community>/votes/proposals/new", methods=["GET", "POST"])
@requires(PROPOSE)
def new_proposal() -> ResponseReturnValue:
    """Propose a matter."""
    place = here()
    form, status = ProposalForm(), 200
    owned = {
        str(home.compound_id): home.compound_name
        for home in homes_of(place.community.id, place.signed_in.account_id)
        if home.relation == Relation.OWNER
    }
    form.compound_id.choices = list(owned.items())
    if request.method == "POST":
        status = 422
        if form.validate():
            draft = ProposalDraft(
                compound_id=UUID(form.compound_id.data),
                statute=int(form.statute.data),
                title=form.title.data or "",
                body=form.body.data or "",
            )
            try:
                made = proposing.propose(
                    place.community.id, draft, proposed_by=place.signed_in.account_id
                )
            except Refusal as refusal:
                status = show_in_form(form, refusal)
            else:
                flash("提议已发出，您已经第一个联署。把链接发给邻居吧。", "success")
                return _to(made)
    page = render_template(
        "voting/proposal_new.html", community=place.community.code, form=form, owns=bool(owned)
    )
    return page, status


@voting_blueprint.get("/c/<community>/votes/proposals/<uuid:proposal_id>")
@requires(READ)
def proposal(proposal_id: UUID) -> ResponseReturnValue:
    """One proposal: what it says, how far it is from a fifth, one's own signature."""
    place = here()
    row = _found(proposal_id)
    found: Proposal = row.Proposal
    heads = proposals.my_heads(
        place.community.id,
        found.compound_id,
        place.signed_in.account_id,
        parking_votes=places.settings_of(place.community.id).parking_spaces_vote,
    )
    turns = proposals.last_turns(
        place.community.id, proposal_id, [head.owner_key for head in heads]
    )
    signed = [key for key, turn in turns.items() if turn.kind == SignatureKind.SIGN]
    collecting = found.state == ProposalState.COLLECTING
    return render_template(
        "voting/proposal.html",
        community=place.community.code,
        proposal=found,
        compound_name=row.compound_name,
        statute=Matter(found.statute).title,
        collecting=collecting,
        mine=found.proposed_by == place.signed_in.account_id,
        may_sign=collecting and len(signed) < len(heads),
        may_withdraw=collecting and bool(signed),
        owns=bool(heads),
        **_standing(found),
    )


@voting_blueprint.post("/c/<community>/votes/proposals/<uuid:proposal_id>/sign")
@requires(PROPOSE)
def sign_proposal(proposal_id: UUID) -> ResponseReturnValue:
    """Co-sign."""
    place = here()
    proposing.sign(place.community.id, proposal_id, account_id=place.signed_in.account_id)
    flash("已联署。一户一次，达到五分之一以前可以撤回。", "success")
    return _to(proposal_id)


@voting_blueprint.post("/c/<community>/votes/proposals/<uuid:proposal_id>/withdraw")
@requires(PROPOSE)
def withdraw_proposal_signature(proposal_id: UUID) -> ResponseReturnValue:
    """Take one's signature back."""
    place = here()
    proposing.withdraw_signature(
        place.community.id, proposal_id, account_id=place.signed_in.account_id
    )
    flash("联署已撤回。", "success")
    return _to(proposal_id)


@voting_blueprint.post("/c/<community>/votes/proposals/<uuid:proposal_id>/close")
@requires(PROPOSE)
def close_proposal(proposal_id: UUID) -> ResponseReturnValue:
    """Give one's own proposal up."""
    place = here()
    proposing.close_proposal(place.community.id, proposal_id, account_id=place.signed_in.account_id)
    flash("提议已撤回。", "success")
    return _to(proposal_id)


@assemblies_blueprint.get("/c/<community>/assemblies/proposals/")
@requires(PREPARE)
def received_proposals() -> ResponseReturnValue:
    """Proposals of one's compounds; those with a fifth can be made an assembly."""
    place = here()
    rows = proposals.proposals_of(
        place.community.id, desk.own_compounds(), request.args.get("before", type=UUID)
    )
    return render_template(
        "voting/staff/proposals.html", community=place.community.code, **_page_of(rows)
    )


@assemblies_blueprint.get("/c/<community>/assemblies/proposals/<uuid:proposal_id>")
@requires(PREPARE)
def received_proposal(proposal_id: UUID) -> ResponseReturnValue:
    """One proposal at the desk: its words and every signature under it."""
    place, moment = here(), now()
    row = _found(proposal_id)
    own = desk.own_compounds()
    if own is not None and row.Proposal.compound_id not in own:
        raise NotFound
    found = proposals.signatures_of(
        place.community.id, proposal_id, request.args.get("after", type=UUID)
    )
    shown = found[: proposals.SIGNATURES_PAGE]
    return render_template(
        "voting/staff/proposal.html",
        community=place.community.code,
        proposal=row.Proposal,
        compound_name=row.compound_name,
        statute=Matter(row.Proposal.statute).title,
        reached=row.Proposal.state == ProposalState.REACHED,
        signatures=[
            {
                "label": signature.label,
                "withdrawn": signature.kind == SignatureKind.WITHDRAW,
                "when": say_moment(signature.created_at, moment),
            }
            for signature in shown
        ],
        more=shown[-1].id if len(found) > proposals.SIGNATURES_PAGE else None,
        **_standing(row.Proposal),
    )


def _standing(found: Proposal) -> dict[str, Any]:
    support = Weight(found.area_centi, found.heads)
    roll = Weight(found.roll_area_centi, found.roll_heads)
    return {
        "measures": figures.support_measures(support, roll),
        "missing": figures.say_missing(missing_support(support, roll)),
        "counted": say_moment(found.counted_at, now()),
        "tag": {
            "kind": TONES[ProposalState(found.state)],
            "text": ProposalState(found.state).label,
        },
    }


def _page_of(rows: Any) -> dict[str, Any]:
    shown = rows[: proposals.PAGE]
    return {
        "rows": [
            {
                "id": row.Proposal.id,
                "title": row.Proposal.title,
                "compound": row.compound_name,
                "label": row.Proposal.label,
                "reached": row.Proposal.state == ProposalState.REACHED,
                **_standing(row.Proposal),
            }
            for row in shown
        ],
        "older": shown[-1].Proposal.id if len(rows) > proposals.PAGE else None,
    }


def _found(proposal_id: UUID) -> Any:
    row = proposals.proposal(here().community.id, proposal_id)
    if row is None:
        raise NotFound
    return row


def _to(proposal_id: UUID) -> ResponseReturnValue:
    return redirect(
        url_for("voting.proposal", community=here().community.code, proposal_id=proposal_id),
        code=303,
    )
