"""Candidates of an election at the desk: the list, and each one's negative list with evidence."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.access.door import Here, here, requires
from app.core.files.actions import Upload
from app.core.files.models import StoredFile
from app.core.files.readers import decides_for
from app.core.web.refused_form import attempt, show_in_form
from app.kit.refusal import NotFound, Refusal
from app.registry.rules import OwnerKind
from app.voting.actions import electing
from app.voting.actions.electing import CandidateDraft, CheckDraft
from app.voting.forms import CandidateForm, CheckForm
from app.voting.models import Assembly, AssemblyMatter, CandidateCheck
from app.voting.permissions import PREPARE, READ
from app.voting.queries import assemblies, elections
from app.voting.rules import Finding, NegativeItem, State
from app.voting.views import desk, figures
from app.voting.views.blueprints import assemblies_blueprint as blueprint

LIST = "/c/<community>/assemblies/<uuid:assembly_id>/matters/<uuid:matter_id>/candidates"
ONE = "/c/<community>/assemblies/<uuid:assembly_id>/candidates/<uuid:candidate_id>"
BEFORE_NOTICE = (State.DRAFT, State.UNDER_REVIEW)


@blueprint.get(LIST)
@requires(PREPARE)
def candidates(assembly_id: UUID, matter_id: UUID) -> ResponseReturnValue:
    """The list of an election, and the owners of the register among whom further ones are found."""
    place = here()
    assembly: Assembly = desk.found(assembly_id).Assembly
    matter = electing.election(assembly, matter_id)
    drafting = assembly.state == State.DRAFT
    typed = request.args.get("q", "").strip()
    owners = (
        elections.owners_like(place.community.id, assembly.compound_id, typed)
        if typed and drafting
        else []
    )
    return render_template(
        "voting/staff/candidates.html",
        community=place.community.code,
        assembly=assembly,
        matter=matter,
        drafting=drafting,
        typed=typed,
        owners=owners,
        most=elections.FOUND,
        items=len(NegativeItem),
        **_list(matter),
    )


@blueprint.route(f"{LIST}/new/<uuid:owner_id>", methods=["GET", "POST"])
@requires(PREPARE)
def stand(assembly_id: UUID, matter_id: UUID, owner_id: UUID) -> ResponseReturnValue:
    """Put one owner on the list, with what they say of themselves."""
    place = here()
    assembly: Assembly = desk.found(assembly_id).Assembly
    matter = electing.election(assembly, matter_id)
    owner = elections.owner_here(place.community.id, assembly.compound_id, owner_id)
    if owner is None:
        raise NotFound
    form = CandidateForm()
    form.represented_by.flags.required = owner.kind != OwnerKind.NATURAL

    def add() -> UUID:
        sent = form.photo.data
        draft = CandidateDraft(
            owner_id=owner_id,
            statement=form.statement.data or "",
            represented_by=form.represented_by.data or "",
            photo=Upload(sent.filename, sent.read()) if getattr(sent, "filename", "") else None,
        )
        return electing.add_candidate(
            desk.locked(assembly_id), matter_id, draft, added_by=place.signed_in.account_id
        )

    tried = attempt(form, add)
    if tried.done:
        flash(f"已加上候选人{owner.name}。", "success")
        return redirect(
            url_for(
                ".candidates",
                community=place.community.code,
                assembly_id=assembly_id,
                matter_id=matter_id,
            ),
            code=303,
        )
    page = render_template(
        "voting/staff/stand.html",
        community=place.community.code,
        assembly=assembly,
        matter=matter,
        owner=owner,
        is_person=owner.kind == OwnerKind.NATURAL,
        form=form,
    )
    return page, tried.status


@blueprint.post(f"{ONE}/remove")
@requires(PREPARE)
def remove_candidate(assembly_id: UUID, candidate_id: UUID) -> ResponseReturnValue:
    """Take a person off the list."""
    assembly = desk.locked(assembly_id)
    found = elections.candidate(assembly.community_id, assembly_id, candidate_id)
    if found is None:
        raise NotFound
    electing.remove_candidate(assembly, candidate_id)
    flash(f"已去掉候选人{found.name}。", "success")
    return redirect(
        url_for(
            ".candidates",
            community=here().community.code,
            assembly_id=assembly_id,
            matter_id=found.matter_id,
        ),
        code=303,
    )


@blueprint.get(ONE)
@requires(PREPARE)
def candidate(assembly_id: UUID, candidate_id: UUID) -> ResponseReturnValue:
    """The negative list of one candidate."""
    return _candidate_page(assembly_id, candidate_id, None, None)


@blueprint.post(f"{ONE}/checks/<item>")
@requires(PREPARE)
def check_candidate(assembly_id: UUID, candidate_id: UUID, item: str) -> ResponseReturnValue:
    """Note what was found on one item."""
    assembly = desk.locked(assembly_id)
    if item not in list(NegativeItem):
        raise NotFound
    form = CheckForm()
    if not form.validate_on_submit():
        return _candidate_page(assembly_id, candidate_id, NegativeItem(item), form), 422
    upload = form.evidence.data
    check = CheckDraft(
        item=NegativeItem(item),
        finding=Finding(form.finding.data),
        note=form.note.data or "",
        evidence=Upload(upload.filename or "", upload.read()) if upload else None,
    )
    try:
        electing.check_candidate(
            assembly, candidate_id, check, checked_by=here().signed_in.account_id
        )
    except NotFound:
        raise
    except Refusal as refusal:
        status = show_in_form(form, refusal)
        return _candidate_page(assembly_id, candidate_id, NegativeItem(item), form), status
    return redirect(
        url_for(
            ".candidate",
            community=here().community.code,
            assembly_id=assembly_id,
            candidate_id=candidate_id,
            _anchor=item,
        ),
        code=303,
    )


@decides_for(electing.EVIDENCE)
def may_read_evidence(place: Here, stored: StoredFile) -> bool:
    """Evidence about a candidate: the office, and the committee of the compound."""
    actor = place.signed_in
    may_prepare = actor.second_factor and bool(actor.roles_in(place.community) & PREPARE.roles)
    return may_prepare and desk.is_own(stored.subject_id)


@decides_for(electing.PHOTO)
def may_see_photo(place: Here, stored: StoredFile) -> bool:
    """Whoever may read the notice, once there is one; before it, who prepares the assembly."""
    found = elections.candidate_of_photo(place.community.id, stored.id)
    if found is None:
        return False
    if assemblies.public_assembly(place.community.id, found.assembly_id) is not None:
        return bool(READ.grants(place.signed_in, place.community, None))
    may_prepare = PREPARE.grants(place.signed_in, place.community, None)
    return bool(may_prepare) and desk.is_own(found.assembly_id)


def _list(matter: AssemblyMatter) -> dict[str, Any]:
    community_id = here().community.id
    standing = assemblies.candidates_of(community_id, matter.assembly_id).get(matter.id, [])
    checks = elections.checks_of(community_id, [matter.id])
    return {
        "warning": figures.differential(standing, matter),
        "rows": [
            {
                "id": found.id,
                "name": found.name,
                "home": found.home,
                "photo_id": found.photo_id,
                "statement": found.statement,
                "registered": found.owner_id is not None,
                "checked": sum(1 for check in checks if check.candidate_id == found.id),
                "barred": any(
                    check.finding == Finding.FOUND
                    for check in checks
                    if check.candidate_id == found.id
                ),
            }
            for found in standing
        ],
    }


def _candidate_page(
    assembly_id: UUID, candidate_id: UUID, item: NegativeItem | None, typed: CheckForm | None
) -> str:
    place = here()
    row = desk.found(assembly_id)
    found = elections.candidate(place.community.id, assembly_id, candidate_id)
    if found is None:
        raise NotFound
    checks = {
        check.item: check
        for check in elections.checks_of(place.community.id, [found.matter_id])
        if check.candidate_id == candidate_id
    }
    return render_template(
        "voting/staff/candidate.html",
        community=place.community.code,
        assembly=row.Assembly,
        candidate=found,
        open_for_checks=row.Assembly.state in BEFORE_NOTICE,
        rows=[
            {
                "item": one.value,
                "label": one.label,
                "check": checks.get(one),
                "found": one in checks and checks[one].finding == Finding.FOUND,
                "form": typed if one is item and typed is not None else _form(checks.get(one)),
                "refused": one is item,
            }
            for one in NegativeItem
        ],
    )


def _form(check: CandidateCheck | None) -> CheckForm:
    if check is None:
        return CheckForm(formdata=None)
    return CheckForm(formdata=None, data={"finding": check.finding, "note": check.note})
