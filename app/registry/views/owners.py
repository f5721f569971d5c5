"""Owners: list, page, form, export, and the look at an identity number."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.core.access.door import here, requires
from app.kit.areas import plain_area
from app.kit.clock import civil_date
from app.kit.phones import local_phone, mask_phone, normalize_phone
from app.kit.refusal import Invalid
from app.registry.actions import owners as actions
from app.registry.actions.owners import OwnerValues
from app.registry.forms import OwnerForm
from app.registry.models import Owner
from app.registry.permissions import EDIT_REGISTER, READ_REGISTER, VIEW_IDENTITY
from app.registry.queries import owners
from app.registry.rules import OWNER_KIND_TITLES, UNIT_KIND_TITLES, OwnerKind
from app.registry.rules.lines import normalize_identity
from app.registry.rules.shares import say_share
from app.registry.sealing import identity_seal
from app.registry.views.room import blueprint, download, edit_page, found, identifier, to


@blueprint.get("/c/<community>/registry/owners")
@requires(READ_REGISTER)
def owner_list() -> str:
    """The owners, found by name, phone or identity number."""
    wanted = request.args.get("q", "").strip()[:60]
    return render_template(
        "registry/owners.html",
        page=owners.owner_page(
            here().community.id,
            wanted,
            phone=_phone(wanted),
            identity_index=_index(wanted),
            after=identifier("after"),
            before=identifier("before"),
        ),
        q=wanted,
        kinds=OWNER_KIND_TITLES,
        mask_phone=mask_phone,
    )


@blueprint.get("/c/<community>/registry/owners/export")
@requires(READ_REGISTER)
def export_owners() -> Response:
    """The owners with masked numbers."""
    rows = (
        (
            row.name,
            OWNER_KIND_TITLES[row.kind],
            mask_phone(row.phone) if row.phone else "",
            row.identity_masked,
            row.units,
            "已绑定" if row.account_id else "",
        )
        for row in owners.all_owners(here().community.id)
    )
    heads = ("业主", "类型", "手机", "证件号", "房屋数", "账号")
    return download("业主清单", heads, rows, as_csv=request.args.get("format") == "csv")


@blueprint.get("/c/<community>/registry/owners/<uuid:owner_id>")
@requires(READ_REGISTER)
def owner(owner_id: UUID) -> str:
    """One owner and their units."""
    return _owner_page(owner_id, identity=None)


@blueprint.post("/c/<community>/registry/owners/<uuid:owner_id>/identity")
@requires(VIEW_IDENTITY)
def view_identity(owner_id: UUID) -> Response:
    """Show the number this once; the look is recorded."""
    number = actions.view_identity(here().community.id, owner_id)
    response = make_response(_owner_page(owner_id, identity=number))
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.route("/c/<community>/registry/owners/<uuid:owner_id>/edit", methods=["GET", "POST"])
@requires(EDIT_REGISTER)
def edit_owner(owner_id: UUID) -> ResponseReturnValue:
    """Change an owner."""
    community_id = here().community.id

    def current() -> dict[str, Any]:
        row: Owner = found(owners.owner(community_id, owner_id))
        return {
            "name": row.name,
            "kind": row.kind,
            "phone": local_phone(row.phone) if row.phone else "",
            "version": row.version,
        }

    form = OwnerForm(data=current())
    form.identity.description = "不改就留空。填写后会替换原来的证件号。"
    back = to("owner", owner_id=owner_id)

    def save() -> ResponseReturnValue:
        actions.change_owner(community_id, owner_id, form.version_number, owner_values(form))
        flash("已保存。", "done")
        return redirect(back)

    return edit_page(form, save, heading="修改业主", back=back, current=current)


def owner_values(form: OwnerForm) -> OwnerValues:
    """What was typed, normalized."""
    kind = OwnerKind(form.kind.data)
    phone, identity = (form.phone.data or "").strip(), (form.identity.data or "").strip()
    return OwnerValues(
        name=form.name.data or "",
        kind=kind,
        phone=normalize_phone(phone) if phone else None,
        identity=normalize_identity(identity, kind) if identity else None,
    )


def _owner_page(owner_id: UUID, identity: str | None) -> str:
    community_id = here().community.id
    held = owners.units_of_owner(community_id, owner_id)
    return render_template(
        "registry/owner.html",
        owner=found(owners.owner(community_id, owner_id)),
        identity=identity,
        held=[row for row in held if row.ended_at is None],
        former=[row for row in held if row.ended_at is not None],
        kinds=OWNER_KIND_TITLES,
        unit_kinds=UNIT_KIND_TITLES,
        mask_phone=mask_phone,
        plain_area=plain_area,
        say_share=say_share,
        civil_date=civil_date,
        may_edit=bool(EDIT_REGISTER.grants(here().signed_in, here().community, None)),
    )


def _phone(wanted: str) -> str | None:
    try:
        return normalize_phone(wanted)
    except Invalid:
        return None


def _index(wanted: str) -> str | None:
    for kind in (OwnerKind.NATURAL, OwnerKind.LEGAL):
        try:
            return identity_seal().index(normalize_identity(wanted, kind))
        except Invalid:
            continue
    return None
