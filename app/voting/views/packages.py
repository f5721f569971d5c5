"""Downloads of a counted assembly: the public package for everybody, the sealed for scrutineers."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from typing import IO
from uuid import UUID

from flask import send_file
from flask.typing import ResponseReturnValue

from app.core.access.door import here, requires
from app.kit.refusal import NotFound
from app.voting.actions.packaging import write_public_package, write_sealed_package
from app.voting.models import Assembly
from app.voting.permissions import READ, SCRUTINIZE
from app.voting.queries import assemblies
from app.voting.views import desk
from app.voting.views.blueprints import assemblies_blueprint, voting_blueprint
from app.voting.views.resident import WITH_RESULT

IN_MEMORY = 4 * 1024 * 1024


@voting_blueprint.get("/c/<community>/votes/<uuid:assembly_id>/package.zip")
@requires(READ)
def public_package(assembly_id: UUID) -> ResponseReturnValue:
    """Totals, digests and participation by room, for anybody to recount."""
    found = assemblies.public_assembly(here().community.id, assembly_id)
    if found is None:
        raise NotFound
    return _packed(found.Assembly, write_public_package, "公开计票包")


@assemblies_blueprint.post("/c/<community>/assemblies/<uuid:assembly_id>/sealed-package.zip")
@requires(SCRUTINIZE)
def sealed_package(assembly_id: UUID) -> ResponseReturnValue:
    """Every ballot, for scrutineers; who took it is on record."""
    return _packed(desk.found(assembly_id).Assembly, write_sealed_package, "封存计票包")


def _packed(
    assembly: Assembly, write: Callable[[IO[bytes], Assembly], None], name: str
) -> ResponseReturnValue:
    if assembly.state not in WITH_RESULT:
        raise NotFound
    # The response reads it to its end and closes it.
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
    assemblies.work_in_bulk()
    write(file, assembly)
    file.seek(0)
    response = send_file(
        file,
        mimetype="application/zip",
        as_attachment=True,
        download_name=f"{assembly.title}-{name}.zip",
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response
