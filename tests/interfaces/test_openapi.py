"""The description and the doors tell the same story: tried by machine, and by a public client."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from xml.etree import ElementTree as ET

import pytest
import requests
import schemathesis
from factories import complaints as made
from factories import interfaces as programs
from factories.world import World
from georeport import GeoReport
from hypothesis import HealthCheck, settings
from requests import HTTPError
from schemathesis.checks import CHECKS, load_all_checks
from werkzeug.serving import make_server

from app.interfaces.rules.clients import Reading
from app.interfaces.rules.georeport import OPERATIONS

load_all_checks()
positive_data_acceptance = CHECKS.get_one("positive_data_acceptance")
"""Left out: a well-formed place that is none of the community's is refused, as it should be."""
described = schemathesis.pytest.from_fixture("description")


@dataclass(frozen=True)
class Tried:
    """A community with a case, and the key of a program that sees all of it."""

    code: str
    key: str
    number: str


@pytest.fixture(scope="module")
def description(app):
    return schemathesis.openapi.from_wsgi("/api/openapi.json", app)


@pytest.fixture(scope="module")
def tried(app, config):
    world = World(app, config)
    street = made.street(world)
    key = programs.program(world, street, Reading.COMMUNITY).key
    case = made.look(world, street, made.report(world, street))
    return Tried(street.community.code, key, case.short_code)


def test_the_description_is_served(world):
    answer = world.client().get("/api/openapi.json")
    assert answer.status_code == 200
    assert answer.json["openapi"] == "3.1.0"
    refused = world.client().post("/api/openapi.json")
    assert refused.status_code == 405
    assert "GET" in refused.headers["Allow"]


def test_every_door_for_programs_is_described_and_every_description_is_a_door(app):
    doors = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/open311/")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert doors == {(one.method, one.rule) for one in OPERATIONS}


@described.parametrize()
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_nothing_a_machine_thinks_of_breaks_a_door_or_its_description(case, tried):
    # What was made wrong on purpose stays wrong: it must be refused.
    if re.fullmatch("[0-9]{12}", str(case.path_parameters["community"])):
        case.path_parameters["community"] = tried.code
    if "service_code" in case.path_parameters and len(str(case.path_parameters)) % 2:
        case.path_parameters["service_code"] = "property.lighting"
    if "service_request_id" in case.path_parameters and len(str(case.path_parameters)) % 2:
        case.path_parameters["service_request_id"] = tried.number
    case.call_and_validate(
        headers={"X-Api-Key": tried.key, "Accept-Encoding": "identity"},
        excluded_checks=[positive_data_acceptance],
    )


@pytest.fixture
def address(app):
    """The application behind a real socket."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/open311/v2"
    server.shutdown()


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_public_client_library_is_answered(world, address, form):
    street = made.street(world)
    programs.open_reading(world, street)
    lamp = made.report(world, street)
    made.report(world, street, category="property.drains")
    number = made.look(world, street, lamp).short_code
    client = GeoReport(f"{address}/{street.community.code}", output_format=form)
    services = client.get_service_list()
    assert "property.lighting" in {one["service_code"] for one in services}
    assert client.get_service_definition("property.doors")["service_code"] == "property.doors"
    assert len(client.get_service_requests(status="open")) == 2
    assert client.get_service_requests(service_code="property.drains", status="open")
    found = client.get_service_request(number)
    assert (found["service_request_id"], found["status"]) == (number, "open")


def test_a_library_that_names_the_jurisdiction_is_answered_for_its_own_only(world, address):
    street = made.street(world)
    root = f"{address}/{street.community.code}"
    assert GeoReport(root, jurisdiction=street.community.code).get_service_list()
    with pytest.raises(HTTPError, match="404"):
        GeoReport(root, jurisdiction="city.gov").get_service_list()


def test_a_report_is_posted_as_the_standards_example_does(world, address):
    street = made.street(world)
    key = programs.program(world, street).key
    example = (
        f"api_key={key}&jurisdiction_id={street.community.code}&service_code=property.lighting"
        "&lat=32.76524078&long=112.4212043&address_string=1234+5th+street"
        "&email=smit333%40sfgov.edu&device_id=tt222111&account_id=123456&first_name=john"
        "&last_name=smith&phone=111111111&description=A+large+sinkhole+is+destroying+the+street"
        "&media_url=http%3A%2F%2Ffarm3.static.flickr.com%2F2002%2F2212426634_5ed477a060.jpg"
        "&attribute[foreign_id]=123456&attribute[WHISDORN]=COISL001"
    )
    answer = requests.post(
        f"{address}/{street.community.code}/requests.xml",
        data=example,
        headers={"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"},
        timeout=30,
    )
    assert answer.status_code == 201
    number = ET.fromstring(answer.content).find("request/service_request_id").text
    answer = requests.get(
        f"{address}/{street.community.code}/requests/{number}.json",
        params={"api_key": key},
        timeout=30,
    )
    (found,) = answer.json()
    assert found["token"] == "123456"
    assert found["address"].startswith("1234 5th street")
    assert "sinkhole" in found["description"]
    assert "smith" not in answer.text
    assert "smit333" not in answer.text
