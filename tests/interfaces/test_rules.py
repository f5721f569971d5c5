"""Rules of the open interface, without database or network."""

from __future__ import annotations

import base64
import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from xml.etree import ElementTree as ET

import pytest
from factories.interfaces import expected_signature
from hypothesis import given
from hypothesis import strategies as st

from app.complaints.rules.states import Happening, State
from app.interfaces.rules import clients, fields, georeport, webhooks
from app.interfaces.rules.openapi import document
from app.interfaces.rules.webhooks import Event
from app.interfaces.rules.xml import to_xml
from app.kit.refusal import Invalid

MOMENT = datetime(2026, 3, 8, 6, 5, tzinfo=UTC)


def test_keys_differ_and_only_their_digest_tells_them_apart():
    keys = {clients.new_key() for _ in range(50)}
    assert len(keys) == 50
    key = keys.pop()
    assert key.startswith("gz_")
    assert len(key) >= 43
    assert len(clients.key_digest(key)) == 32
    assert clients.hint_of(key) == key[-4:]


@pytest.mark.parametrize(
    ("happening", "state", "event"),
    [
        (Happening.FILED, State.FILED, Event.CREATED),
        (Happening.FILED, State.DISPATCHED, Event.CREATED),
        (Happening.ACCEPTED, State.ACCEPTED, Event.UPDATED),
        (Happening.COMPLETED, State.DONE, Event.UPDATED),
        (Happening.REOPENED, State.REOPENED, Event.REOPENED),
        (Happening.DISPUTED, State.REOPENED, Event.REOPENED),
        (Happening.FOUND_UNSOLVED, State.REOPENED, Event.REOPENED),
        (Happening.REPLIED, State.REOPENED, Event.UPDATED),
        (Happening.CLOSED_SILENTLY, State.CLOSED, Event.CLOSED),
        (Happening.MERGED, State.MERGED, Event.UPDATED),
        (Happening.CONFIRMED, State.CLOSED, Event.CLOSED),
        (Happening.REFUSED, State.NOT_ACCEPTED, Event.CLOSED),
    ],
)
def test_a_line_of_the_time_line_is_told_as_one_event(happening, state, event):
    assert webhooks.event_for(happening, state) is event


@given(st.text(), st.datetimes(min_value=datetime(2000, 1, 1)))
def test_a_receiver_computes_the_same_signature(body, moment):
    secret = webhooks.new_secret()
    headers = webhooks.signed_headers(secret, "msg_1", moment.replace(tzinfo=UTC), body)
    sent = body.encode("utf-8", "surrogatepass") if body.isascii() else body.encode()
    assert headers["webhook-signature"] == expected_signature(secret, dict(headers), sent)
    assert headers["webhook-timestamp"] == str(int(moment.replace(tzinfo=UTC).timestamp()))


def test_the_signature_is_the_one_of_the_specifications_example():
    headers = webhooks.signed_headers(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        datetime.fromtimestamp(1614265330, UTC),
        '{"test": 2432232314}',
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_secret_has_the_length_the_specification_asks_for():
    raw = base64.b64decode(webhooks.new_secret().removeprefix("whsec_"))
    assert 24 <= len(raw) <= 64


def test_waiting_times_grow_and_end():
    waits = [webhooks.next_attempt(number, MOMENT) for number in range(1, 8)]
    assert waits[-1] is None
    gaps = [wait - MOMENT for wait in waits[:-1]]
    assert gaps == sorted(gaps)
    assert gaps[0] == timedelta(minutes=1)
    assert sum(gaps, timedelta()) > timedelta(hours=24)


def test_an_address_that_does_not_answer_holds_the_others_back_for_a_quarter_at_most():
    held = [webhooks.hold_until(number, MOMENT) - MOMENT for number in range(1, 9)]
    assert held[0] == timedelta(minutes=1)
    assert max(held) == timedelta(minutes=15)


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_a_good_answer_is_a_delivery(status):
    assert webhooks.delivered(status)


@pytest.mark.parametrize("status", [None, 100, 301, 302, 307, 400, 404, 410, 500, 503])
def test_anything_else_is_none(status):
    assert not webhooks.delivered(status)


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/a",
        "ftp://hooks.example.com/a",
        "//hooks.example.com/a",
        "https://",
        "https:///a",
        "https://user:pass@hooks.example.com/",
        "https://localhost/",
        "https://intranet/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f.0.0.1/",
        "https://10.0.0.8/a",
        "https://172.20.1.1/",
        "https://192.168.1.10/",
        "https://169.254.169.254/latest/meta-data/",
        "https://100.64.0.1/",
        "https://0.0.0.0/",
        "https://224.0.0.1/",
        "https://[::1]/",
        "https://[fe80::1]/",
        "https://[fd00::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::a00:1]/",
        "https://hooks.example.com:22/",
        "https://hooks.example.com:99999/",
        "https://hooks.example.com\\@10.0.0.1/",
        "https://hooks.example.com/a b",
        "https://hooks.example.com/\r\nX: y",
        "https://häcks.example/",
        "https://hooks.example.com/" + "a" * 500,
        "javascript:alert(1)",
    ],
)
def test_an_address_inside_or_a_trick_is_refused(url):
    with pytest.raises(Invalid) as refused:
        webhooks.check_url(url, private_allowed=False)
    assert set(refused.value.errors) == {"url"}


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.com/gongzhi?a=1",
        "https://hooks.example.com:8443/",
        "https://8.8.8.8/hook",
        "https://[2606:4700::1111]/",
    ],
)
def test_a_public_address_is_kept_as_it_is(url):
    assert webhooks.check_url(url, private_allowed=False) == url
    assert webhooks.check_url(f" {url}#top ", private_allowed=False) == url


def test_on_a_developers_machine_the_own_network_is_allowed():
    url = "http://127.0.0.1:9000/hook"
    assert webhooks.check_url(url, private_allowed=True) == url


def read(operation, **values):
    return fields.read_fields(operation.fields, values)


def test_an_empty_field_is_one_that_was_not_sent():
    assert read(georeport.LIST_REQUESTS) == read(georeport.LIST_REQUESTS, status=" ", page_size="")


def test_every_faulty_field_is_named():
    with pytest.raises(Invalid) as refused:
        read(georeport.LIST_REQUESTS, status="open,lost", page_size="0", start_date="today")
    assert set(refused.value.errors) == {"status", "page_size", "start_date"}


@given(st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30)))
def test_a_moment_is_read_as_it_was_written(moment):
    aware = moment.replace(tzinfo=timezone(timedelta(hours=8)))
    assert fields.moment(aware.isoformat()) == aware or aware.second is None


@given(st.text(max_size=30))
def test_no_text_breaks_the_reading_of_a_field(text):
    for one in {one.name: one for row in georeport.OPERATIONS for one in row.fields}.values():
        with suppress(Invalid):
            assert set(fields.read_fields([one], {one.name: text})) == {one.name}


@given(st.integers(-90_000_000, 90_000_000))
def test_a_coordinate_keeps_its_millionths(micro):
    said = fields.say_degrees(micro)
    assert fields.degrees(90)(f"{said:.6f}") == micro


@given(st.text())
def test_any_text_becomes_well_formed_xml(text):
    tree = ET.fromstring(to_xml("services", [{"service_name": text, "metadata": False}]))
    assert tree.find("service/metadata").text == "false"
    if text.isprintable() and text.isascii():
        assert (tree.find("service/service_name").text or "") == text


def test_the_description_names_every_operation_field_and_event():
    described = document("https://gongzhi.example")
    assert described["openapi"] == "3.1.0"
    for operation in georeport.OPERATIONS:
        found = described["paths"][operation.path][operation.method.lower()]
        assert found["operationId"] == operation.name
        if operation.method == "GET":
            names = {one["name"] for one in found["parameters"] if one["in"] == "query"}
        else:
            content = found["requestBody"]["content"]
            names = set(content["application/x-www-form-urlencoded"]["schema"]["properties"])
        assert names == {one.name for one in operation.fields}
    assert set(described["webhooks"]) == {event.value for event in Event}
    json.dumps(described)
