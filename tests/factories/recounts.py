"""`./scripts/recount`, run on packages: in this process, or as anybody would run it."""

from __future__ import annotations

import contextlib
import importlib.machinery
import importlib.util
import io
import json
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

from factories.world import World

from app.core.tenancy import CommunityRef, Scope
from app.core.transaction import transaction
from app.voting.actions.package_contents import write_public_package, write_sealed_package
from app.voting.queries import assemblies

SCRIPT = Path(__file__).parents[2] / "scripts" / "recount"


def _load() -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("recount", str(SCRIPT))
    spec = importlib.util.spec_from_loader("recount", loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    loader.exec_module(module)
    return module


recount = _load()


def run(path: Path) -> tuple[int, dict[str, Any]]:
    """The exit code and what was printed."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = recount.main([str(path)])
    return code, json.loads(out.getvalue())


def packages_of(world: World, community: CommunityRef, made: Any, folder: Path) -> list[Path]:
    """The public and the sealed package of a counted assembly."""
    found = []
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        assembly = assemblies.assembly(community.id, made.id)
        for name, write in (("public", write_public_package), ("sealed", write_sealed_package)):
            path = folder / f"{name}-{made.id}.zip"
            with path.open("wb") as file:
                write(file, assembly)
            found.append(path)
    return found


def agree(world: World, community: CommunityRef, made: Any) -> dict[str, Any]:
    """Recount both packages of an assembly: everything agrees. Gives the sealed one's result."""
    with tempfile.TemporaryDirectory() as folder:
        public, sealed = packages_of(world, community, made, Path(folder))
        for path in (public, sealed):
            code, printed = run(path)
            assert (code, printed.get("disagreements")) == (0, []), printed
    return printed
