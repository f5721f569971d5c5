from __future__ import annotations

import io
import re
import uuid
import zlib

import pytest
from factories import complaints as made
from factories.films import CAMERA, POSITION, film
from PIL import Image
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from app.complaints.models import Complaint
from app.complaints.rules.states import Action
from app.core.db import db
from app.core.files.actions import THUMBNAIL, VIDEO_LIMIT_BYTES, Upload
from app.core.files.jobs import sweep_drafts
from app.core.files.models import StoredFile
from app.core.files.storage import storage
from app.core.sweep import sweeping
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.kit.refusal import Invalid, TooLarge

JSON = {"Accept": "application/json"}


@pytest.fixture
def form_key():
    return uuid.uuid4()


def ahead(street, form_key, rest=""):
    return f"/c/{street.community.code}/complaints/drafts/{form_key}{rest}"


def send(client, street, form_key, data, name="photo.jpg"):
    return client.post(
        ahead(street, form_key),
        data={"file": (io.BytesIO(data), name)},
        content_type="multipart/form-data",
        headers=JSON,
    )


def file(client, street, form_key, *ids, **values):
    return client.post(
        f"/c/{street.community.code}/complaints/new",
        data={
            "once_key": str(form_key),
            "category": "property.lighting",
            "place": f"stairwell:{street.home.stairwell_id}",
            "text": "灯不亮",
            "sent_ahead": list(ids),
            **values,
        },
        content_type="multipart/form-data",
    )


def rows(world, street, statement):
    with world.app.app_context(), transaction(Scope(community_id=street.community.id)):
        return db.session.execute(statement).all()


def files(world, street):
    wanted = select(StoredFile.id, StoredFile.subject_kind, StoredFile.mime)
    return rows(world, street, wanted.order_by(StoredFile.id))


def on_disk(world, street):
    root = world.config.files_dir / str(street.community.id)
    return [path.name for path in root.rglob("*") if path.is_file()]


def coloured(number):
    target = io.BytesIO()
    Image.new("RGB", (40, 30), (number * 20, 90, 120)).save(target, "JPEG")
    return target.getvalue()


def test_photos_sent_ahead_become_the_reports_own(world, street, form_key):
    client = world.client(street.resident)
    ids = [send(client, street, form_key, coloured(n)).get_json()["id"] for n in range(2)]
    answer = file(client, street, form_key, *ids)
    assert answer.status_code == 302
    assert client.get(answer.location).text.count("/thumbnail") == 2
    assert {row.subject_kind for row in files(world, street)} == {"complaint_event"}


def test_a_photo_sent_again_after_a_lost_answer_is_one_photo(world, street, form_key):
    client = world.client(street.resident)
    first, second = (send(client, street, form_key, coloured(1)).get_json() for _ in range(2))
    assert first["id"] == second["id"]
    assert len(files(world, street)) == 1


def test_a_refused_photo_says_why_and_harms_no_other(world, street, form_key):
    client = world.client(street.resident)
    good = send(client, street, form_key, coloured(1)).get_json()["id"]
    refused = send(client, street, form_key, b"<svg onload='alert(1)'/>")
    assert refused.status_code == 422
    assert "不是照片" in refused.get_json()["message"]
    assert [str(row.id) for row in files(world, street)] == [good]


def test_a_form_that_comes_back_still_has_its_photos(world, street, form_key):
    client = world.client(street.resident)
    sent = send(client, street, form_key, coloured(1)).get_json()["id"]
    page = file(client, street, form_key, sent, text=" ")
    assert page.status_code == 422
    assert f'name="sent_ahead" value="{sent}"' in page.text
    again = file(client, street, form_key, sent)
    assert again.status_code == 302


def test_a_photo_taken_back_is_gone_with_its_bytes(world, street, form_key):
    client = world.client(street.resident)
    sent = send(client, street, form_key, coloured(1)).get_json()
    assert client.post(sent["remove_url"]).status_code == 204
    world.work_off(street.community)
    assert files(world, street) == []
    assert on_disk(world, street) == []


def test_a_seventh_photo_is_not_taken(world, street, form_key):
    client = world.client(street.resident)
    ids = [send(client, street, form_key, coloured(n)).get_json()["id"] for n in range(6)]
    seventh = send(client, street, form_key, coloured(7))
    assert seventh.status_code == 422
    assert "最多传 6 个" in seventh.get_json()["message"]
    with_form = file(client, street, form_key, *ids, photos=(io.BytesIO(coloured(8)), "a.jpg"))
    assert with_form.status_code == 422


def test_nobody_else_sees_removes_or_uses_what_was_sent_ahead(world, street, form_key):
    sent = send(world.client(street.resident), street, form_key, coloured(1)).get_json()
    picture = f"/c/{street.community.code}/files/{sent['id']}"
    for person in (street.neighbour, street.staff, street.office):
        client = world.client(person)
        assert client.get(picture).status_code == 404
        assert client.post(sent["remove_url"]).status_code == 404
    other = world.client(street.neighbour)
    assert file(other, street, form_key, sent["id"]).status_code == 422
    assert rows(world, street, select(Complaint.id)) == []
    world.work_off(street.community)
    assert world.client(street.resident).get(picture).status_code == 200


def test_a_file_of_another_form_or_case_cannot_be_claimed(world, street, form_key):
    client = world.client(street.resident)
    sent = send(client, street, uuid.uuid4(), coloured(1)).get_json()["id"]
    assert file(client, street, form_key, sent).status_code == 422
    assert file(client, street, form_key, str(uuid.uuid4())).status_code == 422


def test_what_waited_a_day_for_its_form_is_removed_and_nothing_else(world, street, form_key):
    client = world.client(street.resident)
    old = send(client, street, form_key, coloured(1)).get_json()["id"]
    fresh = send(client, street, form_key, coloured(2)).get_json()["id"]
    filed = send(client, street, uuid.uuid4(), coloured(3)).get_json()["id"]
    with world.app.app_context(), transaction(Scope(community_id=street.community.id)):
        db.session.execute(
            text(
                "UPDATE stored_file SET created_at = now() - interval '25 hours',"
                " subject_kind = CASE WHEN id = :filed THEN 'test' ELSE subject_kind END"
                " WHERE community_id = :c AND id IN (:old, :filed)"
            ),
            {"c": street.community.id, "old": uuid.UUID(old), "filed": uuid.UUID(filed)},
        )
    with world.app.app_context():
        sweep_drafts()
        sweep_drafts()
    world.work_off(street.community)
    assert {str(row.id) for row in files(world, street)} == {fresh, filed}


def test_the_sweep_sees_of_a_file_only_what_it_needs(world, config):
    with (
        world.app.app_context(),
        pytest.raises(ProgrammingError, match="permission denied"),
        sweeping() as connection,
    ):
        connection.execute(text("SELECT name, uploaded_by FROM stored_file"))


@pytest.mark.parametrize("position", [0, 1, 2])
def test_a_photo_refused_among_others_leaves_nothing_behind(world, street, position):
    photos = [Upload("a.jpg", coloured(n)) for n in range(2)]
    photos.insert(position, Upload("bad.jpg", b"no photo"))
    with world.app.app_context(), pytest.raises(Invalid):
        made.report(world, street, photos=photos)
    assert files(world, street) == []
    assert on_disk(world, street) == []


def test_bytes_go_when_the_transaction_fails_after_they_were_written(world, street):
    with (
        pytest.raises(RuntimeError),
        world.app.app_context(),
        transaction(Scope(community_id=street.community.id)),
    ):
        made.keep_photo(street, made.picture())
        assert len(on_disk(world, street)) == 2
        raise RuntimeError
    assert on_disk(world, street) == []


def test_bytes_stay_once_committed_whatever_fails_afterwards(world, street):
    with world.app.app_context():
        with transaction(Scope(community_id=street.community.id)):
            kept = made.keep_photo(street, made.picture())
        with pytest.raises(RuntimeError), transaction(Scope(community_id=street.community.id)):
            raise RuntimeError
        assert storage().get(street.community.id, kept, THUMBNAIL)


def test_a_short_video_is_kept_without_position_and_shown_as_one(world, street):
    key = made.report(world, street, photos=[Upload("clip.mov", film(brand=b"qt  ", way=b"GPS"))])
    (stored,) = files(world, street)
    assert stored.mime == "video/mp4"
    with world.app.app_context():
        data = storage().get(street.community.id, stored.id)
    assert POSITION not in data
    assert CAMERA not in data
    assert b"GPS" not in data
    page = world.client(street.resident).get(f"/c/{street.community.code}/complaints/{key}").text
    assert f'<video src="/c/{street.community.code}/files/{stored.id}"' in page


def test_a_player_gets_the_part_of_a_video_it_asks_for(world, street):
    made.report(world, street, photos=[Upload("clip.mp4", film())])
    (stored,) = files(world, street)
    client = world.client(street.staff)
    address = f"/c/{street.community.code}/files/{stored.id}"
    whole = client.get(address)
    part = client.get(address, headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.data) == (206, b"ftyp")
    assert part.headers["Content-Range"] == f"bytes 4-7/{len(whole.data)}"
    assert "sandbox" in part.headers["Content-Security-Policy"]
    assert client.get(address, headers={"Range": "bytes=999999-"}).status_code == 416


def test_a_video_over_the_limit_is_refused_with_the_limit(world, street):
    large = film() + b"\0" * VIDEO_LIMIT_BYTES
    with world.app.app_context(), pytest.raises(TooLarge, match="20 MB"):
        made.report(world, street, photos=[Upload("clip.mp4", large)])
    assert rows(world, street, select(Complaint.id)) == []


@pytest.mark.parametrize(
    "name", ["../../../etc/passwd", "..\\..\\x.jpg", "a\0.jpg", "x" * 4000, "", "<b>.jpg"]
)
def test_a_name_never_decides_where_a_photo_lies_or_what_it_is_called(world, street, name):
    made.report(world, street, photos=[Upload(name, coloured(1))])
    world.work_off(street.community)
    (stored,) = files(world, street)
    assert sorted(on_disk(world, street)) == [stored.id.hex, f"{stored.id.hex}.thumb"]
    answer = world.client(street.staff).get(f"/c/{street.community.code}/files/{stored.id}")
    assert answer.headers["Content-Disposition"].endswith("''photo.jpg")


@pytest.mark.parametrize("side", [10_001, 60_000])
def test_a_picture_of_a_hundred_megapixels_is_refused_before_it_is_unpacked(world, street, side):
    header = Image.new("1", (16, 16))
    target = io.BytesIO()
    header.save(target, "PNG")
    data = bytearray(target.getvalue())
    data[16:24] = side.to_bytes(4, "big") * 2
    data[29:33] = zlib.crc32(bytes(data[12:29])).to_bytes(4, "big")
    answer = send(world.client(street.resident), street, uuid.uuid4(), bytes(data))
    assert answer.status_code == 422
    assert "万像素" in answer.get_json()["message"]


# Photos of later steps


def form_of(page, action, base):
    """Where photos of this step go ahead, and the key and version of its form."""
    part = page[page.index(f'id="{action}"') :]
    url = re.search(r'data-upload="([^"]+)"', part)[1]
    assert url.startswith(base)
    key, version = (
        re.search(rf'name="{action}-{name}"[^>]*value="([^"]+)"', part)[1]
        for name in ("form_key", "version")
    )
    return url, key, version


def go_ahead(client, url, data):
    answer = client.post(url, data={"file": (io.BytesIO(data), "a.jpg")}, headers=JSON)
    assert answer.status_code == 201
    return answer.get_json()["id"]


def test_the_desk_sends_photos_of_before_and_after_ahead_of_its_report(world, street):
    key = made.report(world, street)
    made.step(world, street, key, "staff", Action.ACCEPT)
    base = f"/c/{street.community.code}/tickets"
    client = world.client(street.staff)
    url, form_key, version = form_of(client.get(f"{base}/{key}").text, "complete", f"{base}/drafts")
    before, after = (go_ahead(client, url, coloured(number)) for number in (1, 2))
    sent = {
        "complete-version": version,
        "complete-form_key": form_key,
        "sent_before": before,
        "sent_ahead": after,
    }
    again = client.post(f"{base}/{key}/complete", data={**sent, "complete-text": " "})
    assert again.status_code == 422
    assert f'name="sent_before" value="{before}"' in again.text
    assert f'name="sent_ahead" value="{after}"' in again.text
    assert form_key in again.text
    done = client.post(f"{base}/{key}/complete", data={**sent, "complete-text": "换好了"})
    assert done.status_code == 302
    page = world.client(street.resident).get(f"/c/{street.community.code}/complaints/{key}").text
    assert page.index("处理前") < page.index("处理后")
    assert page.count("/thumbnail") == 2
    assert {row.subject_kind for row in files(world, street)} == {"complaint_event"}


def test_a_resident_sends_the_photo_of_a_return_ahead(world, street):
    key = made.done(world, street)
    base = f"/c/{street.community.code}/complaints"
    client = world.client(street.resident)
    url, form_key, version = form_of(client.get(f"{base}/{key}").text, "reopen", f"{base}/drafts")
    sent = go_ahead(client, url, coloured(1))
    data = {
        "reopen-version": version,
        "reopen-form_key": form_key,
        "reopen-text": "还是不亮",
        "sent_ahead": sent,
    }
    assert client.post(f"{base}/{key}/reopen", data=data).status_code == 302
    assert "/thumbnail" in client.get(f"{base}/{key}").text


def test_nobody_uses_a_photo_another_sent_ahead_of_a_step(world, street):
    key = made.done(world, street)
    base = f"/c/{street.community.code}/complaints"
    client = world.client(street.resident)
    page = client.get(f"{base}/{key}").text
    url, form_key, version = form_of(page, "reopen", f"{base}/drafts")
    foreign = go_ahead(world.client(street.neighbour), url, coloured(1))
    data = {
        "reopen-version": version,
        "reopen-form_key": form_key,
        "reopen-text": "还是不亮",
        "sent_ahead": foreign,
    }
    refused = client.post(f"{base}/{key}/reopen", data=data)
    assert refused.status_code == 422
    assert "请重新选一次照片" in refused.text
    assert made.look(world, street, key).state == "done"


def test_photos_sent_ahead_count_among_the_six(world, street):
    key = made.done(world, street)
    base = f"/c/{street.community.code}/complaints"
    client = world.client(street.resident)
    page = client.get(f"{base}/{key}").text
    url, form_key, version = form_of(page, "reopen", f"{base}/drafts")
    data = {
        "reopen-version": version,
        "reopen-form_key": form_key,
        "reopen-text": "还是不亮",
        "sent_ahead": [go_ahead(client, url, coloured(number)) for number in range(4)],
        "reopen-photos": [(io.BytesIO(coloured(9)), f"{n}.jpg") for n in range(3)],
    }
    refused = client.post(f"{base}/{key}/reopen", data=data, content_type="multipart/form-data")
    assert "一次最多传 6 张" in refused.text


def test_the_doors_for_photos_are_those_of_ones_own_pages(world, street, form_key):
    data = {"file": (io.BytesIO(coloured(1)), "a.jpg")}
    code = street.community.code
    resident = world.client(street.resident)
    assert resident.post(f"/c/{code}/tickets/drafts/{form_key}", data=data).status_code == 404
