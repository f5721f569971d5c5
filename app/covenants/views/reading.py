"""Reading: my stairwell's covenant, the others, the sheet to put up, the sealed text."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import segno
from flask import Response, current_app, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.core.access.door import here, requires
from app.core.config import Config
from app.covenants import pages, rules
from app.covenants.permissions import READ, headed_stairwells, standpoint, works_in_office
from app.covenants.queries import places, texts
from app.covenants.rules import State
from app.covenants.views.room import Found, address, blueprint, found, frame
from app.kit.clock import civil_date, in_beijing, now
from app.kit.ids import digest_groups
from app.kit.refusal import NotFound

PAGE = 30


@blueprint.get("/c/<community>/covenants/")
@requires(READ)
def index() -> ResponseReturnValue:
    """The covenant of my stairwell; of several, the one that waits for my signature first."""
    place = here()
    homes = places.claimed_homes(place.community.id, place.signed_in.account_id)
    headed = headed_stairwells(place.signed_in, place.community)
    mine = [*dict.fromkeys([*(home.stairwell_id for home in homes), *headed])]
    sheets = sorted(
        texts.sheets_of_stairwells(place.community.id, mine),
        key=lambda sheet: (sheet.state != State.SIGNING, mine.index(sheet.stairwell_id)),
    )
    if not sheets:
        return render_template(
            "covenants/none.html",
            frame=frame(),
            stairwells=mine,
            may_draft=bool(headed) or works_in_office(place.signed_in, place.community),
            draft_url=address("draft"),
            all_url=address("all_covenants"),
        )
    first = sheets[0]
    stand = standpoint(place.signed_in, place.community, first.stairwell_id, homes)
    others = [
        {"title": pages.place_name(sheet), "url": address("show", covenant_id=sheet.covenant_id)}
        for sheet in sheets[1:]
    ]
    return _document(Found(first, stand), others)


@blueprint.get("/c/<community>/covenants/<uuid:covenant_id>")
@requires(READ)
def show(covenant_id: UUID) -> ResponseReturnValue:
    """One covenant: text, progress, who signed, what comes next."""
    return _document(found(covenant_id, _number()), [])


@blueprint.get("/c/<community>/covenants/all")
@requires(READ)
def all_covenants() -> ResponseReturnValue:
    """The office sees every covenant and what it waits for; others those in force."""
    place, moment = here(), now()
    office = works_in_office(place.signed_in, place.community)
    wanted = _wanted_states(office=office)
    rows = texts.sheets(
        place.community.id,
        states=wanted,
        before=_before(),
        limit=PAGE + 1,
        every_version=not office,
    )
    counted = texts.states_counted(place.community.id) if office else {}
    return render_template(
        "covenants/all.html",
        frame=frame(),
        office=office,
        draft_url=address("draft"),
        index_url=address("index"),
        views=[
            {
                "label": state.label,
                "url": address("all_covenants", state=state),
                "current": wanted == (state,),
                "count": counted[state],
            }
            for state in State
            if counted.get(state)
        ],
        everything=len(wanted) > 1,
        all_url=address("all_covenants"),
        covenants=[_line(row, moment) for row in rows[:PAGE]],
        older_url=(
            address("all_covenants", before=rows[PAGE - 1].covenant_id, **_kept())
            if len(rows) > PAGE
            else None
        ),
    )


@blueprint.get("/c/<community>/covenants/<uuid:covenant_id>/print")
@requires(READ)
def sheet(covenant_id: UUID) -> ResponseReturnValue:
    """A sheet of A4 for the notice board of the stairwell."""
    one = found(covenant_id, _number())
    config: Config = current_app.extensions["gongzhi.config"]
    return render_template(
        "covenants/print.html",
        sheet=one.sheet,
        place=pages.place_name(one.sheet),
        clauses=pages.clauses_shown(texts.clauses(here().community.id, one.sheet.version_id), []),
        standing=pages.standing_of(one.sheet, now()),
        state=one.state,
        progress=rules.say_progress(pages.progress_of(one.sheet)) if one.sheet.opened_at else None,
        digest=digest_groups(one.sheet.digest) if one.sheet.digest else None,
        since=_say_day(one.sheet.in_force_at),
        square=_square(config.base_url + address("show", covenant_id=covenant_id)),
    )


@blueprint.get("/c/<community>/covenants/<uuid:covenant_id>/text.json")
@requires(READ)
def sealed_text(covenant_id: UUID) -> ResponseReturnValue:
    """The very bytes whose SHA-256 is the seal's digest."""
    one = found(covenant_id, _number())
    if one.sheet.digest is None:
        raise NotFound
    clauses = texts.clauses(here().community.id, one.sheet.version_id)
    body = rules.text_of(
        str(covenant_id), one.sheet.number, one.sheet.title, [item.wording for item in clauses]
    )
    return Response(
        body,
        mimetype="application/json",
        headers={"Content-Disposition": f'attachment; filename="covenant-{covenant_id}.json"'},
    )


def _document(one: Found, others: list[dict[str, str]]) -> ResponseReturnValue:
    sheet, stand, moment = one.sheet, one.standpoint, now()
    community_id = here().community.id
    clauses = texts.clauses(community_id, sheet.version_id)
    opinions = texts.objections(community_id, sheet.version_id) if stand.inside else []
    households = texts.households(community_id, sheet.version_id) if stand.inside else []
    mine = [home.unit_id for home in stand.homes]
    return render_template(
        "covenants/show.html",
        frame=frame(),
        sheet=sheet,
        place=pages.place_name(sheet),
        state=one.state,
        tone=rules.TONES[one.state],
        standing=pages.standing_of(sheet, moment),
        clauses=pages.clauses_shown(clauses, opinions),
        general=pages.other_opinions(clauses, opinions),
        bar=pages.bar_of(sheet),
        grid=pages.grid_of(sheet, households, mine) if households else None,
        own=_own(one, households),
        timeline=pages.history(texts.steps(community_id, sheet.version_id), sheet, moment)
        if stand.inside
        else [],
        sealed=_sealed(one),
        may=_may(one),
        others=others,
        all_url=address("all_covenants"),
    )


def _own(one: Found, households: Any) -> list[dict[str, Any]]:
    """The reader's homes: signed or not, as whom."""
    if not one.standpoint.may_sign or one.sheet.opened_at is None:
        return []
    by_unit = {home.unit_id: home for home in households}
    signed = texts.own_signatures(
        here().community.id, one.sheet.version_id, here().signed_in.account_id
    )
    return [
        {
            "room": home.room,
            "tenant": home.relation == "tenant",
            "by_me": home.unit_id in signed,
            "signed": by_unit[home.unit_id].signed_at is not None,
        }
        for home in one.standpoint.homes
        if home.unit_id in by_unit
    ]


def _may(one: Found) -> dict[str, bool]:
    """What this reader can do next with the current version."""
    current = one.sheet.number == one.sheet.current_number
    capacity, state = one.standpoint.capacity, one.state
    office = capacity is rules.Actor.COMMUNITY
    return {
        "sign": current and one.standpoint.may_sign and state is State.SIGNING,
        "object": current
        and one.standpoint.may_sign
        and state in {State.DELIBERATING, State.PUBLISHED},
        "lead": current and capacity is not None,
        "edit": current and capacity is not None and state in rules.EDITABLE,
        "deliberate": current and capacity is not None and state is State.COLLECTING,
        "send_to_check": current and capacity is not None and state is State.DELIBERATING,
        "check": current and office and state is State.CHECKING,
        "file": current and office and _publication_over(one.sheet),
        "revise": current and capacity is not None and state in rules.REVISABLE,
        "withdraw": current
        and capacity is not None
        and state in rules.TRANSITIONS[rules.Action.WITHDRAW].sources,
    }


def _publication_over(sheet: Any) -> bool:
    return bool(
        sheet.state == State.PUBLISHED
        and sheet.open_objections == 0
        and sheet.publication_ends_at <= now()
    )


def _sealed(one: Found) -> dict[str, Any] | None:
    if one.sheet.digest is None or one.state is State.WITHDRAWN:
        return None
    in_force = one.sheet.in_force_at is not None
    return {
        "title": "公约已生效，文本已封存" if in_force else "公约文本已封存",
        "digest": one.sheet.digest,
        "on": _say_day(one.sheet.opened_at),
        "by": one.sheet.filed_under or "开始签约时封存，一字不改",
        "glyphs": "公约生效" if in_force else "公约封存",
        "url": address("sealed_text", covenant_id=one.sheet.covenant_id, version=one.sheet.number),
    }


def _line(row: Any, moment: Any) -> dict[str, Any]:
    state, standing = State(row.state), pages.standing_of(row, moment)
    return {
        "place": pages.place_name(row),
        "title": row.title,
        "url": address("show", covenant_id=row.covenant_id),
        "label": state.label,
        "tone": standing.tone,
        "signed": f"{row.signed_count} / {row.due_count} 户" if row.opened_at else "还没开始",
        "next": standing.next if state is not State.IN_FORCE else standing.now,
    }


def _wanted_states(*, office: bool) -> tuple[State, ...]:
    if not office:
        return (State.IN_FORCE,)
    chosen = request.args.get("state", "")
    return (State(chosen),) if chosen in {state.value for state in State} else tuple(State)


def _kept() -> dict[str, str]:
    state = request.args.get("state")
    return {"state": state} if state else {}


def _before() -> UUID | None:
    try:
        return UUID(request.args["before"])
    except (KeyError, ValueError):
        return None


def _number() -> int | None:
    return request.args.get("version", type=int)


def _say_day(moment: Any) -> str | None:
    if moment is None:
        return None
    day = civil_date(moment)
    return f"{day.year}年{day.month}月{day.day}日 {in_beijing(moment):%H:%M}"


def _square(url: str) -> Markup:
    drawing = segno.make(url, error="m", micro=False).svg_inline(
        border=2, omitsize=True, svgclass=None, lineclass=None, dark="#000", light="#fff"
    )
    return Markup(drawing)  # noqa: S704 - drawn by segno from our own address
