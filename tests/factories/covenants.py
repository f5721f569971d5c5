"""A stairwell with its households, its head and the office, and a covenant led to any step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from factories.databases import owner_connection
from factories.world import Home, Person, World
from sqlalchemy import select, text

from app.core.access.roles import Role
from app.core.db import db
from app.core.tenancy import CommunityRef, Scope
from app.core.transaction import transaction
from app.covenants import rules
from app.covenants.actions import drafting, signing, steps
from app.covenants.models import CovenantVersion
from app.covenants.permissions import By
from app.kit.ids import new_id
from app.registry.models import PropertyUnit, UnitClaim

T = TypeVar("T")
CLAUSES = ("楼道不堆放杂物。", "晚上十点以后保持安静。", "电动车不进楼道充电。")


@dataclass(frozen=True)
class Stairs:
    """One stairwell: an owner in each home, a head, an officer."""

    world: World
    community: CommunityRef
    stairwell_id: UUID
    homes: list[Home]
    owners: list[Person]
    head: Person
    officer: Person

    @property
    def by_head(self) -> By:
        return By(self.head.id, rules.Actor.STAIRWELL_HEAD)

    @property
    def by_office(self) -> By:
        return By(self.officer.id, rules.Actor.COMMUNITY)

    def work(self, what: Callable[[], T]) -> T:
        """Do something in a transaction of this community."""
        with self.world.app.app_context(), transaction(Scope(community_id=self.community.id)):
            return what()

    def draft(self, clauses: tuple[str, ...] = CLAUSES) -> UUID:
        def begin() -> UUID:
            covenant_id = drafting.draft(
                self.community.id, self.stairwell_id, "和睦楼道公约", self.by_head
            )
            for wording in clauses:
                drafting.add_clause(self.community.id, covenant_id, wording)
            return covenant_id

        return self.work(begin)

    def in_check(self, clauses: tuple[str, ...] = CLAUSES) -> UUID:
        covenant_id = self.draft(clauses)
        self.work(lambda: steps.deliberate(self.community.id, covenant_id, self.by_head))
        self.work(lambda: steps.send_to_check(self.community.id, covenant_id, self.by_head))
        return covenant_id

    def in_signing(self, clauses: tuple[str, ...] = CLAUSES) -> UUID:
        covenant_id = self.in_check(clauses)
        self.work(
            lambda: steps.open_signing(self.community.id, covenant_id, self.by_office, "已审查")
        )
        return covenant_id

    def published(self) -> UUID:
        covenant_id = self.in_signing()
        for number in range(len(self.homes)):
            if self.version(covenant_id).state == rules.State.SIGNING:
                self.sign(covenant_id, number)
        return covenant_id

    def in_force(self) -> UUID:
        covenant_id = self.published()
        self.let_publication_pass(covenant_id)
        self.work(
            lambda: steps.file(self.community.id, covenant_id, self.by_office, "街道备案 1 号")
        )
        self.world.work_off(self.community)
        return covenant_id

    def version(self, covenant_id: UUID, number: int | None = None) -> CovenantVersion:
        def find() -> CovenantVersion:
            wanted = select(CovenantVersion).where(
                CovenantVersion.community_id == self.community.id,
                CovenantVersion.covenant_id == covenant_id,
            )
            if number is not None:
                wanted = wanted.where(CovenantVersion.number == number)
            return db.session.scalars(wanted.order_by(CovenantVersion.number.desc())).first()

        return self.work(find)

    def sign(
        self,
        covenant_id: UUID,
        number: int,
        person: Person | None = None,
        digest: str | None = None,
    ) -> rules.Progress:
        """The home's owner signs, or `person` for that home."""
        seen = digest if digest is not None else self.version(covenant_id).digest
        return self.work(
            lambda: signing.sign(
                self.community.id,
                covenant_id,
                account_id=(person or self.owners[number]).id,
                unit_id=self.homes[number].unit_id,
                seen_digest=seen,
            )
        )

    def lives_in(self, number: int, relation: str, name: str = "赵邻居") -> Person:
        """Another person with an approved claim to a home."""
        person = self.world.member(self.community, Role.RESIDENT, name)
        self.work(
            lambda: db.session.add(
                UnitClaim(
                    community_id=self.community.id,
                    id=new_id(),
                    account_id=person.id,
                    unit_id=self.homes[number].unit_id,
                    relation=relation,
                    state="approved",
                )
            )
        )
        return person

    def let_publication_pass(self, covenant_id: UUID) -> None:
        """Move the publication into the past."""
        with owner_connection(self.world.config) as connection:
            connection.execute(text(f"SET LOCAL app.community_id = '{self.community.id}'"))
            connection.execute(
                text(
                    "UPDATE covenant_version SET published_at = published_at - interval '30 days',"
                    " publication_ends_at = publication_ends_at - interval '30 days'"
                    " WHERE covenant_id = :id"
                ),
                {"id": covenant_id},
            )


def stairs(
    world: World, households: int = 3, *, vacant: int = 0, community: CommunityRef | None = None
) -> Stairs:
    """A stairwell with so many homes, the last `vacant` of them empty."""
    community = community or world.community()
    compound_id = world.compound(community)
    homes: list[Home] = []
    owners = []
    for number in range(households):
        owner = world.member(community, Role.RESIDENT, f"业主{number}")
        owners.append(owner)
        homes.append(
            world.home(
                community,
                compound_id,
                room=f"{number // 2 + 1}0{number % 2 + 1}",
                owner=owner,
                stairwell_id=homes[0].stairwell_id if homes else None,
            )
        )
    stairwell_id = homes[0].stairwell_id
    made = Stairs(
        world=world,
        community=community,
        stairwell_id=stairwell_id,
        homes=homes,
        owners=owners,
        head=world.member(community, Role.STAIRWELL_HEAD, "刘桂兰", stairwell_id=stairwell_id),
        officer=world.member(community, Role.COMMUNITY_STAFF, "林静"),
    )

    def leave() -> None:
        for home in homes[households - vacant :] if vacant else []:
            db.session.get_one(PropertyUnit, (community.id, home.unit_id)).vacant = True

    made.work(leave)
    return made
