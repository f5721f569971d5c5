"""派单规则: the community's table of dispatch, and a box to try it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.complaints.actions import dispatching as actions
from app.complaints.actions.promises import settings_from
from app.complaints.forms_desk import OFFICE, RuleForm
from app.complaints.permissions import RUN_THE_DESK
from app.complaints.queries import cases, catalogue, dispatching, filing
from app.complaints.rules.catalogue import Catalogue, title_of
from app.complaints.rules.dispatching import Days, Matter, decide, read_rows, say_hours
from app.complaints.rules.places import PlaceChoice, PlaceKind, read_place
from app.complaints.views import choosing
from app.complaints.views.tickets import blueprint, to
from app.core.access.door import here, requires
from app.core.web.refused_form import show_in_form
from app.kit.clock import BEIJING, in_beijing, now, say_moment
from app.kit.refusal import Invalid

ELSEWHERE = str(PlaceChoice(PlaceKind.ELSEWHERE))


@blueprint.route("/c/<community>/tickets/rules", methods=["GET", "POST"])
@requires(RUN_THE_DESK)
def rules() -> ResponseReturnValue:
    """The table in its order, a form for one more row, and the box "where would this go?"."""
    form, status = _form(), 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                actions.add_rule(here().community.id, _wanted(form))
            except Invalid as refusal:
                status = show_in_form(form, refusal)
            else:
                flash("规则已加上，从下一件诉求起生效。", "success")
                return redirect(to("rules"))
    return render_template(
        "complaints/rules.html",
        form=form,
        rows=_lines(),
        categories=choosing.categories(),
        places=[*choosing.places(), (ELSEWHERE, "别的地方")],
        tried=_tried(),
        moment=request.args.get("at") or f"{in_beijing(now()):%Y-%m-%dT%H:%M}",
    ), status


@blueprint.post("/c/<community>/tickets/rules/<uuid:rule_id>/remove")
@requires(RUN_THE_DESK)
def remove_rule(rule_id: UUID) -> ResponseReturnValue:
    """Take a row out."""
    actions.remove_rule(here().community.id, rule_id)
    flash("规则已删除。", "success")
    return redirect(to("rules"))


@blueprint.post("/c/<community>/tickets/rules/<uuid:rule_id>/raise")
@requires(RUN_THE_DESK)
def raise_rule(rule_id: UUID) -> ResponseReturnValue:
    """Let a row be tried earlier."""
    actions.raise_rule(here().community.id, rule_id)
    return redirect(to("rules"))


def _form() -> RuleForm:
    form = RuleForm()
    form.matter.choices = choosing.matters()
    form.place.choices = [("", "全社区"), *choosing.places()]
    companies = cases.companies(here().community.id)
    form.party.choices = [
        ("", "请选择"),
        (OFFICE, "社区自己办理"),
        *((str(row.id), row.name) for row in companies),
    ]
    return form


def _wanted(form: Any) -> actions.Wanted:
    matter, place = form.matter.data or "", read_place(form.place.data)
    group = matter.removeprefix(choosing.GROUP) if matter.startswith(choosing.GROUP) else ""
    buildings = {row.id: row.compound_id for row in dispatching.buildings_of(here().community.id)}
    building = place.id if place and place.kind is PlaceKind.BUILDING else None
    compound = place.id if place and place.kind is PlaceKind.COMPOUND else None
    return actions.Wanted(
        category_group=group,
        category="" if group else matter,
        compound_id=buildings.get(building) if building else compound,
        building_id=building,
        days=Days(form.days.data),
        from_minute=_minute(form.from_time.data),
        to_minute=_minute(form.to_time.data),
        organization_id=None if form.party.data == OFFICE else UUID(form.party.data),
    )


def _minute(moment: time | None) -> int | None:
    return moment.hour * 60 + moment.minute if moment else None


def _lines() -> list[dict[str, Any]]:
    community_id = here().community.id
    holding = catalogue.current(community_id)
    rows = dispatching.rules_of(community_id)
    retired = {row.DispatchRule.category for row in rows} - set(holding.items) - {""}
    titles = catalogue.titles_before(community_id, retired) if retired else {}
    return [_line(row, holding, titles) for row in rows]


def _line(row: Any, holding: Catalogue, retired: Mapping[str, str]) -> dict[str, Any]:
    """`gone`: the row names an item or a group that can no longer be chosen."""
    rule = row.DispatchRule
    matter, gone = rule.category_group or "全部事项", False
    if rule.category:
        item = holding.get(rule.category)
        gone = item is None
        matter = item.title if item else retired.get(rule.category) or title_of(rule.category)
    elif rule.category_group:
        gone = rule.category_group not in {name for name, _ in holding.groups()}
    place = " ".join(part for part in (row.compound_name, row.building_name) if part)
    return {
        "id": rule.id,
        "matter": matter,
        "place": place or "全社区",
        "when": f"{Days(rule.days).label}，{say_hours(rule.from_minute, rule.to_minute)}",
        "party": row.organization_name or "社区自己办理",
        "closed": row.closed_on is not None,
        "gone": gone,
    }


def _tried() -> str | None:
    """What the table says to the question in the address, in one sentence."""
    community_id = here().community.id
    category = catalogue.current(community_id).get(request.args.get("category", ""))
    place = read_place(request.args.get("place"))
    if category is None or place is None:
        return None
    ground = filing.filing_ground(community_id, here().signed_in.account_id, place)
    if ground is None:
        return "没有这个地方。"
    moment = _moment()
    rows = read_rows(ground.dispatch_rules)
    matter = Matter(
        category_group=category.group,
        category=category.code,
        responsible=category.responsible,
        compound_id=ground.compound_id,
        building_id=ground.building_id,
        serving_id=ground.company_id,
        moment=moment,
    )
    decision = decide(rows, matter, settings_from(ground.choices).calendar)
    name = (
        dispatching.organization_name(community_id, decision.organization_id)
        if decision.organization_id
        else "社区分派"
    )
    why = f"第 {rows.index(decision.row) + 1} 条规则" if decision.row else "事项目录和服务合同"
    return f"{say_moment(moment)} 反映的“{category.title}”会交给{name}，依据是{why}。"


def _moment() -> datetime:
    try:
        return datetime.fromisoformat(request.args.get("at", "")).replace(tzinfo=BEIJING)
    except ValueError:
        return now()
