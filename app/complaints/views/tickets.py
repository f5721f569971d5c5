"""What the pages of the desk share."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, request, url_for

from app.complaints.queries import lists
from app.complaints.rules.queue import Mark, Tab
from app.complaints.views import sight
from app.core.access.door import here
from app.core.web.shell import navigation_item
from app.kit.clock import now

blueprint = Blueprint("tickets", __name__)
navigation_item("诉求工单", "inbox", "tickets.index", order=20)
LONGEST_SEARCH = 60


def to(endpoint: str, **values: Any) -> str:
    """An address of the desk in this community."""
    return url_for(f"tickets.{endpoint}", community=here().community.code, **values)


def wanted_here() -> lists.Wanted:
    """What of the queue the address asks for; what is no filter is left out."""
    desk = sight.desk_here()
    return lists.Wanted(
        tab=_tab(request.args.get("tab", "")),
        now=now(),
        companies=None if desk.office else desk.companies,
        text=request.args.get("q", "").strip()[:LONGEST_SEARCH],
        compound_id=request.args.get("compound", type=UUID),
        mark=_mark(request.args.get("mark", "")),
        me=here().signed_in.account_id,
        after=request.args.get("after"),
    )


def kept(wanted: lists.Wanted) -> dict[str, str]:
    """The filter as it stands in the address."""
    values = {
        "tab": wanted.tab.value,
        "q": wanted.text,
        "compound": str(wanted.compound_id or ""),
        "mark": wanted.mark.value if wanted.mark else "",
    }
    return {name: value for name, value in values.items() if value}


def as_query(wanted: lists.Wanted) -> str:
    """The filter as one text, to be kept under a name."""
    return urlencode(kept(wanted))


def _tab(name: str) -> Tab:
    try:
        return Tab(name)
    except ValueError:
        return Tab.TO_SIGN


def _mark(name: str) -> Mark | None:
    try:
        return Mark(name)
    except ValueError:
        return None
