"""委托投票: name somebody, sign the written form, take it back; and the form itself."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from app.core.access.door import here, requires
from app.core.web.limits import by_person, limiter
from app.core.web.refused_form import show_in_form
from app.core.web.sheets import pdf_response
from app.kit.areas import say_area
from app.kit.clock import say_date, say_moment
from app.kit.ids import digest_groups
from app.kit.phones import local_phone, mask_phone, normalize_phone
from app.kit.refusal import Invalid, NotFound, Refusal
from app.people.actions import signing
from app.people.views.room import DEMO_CODE, offer_demo_code
from app.voting.actions import proxies as acts
from app.voting.channel_forms import ProxyForm, SignProxyForm
from app.voting.forms import read_voter
from app.voting.permissions import CAST
from app.voting.queries import ballots, places, proxies
from app.voting.rules import EXTENT, TERM, ProxyEnd, ProxyMedium, Signing, authority_digest
from app.voting.views.blueprints import voting_blueprint as blueprint

WRONG_PASSWORD = "密码不对。连续输错 5 次要等 15 分钟。"  # noqa: S105 - a sentence
WRONG_CODE = "验证码不对，或者已经过期。可以重新发送。"


@blueprint.route("/c/<community>/votes/<uuid:assembly_id>/proxies/new", methods=["GET", "POST"])
@limiter.limit("30/hour", key_func=by_person, methods=["POST"])
@requires(CAST)
def name_proxy(assembly_id: UUID) -> ResponseReturnValue:
    """Whom to name; with an answer: the form to sign, drawn up and not yet signed."""
    form = ProxyForm()
    if request.method == "GET":
        form.voter.data = request.args.get("voter", "")
    voter = _own_voter(assembly_id, form.voter.data)
    if not form.validate_on_submit():
        return _naming_page(assembly_id, voter, form)
    try:
        document = acts.draft_authority(_naming(assembly_id, form), _limit())
    except Refusal as refusal:
        status = show_in_form(form, refusal)
        page, _ = _naming_page(assembly_id, voter, form)
        return page, status
    return _signing_page(assembly_id, SignProxyForm(formdata=None, data=form.data), document)


@blueprint.post("/c/<community>/votes/<uuid:assembly_id>/proxies/code")
@limiter.limit("2/minute;10/hour", key_func=by_person)
@requires(CAST)
def proxy_code(assembly_id: UUID) -> ResponseReturnValue:
    """Text a code to one's own number, for accounts without a password."""
    form = SignProxyForm()
    _own_voter(assembly_id, form.voter.data)
    document = acts.draft_authority(_naming(assembly_id, form), _limit())
    offer_demo_code(signing.send_signing_code(here().signed_in.account_id))
    return _signing_page(assembly_id, SignProxyForm(formdata=None, data=form.data), document)


@blueprint.post("/c/<community>/votes/<uuid:assembly_id>/proxies")
@limiter.limit("30/hour", key_func=by_person)
@requires(CAST)
def sign_proxy(assembly_id: UUID) -> ResponseReturnValue:
    """Sign it."""
    form = SignProxyForm()
    _own_voter(assembly_id, form.voter.data)
    naming = _naming(assembly_id, form)
    document = acts.draft_authority(naming, _limit())
    if not form.validate_on_submit():
        return _signing_page(assembly_id, form, document), 422
    account_id = here().signed_in.account_id
    if not signing.prove_signer(account_id, (form.given.data or "").strip()):
        wrong = WRONG_PASSWORD if naming.signing is Signing.PASSWORD else WRONG_CODE
        form.given.errors = [wrong]
        return _signing_page(assembly_id, form, document), 422
    authority_id = acts.sign_authority(naming, _limit())
    session.pop(DEMO_CODE, None)
    flash("委托书已签署，受托人会收到消息。", "done")
    return redirect(_address("proxy", assembly_id, authority_id=authority_id), code=303)


@blueprint.get("/c/<community>/votes/<uuid:assembly_id>/proxies/<uuid:authority_id>")
@requires(CAST)
def proxy(assembly_id: UUID, authority_id: UUID) -> ResponseReturnValue:
    """The written form, for the owners of the voter and the proxy."""
    found = _found(assembly_id, authority_id)
    end = ProxyEnd(found.end_kind) if found.end_kind else None
    return render_template(
        "voting/proxies/show.html",
        community=here().community.code,
        assembly_id=assembly_id,
        authority_id=authority_id,
        voter_id=found.voter_id,
        is_owner=found.is_owner,
        stands=end is None,
        online=found.medium == ProxyMedium.ONLINE,
        end=end.label if end else None,
        ended=say_moment(found.ended_at) if end else None,
        scan_id=found.scan_id,
        **_words(found.document, found.signed_at),
    )


@blueprint.get("/c/<community>/votes/<uuid:assembly_id>/proxies/<uuid:authority_id>/form.pdf")
@requires(CAST)
def proxy_sheet(assembly_id: UUID, authority_id: UUID) -> ResponseReturnValue:
    """The same on a sheet of A4."""
    found = _found(assembly_id, authority_id)
    end = ProxyEnd(found.end_kind) if found.end_kind else None
    page = render_template(
        "voting/proxies/sheet.html",
        end=end.label if end else None,
        ended=say_moment(found.ended_at) if end else None,
        **_words(found.document, found.signed_at),
    )
    return pdf_response(page, "授权委托书")


@blueprint.post("/c/<community>/votes/<uuid:assembly_id>/proxies/<uuid:authority_id>/revoke")
@requires(CAST)
def revoke_proxy(assembly_id: UUID, authority_id: UUID) -> ResponseReturnValue:
    """Take it back."""
    place = here()
    acts.revoke_authority(place.community.id, place.signed_in.account_id, assembly_id, authority_id)
    flash("委托已撤销，这一票由您自己投，也可以另外委托别人。", "done")
    return redirect(_address("assembly", assembly_id), code=303)


def _naming(assembly_id: UUID, form: ProxyForm) -> acts.Naming:
    place = here()
    account_id = place.signed_in.account_id
    with_password = signing.signs_with_password(account_id)
    try:
        phone = normalize_phone(form.phone.data or "")
    except Invalid as unreadable:
        raise Invalid(errors={"phone": unreadable.sentence}) from unreadable
    medium = form.medium.data
    return acts.Naming(
        community_id=place.community.id,
        assembly_id=assembly_id,
        voter_id=read_voter({"voter": form.voter.data or ""}),
        account_id=account_id,
        name=(form.name.data or "").strip(),
        phone=phone,
        medium=ProxyMedium(medium) if medium in list(ProxyMedium) else ProxyMedium.ONLINE,
        signing=Signing.PASSWORD if with_password else Signing.CODE,
    )


def _own_voter(assembly_id: UUID, typed: str | None) -> Any:
    place = here()
    wanted = read_voter({"voter": typed or ""}) if typed else None
    own = [
        voter
        for voter in ballots.my_voters(
            place.community.id, place.signed_in.account_id, [assembly_id]
        )
        if voter.proxy_for is None
    ]
    voter = next((voter for voter in own if wanted in (None, voter.voter_id)), None)
    if voter is None:
        raise NotFound
    return voter


def _limit() -> int:
    return places.settings_of(here().community.id).proxy_limit


def _found(assembly_id: UUID, authority_id: UUID) -> Any:
    place = here()
    found = proxies.authority(
        place.community.id, place.signed_in.account_id, assembly_id, authority_id
    )
    if found is None:
        raise NotFound
    return found


def _naming_page(assembly_id: UUID, voter: Any, form: ProxyForm) -> tuple[str, int]:
    form.voter.data = str(voter.voter_id)
    page = render_template(
        "voting/proxies/new.html",
        community=here().community.code,
        assembly_id=assembly_id,
        voter={"label": voter.label, "area": say_area(voter.area_centi)},
        limit=_limit(),
        form=form,
    )
    return page, 422 if form.errors else 200


def _signing_page(assembly_id: UUID, form: SignProxyForm, document: dict[str, Any]) -> str:
    with_password = document["signing"] == Signing.PASSWORD
    if not with_password:
        form.given.label.text = "短信验证码"
    demo = current_app.extensions["gongzhi.config"].demo
    return render_template(
        "voting/proxies/sign.html",
        community=here().community.code,
        assembly_id=assembly_id,
        form=form,
        with_password=with_password,
        demo_code=session.get(DEMO_CODE) if demo and not with_password else None,
        **_words(document, None),
    )


def _words(document: dict[str, Any], signed_at: Any) -> dict[str, Any]:
    """The form in words; what was signed is shown as it was, not as it would be today."""
    return {
        "title": document["title"],
        "principal": document["principal"],
        "label": document["label"],
        "area": say_area(document["area_centi"]),
        "proxy_name": document["proxy"],
        "proxy_phone": (
            local_phone(document["proxy_phone"])
            if signed_at is None
            else mask_phone(document["proxy_phone"])
        ),
        "matters": [matter["title"] for matter in document["matters"]],
        "extent": document.get("extent", EXTENT),
        "term": document.get("term", TERM),
        "signing": Signing(document["signing"]).label,
        "signed": say_moment(signed_at) if signed_at else None,
        "signed_on": (
            say_date(date.fromisoformat(document["signed_on"])) if "signed_on" in document else None
        ),
        "digest": digest_groups(authority_digest(document)) if signed_at else None,
    }


def _address(name: str, assembly_id: UUID, **values: Any) -> str:
    return url_for(f".{name}", community=here().community.code, assembly_id=assembly_id, **values)
