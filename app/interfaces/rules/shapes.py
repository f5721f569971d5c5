"""What goes out: the shape of each answer as a schema, and how rows become it.

Nothing of residents is in any of them: no names, phones, units, photos. Words of a case are shown
to the client that sent them and to nobody else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.complaints.rules.catalogue import Category, title_of
from app.complaints.rules.deadlines import Responsible
from app.complaints.rules.places import PlaceChoice, PlaceKind
from app.complaints.rules.states import State
from app.interfaces.rules.fields import say_degrees
from app.interfaces.rules.georeport import (
    CHANGESET,
    FOREIGN_ATTRIBUTE,
    FORMATS,
    PLACE_ATTRIBUTE,
    SPECIFICATION,
)
from app.kit.clock import in_beijing, say_moment

Schema = Mapping[str, Any]
TEXT: Schema = {"type": "string"}
TEXT_OR_NULL: Schema = {"type": ["string", "null"]}
MOMENT: Schema = {"type": "string", "format": "date-time"}
MOMENT_OR_NULL: Schema = {"type": ["string", "null"], "format": "date-time"}
NUMBER_OR_NULL: Schema = {"type": ["number", "null"]}
TRUTH: Schema = {"type": "boolean"}
ITEMS = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "endpoints": "endpoint",
    "formats": "format",
    "errors": "error",
}
"""The XML element of each item of a list."""


def _object(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(items: Schema) -> dict[str, Any]:
    return {"type": "array", "items": items}


SCHEMAS: Mapping[str, Schema] = {
    "Discovery": _object(
        changeset=TEXT,
        contact=TEXT,
        key_service=TEXT,
        endpoints=_list(
            _object(
                specification=TEXT,
                url=TEXT,
                changeset=TEXT,
                type={"enum": ["production", "test"]},
                formats=_list(TEXT),
            )
        ),
    ),
    "Services": _list(
        _object(
            service_code=TEXT,
            service_name=TEXT,
            description=TEXT,
            metadata=TRUTH,
            type={"const": "realtime"},
            keywords=TEXT,
            group=TEXT,
        )
    ),
    "ServiceDefinition": _object(
        service_code=TEXT,
        attributes=_list(
            _object(
                variable=TRUTH,
                code=TEXT,
                datatype={"enum": ["string", "singlevaluelist"]},
                required=TRUTH,
                datatype_description=TEXT_OR_NULL,
                order={"type": "integer"},
                description=TEXT,
                values=_list(_object(key=TEXT, name=TEXT)),
            )
        ),
    ),
    "ServiceRequests": _list(
        _object(
            service_request_id=TEXT,
            status={"enum": ["open", "closed"]},
            status_notes=TEXT,
            service_name=TEXT,
            service_code=TEXT,
            description=TEXT_OR_NULL,
            agency_responsible=TEXT_OR_NULL,
            service_notice=TEXT_OR_NULL,
            requested_datetime=MOMENT,
            updated_datetime=MOMENT,
            expected_datetime=MOMENT_OR_NULL,
            address=TEXT_OR_NULL,
            address_id=TEXT_OR_NULL,
            zipcode={"type": "null"},
            lat=NUMBER_OR_NULL,
            long=NUMBER_OR_NULL,
            media_url={"type": "null"},
            token=TEXT_OR_NULL,
        )
    ),
    "CreatedRequests": _list(
        _object(service_request_id=TEXT, service_notice=TEXT, account_id={"type": "null"})
    ),
    "TokenRequests": _list(_object(service_request_id=TEXT, token=TEXT)),
    "Errors": _list(_object(code={"type": "integer"}, description=TEXT)),
}


@dataclass(frozen=True, slots=True)
class Sight:
    """For whom a case is written: the client itself (None: a reader without a key)."""

    client_id: UUID | None

    def wrote(self, row: Any) -> bool:
        """Whether this client sent the case."""
        return self.client_id is not None and row.reporter_id == self.client_id


def discovery(
    url: str, contact: str, key_service: str, *, published_at: datetime | None, production: bool
) -> dict[str, Any]:
    """Where the interface is and whom to ask. `published_at`: of the community's own catalogue."""
    changeset = changeset_of(published_at)
    endpoint = {
        "specification": SPECIFICATION,
        "url": url,
        "changeset": changeset,
        "type": "production" if production else "test",
        "formats": [FORMATS["xml"], FORMATS["json"]],
    }
    return {
        "changeset": changeset,
        "contact": contact,
        "key_service": key_service,
        "endpoints": [endpoint],
    }


def changeset_of(published_at: datetime | None) -> str:
    """When the operations or the services last changed."""
    if published_at is None:
        return CHANGESET
    return max(CHANGESET, f"{in_beijing(published_at):%Y-%m-%d %H:%M}")


def service(category: Category) -> dict[str, Any]:
    """A line of the catalogue as a service."""
    return {
        "service_code": category.code,
        "service_name": category.title,
        "description": category.hint or category.title,
        "metadata": True,
        "type": "realtime",
        "keywords": ",".join(dict.fromkeys((category.group, category.title))),
        "group": category.group,
    }


def definition(category: Category, compounds: Iterable[Any]) -> dict[str, Any]:
    """What can be said with a service; nothing beyond the standard's own fields is required."""
    places = [
        {"key": str(PlaceChoice(PlaceKind.COMPOUND, row.id)), "name": row.name} for row in compounds
    ]
    return {
        "service_code": category.code,
        "attributes": [
            _attribute(1, PLACE_ATTRIBUTE, "在哪个小区", "小区外的不选，写 address_string", places),
            _attribute(2, FOREIGN_ATTRIBUTE, "您那边的编号", "同一个编号只会成为一件诉求", []),
        ],
    }


def _attribute(
    order: int, code: str, description: str, note: str, values: list[dict[str, str]]
) -> dict[str, Any]:
    return {
        "variable": True,
        "code": code,
        "datatype": "singlevaluelist" if values else "string",
        "required": False,
        "datatype_description": note,
        "order": order,
        "description": description,
        "values": values,
    }


def request(row: Any, sight: Sight) -> dict[str, Any]:
    """A case. The place is given by compound and building only, never nearer."""
    own, state = sight.wrote(row), State(row.state)
    place = " ".join(name for name in (row.compound_name, row.building_name) if name)
    return {
        "service_request_id": row.short_code,
        "status": "closed" if state.ended else "open",
        "status_notes": _notes(row, state, own=own),
        "service_name": row.category_title or title_of(row.category),
        "service_code": row.category,
        "description": row.text if own else None,
        "agency_responsible": row.organization_name or _community_does(row),
        "service_notice": _notice(row, state),
        "requested_datetime": w3(row.created_at),
        "updated_datetime": w3(row.updated_at or row.created_at),
        "expected_datetime": w3(row.promised_at) if state.clock_runs else None,
        "address": f"{place} {row.place_note}".strip() or None if own else place or None,
        "address_id": _place_of(row),
        "zipcode": None,
        "lat": say_degrees(row.lat) if own else None,
        "long": say_degrees(row.long) if own else None,
        "media_url": None,
        "token": row.foreign_id if own else None,
    }


def created(row: Any) -> dict[str, Any]:
    """The answer to a report."""
    notice = f"承诺 {say_moment(row.promised_at)} 前办好。"
    return {"service_request_id": row.short_code, "service_notice": notice, "account_id": None}


def token(row: Any) -> dict[str, Any]:
    """The number of a case for the client's own number."""
    return {"service_request_id": row.short_code, "token": row.foreign_id}


def errors(status: int, sentences: Iterable[str]) -> list[dict[str, Any]]:
    """What is wrong, one entry each."""
    return [{"code": status, "description": sentence} for sentence in sentences]


def w3(moment: datetime) -> str:
    """A moment with its zone, to the second."""
    return in_beijing(moment).isoformat(timespec="seconds")


def _notes(row: Any, state: State, *, own: bool) -> str:
    return f"{state.label}：{row.answer}" if own and row.answer else state.label


def _notice(row: Any, state: State) -> str | None:
    return f"承诺 {say_moment(row.promised_at)} 前办好。" if state.clock_runs else None


def _community_does(row: Any) -> str | None:
    return "社区" if row.responsible == Responsible.COMMUNITY else None


def _place_of(row: Any) -> str | None:
    if row.building_id:
        return str(PlaceChoice(PlaceKind.BUILDING, row.building_id))
    return str(PlaceChoice(PlaceKind.COMPOUND, row.compound_id)) if row.compound_id else None
