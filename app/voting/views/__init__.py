"""Pages of owners' assemblies: the voter's and the desk's."""

from app.voting.views.blueprints import assemblies_blueprint, voting_blueprint

from app.voting.views import ballot, packages, participation, preparing, resident  # isort: skip

__all__ = [
    "assemblies_blueprint",
    "ballot",
    "packages",
    "participation",
    "preparing",
    "resident",
    "voting_blueprint",
]
