"""住改商 (民法典 279): everybody interested must agree, one refusal ends it, silence is nothing."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from app.core.access.roles import Role
from app.core.db import db
from app.core.notifications.models import Notification
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.kit.refusal import Conflict, Invalid, NotFound, Refusal
from app.registry.models import PropertyUnit
from app.voting.actions import consenting
from app.voting.models import ConsentProcedure
from app.voting.queries import consents
from app.voting.rules import ConsentAnswer, ConsentState, state_after

AGREE, REFUSE = ConsentAnswer.AGREE, ConsentAnswer.REFUSE


@pytest.fixture
def community(world):
    return world.community()


@pytest.fixture
def staff(world, community):
    return world.member(community, Role.COMMUNITY_STAFF)


@pytest.fixture
def building(world, community):
    """An applicant and three neighbours in one building; a fourth owner lives elsewhere."""
    compound = world.compound(community)
    applicant = world.member(community, Role.RESIDENT, "申请人")
    home = world.home(community, compound, owner=applicant)
    neighbours = []
    for number in range(3):
        person = world.member(community, Role.RESIDENT, f"邻居{number}")
        world.home(community, compound, owner=person, stairwell_id=home.stairwell_id)
        neighbours.append(person)
    elsewhere = world.member(community, Role.RESIDENT, "别栋的")
    world.home(community, compound, owner=elsewhere)
    return home, applicant, neighbours, elsewhere


def within(world, community, work):
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        return work()


def label_of(world, community, home):
    return within(
        world, community, lambda: db.session.get(PropertyUnit, (community.id, home.unit_id)).label
    )


def start(world, community, home, staff):
    label = label_of(world, community, home)
    return within(
        world,
        community,
        lambda: consenting.start_asking(
            community.id, home.compound_id, label, "开便利店", started_by=staff.id
        ),
    )


def reply(world, community, made, person, answer):
    within(
        world,
        community,
        lambda: consenting.reply(community.id, made, answer, "", account_id=person.id),
    )


def standing(world, community, made):
    def read():
        found = db.session.get(ConsentProcedure, (community.id, made))
        return found.state, found.agreed, found.parties

    return within(world, community, read)


def told(world, person):
    with world.app.app_context(), transaction(Scope(account_id=person.id)):
        return [
            row.title
            for row in db.session.scalars(
                select(Notification).where(Notification.account_id == person.id)
            )
        ]


@pytest.mark.parametrize(
    ("answer", "agreed", "state"),
    [
        (AGREE, 2, ConsentState.COLLECTING),
        (AGREE, 3, ConsentState.COMPLETE),
        (REFUSE, 2, ConsentState.STOPPED),
        (REFUSE, 0, ConsentState.STOPPED),
    ],
)
def test_one_refusal_stops_it_and_only_the_last_consent_completes_it(answer, agreed, state):
    assert state_after(answer, agreed, 3) is state


def admit(world, community, made, staff, home, claim="油烟口正对他家阳台", name=""):
    label = label_of(world, community, home)
    return within(
        world,
        community,
        lambda: consenting.admit_owner(community.id, made, label, name, claim, by=staff.id),
    )


@pytest.fixture
def outsider(world, community, building):
    """An owner of another building of the same compound."""
    person = world.member(community, Role.RESIDENT, "对面的")
    return person, world.home(community, building[0].compound_id, owner=person)


def test_the_refusal_of_an_owner_of_another_building_who_proved_an_interest_stops_it(
    world, community, building, staff, outsider
):
    home, _, neighbours, _ = building
    person, their_home = outsider
    made = start(world, community, home, staff)
    with pytest.raises(NotFound):
        reply(world, community, made, person, REFUSE)
    admit(world, community, made, staff, their_home)
    world.work_off(community)
    assert any("请您表态" in line for line in told(world, person))
    for one in neighbours:
        reply(world, community, made, one, AGREE)
    assert standing(world, community, made) == (ConsentState.COLLECTING, 3, 4)
    reply(world, community, made, person, REFUSE)
    assert standing(world, community, made)[0] == ConsentState.STOPPED


def test_nobody_is_admitted_twice_without_a_reason_from_the_building_or_after_the_end(
    world, community, building, staff, outsider
):
    home, _, neighbours, _ = building
    _, their_home = outsider
    made = start(world, community, home, staff)
    with pytest.raises(Invalid, match="请写明凭什么认定"):
        admit(world, community, made, staff, their_home, claim="  ")
    with pytest.raises(Invalid, match="本栋的业主已经都在名单里"):
        admit(world, community, made, staff, home)
    with pytest.raises(Invalid, match="没有登记这个名字的业主"):
        admit(world, community, made, staff, their_home, name="别人")
    admit(world, community, made, staff, their_home)
    with pytest.raises(Conflict, match="已经在名单里"):
        admit(world, community, made, staff, their_home)
    reply(world, community, made, neighbours[0], REFUSE)
    with pytest.raises(Refusal, match="不用再表态"):
        admit(world, community, made, staff, their_home)


def test_the_office_admits_an_owner_of_another_building_on_the_page(
    world, community, building, staff, outsider
):
    home, *_ = building
    _, their_home = outsider
    made = start(world, community, home, staff)
    client = world.client(staff)
    address = f"/c/{community.code}/assemblies/consents/{made}"
    typed = {"label": "没有这一处", "name": "", "claim": "噪音"}
    refused = client.post(f"{address}/parties", data=typed)
    assert refused.status_code == 422
    assert "没有这处房屋" in refused.text
    assert "没有这一处" in refused.text
    typed["label"] = label_of(world, community, their_home)
    assert client.post(f"{address}/parties", data=typed).status_code == 303
    assert "别栋业主，噪音" in client.get(address).text


def test_every_other_owner_of_the_building_is_asked_and_nobody_else(
    world, community, building, staff
):
    home, applicant, neighbours, elsewhere = building
    made = start(world, community, home, staff)
    assert standing(world, community, made) == (ConsentState.COLLECTING, 0, 3)
    world.work_off(community)
    assert all(any("请您表态" in line for line in told(world, one)) for one in neighbours)
    for person in (applicant, elsewhere):
        assert told(world, person) == []
        with pytest.raises(NotFound):
            reply(world, community, made, person, AGREE)


def test_all_consents_complete_it_and_the_applicant_hears_of_it(world, community, building, staff):
    home, applicant, neighbours, _ = building
    made = start(world, community, home, staff)
    for person in neighbours[:2]:
        reply(world, community, made, person, AGREE)
    assert standing(world, community, made) == (ConsentState.COLLECTING, 2, 3)
    reply(world, community, made, neighbours[2], AGREE)
    assert standing(world, community, made) == (ConsentState.COMPLETE, 3, 3)
    world.work_off(community)
    assert any("全部同意" in line for line in told(world, applicant))


def test_one_refusal_ends_it_at_once(world, community, building, staff):
    home, _, neighbours, _ = building
    made = start(world, community, home, staff)
    reply(world, community, made, neighbours[0], AGREE)
    reply(world, community, made, neighbours[1], REFUSE)
    assert standing(world, community, made)[0] == ConsentState.STOPPED
    with pytest.raises(Refusal, match="已经有业主不同意"):
        reply(world, community, made, neighbours[2], AGREE)


def test_an_answer_is_given_once(world, community, building, staff):
    home, _, neighbours, _ = building
    made = start(world, community, home, staff)
    reply(world, community, made, neighbours[0], AGREE)
    with pytest.raises(Conflict, match="不能更改"):
        reply(world, community, made, neighbours[0], REFUSE)


def test_the_last_consents_at_the_same_moment_complete_it_once(world, community, building, staff):
    home, _, neighbours, _ = building
    made = start(world, community, home, staff)
    start_together, failed = threading.Barrier(3), []

    def go(person):
        start_together.wait()
        try:
            reply(world, community, made, person, AGREE)
        except Refusal as refusal:
            failed.append(refusal)

    threads = [threading.Thread(target=go, args=(person,)) for person in neighbours]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert standing(world, community, made) == (ConsentState.COMPLETE, 3, 3)


def test_what_was_signed_on_paper_says_where_the_paper_lies(world, community, building, staff):
    home, _, neighbours, _ = building
    made = start(world, community, home, staff)
    party = within(world, community, lambda: consents.parties_of(community.id, made)[0].id)

    def enter(reason):
        within(
            world,
            community,
            lambda: consenting.enter_paper_reply(
                community.id, made, party, AGREE, reason, entered_by=staff.id
            ),
        )

    with pytest.raises(Invalid, match="存放在哪里"):
        enter(" ")
    enter("社区档案 2026-17 号")
    assert standing(world, community, made)[1] == 1
    with pytest.raises(Conflict):
        reply(world, community, made, neighbours[0], REFUSE)


def test_one_dwelling_is_asked_about_once_at_a_time(world, community, building, staff):
    home = building[0]
    start(world, community, home, staff)
    with pytest.raises(Conflict, match="正在征求意见"):
        start(world, community, home, staff)


def test_the_same_room_number_in_another_compound_is_not_mistaken(
    world, community, building, staff
):
    home = building[0]
    label = label_of(world, community, home)
    elsewhere = world.home(community, world.compound(community), owner=world.person())
    within(
        world,
        community,
        lambda: db.session.execute(
            text("UPDATE property_unit SET label = :label WHERE id = :id"),
            {"label": label, "id": elsewhere.unit_id},
        ),
    )
    made = start(world, community, home, staff)
    assert standing(world, community, made)[2] == 3


def test_only_a_dwelling_with_neighbours_is_asked_about(world, community, building, staff):
    lonely = world.home(community, world.compound(community), owner=world.person())
    with pytest.raises(Refusal, match="没有登记其他业主"):
        start(world, community, lonely, staff)
    within(
        world,
        community,
        lambda: db.session.execute(
            text("UPDATE property_unit SET kind = 'shop' WHERE id = :id"),
            {"id": building[0].unit_id},
        ),
    )
    with pytest.raises(Invalid, match="不是住宅"):
        start(world, community, building[0], staff)


@pytest.mark.parametrize("table", ["consent_party", "consent_reply"])
def test_the_list_and_the_answers_cannot_be_changed(world, community, context, table):
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction(Scope(community_id=community.id)),
    ):
        db.session.execute(text(f"DELETE FROM {table}"))


def test_the_pages_lead_from_the_desk_to_the_owner_and_back(world, community, building, staff):
    home, applicant, neighbours, _ = building
    desk = world.client(staff)
    base = f"/c/{community.code}"
    begun = desk.post(
        f"{base}/assemblies/consents/",
        data={
            "compound_id": str(home.compound_id),
            "label": label_of(world, community, home),
            "purpose": "开便利店",
        },
    )
    assert begun.status_code == 303
    procedure = begun.location.rsplit("/", 1)[1]
    address = f"{base}/votes/consents/{procedure}"
    client = world.client(neighbours[0])
    assert "每一位业主都同意才能改" in client.get(address).text
    unanswered = client.post(address, data={"reason": "想想"})
    assert unanswered.status_code == 422
    assert "想想" in unanswered.text
    assert client.post(address, data={"answer": "agree"}).status_code == 303
    assert "您表示：同意" in client.get(address).text
    assert "邻**" in desk.get(begun.location).text
    assert world.client(applicant).get(address).status_code == 404
    typed = {"compound_id": str(home.compound_id), "label": "没有", "purpose": "开店"}
    wrong = desk.post(f"{base}/assemblies/consents/", data=typed)
    assert wrong.status_code == 422
    assert "名册里没有这处房屋" in wrong.text
    ended = desk.post(f"{begun.location}/stop", data={"reason": "申请人不改了"})
    assert ended.status_code == 303
    assert "申请人不改了" in desk.get(begun.location).text
