"""The standard's operations over HTTP, in both formats."""

from __future__ import annotations

import io
import uuid
from datetime import datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from factories import catalogue as own
from factories import complaints as made
from factories import interfaces as programs

from app.complaints.rules.answers import Ground
from app.complaints.rules.places import PlaceChoice, PlaceKind
from app.complaints.rules.states import Action
from app.interfaces.models import ClientReport
from app.kit.clock import now

FIELDS = {
    "service_request_id",
    "status",
    "status_notes",
    "service_name",
    "service_code",
    "description",
    "agency_responsible",
    "service_notice",
    "requested_datetime",
    "updated_datetime",
    "expected_datetime",
    "address",
    "address_id",
    "zipcode",
    "lat",
    "long",
    "media_url",
}
"""Every field the standard gives a request."""


def xml(answer):
    assert answer.content_type == "text/xml; charset=utf-8"
    assert answer.data.startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    return ET.fromstring(answer.data)


def read(client, address, key=None, **values):
    headers = {"X-Api-Key": key} if key else {}
    return client.get(address, query_string=values or None, headers=headers)


def test_discovery_leads_to_the_endpoint_in_both_formats(world, api, street):
    client = world.client()
    found = client.get(api("discovery")).json
    assert set(found) == {"changeset", "contact", "key_service", "endpoints"}
    endpoint = found["endpoints"][0]
    assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2"
    assert endpoint["url"].endswith(f"/open311/v2/{street.community.code}")
    assert endpoint["formats"] == ["text/xml", "application/json"]
    tree = xml(client.get(api("discovery", "xml")))
    assert [one.text for one in tree.iterfind("endpoints/endpoint/formats/format")] == [
        "text/xml",
        "application/json",
    ]


def test_services_are_the_catalogue_and_need_no_key(world, api):
    client = world.client()
    listed = client.get(api("services")).json
    lamp = next(one for one in listed if one["service_code"] == "property.lighting")
    assert lamp == {
        "service_code": "property.lighting",
        "service_name": "路灯不亮",
        "description": "楼道灯、院内灯",
        "metadata": True,
        "type": "realtime",
        "keywords": "小区里的事,路灯不亮",
        "group": "小区里的事",
    }
    tree = xml(client.get(api("services", "xml")))
    assert tree.tag == "services"
    assert len(tree.findall("service")) == len(listed)
    assert tree.find("service/metadata").text == "true"


def test_a_definition_offers_the_compounds_and_the_clients_own_number(world, api, street):
    found = world.client().get(api("services/property.lighting")).json
    assert found["service_code"] == "property.lighting"
    place, foreign = found["attributes"]
    assert place["code"] == "place"
    assert place["datatype"] == "singlevaluelist"
    assert [one["key"] for one in place["values"]] == [f"compound:{street.compound_id}"]
    assert foreign["code"] == "foreign_id"
    tree = xml(world.client().get(api("services/property.lighting", "xml")))
    assert tree.find("attributes/attribute/values/value/key").text == place["values"][0]["key"]


def test_a_report_becomes_a_case_of_the_company_in_charge(world, street, post, hotline):
    answer = post()
    assert answer.status_code == 201
    (made_request,) = answer.json
    assert "前办好" in made_request["service_notice"]
    (report,) = programs.rows(world, street, ClientReport)
    case = made.look(world, street, report.complaint_id)
    assert case.short_code == made_request["service_request_id"]
    assert case.state == "dispatched"
    assert case.organization_id == street.company_id
    assert case.reporter_id == hotline.id
    assert "三楼楼道灯不亮" in world.client(street.staff).get(
        f"/c/{street.community.code}/tickets/{case.id}"
    ).text  # fmt: skip


def test_the_office_knows_whom_to_call_back_and_the_company_does_not(world, street, post):
    post(first_name="秀英", last_name="赵", phone="139 1111 2222")
    (report,) = programs.rows(world, street, ClientReport)
    desk = f"/c/{street.community.code}/tickets/{report.complaint_id}"
    office, company = (world.client(one).get(desk).text for one in (street.office, street.staff))
    for said in ("赵 秀英（12345 热线平台）", "13911112222", "别的系统转来"):
        assert said in office
    for secret in ("赵 秀英", "13911112222"):
        assert secret not in company
    assert "居民选择匿名" in company


def test_the_words_the_company_reads_do_not_name_the_caller(world, street, post):
    post(
        first_name="秀英",
        last_name="赵",
        phone="13911112222",
        description="赵秀英来电（139-1111 2222）：楼道灯不亮",
        address_string="赵秀英家门口",
    )
    (report,) = programs.rows(world, street, ClientReport)
    case = made.look(world, street, report.complaint_id)
    assert case.text == "（已隐去）来电（（已隐去））：楼道灯不亮"
    assert case.place_note == "（已隐去）家门口"


def test_a_number_that_is_no_mobile_is_kept_as_it_was_sent(world, street, post):
    post(phone="0710-3510000")
    (report,) = programs.rows(world, street, ClientReport)
    case = made.look(world, street, report.complaint_id)
    assert (case.contact_name, case.contact_phone) == ("12345 热线平台", "0710-3510000")


def test_the_answer_to_a_report_in_xml_follows_the_standards_example(post):
    tree = xml(post("xml"))
    assert tree.tag == "service_requests"
    assert len(tree.find("request/service_request_id").text) == 8
    assert tree.find("request/account_id").text is None


def test_the_same_foreign_number_is_one_case(world, street, post):
    first, second = (post(**{"attribute[foreign_id]": "HL-2026/1".replace("/", "-")}) for _ in "ab")
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json[0]["service_request_id"] == second.json[0]["service_request_id"]
    assert len(programs.rows(world, street, ClientReport)) == 1


def test_two_clients_may_use_the_same_number(world, street, post, grid):
    first = post(**{"attribute[foreign_id]": "7"})
    second = post(api_key=grid.key, **{"attribute[foreign_id]": "7"})
    assert first.json[0]["service_request_id"] != second.json[0]["service_request_id"]


def test_a_token_is_the_clients_own_number(world, api, post, hotline, grid):
    number = post(**{"attribute[foreign_id]": "HL-8"}).json[0]["service_request_id"]
    client = world.client()
    found = read(client, api("tokens/HL-8"), hotline.key)
    assert found.json == [{"service_request_id": number, "token": "HL-8"}]
    assert xml(read(client, api("tokens/HL-8", "xml"), hotline.key)).find("request/token").text
    assert read(client, api("tokens/HL-8"), grid.key).status_code == 404
    assert read(client, api("tokens/HL-9"), hotline.key).status_code == 404
    assert read(client, api("tokens/HL-8")).status_code == 403


def test_a_place_outside_is_told_by_words_or_by_position(world, street, post, api, hotline):
    by_words = post(address_id=None, address_string="小学东门人行道", service_code="parts.traffic")
    by_position = post(address_id=None, lat="32.0123456", long="112.1", service_code="parts.other")
    assert (by_words.status_code, by_position.status_code) == (201, 201)
    listed = read(world.client(), api("requests"), hotline.key).json
    assert [one["address"] for one in listed] == [
        "纬度 32.012346，经度 112.100000",
        "小学东门人行道",
    ]
    assert (listed[0]["lat"], listed[0]["long"]) == (32.012346, 112.1)


@pytest.mark.parametrize(
    ("values", "about"),
    [
        ({"service_code": None}, "service_code"),
        ({"address_id": None}, "address_string"),
        ({"address_id": "unit:" + str(uuid.uuid4())}, "address_id"),
        ({"address_id": "compound:" + str(uuid.uuid4())}, "地方"),
        ({"address_id": None, "lat": "32.1"}, "lat"),
        ({"address_id": None, "lat": "95", "long": "1"}, "lat"),
        ({"address_id": None, "lat": "nan", "long": "1"}, "lat"),
        ({"description": "字" * 4001}, "description"),
        ({"description": "a\0b"}, "description"),
        ({"attribute[foreign_id]": "a b"}, "foreign_id"),
    ],
)
def test_what_cannot_be_used_is_named(world, street, post, values, about):
    answer = post(**values)
    assert answer.status_code == 400
    assert all(one["code"] == 400 for one in answer.json)
    assert about in answer.json[0]["description"]
    assert programs.rows(world, street, ClientReport) == []


def test_an_unknown_service_or_jurisdiction_is_not_found(post, street):
    for values in ({"service_code": "nope"}, {"jurisdiction_id": "city.gov"}):
        answer = post(**values)
        assert answer.status_code == 404
        assert next(iter(values)) in answer.json[0]["description"]
    assert post(jurisdiction_id=street.community.code).status_code == 201


def test_an_error_in_xml_is_one_element_each(post):
    tree = xml(post("xml", service_code=None, address_id="x"))
    assert tree.tag == "errors"
    assert [one.text for one in tree.iterfind("error/code")] == ["400", "400"]


@pytest.mark.parametrize("key", [None, "", "gz_wrong", "x" * 500])
def test_a_report_needs_a_key_of_this_community(post, key):
    answer = post(api_key=key)
    assert answer.status_code == 403
    assert "密钥" in answer.json[0]["description"]


def test_a_key_of_another_community_opens_nothing(world, api, post):
    elsewhere = made.street(world)
    other = programs.program(world, elsewhere)
    assert post(api_key=other.key).status_code == 403
    assert read(world.client(), api("requests"), other.key).status_code == 403


def test_a_photo_comes_with_the_report_and_is_shown_to_no_program(world, street, post, api, grid):
    answer = post(media=(io.BytesIO(made.photo()), "../a.jpg"))
    assert answer.status_code == 201
    (report,) = programs.rows(world, street, ClientReport)
    desk = f"/c/{street.community.code}/tickets/{report.complaint_id}"
    assert "/thumbnail" in world.client(street.office).get(desk).text
    (shown,) = read(world.client(), api("requests"), grid.key).json
    assert shown["media_url"] is None


def test_a_file_that_is_no_photo_is_refused_and_nothing_is_filed(world, street, post):
    answer = post(media=(io.BytesIO(b"<svg onload=alert(1)>"), "a.jpg"))
    assert answer.status_code == 400
    assert "照片" in answer.json[0]["description"]
    assert programs.rows(world, street, ClientReport) == []


def test_a_request_has_every_field_of_the_standard(world, api, post, hotline):
    number = post().json[0]["service_request_id"]
    (found,) = read(world.client(), api(f"requests/{number}"), hotline.key).json
    assert set(found) >= FIELDS
    assert found["status"] == "open"
    assert found["status_notes"] == "待签收"
    assert found["description"] == "三楼楼道灯不亮"
    assert datetime.fromisoformat(found["requested_datetime"]).tzinfo
    tree = xml(read(world.client(), api(f"requests/{number}", "xml"), hotline.key))
    assert set(FIELDS) <= {element.tag for element in tree.find("request")}


def test_a_number_is_found_as_people_write_it(world, api, post, hotline):
    number = post().json[0]["service_request_id"]
    typed = f"{number[:4]}-{number[4:]}".lower()
    assert read(world.client(), api(f"requests/{typed}"), hotline.key).status_code == 200


def test_the_client_reads_what_was_answered_and_how_it_ended(world, street, api, post, hotline):
    number = post().json[0]["service_request_id"]
    (report,) = programs.rows(world, street, ClientReport)
    key = report.complaint_id
    made.step(world, street, key, "staff", Action.ACCEPT)
    made.step(world, street, key, "staff", Action.REPLY, text="明天来换灯")
    (working,) = read(world.client(), api(f"requests/{number}"), hotline.key).json
    assert (working["status"], working["status_notes"]) == ("open", "处理中：明天来换灯")
    made.step(world, street, key, "staff", Action.HAND_BACK, text="不归我们")
    made.step(
        world, street, key, "office", Action.REFUSE, ground=Ground.NOT_HERE, text="请打 12345"
    )
    (ended,) = read(world.client(), api(f"requests/{number}"), hotline.key).json
    assert (ended["status"], ended["status_notes"]) == ("closed", "不予受理：请打 12345")
    assert ended["expected_datetime"] is None
    assert ended["updated_datetime"] >= ended["requested_datetime"]


def test_a_client_sees_only_its_own_cases_unless_it_was_given_all(
    world, street, api, post, hotline, grid
):
    made.report(world, street)
    number = post().json[0]["service_request_id"]
    client = world.client()
    own = read(client, api("requests"), hotline.key).json
    assert [one["service_request_id"] for one in own] == [number]
    everything = read(client, api("requests"), grid.key).json
    assert len(everything) == 2
    other = next(one for one in everything if one["service_request_id"] != number)
    foreign = api(f"requests/{other['service_request_id']}")
    assert read(client, foreign, hotline.key).status_code == 404
    assert read(client, foreign, grid.key).status_code == 200


def test_without_a_key_nothing_is_read_unless_the_community_opened_it(world, street, api):
    made.report(world, street)
    client = world.client()
    assert read(client, api("requests")).status_code == 403
    programs.open_reading(world, street)
    (shown,) = read(client, api("requests")).json
    assert shown["service_name"] == "路灯不亮"
    assert shown["address_id"] == f"compound:{street.compound_id}"
    assert "栋" not in shown["address"]
    assert read(client, api("requests"), "gz_wrong").status_code == 403


def test_nothing_of_a_reporter_goes_out_to_any_reader(world, street, api, grid, post):
    place = PlaceChoice(PlaceKind.UNIT, street.home.unit_id)
    words = "我是周文静，住 302，电话 13800000000"
    key = made.report(
        world, street, place=place, text=words, place_note="302 门口",
        photos=[made.picture()],
    )  # fmt: skip
    post(first_name="秀英", last_name="赵", phone="13911112222", email="zhao@example.com")
    made.step(world, street, key, "staff", Action.ACCEPT)
    made.step(world, street, key, "staff", Action.REPLY, text="已和 302 周女士联系")
    programs.open_reading(world, street)
    client = world.client()
    answers = [
        read(client, api(resource, ending), key=reader).text
        for resource in ("requests", f"requests/{made.look(world, street, key).short_code}")
        for ending in ("json", "xml")
        for reader in (None, grid.key)
    ]
    unit = made.look(world, street, key).unit_label
    secrets = [
        *("周文静", "周女士", "302", "13800000000", "门口", unit, "赵", "秀英", "13911112222"),
        *("zhao@", street.resident.phone, str(street.resident.id), "楼道灯不亮"),
    ]
    for text in answers:
        assert "路灯不亮" in text
        assert not [secret for secret in secrets if secret in text]


def test_a_neighbours_building_is_known_to_key_holders_only(world, street, api, grid):
    made.report(world, street)
    (shown,) = read(world.client(), api("requests"), grid.key).json
    assert "栋" in shown["address"]
    assert shown["address_id"] == f"building:{street.home.building_id}"


def test_requests_are_chosen_by_status_service_and_number(world, street, api, grid):
    lamp = made.report(world, street)
    drain = made.report(world, street, category="property.drains")
    made.step(world, street, drain, "staff", Action.HAND_BACK, text="不归我们")
    made.step(world, street, drain, "office", Action.REFUSE, ground=Ground.NOT_HERE, text="12345")
    client = world.client()

    def codes(**values):
        return [
            one["service_code"] for one in read(client, api("requests"), grid.key, **values).json
        ]

    assert codes() == ["property.drains", "property.lighting"]
    assert codes(status="open") == ["property.lighting"]
    assert codes(status="closed") == ["property.drains"]
    assert codes(status="open,closed") == ["property.drains", "property.lighting"]
    assert codes(service_code="property.lighting,nope") == ["property.lighting"]
    number = made.look(world, street, lamp).short_code
    assert codes(service_request_id=f"{number},ZZZZZZZZ", status="closed") == ["property.lighting"]


def test_dates_bound_the_list_and_span_ninety_days_at_most(world, street, api, grid):
    made.report(world, street)
    client, moment = world.client(), now()

    def found(**values):
        given = {name: value.isoformat() for name, value in values.items()}
        return read(client, api("requests"), grid.key, **given)

    day = timedelta(days=1)
    assert len(found(start_date=moment - day, end_date=moment + day).json) == 1
    assert found(start_date=moment + day).json == []
    assert found(end_date=moment - day).json == []
    assert found(start_date=moment - 91 * day, end_date=moment).status_code == 400
    assert found(start_date=moment, end_date=moment - day).status_code == 400
    for wrong in ("yesterday", "2026-01-01", "2026-13-01T00:00:00Z", "9999-12-31T23:59:59-12:00"):
        answer = read(client, api("requests"), grid.key, start_date=wrong)
        assert answer.status_code == 400, wrong


def test_pages_follow_each_other_without_gaps(world, street, api, grid):
    for _ in range(5):
        made.report(world, street)
    client, seen = world.client(), []
    answer = read(client, api("requests"), grid.key, page_size=2, api_key=grid.key)
    for _ in range(3):
        seen += [one["service_request_id"] for one in answer.json]
        link = answer.headers.get("Link")
        if link is None:
            break
        assert grid.key not in link
        address, _, relation = link.partition(">; ")
        assert relation == 'rel="next"'
        answer = read(client, address.removeprefix("<"), grid.key)
    everything = read(client, api("requests"), grid.key).json
    assert seen == [one["service_request_id"] for one in everything]


def test_a_page_costs_the_same_statements_however_many_rows(world, street, api, grid, statements):
    def cost():
        with statements() as seen:
            assert read(world.client(), api("requests"), grid.key).status_code == 200
        return len(seen)

    made.report(world, street)
    cost()
    few = cost()
    for _ in range(6):
        made.report(world, street)
    assert cost() == few


@pytest.mark.parametrize("resource", ["discovery", "services", "requests", "tokens/1"])
def test_an_unknown_method_is_refused_with_what_is_allowed(world, api, resource):
    for method in ("PUT", "DELETE", "PATCH"):
        answer = world.client().open(api(resource), method=method)
        assert answer.status_code == 405
        assert "GET" in answer.headers["Allow"]
        assert answer.json[0]["code"] == 405


@pytest.mark.parametrize("address", ["nowhere.json", "services.yaml", "services", "requests/.json"])
def test_an_address_that_is_none_is_not_found_in_the_standards_form(world, street, address):
    answer = world.client().get(f"/open311/v2/{street.community.code}/{address}")
    assert answer.status_code == 404
    assert answer.json[0]["code"] == 404


def test_a_community_that_is_none_is_not_found(world):
    answer = world.client().get("/open311/v2/999999999999/services.xml")
    assert answer.status_code == 404
    assert xml(answer).find("error/code").text == "404"


def test_text_comes_back_as_text(world, api, post, hotline):
    nasty = "<script>alert('x')</script> & ]]> \ufffe 🔥"
    number = post(description=nasty).json[0]["service_request_id"]
    tree = xml(read(world.client(), api(f"requests/{number}", "xml"), hotline.key))
    assert tree.find("request/description").text == nasty.replace("\ufffe", "")


def test_the_last_use_of_a_key_is_noted(world, street, api, hotline):
    read(world.client(), api("requests"), hotline.key)
    page = world.client(street.office).get(f"/c/{street.community.code}/interfaces/").text
    assert "还没有用过" not in page


def test_services_are_those_the_community_published(world, api, street, post):
    wall = own.line("墙皮掉了", code="7-01", hint="外墙、楼道")
    own.publish(world, street, own.changed(without={"property.lighting"}, new=[wall]))
    client = world.client()
    listed = {one["service_code"]: one for one in client.get(api("services")).json}
    assert listed["7-01"]["service_name"] == "墙皮掉了"
    assert "property.lighting" not in listed
    assert client.get(api("services/7-01")).status_code == 200
    assert client.get(api("services/property.lighting")).status_code == 404
    assert post().status_code == 404
    assert post(service_code="7-01").status_code == 201
    assert client.get(api("discovery")).json["changeset"] >= "2026-11-25 12:00"
