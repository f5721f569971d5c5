"""Pages of owners' assemblies: the voter's and the desk's."""

from app.voting.views import (
    ballot,
    doors,
    packages,
    paper,
    paper_entry,
    paper_printing,
    participation,
    preparing,
    proxies,
    resident,
)  # isort: skip
from app.voting.views.blueprints import assemblies_blueprint, voting_blueprint

__all__ = [
    "assemblies_blueprint",
    "ballot",
    "doors",
    "packages",
    "paper",
    "paper_entry",
    "paper_printing",
    "participation",
    "preparing",
    "proxies",
    "resident",
    "voting_blueprint",
]
