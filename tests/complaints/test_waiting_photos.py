"""A photo is answered for at once and written anew by a job; until then nobody sees it."""

from __future__ import annotations

import io
import struct
import uuid
import zlib

import pytest
from factories import complaints as made
from PIL import Image
from sqlalchemy import select

from app.complaints.models import Complaint
from app.complaints.rules.states import Action
from app.core.db import db
from app.core.files.actions import ORIGINAL, Upload, remove_file
from app.core.files.models import StoredFile
from app.core.files.storage import storage
from app.core.notifications.models import Notification
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.kit.refusal import Invalid

CAMERA = b"Phone 9"
PNG_START = 8
CHUNK_FRAME = 12


def telling():
    """A photo that names its camera."""
    exif = Image.Exif()
    exif[0x0110] = CAMERA.decode()
    return made.photo(exif=exif.tobytes())


def unreadable():
    """A picture whose every part adds up, and whose points cannot be unpacked."""
    target = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(target, "PNG")
    data, at = target.getvalue(), PNG_START
    while data[at + 4 : at + 8] != b"IDAT":
        at += CHUNK_FRAME + struct.unpack(">I", data[at : at + 4])[0]
    length = struct.unpack(">I", data[at : at + 4])[0]
    body = b"IDAT" + b"\x00" * length
    broken = data[at : at + 4] + body + struct.pack(">I", zlib.crc32(body))
    return data[:at] + broken + data[at + CHUNK_FRAME + length :]


def scalars(world, street, statement):
    with world.app.app_context(), transaction(Scope(community_id=street.community.id)):
        return db.session.scalars(statement).all()


def only_file(world, street):
    with world.app.app_context(), transaction(Scope(community_id=street.community.id)):
        stored = db.session.scalars(select(StoredFile)).one()
        db.session.expunge(stored)
        return stored


def on_disk(world, street):
    root = world.config.files_dir / str(street.community.id)
    return sorted(path.name for path in root.rglob("*") if path.is_file())


def address(street, stored, rest=""):
    return f"/c/{street.community.code}/files/{stored.id}{rest}"


def test_nobody_sees_a_photo_before_it_was_written_anew(world, street):
    made.report(world, street, photos=[Upload("a.jpg", telling())])
    stored = only_file(world, street)
    for person in (street.resident, street.staff, street.office):
        client = world.client(person)
        small = client.get(address(street, stored, "/thumbnail"))
        assert (small.status_code, small.mimetype) == (202, "image/svg+xml")
        assert small.headers["Cache-Control"] == "no-store"
        whole = client.get(address(street, stored))
        assert whole.status_code == 409
        assert "还在处理" in whole.text
        assert CAMERA not in small.data + whole.data


def test_a_page_asks_again_for_a_photo_that_is_not_ready(world, street):
    key = made.report(world, street, photos=[Upload("a.jpg", telling())])
    page = f"/c/{street.community.code}/complaints/{key}"
    client = world.client(street.resident)
    assert "data-waiting" in client.get(page).text
    world.work_off(street.community)
    assert "data-waiting" not in client.get(page).text


def test_what_was_sent_is_gone_once_it_was_written_anew(world, street):
    made.report(world, street, photos=[Upload("a.jpg", telling())])
    stored = only_file(world, street)
    assert on_disk(world, street) == [f"{stored.id.hex}{ORIGINAL}"]
    world.work_off(street.community)
    assert on_disk(world, street) == [stored.id.hex, f"{stored.id.hex}.thumb"]
    answer = world.client(street.staff).get(address(street, stored))
    assert answer.status_code == 200
    assert CAMERA not in answer.data


def test_the_row_describes_what_was_written_not_what_was_sent(world, street):
    sent = made.photo(size=(4000, 3000))
    made.report(world, street, photos=[Upload("a.jpg", sent)])
    world.work_off(street.community)
    stored = only_file(world, street)
    assert (stored.width, stored.height) == (2560, 1920)
    with world.app.app_context():
        assert stored.size == len(storage().get(street.community.id, stored.id))


def test_a_photo_that_cannot_be_read_leaves_nothing_and_its_sender_is_told(world, street):
    key = made.report(world, street, photos=[Upload("a.png", unreadable())])
    world.work_off(street.community)
    assert on_disk(world, street) == []
    told = scalars(
        world, street, select(Notification).where(Notification.account_id == street.resident.id)
    )
    assert [one.title for one in told if "照片" in one.title] == ["有一张照片打不开，没有留下"]
    client = world.client(street.resident)
    assert "打不开" in client.get(address(street, only_file(world, street), "/thumbnail")).text
    assert client.get(f"/c/{street.community.code}/complaints/{key}").status_code == 200
    sheet = f"/c/{street.community.code}/tickets/{key}/print.pdf"
    assert world.client(street.staff).get(sheet).status_code == 200


def test_half_a_photo_is_refused_at_once(world, street):
    whole = made.photo(size=(800, 600))
    with world.app.app_context(), pytest.raises(Invalid, match="没有传完整"):
        made.report(world, street, photos=[Upload("a.jpg", whole[: len(whole) // 2])])
    assert scalars(world, street, select(Complaint.id)) == []


def test_a_photo_taken_back_while_it_waits_leaves_nothing(world, street):
    made.report(world, street, photos=[Upload("a.jpg", telling())])
    with world.app.app_context(), transaction(Scope(community_id=street.community.id)):
        remove_file(street.community.id, only_file(world, street).id)
    world.work_off(street.community)
    assert on_disk(world, street) == []


def test_an_unreadable_photo_sent_ahead_cannot_go_with_the_form(world, street):
    client, key = world.client(street.resident), uuid.uuid4()
    answer = client.post(
        f"/c/{street.community.code}/complaints/drafts/{key}",
        data={"file": (io.BytesIO(unreadable()), "a.png")},
        headers={"Accept": "application/json"},
    )
    world.work_off(street.community)
    form = {
        "once_key": str(key),
        "category": "property.lighting",
        "place": f"stairwell:{street.home.stairwell_id}",
        "text": "灯不亮",
    }
    page = f"/c/{street.community.code}/complaints/new"
    refused = client.post(page, data=form | {"sent_ahead": answer.get_json()["id"]})
    assert refused.status_code == 422
    assert "打不开" in refused.text
    assert answer.get_json()["id"] not in refused.text
    assert client.post(page, data=form).status_code == 302


def test_a_photo_is_not_handed_to_others_before_it_can_be_seen(world, street):
    key = made.report(world, street, photos=[Upload("a.jpg", telling())])
    made.step(world, street, key, "staff", Action.ACCEPT)
    page = f"/c/{street.community.code}/tickets/{key}/whistle"
    client = world.client(street.office)
    assert "/thumbnail" not in client.get(page).text
    world.work_off(street.community)
    assert "/thumbnail" in client.get(page).text
