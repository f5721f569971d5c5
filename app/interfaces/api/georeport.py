"""Open311 GeoReport v2. A program's request takes the same way as a resident's."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, request, url_for
from werkzeug.datastructures import FileStorage

from app.complaints.queries import catalogue
from app.complaints.rules.catalogue import Category
from app.complaints.rules.places import read_place
from app.core.access.door import here, requires
from app.core.access.permissions import PUBLIC
from app.core.config import Config
from app.core.files.actions import Upload
from app.core.web.limits import limiter
from app.interfaces.actions.reports import Incoming, receive
from app.interfaces.api import listing
from app.interfaces.api.answers import answer, check_format
from app.interfaces.api.callers import by_caller, caller_with_key, reading_extent
from app.interfaces.queries import requests
from app.interfaces.rules import georeport as report
from app.interfaces.rules import shapes
from app.interfaces.rules.fields import read_fields
from app.kit.ids import normalize_code
from app.kit.refusal import Invalid, NotFound
from app.registry.queries import compounds

blueprint = Blueprint("open311", __name__)
READS = "120/minute"
WRITES = "60/minute"
_KEY_SERVICE = "密钥由社区工作人员发放：登录后进入“开放接口”，添加对接方。"


@blueprint.get(report.DISCOVERY.rule)
@limiter.limit(READS, key_func=by_caller)
@requires(PUBLIC)
def discovery(response_format: str) -> Response:
    """Where the interface is."""
    check_format(response_format)
    config: Config = current_app.extensions["gongzhi.config"]
    production = config.environment == "production" and not config.demo
    root = report.ROOT.format(community=here().community.code)
    published = catalogue.newest_version(here().community.id)
    value = shapes.discovery(
        f"{config.base_url}{root}",
        f"{here().community.name}居民委员会",
        _KEY_SERVICE,
        published_at=published.CatalogueVersion.created_at if published else None,
        production=production,
    )
    return answer(report.DISCOVERY, response_format, value)


@blueprint.get(report.LIST_SERVICES.rule)
@limiter.limit(READS, key_func=by_caller)
@requires(PUBLIC)
def services(response_format: str) -> Response:
    """What can be reported."""
    check_format(response_format)
    _read(report.LIST_SERVICES)
    items = catalogue.current(here().community.id).items
    listed = [shapes.service(category) for category in items.values()]
    return answer(report.LIST_SERVICES, response_format, listed)


@blueprint.get(report.DEFINE_SERVICE.rule)
@limiter.limit(READS, key_func=by_caller)
@requires(PUBLIC)
def service_definition(service_code: str, response_format: str) -> Response:
    """What can be said with one service."""
    check_format(response_format)
    _read(report.DEFINE_SERVICE)
    value = shapes.definition(_category(service_code), compounds(here().community.id))
    return answer(report.DEFINE_SERVICE, response_format, value)


@blueprint.get(report.LIST_REQUESTS.rule)
@limiter.limit(READS, key_func=by_caller)
@requires(PUBLIC)
def service_requests(response_format: str) -> Response:
    """The progress of several cases, newest first."""
    check_format(response_format)
    extent = reading_extent()
    wanted = listing.wanted_of(_read(report.LIST_REQUESTS), extent)
    rows = requests.page(here().community.id, extent, wanted)
    page = rows if wanted.numbers is not None else rows[: wanted.limit]
    sight = shapes.Sight(extent.client_id)
    response = answer(
        report.LIST_REQUESTS, response_format, [shapes.request(row, sight) for row in page]
    )
    if len(rows) > len(page):
        response.headers["Link"] = f'<{listing.next_url(page[-1].short_code)}>; rel="next"'
    return response


@blueprint.get(report.GET_REQUEST.rule)
@limiter.limit(READS, key_func=by_caller)
@requires(PUBLIC)
def service_request(service_request_id: str, response_format: str) -> Response:
    """The progress of one case."""
    check_format(response_format)
    extent = reading_extent()
    _read(report.GET_REQUEST)
    number = normalize_code(service_request_id)
    row = requests.by_number(here().community.id, extent, number) if number else None
    if row is None:
        raise NotFound
    value = [shapes.request(row, shapes.Sight(extent.client_id))]
    return answer(report.GET_REQUEST, response_format, value)


@blueprint.post(report.POST_REQUEST.rule)
@limiter.limit(WRITES, key_func=by_caller)
@requires(PUBLIC)
def create_request(response_format: str) -> Response:
    """Take in a report: 201 when it is new, 200 when this number was reported before."""
    check_format(response_format)
    client, community_id = caller_with_key(), here().community.id
    given = _read(report.POST_REQUEST)
    category = _category(given["service_code"])
    complaint_id, is_new = receive(community_id, client, _incoming(category, given))
    row = requests.by_id(community_id, requests.Extent(client.id, own_only=True), complaint_id)
    status = 201 if is_new else 200
    response = answer(report.POST_REQUEST, response_format, [shapes.created(row)], status)
    response.headers["Location"] = url_for(
        ".service_request",
        community=here().community.code,
        service_request_id=row.short_code,
        response_format=response_format,
    )
    return response


@blueprint.get(report.GET_TOKEN.rule)
@limiter.limit(READS, key_func=by_caller)
@requires(PUBLIC)
def request_id(token: str, response_format: str) -> Response:
    """The number of a case for the client's own number."""
    check_format(response_format)
    client = caller_with_key()
    _read(report.GET_TOKEN)
    row = requests.by_foreign_id(here().community.id, client.id, token.replace("\0", ""))
    if row is None:
        raise NotFound
    return answer(report.GET_TOKEN, response_format, [shapes.token(row)])


def _read(operation: report.Operation) -> dict[str, Any]:
    """The fields of the request. The tenant is the one of the address, whatever a field says."""
    values = request.form if request.method == "POST" else request.args
    joined = {name: ",".join(values.getlist(name)) for name in values}
    given = read_fields(operation.fields, joined)
    jurisdiction = given.get("jurisdiction_id")
    if jurisdiction is not None and jurisdiction != here().community.code:
        raise NotFound("没有找到 jurisdiction_id：它要么不填，要么和网址里的社区代码一致。")
    return given


def _category(service_code: str) -> Category:
    found = catalogue.current(here().community.id).get(service_code)
    if found is None:
        raise NotFound("没有找到 service_code：请从服务清单里取。")
    return found


def _incoming(category: Category, given: dict[str, Any]) -> Incoming:
    if (given["lat"] is None) is not (given["long"] is None):
        sentence = "lat 和 long 要一起给。"
        raise Invalid(sentence, errors={"lat": sentence})
    place = given["address_id"] or given[f"attribute[{report.PLACE_ATTRIBUTE}]"]
    names = [given["last_name"], given["first_name"]]
    return Incoming(
        service_code=category.code,
        place=read_place(place) if place else None,
        description=given["description"] or "",
        address=given["address_string"] or "",
        lat=given["lat"],
        long=given["long"],
        foreign_id=given[f"attribute[{report.FOREIGN_ATTRIBUTE}]"],
        contact_name=" ".join(name for name in names if name) or None,
        contact_phone=given["phone"],
        media_url=given["media_url"],
        photos=tuple(_upload(item) for item in request.files.getlist("media") if item.filename),
    )


def _upload(item: FileStorage) -> Upload:
    return Upload(item.filename or "", item.read())
