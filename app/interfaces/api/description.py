"""The description of the interface: OpenAPI 3.1."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify

from app.core.access.door import requires
from app.core.access.permissions import PUBLIC
from app.core.config import Config
from app.interfaces.rules.openapi import document

blueprint = Blueprint("description", __name__)


@blueprint.get("/api/openapi.json")
@requires(PUBLIC)
def openapi() -> Response:
    """One file that says everything a program needs to know."""
    config: Config = current_app.extensions["gongzhi.config"]
    return jsonify(document(config.base_url))
