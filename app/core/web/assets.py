"""Names of built assets: hashed, so that browsers may keep them for ever."""

from __future__ import annotations

import json
from pathlib import Path

from flask import Flask, current_app
from whitenoise import WhiteNoise

DIST = Path(__file__).parents[3] / "static" / "dist"
MANIFEST = "manifest.json"


def asset(name: str) -> str:
    """The address of a built asset, e.g. `asset("app.css")`."""
    names: dict[str, str] = current_app.extensions["gongzhi.assets"]
    return f"/static/{names[name]}"


def init_assets(app: Flask) -> None:
    """Read the manifest and serve the built files, compressed ones first."""
    manifest = DIST / MANIFEST
    if not manifest.exists():
        raise RuntimeError("static/dist is not built; run ./scripts/serve or npm run build")
    app.extensions["gongzhi.assets"] = json.loads(manifest.read_text("utf-8"))
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(DIST),
        prefix="/static/",
        immutable_file_test=lambda path, _url: path.rsplit("/", 1)[-1] != MANIFEST,
        max_age=31536000,
    )
