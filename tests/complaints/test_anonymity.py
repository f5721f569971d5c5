"""An anonymous report, searched for who wrote it, as everybody but the community's office."""

from __future__ import annotations

import io
import json
import re

import pytest
from factories import complaints as made
from factories.films import CAMERA, film
from PIL import Image
from sqlalchemy import select

from app.complaints.rules.answers import Rating
from app.complaints.rules.places import PlaceChoice, PlaceKind
from app.complaints.rules.states import Action
from app.core.access.roles import COMMUNITY_ROLES, OFFICE_ROLES, PROPERTY_ROLES, Role
from app.core.db import db
from app.core.files.actions import Upload
from app.core.notifications.models import Notification
from app.core.tenancy import Scope
from app.core.transaction import transaction

SEARCHED = sorted(COMMUNITY_ROLES - OFFICE_ROLES)


@pytest.fixture
def base(street):
    return f"/c/{street.community.code}"


def telling_photo(street):
    """A photo whose metadata tell whose it is."""
    exif = Image.Exif()
    exif[0x013B] = street.resident.phone
    exif[0x010E] = street.resident.id.hex
    target = io.BytesIO()
    Image.new("RGB", (640, 480), "teal").save(
        target, "JPEG", exif=exif, comment=street.resident.phone.encode()
    )
    return Upload(f"{street.resident.name}-{street.resident.phone}.jpg", target.getvalue())


@pytest.fixture
def case(world, street):
    """A report from the own home with photo and video, taken through every kind of answer."""
    key = made.report(
        world,
        street,
        category="property.drains",
        text="卫生间返水，已经三天",
        anonymous=True,
        place=PlaceChoice(PlaceKind.UNIT, street.home.unit_id),
        photos=[telling_photo(street), Upload("clip.mp4", film())],
    )
    made.step(world, street, key, "resident", Action.ADD, text="楼下也漏")
    made.step(world, street, key, "staff", Action.ACCEPT)
    made.step(world, street, key, "staff", Action.REPLY, text="明天来")
    made.step(world, street, key, "staff", Action.COMPLETE, text="通好了")
    made.step(world, street, key, "resident", Action.REOPEN, text="又堵了")
    world.work_off(street.community)
    return key


@pytest.fixture
def secrets(world, street, case):
    """Everything that tells who the reporter is."""
    local = street.resident.phone.removeprefix("+86")
    return [
        *(street.resident.name, local, f"{local[:3]}****{local[-4:]}"),
        *(str(street.resident.id), street.resident.id.hex),
        made.look(world, street, case).unit_label,
    ]


def found(secrets, text):
    return [secret for secret in secrets if secret in text]


def everything(client, base, case):
    """All a browser gets by following the links from the pages about this case, JSON included."""
    waiting = [
        *(f"{base}/tickets/", f"{base}/tickets/?tab=working", f"{base}/tickets/?tab=ended"),
        *(f"{base}/tickets/{case}", f"{base}/board/", f"{base}/board/{case}"),
        *(f"{base}/board/rates", f"{base}/desk", f"{base}/complaints/{case}", "/notifications"),
        f"{base}/tickets/?q=卫生间",
    ]
    seen = {}
    while waiting:
        address = waiting.pop(0).split("#")[0].replace("&amp;", "&")
        if address in seen or len(seen) > 60:
            continue
        answer = client.get(address)
        seen[address] = answer
        client_json = client.get(address, headers={"Accept": "application/json"})
        seen[f"{address} as JSON"] = client_json
        if answer.mimetype == "text/html" and answer.status_code == 200:
            links = re.findall(r'(?:href|src)="([^"]+)"', answer.text)
            waiting += [
                link
                for link in links
                if link.startswith(base)
                and any(part in link for part in (str(case), "/files/", "tickets", "board"))
            ]
    return seen


@pytest.mark.parametrize("role", SEARCHED)
def test_nothing_anybody_outside_the_office_gets_tells_who_it_was(
    world, street, base, case, secrets, role
):
    of_company = {"organization_id": street.company_id} if role in PROPERTY_ROLES else {}
    searcher = world.member(street.community, role, "找人的", **of_company)
    seen = everything(world.client(searcher), base, case)
    for address, answer in seen.items():
        plain = answer.data.decode("utf-8", "replace") + json.dumps(list(answer.headers.items()))
        assert not found(secrets, plain), address
        assert CAMERA not in answer.data, address
    if role in PROPERTY_ROLES:
        assert seen[f"{base}/tickets/{case}"].status_code == 200
        assert any(
            "/files/" in address and answer.status_code == 200 for address, answer in seen.items()
        )


def test_a_search_for_the_reporter_finds_nothing(world, street, base, case, secrets):
    client = world.client(street.staff)
    for secret in secrets:
        page = client.get(f"{base}/tickets/", query_string={"q": secret, "tab": "working"}).text
        assert str(case) not in page, secret
    assert str(case) in client.get(f"{base}/tickets/?q=卫生间&tab=working").text


def test_the_office_does_see_it(world, street, base, case, secrets):
    page = world.client(street.office).get(f"{base}/tickets/{case}").text
    assert street.resident.name in page


def test_no_message_to_the_company_tells_it(world, street, case, secrets):
    wanted = select(Notification.title, Notification.body, Notification.url).where(
        Notification.account_id.in_([street.staff.id, street.manager.id])
    )
    with world.app.app_context(), transaction(Scope(community_id=street.community.id)):
        said = " ".join(str(row) for row in db.session.execute(wanted))
    assert "诉求" in said
    assert not found(secrets, said)


@pytest.mark.parametrize("action", [Action.CONFIRM, Action.REOPEN])
def test_the_verdict_of_an_anonymous_reporter_names_nobody(
    world, street, base, case, secrets, action
):
    made.step(world, street, case, "staff", Action.COMPLETE, text="再通")
    given = {"rating": Rating.FAIRLY} if action is Action.CONFIRM else {"text": "不行"}
    made.step(world, street, case, "resident", action, **given)
    page = world.client(street.staff).get(f"{base}/tickets/{case}").text
    assert "居民（匿名）" in page
    assert not found(secrets, page)


def test_the_own_name_in_a_later_word_is_refused_too(world, street, base, case):
    made.step(world, street, case, "staff", Action.COMPLETE, text="再通")
    version = made.look(world, street, case).version
    answer = world.client(street.resident).post(
        f"{base}/complaints/{case}/reopen",
        data={"reopen-version": version, "reopen-text": f"还是堵，找{street.resident.name}"},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 422
    assert "物业会看到" in answer.text
    assert made.look(world, street, case).state == "done"


def test_who_joined_is_a_number_to_the_company(world, street, base):
    key = made.report(world, street)
    made.join(world, street, street.neighbour, key)
    page = world.client(street.staff).get(f"{base}/tickets/{key}").text
    assert "1 位居民也遇到" in page
    assert street.neighbour.name not in page
    assert str(street.neighbour.id) not in page


def test_reviewers_and_operators_have_no_door_to_cases(world, street, base, case):
    street_reviewer = world.reviewer(Role.STREET_REVIEWER, "420602001", "42.4206.420602.420602001.")
    for person in (street_reviewer, world.operator()):
        client = world.client(person)
        for path in (f"tickets/{case}", f"board/{case}", f"complaints/{case}", "board/"):
            assert client.get(f"{base}/{path}").status_code == 404
