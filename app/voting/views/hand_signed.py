"""纸质委托书: the office records what an owner signed on paper, and that it was taken back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.access.door import Here, here, requires
from app.core.files.actions import Upload
from app.core.files.models import StoredFile
from app.core.files.readers import decides_for
from app.core.web.refused_form import attempt
from app.kit.clock import civil_date, now, say_date, say_moment
from app.kit.phones import mask_phone, normalize_phone
from app.kit.refusal import Invalid, NotFound
from app.voting.actions import hand_signing as acts
from app.voting.channel_forms import HandSignedForm, WithdrawnForm
from app.voting.models import Assembly
from app.voting.permissions import CAST, PAPER
from app.voting.queries import assemblies, hand_signed, places, proxies
from app.voting.rules import ProxyEnd, ProxyMedium, State, masked_name
from app.voting.views import desk
from app.voting.views.blueprints import assemblies_blueprint as blueprint

ROOT = "/c/<community>/assemblies/<uuid:assembly_id>/proxies"


@blueprint.get(f"{ROOT}/")
@requires(PAPER)
def proxy_list(assembly_id: UUID) -> ResponseReturnValue:
    """The authorities recorded here, and the search for the room of a further one."""
    place = here()
    row = desk.found(assembly_id)
    rows = hand_signed.hand_signed(
        place.community.id, assembly_id, request.args.get("before", type=UUID)
    )
    shown = rows[: hand_signed.PAGE]
    typed = request.args.get("q", "").strip()
    return render_template(
        "voting/proxies/list.html",
        community=place.community.code,
        assembly=row.Assembly,
        compound_name=row.compound_name,
        open_now=_open_now(row.Assembly),
        typed=typed,
        units=hand_signed.units_like(row.Assembly, typed) if typed else [],
        most=hand_signed.FOUND,
        rows=[_line(found) for found in shown],
        older=shown[-1].id if len(rows) > hand_signed.PAGE else None,
    )


@blueprint.route(f"{ROOT}/new/<uuid:unit_id>", methods=["GET", "POST"])
@requires(PAPER)
def record_proxy(assembly_id: UUID, unit_id: UUID) -> ResponseReturnValue:
    """What stands on the paper of one room's owners."""
    place = here()
    row = desk.found(assembly_id)
    voter = hand_signed.voter_of_unit(place.community.id, assembly_id, unit_id)
    if voter is None:
        raise NotFound
    form = HandSignedForm()
    owners = hand_signed.owners_of_voter(place.community.id, voter.voter_id)
    matters = assemblies.matters_of(place.community.id, assembly_id)
    form.principal.choices = [(str(owner.id), masked_name(owner.name)) for owner in owners]
    form.matters.choices = [(str(matter.id), matter.title) for matter in matters]
    form.principal.flags.required = form.matters.flags.required = True
    if request.method == "GET":
        form.matters.data = [str(matter.id) for matter in matters]
        form.principal.data = str(owners[0].id) if len(owners) == 1 else None
    tried = attempt(form, lambda: _record(row.Assembly, unit_id, form))
    if tried.done:
        flash("委托书已登记。业主和受托人有账号的会收到消息，能看到扫描件。", "done")
        return redirect(_address("proxy_list", assembly_id), code=303)
    page = render_template(
        "voting/proxies/record.html",
        community=place.community.code,
        assembly=row.Assembly,
        label=voter.label,
        limit=_limit(),
        form=form,
    )
    return page, tried.status


@blueprint.route(f"{ROOT}/<uuid:authority_id>/withdraw", methods=["GET", "POST"])
@requires(PAPER)
def withdraw_proxy(assembly_id: UUID, authority_id: UUID) -> ResponseReturnValue:
    """One recorded authority, and the form that records its revocation on paper."""
    place = here()
    row = desk.found(assembly_id)
    found = hand_signed.hand_signed_one(place.community.id, assembly_id, authority_id)
    if found is None:
        raise NotFound
    form = WithdrawnForm()
    tried = attempt(
        form,
        lambda: acts.record_revocation(
            row.Assembly,
            authority_id,
            form.reason.data or "",
            by=place.signed_in.account_id,
        ),
    )
    if tried.done:
        flash("已登记撤销，受托人会收到消息。", "done")
        return redirect(_address("proxy_list", assembly_id), code=303)
    page = render_template(
        "voting/proxies/recorded.html",
        community=place.community.code,
        assembly=row.Assembly,
        authority_id=authority_id,
        matters=[matter["title"] for matter in found.document["matters"]],
        stands=found.end_kind is None and not found.paper_held,
        reason=found.end_reason,
        form=form,
        **_line(found),
    )
    return page, tried.status


@decides_for(acts.FORM)
def may_read_form(place: Here, stored: StoredFile) -> bool:
    """The owners of the voter, the proxy, and who runs the assembly."""
    community_id = place.community.id
    assembly_id = hand_signed.assembly_of_authority(community_id, stored.subject_id)
    if assembly_id is None:
        return False
    actor = place.signed_in
    if PAPER.grants(actor, place.community, None) and desk.is_own(assembly_id):
        return True
    return bool(
        CAST.grants(actor, place.community, None)
        and proxies.authority(community_id, actor.account_id, assembly_id, stored.subject_id)
    )


def _record(assembly: Assembly, unit_id: UUID, form: HandSignedForm) -> UUID:
    try:
        phone = normalize_phone(form.phone.data or "")
    except Invalid as unreadable:
        raise Invalid(errors={"phone": unreadable.sentence}) from unreadable
    uploads = [item for item in form.scan.data or [] if getattr(item, "filename", "")]
    return acts.record_authority(
        assembly,
        acts.HandSigned(
            unit_id=unit_id,
            principal_id=_chosen(form.principal.data),
            name=(form.name.data or "").strip(),
            phone=phone,
            medium=ProxyMedium(form.medium.data),
            signed_on=form.signed_on.data or civil_date(now()),
            matters={_chosen(typed) for typed in form.matters.data or []},
            scan=Upload(uploads[0].filename or "", uploads[0].read()) if uploads else None,
        ),
        _limit(),
        by=here().signed_in.account_id,
    )


def _chosen(typed: str | None) -> UUID:
    try:
        return UUID(typed or "")
    except ValueError as unreadable:
        raise Invalid(errors={"principal": "请选择在委托书上签名的业主。"}) from unreadable


def _line(found: Any) -> dict[str, Any]:
    end = ProxyEnd(found.end_kind) if found.end_kind else None
    return {
        "id": found.id,
        "label": found.label,
        "principal": masked_name(found.document["principal"]),
        "proxy": masked_name(found.proxy_name),
        "phone": mask_phone(found.proxy_phone),
        "signed": say_date(found.signed_on, civil_date(now())),
        "recorded": say_moment(found.created_at),
        "recorder": found.recorder_name,
        "scan_id": found.scan_id,
        "online": found.medium == ProxyMedium.ONLINE,
        "end": end.label if end else None,
    }


def _open_now(assembly: Assembly) -> bool:
    return assembly.state == State.OPEN and assembly.closes_at > now()


def _limit() -> int:
    return places.settings_of(here().community.id).proxy_limit


def _address(name: str, assembly_id: UUID) -> str:
    return url_for(f".{name}", community=here().community.code, assembly_id=assembly_id)
