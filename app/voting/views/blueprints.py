"""Two doors: 投票 for everybody, 业主大会 for those who run it."""

from __future__ import annotations

from flask import Blueprint

from app.core.web.shell import navigation_item

voting_blueprint = Blueprint("voting", __name__)
assemblies_blueprint = Blueprint("assemblies", __name__)

navigation_item("投票", "vote", "voting.index", order=30, resident=True)
navigation_item("业主大会", "vote", "assemblies.index", order=30, also=("voting",))
