"""Downloads of a counted assembly: the public package for everybody, the sealed for scrutineers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.core import progress
from app.core.access.door import here, requires
from app.core.files.storage import storage
from app.kit.clock import now, say_moment
from app.kit.refusal import NotFound
from app.voting.actions import packaging
from app.voting.models import Assembly, AssemblyArchive
from app.voting.permissions import READ, SCRUTINIZE
from app.voting.queries import assemblies, filing, packages, seals
from app.voting.rules import ArchiveKind, ArchiveState
from app.voting.views import desk
from app.voting.views.blueprints import assemblies_blueprint, voting_blueprint
from app.voting.views.resident import WITH_RESULT

PIECE = 256 * 1024
SEALED = "/c/<community>/assemblies/<uuid:assembly_id>/sealed"


@voting_blueprint.get("/c/<community>/votes/<uuid:assembly_id>/package.zip")
@requires(READ)
def public_package(assembly_id: UUID) -> Response:
    """Totals, digests and participation by room, for anybody to recount."""
    place = (here().community.id, assembly_id)
    seal = seals.seal_of(*place) if _counted(assembly_id) else None
    kept = packages.ready_package(*place, ArchiveKind.PUBLIC, seal.counting) if seal else None
    if kept is None:
        raise NotFound
    return streamed(kept, f"{assembly_id}-public.zip")


@voting_blueprint.post("/c/<community>/votes/<uuid:assembly_id>/package")
@requires(READ)
def order_public(assembly_id: UUID) -> ResponseReturnValue:
    """Have the public package made where there is none: counted before packages were kept."""
    place = here().community
    if not _counted(assembly_id):
        raise NotFound
    locked = assemblies.assembly_locked(place.id, assembly_id)
    if locked is None:
        raise NotFound
    packaging.order_public(locked)
    return redirect(
        url_for("voting.result", community=place.code, assembly_id=assembly_id, _anchor="proof"),
        code=303,
    )


@assemblies_blueprint.get(SEALED)
@requires(SCRUTINIZE)
def sealed_page(assembly_id: UUID) -> ResponseReturnValue:
    """The sealed packages that were made, and the button that has one made."""
    row = _counted_at_desk(assembly_id)
    community_id = here().community.id
    made = filing.archives_of(community_id, assembly_id, ArchiveKind.SEALED)
    return render_template(
        "voting/staff/sealed.html",
        community=here().community.code,
        assembly=row.Assembly,
        compound_name=row.compound_name,
        packages=[_row(found) for found in made],
    )


@assemblies_blueprint.post(SEALED)
@requires(SCRUTINIZE)
def order_sealed(assembly_id: UUID) -> ResponseReturnValue:
    """Have the sealed package made; who asked is on record."""
    _counted_at_desk(assembly_id)
    packaging.order_sealed(desk.locked(assembly_id), asked_by=here().signed_in.account_id)
    return redirect(
        url_for(".sealed_page", community=here().community.code, assembly_id=assembly_id), code=303
    )


@assemblies_blueprint.get(f"{SEALED}/<uuid:archive_id>/progress")
@requires(SCRUTINIZE)
def sealed_progress(assembly_id: UUID, archive_id: UUID) -> Response:
    """The progress bar; once the package is there the whole page comes anew."""
    desk.found(assembly_id)
    ordered = filing.archive(here().community.id, archive_id)
    if ordered is None or ordered.assembly_id != assembly_id or ordered.kind != ArchiveKind.SEALED:
        raise NotFound
    response = make_response(
        render_template(
            "voting/staff/_sealed_progress.html",
            community=here().community.code,
            archive=_row(ordered),
        )
    )
    if ordered.state == ArchiveState.READY:
        response.headers["HX-Refresh"] = "true"
    return response


@assemblies_blueprint.post(f"{SEALED}/<uuid:archive_id>/package.zip")
@requires(SCRUTINIZE)
def sealed_package(assembly_id: UUID, archive_id: UUID) -> Response:
    """Every ballot, for scrutineers; who took it is on record."""
    desk.found(assembly_id)
    taken = packaging.take_package(here().community.id, assembly_id, archive_id)
    return streamed(taken, f"{assembly_id}-sealed.zip")


def streamed(kept: AssemblyArchive, name: str) -> Response:
    """A kept ZIP, piece by piece."""
    if kept.file_id is None:
        raise NotFound
    source = storage().open(kept.community_id, kept.file_id)
    response = Response(iter(lambda: source.read(PIECE), b""), mimetype="application/zip")
    response.call_on_close(source.close)
    response.headers["Content-Length"] = str(kept.size)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def say_size(size: int) -> str:
    """12.3 MB; small ones in KB, so that nothing is 0.0."""
    kilobytes = max(1, size // 1024)
    return f"{kilobytes} KB" if kilobytes < 1024 else f"{size / 1024 / 1024:.1f} MB"  # noqa: PLR2004


def _counted(assembly_id: UUID) -> Assembly | None:
    """An assembly everybody may see whose result is published."""
    found = assemblies.public_assembly(here().community.id, assembly_id)
    return found.Assembly if found and found.Assembly.state in WITH_RESULT else None


def _counted_at_desk(assembly_id: UUID) -> Any:
    row = desk.found(assembly_id)
    if row.Assembly.state not in WITH_RESULT:
        raise NotFound
    return row


def _row(archive: AssemblyArchive) -> dict[str, Any]:
    running = archive.state == ArchiveState.RUNNING
    return {
        "id": archive.id,
        "assembly_id": archive.assembly_id,
        "running": running,
        "counting": archive.counting,
        "ordered": say_moment(archive.created_at, now()),
        "size": say_size(archive.size or 0),
        "sha256": archive.sha256,
        "progress": progress.read(archive.id) if running else None,
    }
