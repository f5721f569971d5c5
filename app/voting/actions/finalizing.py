"""The end: the decision stands, and an elected committee is in the registry."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.outbox.messages import emit
from app.kit.clock import civil_date
from app.organizations.actions import ElectedCommittee, ElectedMember, seat_elected
from app.voting.models import Assembly
from app.voting.queries import assemblies, filing, objections, places, recounts
from app.voting.rules import Action, Actor, ObjectionSubject, State, check_finality, next_state


def finalize(assembly: Assembly, by: Actor) -> None:
    """The publication has run out and every objection is answered: the decision stands.

    `assembly` must be locked. Elected committees are written into the registry in the same
    transaction, so that there is never a final election without its committee.
    """
    now = assemblies.database_now()
    community_id = assembly.community_id
    check_finality(
        State(assembly.state),
        recounts.published_since(assembly),
        objections.open_objections(community_id, assembly.id, ObjectionSubject.RESULT),
        now,
        places.timing_of_community(community_id),
    )
    assembly.state = next_state(State(assembly.state), Action.FINALIZE, by)
    assembly.final_at = now
    assembly.due_at = None
    assembly.version += 1
    record(AuditEvent.ASSEMBLY_STEPPED, assembly.id, step=Action.FINALIZE.value)
    seat_committees(assembly, civil_date(now))
    emit("voting.final", assembly_id=assembly.id)


def seat_committees(assembly: Assembly, starts: date) -> list[UUID]:
    """Write each election that elected somebody into the registry.

    A tie across the last seat leaves that seat open, for the rules of procedure to fill.
    """
    community_id = assembly.community_id
    winners = filing.winners(community_id, assembly.id)
    settings = places.settings_of(community_id)
    seated = []
    for matter_id in dict.fromkeys(winner.matter_id for winner in winners if winner.elected):
        chosen = [winner for winner in winners if winner.matter_id == matter_id]
        seated.append(
            seat_elected(
                community_id,
                ElectedCommittee(
                    election_id=matter_id,
                    compound_id=assembly.compound_id,
                    compound_name=places.compound_name(community_id, assembly.compound_id),
                    starts=starts,
                    years=settings.committee_term_years,
                    members=[
                        ElectedMember(winner.name, winner.account_id, alternate=winner.alternate)
                        for winner in chosen
                        if winner.elected or winner.alternate
                    ],
                ),
            )
        )
    return seated
