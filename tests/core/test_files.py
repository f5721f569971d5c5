from __future__ import annotations

import io
import os
import signal
import time
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from PIL import Image

from app import create_app
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
from app.core.files.jobs import MOST_LOST, sweep_lost_bytes
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


# Bytes that no row names


def aged(world, community, file_id, **age):
    """Let the bytes have lain there for a while."""
    then = time.time() - timedelta(**age).total_seconds()
    found = list((world.config.files_dir / str(community.id)).rglob(f"{file_id.hex}*"))
    assert found
    for path in found:
        os.utime(path, (then, then))


def lies_there(community, file_id):
    try:
        return bool(storage().get(community.id, file_id))
    except FileNotFoundError:
        return False


def die_before_the_commit(config, community_id, file_id):
    """In a process of its own: write bytes and a row, and be killed."""
    app = create_app(config)
    with app.app_context(), transaction(Scope(community_id=community_id)):
        written = store_photo(
            community_id,
            Upload("a.jpg", photo()),
            subject_kind="test",
            subject_id=uuid4(),
            uploaded_by=None,
        )
        Path(file_id).write_text(str(written), "utf-8")
        os.kill(os.getpid(), signal.SIGKILL)


@pytest.fixture
def killed(world, community, tmp_path):
    """The id of a file whose process was killed between writing and commit."""
    noted = tmp_path / "id"
    process = get_context("spawn").Process(
        target=die_before_the_commit, args=(world.config, community.id, str(noted))
    )
    process.start()
    process.join(120)
    assert process.exitcode == -signal.SIGKILL
    return UUID(noted.read_text("utf-8"))


def test_what_a_killed_process_left_is_swept_after_a_day(store, world, community, killed):
    named = store(photo())
    assert lies_there(community, killed)
    for file_id in (named, killed):
        aged(world, community, file_id, hours=23)
    sweep_lost_bytes()
    assert lies_there(community, killed)
    for file_id in (named, killed):
        aged(world, community, file_id, hours=25)
    assert sweep_lost_bytes() >= 1
    assert not lies_there(community, killed)
    assert lies_there(community, named)
    assert storage().get(community.id, named, THUMBNAIL)


def test_files_are_left_alone_where_the_database_seems_to_be_anothers(world, community, context):
    lost = [uuid4() for _ in range(3)]
    for file_id in lost:
        storage().put(community.id, file_id, b"x")
        aged(world, community, file_id, days=3)
    sweep_lost_bytes()
    assert all(lies_there(community, file_id) for file_id in lost)


def test_many_lost_files_are_a_persons_business(store, world, community):
    named = store(photo())
    lost = [uuid4() for _ in range(MOST_LOST + 1)]
    for file_id in lost:
        storage().put(community.id, file_id, b"x")
    for file_id in (named, *lost):
        aged(world, community, file_id, days=3)
    sweep_lost_bytes()
    assert all(lies_there(community, file_id) for file_id in (named, *lost))
    storage().remove(community.id, lost.pop())
    sweep_lost_bytes()
    assert not any(lies_there(community, file_id) for file_id in lost)
    assert lies_there(community, named)


def test_what_was_half_written_is_swept_and_what_is_none_of_ours_is_not(store, world, community):
    named = store(photo())
    folder = world.config.files_dir / str(community.id) / named.hex[-2:]
    half, strange = folder / "tmpabc123", folder / "README"
    for path in (half, strange):
        path.write_bytes(b"x")
        os.utime(path, (time.time() - 90_000,) * 2)
    sweep_lost_bytes()
    assert not half.exists()
    assert strange.exists()
