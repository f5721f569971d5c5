"""Which cases a list is to hold, from the fields of the request."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import request

from app.core.access.door import here
from app.interfaces.queries import requests
from app.interfaces.queries.requests import Extent, Wanted
from app.interfaces.rules.georeport import SPAN, USUAL_ROWS
from app.kit.clock import now
from app.kit.ids import normalize_code
from app.kit.refusal import Invalid, NotFound


def wanted_of(given: dict[str, Any], extent: Extent) -> Wanted:
    """The cases that are asked for. Raises Invalid when the dates do not fit each other."""
    end = given["end_date"] or (given["start_date"] + SPAN if given["start_date"] else now())
    start = given["start_date"] or end - SPAN
    if start > end or end - start > SPAN:
        sentence = "start_date 要早于 end_date，两者最多相隔 90 天。"
        raise Invalid(sentence, errors={"start_date": sentence})
    numbers, statuses = given["service_request_id"], given["status"]
    before = None
    if given["before"]:
        number = normalize_code(given["before"])
        last = requests.by_number(here().community.id, extent, number)
        if last is None:
            raise NotFound("没有找到 before：它要是一个您能看到的编号。")
        before = last.id
    return Wanted(
        start=start,
        end=end,
        limit=given["page_size"] or USUAL_ROWS,
        numbers=tuple(normalize_code(number) for number in numbers) if numbers else None,
        categories=given["service_code"],
        closed=("closed" in statuses) if statuses and len(statuses) == 1 else None,
        before=before,
    )


def next_url(last: str) -> str:
    """The address of the page after the case with this number; a key is never written into it."""
    kept = {name: value for name, value in request.args.items() if name != "api_key"}
    return _address({**kept, "before": last})


def _address(values: dict[str, str]) -> str:
    query = urlencode(values)
    return f"{request.base_url}?{query}"
