"""Pages of owners' assemblies: the voter's and the desk's."""

from app.voting.views.blueprints import assemblies_blueprint, voting_blueprint

from app.voting.views import (  # isort: skip
    ballot,
    candidates,
    changing,
    doors,
    filing,
    consents,
    notice,
    objections,
    packages,
    paper,
    paper_entry,
    paper_printing,
    participation,
    preparing,
    proxies,
    recounting,
    proposals,
    resident,
    scoping,
)

__all__ = [
    "assemblies_blueprint",
    "ballot",
    "candidates",
    "changing",
    "consents",
    "doors",
    "filing",
    "notice",
    "objections",
    "packages",
    "paper",
    "paper_entry",
    "paper_printing",
    "participation",
    "preparing",
    "proposals",
    "proxies",
    "recounting",
    "resident",
    "scoping",
    "voting_blueprint",
]
