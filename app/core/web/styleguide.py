"""The style guide, outside production."""

from __future__ import annotations

from flask import Blueprint, render_template

from app.core.access.door import requires
from app.core.access.permissions import PUBLIC

blueprint = Blueprint("styleguide", __name__)


@blueprint.get("/styleguide")
@requires(PUBLIC)
def show() -> str:
    """Every component with realistic content."""
    return render_template("styleguide.html")
