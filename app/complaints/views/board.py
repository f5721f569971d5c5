"""诉求公示: what is open in a compound, for how long, whose turn it is, and the three rates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.complaints.actions.joining import join as join_case
from app.complaints.actions.joining import leave as leave_case
from app.complaints.permissions import FILE_COMPLAINTS, READ_BOARD
from app.complaints.queries import board, cases
from app.complaints.rules.board import ANSWERS, hidden
from app.complaints.rules.catalogue import title_of
from app.complaints.rules.rates import LeftOut, Rate, Tally, case_of, three_rates
from app.complaints.rules.states import Happening, Party, State
from app.complaints.views import sight, story
from app.complaints.views.cards import said_code
from app.complaints.views.public import board_card, waited
from app.core.access.door import here, requires
from app.core.web.row_urls import row_urls
from app.core.web.shell import navigation_item
from app.kit.clock import now
from app.kit.refusal import NotFound
from app.registry.queries import compounds, homes_of

blueprint = Blueprint("board", __name__)
navigation_item("诉求公示", "megaphone", "board.index", order=22)
PERIOD_DAYS = 90
OUTSIDE = "outside"
MOST_LISTED = 50
_MET, _MISSED = "met", "missed"


@blueprint.get("/c/<community>/board/")
@requires(READ_BOARD)
def index() -> str:
    """The board of one compound: the rates, then what is open, the one waiting longest first."""
    moment, where = now(), _where()
    after = request.args.get("after", type=UUID)
    rows = board.open_cases(
        here().community.id, where["compound_id"], here().signed_in.account_id, after
    )
    page, more = rows[: board.PAGE], rows[board.PAGE :]
    since = moment - timedelta(days=PERIOD_DAYS)
    sums = board.rate_sums(here().community.id, where["compound_id"], since, moment)
    return render_template(
        "complaints/board.html",
        where=where,
        cards=[(row.id, board_card(row, where["name"], moment)) for row in page],
        case_url=row_urls("board.show", "complaint_id", community=here().community.code),
        total=board.count_open(here().community.id, where["compound_id"]),
        tallies=[Tally(rate, *sums[rate]) for rate in Rate],
        period_days=PERIOD_DAYS,
        older_url=_board(compound=where["value"], after=page[-1].id) if more else None,
        first_url=_board(compound=where["value"]) if after else None,
    )


@blueprint.get("/c/<community>/board/rates")
@requires(READ_BOARD)
def rates() -> str:
    """One rate with all that it counts, and each case it leaves out with the reason."""
    where = _where()
    rows, tallies = _rates(where["compound_id"])
    tally = tallies[_chosen_rate()]
    groups = _groups(tally)
    group = next((one for one in groups if one["key"] == request.args.get("group")), groups[0])
    after = request.args.get("after", type=UUID)
    listed = [row for row in rows if row.id in group["ids"] and (not after or row.id > after)]
    kept = {"compound": where["value"], "rate": tally.rate.value, "group": group["key"]}
    page, more = listed[:MOST_LISTED], listed[MOST_LISTED:]
    return render_template(
        "complaints/board_rates.html",
        where=where,
        tally=tally,
        tabs=[
            {
                "label": rate.label,
                "url": _address(".rates", compound=where["value"], rate=rate.value),
                "current": rate is tally.rate,
                "count": None,
            }
            for rate in Rate
        ],
        groups=[
            {**one, "url": _address(".rates", **{**kept, "group": one["key"]})} for one in groups
        ],
        group=group,
        cases=[_line(row) for row in page],
        period_days=PERIOD_DAYS,
        older_url=_address(".rates", **kept, after=page[-1].id) if more else None,
        first_url=_address(".rates", **kept) if after else None,
        board_url=_board(compound=where["value"]),
    )


@blueprint.get("/c/<community>/board/<uuid:complaint_id>")
@requires(READ_BOARD)
def show(complaint_id: UUID) -> str:
    """One case without names and without the reporter's words; those who joined read answers."""
    community_id, moment = here().community.id, now()
    row = sight.found(board.board_case(community_id, complaint_id, here().signed_in.account_id))
    if hidden(State(row.state)) and not row.followed:
        raise NotFound
    events = cases.events_of(community_id, complaint_id, for_resident=True, hide_reporter=True)
    photos = cases.photos_of(community_id, complaint_id) if row.followed else []
    name = _compound_name(row.compound_id)
    return render_template(
        "complaints/board_case.html",
        row=row,
        card=board_card(row, name, moment),
        entries=_entries(row, events, photos, now=moment),
        board_url=_board(compound=row.compound_id or OUTSIDE),
        ended=State(row.state).ended,
    )


@blueprint.post("/c/<community>/board/<uuid:complaint_id>/join")
@requires(FILE_COMPLAINTS)
def join(complaint_id: UUID) -> ResponseReturnValue:
    """我也遇到."""
    join_case(here().community.id, here().signed_in.account_id, complaint_id)
    flash("已记下您也遇到了。每有进展，您都会收到消息。", "success")
    return redirect(_address(".show", complaint_id=complaint_id))


@blueprint.post("/c/<community>/board/<uuid:complaint_id>/leave")
@requires(FILE_COMPLAINTS)
def leave(complaint_id: UUID) -> ResponseReturnValue:
    """Not to be told any more."""
    leave_case(here().community.id, here().signed_in.account_id, complaint_id)
    flash("以后不再通知您这件事。", "success")
    return redirect(_address(".show", complaint_id=complaint_id))


def _entries(row: Any, events: Sequence[Any], photos: Sequence[Any], *, now: Any) -> list[Any]:
    """The time line without what the reporter wrote; to outsiders also without answers."""
    entries = story.entries_of(_Wordless(row), events, photos, mine=False, now=now)
    for event, entry in zip(events, entries, strict=False):
        if not row.followed or Happening(event.kind) not in ANSWERS:
            entry["detail"], entry["photos"] = None, []
        if event.party == Party.REPORTER:
            entry["who"] = "居民"
        elif entry["who"]:
            entry["who"] = event.organization_name or "社区"
        if Happening(event.kind) is Happening.ASSIGNED:
            entry["what"] = story.SAID[Happening.ASSIGNED]
    return entries


def _line(row: Any) -> tuple[str, str, str]:
    title = row.category_title or title_of(row.category)
    return title, said_code(row.short_code), waited(row.created_at, now())


def _groups(tally: Tally) -> list[dict[str, Any]]:
    """The cases of a rate: those that meet it, those that do not, those left out by reason."""
    groups = [
        {"key": _MISSED, "label": "没有做到", "ids": frozenset(tally.missed), "counted": True},
        {"key": _MET, "label": "做到了", "ids": frozenset(tally.met), "counted": True},
    ]
    for reason in LeftOut:
        ids = frozenset(tally.left_out.get(reason, ()))
        if ids:
            label = reason.label
            groups.append({"key": reason.value, "label": label, "ids": ids, "counted": False})
    return groups


def _rates(compound_id: UUID | None) -> tuple[Sequence[Any], dict[Rate, Tally]]:
    moment = now()
    since = moment - timedelta(days=PERIOD_DAYS)
    rows = board.facts_for_rates(here().community.id, compound_id, since)
    return rows, three_rates(map(case_of, rows), moment)


def _chosen_rate() -> Rate:
    try:
        return Rate(request.args.get("rate", Rate.RESPONSE.value))
    except ValueError:
        return Rate.RESPONSE


def _where() -> dict[str, Any]:
    """The compound of the address, else the visitor's own, else the first; and the others."""
    known = compounds(here().community.id)
    by_value = {str(row.id): row for row in known}
    typed = request.args.get("compound", "")
    if typed != OUTSIDE and typed not in by_value:
        homes = homes_of(here().community.id, here().signed_in.account_id)
        typed = str(homes[0].compound_id) if homes else next(iter(by_value), OUTSIDE)
    row = by_value.get(typed)
    choices = [(str(one.id), one.name) for one in known] + [(OUTSIDE, "小区外")]
    return {
        "value": typed,
        "compound_id": row.id if row else None,
        "name": row.name if row else None,
        "title": row.name if row else "小区外",
        "choices": [
            {"value": value, "label": label, "checked": value == typed} for value, label in choices
        ],
    }


def _compound_name(compound_id: UUID | None) -> str | None:
    names = {row.id: row.name for row in compounds(here().community.id)}
    return names.get(compound_id) if compound_id else None


def _board(**values: Any) -> str:
    return _address("board.index", **values)


def _address(endpoint: str, **values: Any) -> str:
    return url_for(endpoint, community=here().community.code, **values)


class _Wordless:
    """A case without the reporter's words, and without the way it came in."""

    text = ""
    channel = None

    def __init__(self, row: Any) -> None:
        self._row = row

    def __getattr__(self, name: str) -> Any:
        return getattr(self._row, name)
