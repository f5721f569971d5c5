"""Besides the online votes of the open assembly: a proxy, paper ballots and visits at doors."""

from __future__ import annotations

from uuid import UUID

from app.demo.stage import Stage
from app.people import queries as people
from app.voting.actions.paper import issue_papers
from app.voting.actions.proxies import Naming, sign_authority
from app.voting.actions.visits import record_visit
from app.voting.models import Assembly
from app.voting.queries import ballots, participation, places, visits
from app.voting.rules import ProxyMedium, Signing, VisitOutcome

ROUND = (
    (VisitOutcome.NOT_HOME, "晚上七点后在家"),
    (VisitOutcome.PAPER_HANDED_OUT, "周六来收"),
    (VisitOutcome.CONTACTED, ""),
    (VisitOutcome.PAPER_RETURNED, ""),
    (VisitOutcome.WILL_VOTE_ONLINE, "女儿教过怎么投"),
    (VisitOutcome.PAPER_RETURNED, ""),
    (VisitOutcome.PAPER_HANDED_OUT, "要和老伴商量"),
)


def walk_round(stage: Stage, assembly: Assembly) -> None:
    """One round through the first building, with numbered ballots in the bag."""
    by = stage.accounts["staff"]
    community_id = stage.community.id
    building = participation.page(assembly, None)[0]
    issue_papers(assembly, building.building_id, None, issued_by=by)
    homes = visits.households(community_id, assembly.id, building.building_id, None)
    waiting = [home for home in homes if not home.took_part and home.paper_code]
    for home, (outcome, note) in zip(waiting, ROUND, strict=False):
        record_visit(assembly, home, outcome, note, by=by)


def name_somebody(stage: Stage, assembly: Assembly) -> None:
    """A resident who has not voted yet names another."""
    community_id = stage.community.id
    residents = [stage.accounts[key] for key in sorted(stage.accounts) if "resident_" in key]
    for account_id in reversed(residents):
        voter_id = _waiting_voter(community_id, account_id, assembly.id)
        if voter_id is None:
            continue
        proxy = people.account(next(one for one in residents if one != account_id))
        sign_authority(
            Naming(
                community_id=community_id,
                assembly_id=assembly.id,
                voter_id=voter_id,
                account_id=account_id,
                name=proxy.name,
                phone=proxy.phone,
                medium=ProxyMedium.ONLINE,
                signing=Signing.PASSWORD,
            ),
            places.settings_of(community_id).proxy_limit,
        )
        return


def _waiting_voter(community_id: int, account_id: UUID, assembly_id: UUID) -> UUID | None:
    for voter in ballots.my_voters(community_id, account_id, [assembly_id]):
        if voter.cast_id is None and voter.proxy_for is None and not voter.paper_held:
            voter_id: UUID = voter.voter_id
            return voter_id
    return None
