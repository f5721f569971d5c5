from __future__ import annotations

import io
from uuid import uuid4

import pytest
from PIL import Image

from app.core.access.roles import Role
from app.core.files import readers
from app.core.files.actions import (
    PHOTO_LIMIT_BYTES,
    THUMBNAIL,
    Upload,
    remove_file,
    store_document,
    store_photo,
)
from app.core.files.queries import stored_file
from app.core.files.storage import storage
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.kit.refusal import Invalid, TooLarge

GPS = 0x8825


def photo(kind="JPEG", size=(64, 48), *, gps=False):
    picture = Image.new("RGB", size, "teal")
    exif = picture.getexif()
    if gps:
        exif.get_ifd(GPS)[1] = "N"
        exif[0x0110] = "Phone 9"
    stream = io.BytesIO()
    picture.save(stream, kind, exif=exif)
    return stream.getvalue()


@pytest.fixture
def community(world):
    return world.community()


@pytest.fixture
def store(community, context):
    """Stores one photo for a made-up subject and returns its id."""

    def store(data, name="IMG_001.jpg", kind="test"):
        with transaction(Scope(community_id=community.id)):
            return store_photo(
                community.id,
                Upload(name, data),
                subject_kind=kind,
                subject_id=uuid4(),
                uploaded_by=None,
            )

    return store


def test_a_photo_is_kept_without_position_and_camera(store, community):
    original = photo(gps=True)
    assert b"Phone 9" in original
    kept = storage().get(community.id, store(original))
    assert b"Phone 9" not in kept
    assert dict(Image.open(io.BytesIO(kept)).getexif()) == {}


def test_a_photo_gets_a_small_picture(store, community):
    file_id = store(photo(size=(2000, 1500)))
    small = Image.open(io.BytesIO(storage().get(community.id, file_id, THUMBNAIL)))
    assert max(small.size) <= 400


@pytest.mark.parametrize(
    "data",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<html><script>alert(1)</script></html>",
        b"%PDF-1.7 not a photo",
        b"GIF89a" + b"\0" * 64,
        b"",
        b"\xff\xd8\xff\xe0 truncated",
    ],
)
def test_what_is_not_a_photo_is_refused_with_a_sentence(store, data):
    with pytest.raises(Invalid, match=r"照片|图片"):
        store(data, name="nice.jpg")


def test_a_photo_over_the_limit_is_refused(store):
    with pytest.raises(TooLarge, match="15 MB"):
        store(b"\0" * (PHOTO_LIMIT_BYTES + 1))


def test_a_document_is_judged_by_its_content_not_its_name(community, context):
    with pytest.raises(Invalid), transaction(Scope(community_id=community.id)):
        store_document(
            community.id,
            Upload("register.xlsx", b"MZ\x90\0 a program"),
            kinds=frozenset({"text/plain"}),
            subject_kind="test",
            subject_id=uuid4(),
            uploaded_by=None,
        )


def test_a_removed_file_leaves_the_storage_after_the_commit(store, community, world):
    file_id = store(photo())
    with transaction(Scope(community_id=community.id)):
        remove_file(community.id, file_id)
    assert storage().get(community.id, file_id)
    world.work_off(community)
    with pytest.raises(FileNotFoundError):
        storage().get(community.id, file_id)


def test_a_path_cannot_be_smuggled_through_a_name(community, context):
    with transaction(Scope(community_id=community.id)):
        file_id = store_document(
            community.id,
            Upload("../../etc/passwd", "姓名\n王秀英\n".encode()),
            kinds=frozenset({"text/plain"}),
            subject_kind="test",
            subject_id=uuid4(),
            uploaded_by=None,
        )
        stored = stored_file(community.id, file_id)
    assert storage().get(community.id, file_id).startswith("姓名".encode())
    assert stored.id == file_id


@pytest.fixture
def readable(monkeypatch):
    """Files of this kind are shown to whoever enters the community."""
    monkeypatch.setattr(readers, "_readers", {"open": lambda _here, _stored: True})


def test_a_file_is_served_to_those_its_feature_lets_in(store, community, world, readable):
    client = world.client(world.member(community, Role.RESIDENT))
    answer = client.get(f"/c/{community.code}/files/{store(photo(), kind='open')}")
    assert answer.status_code == 200
    assert answer.mimetype == "image/jpeg"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_file_nobody_answers_for_is_shown_to_nobody(store, community, world, readable):
    client = world.client(world.member(community, Role.RESIDENT))
    answer = client.get(
        f"/c/{community.code}/files/{store(photo(), kind='closed')}",
        headers={"Accept": "application/json"},
    )
    assert answer.status_code == 404


def test_a_file_of_another_community_does_not_exist_here(store, community, world, readable):
    elsewhere = world.community()
    client = world.client(world.member(elsewhere, Role.RESIDENT))
    answer = client.get(
        f"/c/{elsewhere.code}/files/{store(photo(), kind='open')}",
        headers={"Accept": "application/json"},
    )
    assert answer.status_code == 404
