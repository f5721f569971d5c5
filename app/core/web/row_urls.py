"""Addresses of the rows of a list, which differ in one id only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import url_for

_STAND_IN = UUID(int=0)


def row_urls(endpoint: str, id_name: str, **values: Any) -> Callable[[UUID], str]:
    """What `url_for(endpoint, id_name=id, **values)` says for any id, built once.

    Building an address costs about as much as drawing the row it stands in.
    """
    named: dict[str, Any] = values | {id_name: _STAND_IN}
    before, _, after = url_for(endpoint, **named).partition(str(_STAND_IN))
    return lambda row_id: f"{before}{row_id}{after}"
