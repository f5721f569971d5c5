"""The pages of an election: choosing on a phone, the result, the proof, the packages."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from factories import elections, voting
from factories.databases import owner_connection
from sqlalchemy import select, text, update

from app.core.access.roles import COMMUNITY_ROLES, OFFICE_ROLES, Role
from app.core.audit.models import AuditEntry
from app.core.db import db
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.voting.models import AssemblyArchive, AssemblySeal

NAMES = ("王建国", "李秀英", "张伟", "刘洋")


@pytest.fixture
def community(world):
    return world.community()


@pytest.fixture
def compound(world, community):
    return world.compound(community)


@pytest.fixture
def people(world, community, compound):
    made = [world.member(community, Role.RESIDENT, f"业主{number}") for number in range(3)]
    for person in made:
        world.home(community, compound, owner=person, area_centi=10000)
    return made


@pytest.fixture
def election(world, community, compound, people):
    return elections.with_election(world, community, compound, seats=2, names=NAMES)


def at(community, made, rest=""):
    return f"/c/{community.code}/votes/{made.id}{rest}"


def ticked(world, community, made, person, *ticks, answer="for"):
    voter_id = voting.voter_of(world, community, made, person)
    return {
        "voter": str(voter_id),
        f"choice-{made.matters[0]}": answer,
        f"choice-{made.matters[1]}": [str(tick) for tick in ticks],
    }


def hidden(page):
    return dict(re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', page))


def test_an_owner_chooses_candidates_checks_their_names_and_casts(
    world, community, people, election
):
    made, ids = election
    client = world.client(people[0])
    page = client.get(at(community, made, "/ballot")).text
    assert "候选人 4 人，最多选 2 人，可以少选。" in page
    data = ticked(world, community, made, people[0], ids[2], ids[0])
    checked = client.post(at(community, made, "/ballot"), data=data)
    assert checked.status_code == 200
    assert checked.text.index("王建国") < checked.text.index("张伟")
    assert "李秀英" not in checked.text
    assert "选了 2 人，最多 2 人" in checked.text
    done = client.post(at(community, made, "/ballot/cast"), data=hidden(checked.text))
    assert done.status_code == 303
    receipt = client.get(done.location).text
    assert not any(name in receipt for name in NAMES)


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ((), "谁都不想选，请勾“都不选”"),
        ((0, 1, 2), "最多选 2 人，这里选了 3 人。请去掉 1 人"),
        ((0, "nobody"), "只能留一样"),
        (("for",), "没有这位候选人"),
    ],
)
def test_a_ballot_that_cannot_be_cast_says_why_and_keeps_what_was_ticked(
    world, community, people, election, chosen, said
):
    made, ids = election
    ticks = [ids[one] if isinstance(one, int) else one for one in chosen]
    data = ticked(world, community, made, people[0], *ticks)
    answer = world.client(people[0]).post(at(community, made, "/ballot"), data=data)
    assert answer.status_code == 422
    assert said in answer.text
    for one in chosen:
        if isinstance(one, int):
            assert re.search(rf'value="{ids[one]}"\s+checked', answer.text)
    assert re.search(r'value="for"\s+checked', answer.text)


def test_going_back_to_change_keeps_the_candidates(world, community, people, election):
    made, ids = election
    client = world.client(people[0])
    data = ticked(world, community, made, people[0], ids[1])
    checked = client.post(at(community, made, "/ballot"), data=data).text
    back = client.post(at(community, made, "/ballot"), data=hidden(checked) | {"change": ""})
    assert back.status_code == 200
    assert re.search(rf'value="{ids[1]}"\s+checked', back.text)


def test_who_wants_nobody_says_so_and_takes_part(world, community, people, election):
    made, _ = election
    client = world.client(people[0])
    data = ticked(world, community, made, people[0], "nobody")
    checked = client.post(at(community, made, "/ballot"), data=data).text
    assert "算参与，不投给任何候选人" in checked
    assert client.post(at(community, made, "/ballot/cast"), data=hidden(checked)).status_code == 303
    voting.closed(world, community, made)
    assert "参与表决 1 人" in client.get(at(community, made, "/result")).text


def held(world, community, people, election):
    made, (first, second, third, _) = election
    elections.choose(world, community, made, people[0], [first, second])
    elections.choose(world, community, made, people[1], [first, third])
    receipt = elections.choose(world, community, made, people[2], [second, third])
    voting.closed(world, community, made)
    return made, receipt


def test_the_result_names_a_tie_and_does_not_break_it(world, community, people, election):
    made, _ = held(world, community, people, election)
    page = world.client(people[0]).get(at(community, made, "/result")).text
    assert "王建国、李秀英、张伟 的人数和面积完全相同" in page
    assert "剩下的 2 个席位由谁担任，系统不代为决定" in page
    assert page.count("并列待定") >= 3
    assert "选举业主委员会" in page


def test_the_result_of_an_election_says_who_is_elected_and_who_is_an_alternate(
    world, community, people, election
):
    made, (first, second, _, fourth) = election
    elections.choose(world, community, made, people[0], [first, second])
    elections.choose(world, community, made, people[1], [first, fourth])
    elections.choose(world, community, made, people[2], [first])
    voting.closed(world, community, made)
    page = world.client(people[0]).get(at(community, made, "/result")).text
    assert "当选 1 人：王建国。" in page
    assert "还有 1 个席位没有选出。" in page
    assert "一年内请求人民法院撤销" in page
    assert "按公布的票数重新计算，结论与封存的不一致" not in page


def test_after_the_close_a_receipt_proves_that_its_ballots_are_in(
    world, community, people, election
):
    made, receipt = held(world, community, people, election)
    client = world.client(people[2])
    page = client.get(at(community, made, f"/receipts/{receipt.cast_id}")).text
    assert len(re.findall(r"：在，是全部 <span class=\"num\">6</span> 张", page)) == 2
    result = client.get(at(community, made, "/result")).text
    root = re.search(r"总指纹（RFC 9162）</dt><dd class=\"num\">([0-9a-f ]+)</dd>", result)[1]
    assert root in page
    assert not any(name in page for name in NAMES)


def test_before_the_close_there_is_no_proof_and_no_package(world, community, people, election):
    made, ids = election
    receipt = elections.choose(world, community, made, people[0], ids[:1])
    client = world.client(people[0])
    assert "包含证明" not in client.get(at(community, made, f"/receipts/{receipt.cast_id}")).text
    assert client.get(at(community, made, "/package.zip")).status_code == 404
    staff = world.client(world.member(community, Role.COMMUNITY_STAFF))
    sealed = f"/c/{community.code}/assemblies/{made.id}/sealed"
    assert staff.get(sealed).status_code == 404
    assert staff.post(sealed).status_code == 404
    assert client.post(at(community, made, "/package")).status_code == 404


def names_in(answer):
    return set(zipfile.ZipFile(io.BytesIO(answer.data)).namelist())


def test_everybody_may_take_the_public_package_which_has_no_choice(
    world, community, people, election
):
    made, _ = held(world, community, people, election)
    page = world.client(people[0]).get(at(community, made, "/result")).text
    assert "公开计票包正在生成" in page
    world.work_off(community)
    assert "下载公开计票包" in world.client(people[0]).get(at(community, made, "/result")).text
    for role in sorted(COMMUNITY_ROLES):
        answer = world.client(world.member(community, role)).get(
            at(community, made, "/package.zip")
        )
        assert answer.status_code == 200, role
        assert not {"ballots.csv", "nonces.csv"} & names_in(answer)
    again = world.client(people[0]).get(at(community, made, "/package.zip"))
    assert again.data == answer.data


def package_rows(world, community):
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        rows = db.session.scalars(
            select(AssemblyArchive)
            .where(AssemblyArchive.community_id == community.id)
            .order_by(AssemblyArchive.id)
        ).all()
        db.session.expunge_all()
        return list(rows)


def test_a_count_without_a_public_package_gets_one_when_somebody_asks(
    world, community, people, election
):
    made, _ = held(world, community, people, election)
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        db.session.execute(
            update(AssemblyArchive)
            .where(AssemblyArchive.community_id == community.id)
            .values(counting=99)
        )
    client = world.client(people[0])
    assert "生成公开计票包" in client.get(at(community, made, "/result")).text
    for _ in range(2):
        assert client.post(at(community, made, "/package")).status_code == 303
    world.work_off(community)
    assert client.get(at(community, made, "/package.zip")).status_code == 200
    assert [row.counting for row in package_rows(world, community)] == [99, 1]


def test_the_sealed_package_is_made_in_a_job_for_scrutineers_and_each_download_is_on_record(
    world, community, people, election
):
    made, _ = held(world, community, people, election)
    world.work_off(community)
    address = f"/c/{community.code}/assemblies/{made.id}/sealed"
    for role in sorted(COMMUNITY_ROLES):
        client = world.client(world.member(community, role))
        expected = 303 if role in OFFICE_ROLES else 404
        assert client.post(address).status_code == expected, role
    client = world.client(world.member(community, Role.COMMUNITY_STAFF))
    assert "正在生成封存计票包" in client.get(address).text
    (sealed,) = (row for row in package_rows(world, community) if row.kind == "sealed")
    polled = client.get(f"{address}/{sealed.id}/progress")
    assert "正在生成封存计票包" in polled.text
    assert "HX-Refresh" not in polled.headers
    assert client.post(f"{address}/{sealed.id}/package.zip").status_code == 404
    world.work_off(community)
    assert client.get(f"{address}/{sealed.id}/progress").headers["HX-Refresh"] == "true"
    taken = []
    for role in sorted(COMMUNITY_ROLES):
        person = world.member(community, role)
        answer = world.client(person).post(f"{address}/{sealed.id}/package.zip")
        assert answer.status_code == (200 if role in OFFICE_ROLES else 404), role
        if answer.status_code == 200:
            taken.append(person.id)
            assert {"ballots.csv", "nonces.csv"} <= names_in(answer)
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        entries = db.session.execute(
            select(AuditEntry.event, AuditEntry.actor_id)
            .where(
                AuditEntry.community_id == community.id,
                AuditEntry.event.startswith("voting.package_"),
            )
            .order_by(AuditEntry.id)
        ).all()
    assert [event for event, _ in entries].count("voting.package_ordered") == 1
    assert [actor for event, actor in entries if event == "voting.package_taken"] == taken


def test_the_public_package_is_not_handed_out_as_a_sealed_one_nor_the_other_way(
    world, community, people, election
):
    made, _ = held(world, community, people, election)
    staff = world.client(world.member(community, Role.COMMUNITY_STAFF))
    address = f"/c/{community.code}/assemblies/{made.id}"
    staff.post(f"{address}/sealed")
    world.work_off(community)
    kept = {row.kind: row.id for row in package_rows(world, community)}
    assert staff.post(f"{address}/sealed/{kept['public']}/package.zip").status_code == 404
    assert staff.get(f"{address}/archive/{kept['sealed']}/package.zip").status_code == 404
    public = world.client(people[0]).get(at(community, made, "/package.zip"))
    assert "ballots.csv" not in names_in(public)


def test_another_communitys_package_is_not_found(world, community, people, election):
    made, _ = held(world, community, people, election)
    world.client(world.member(community, Role.COMMUNITY_STAFF)).post(
        f"/c/{community.code}/assemblies/{made.id}/sealed"
    )
    world.work_off(community)
    (sealed,) = (row for row in package_rows(world, community) if row.kind == "sealed")
    elsewhere = world.community()
    stranger = world.client(world.member(elsewhere, Role.COMMUNITY_STAFF))
    assert stranger.get(at(elsewhere, made, "/package.zip")).status_code == 404
    address = f"/c/{elsewhere.code}/assemblies/{made.id}/sealed"
    assert stranger.post(address).status_code == 404
    assert stranger.post(f"{address}/{sealed.id}/package.zip").status_code == 404


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE assembly_seal SET root = ''",
        "DELETE FROM assembly_seal",
        "UPDATE seal_tile SET hashes = ''",
        "DELETE FROM seal_tile",
        "UPDATE candidate_result SET elected = true",
        "DELETE FROM candidate_result",
    ],
)
def test_the_seal_of_a_count_cannot_be_changed(world, community, context, statement):
    with (
        pytest.raises(Exception, match="permission denied"),
        transaction(Scope(community_id=community.id)),
    ):
        db.session.execute(text(statement))


def test_a_seal_whose_words_were_changed_is_said_not_to_be_signed(
    world, community, people, election, config
):
    made, _ = held(world, community, people, election)
    changed = update(AssemblySeal).values(statement="{}")
    with owner_connection(config) as connection:
        connection.execute(text(f"SET LOCAL app.community_id = '{community.id}'"))
        connection.execute(changed)
    page = world.client(people[0]).get(at(community, made, "/result")).text
    assert "签名核对不上" in page


@pytest.mark.parametrize("page", ["/ballot", "/result", "/receipts/{}"])
def test_more_matters_and_candidates_ask_no_more_of_the_database(
    world, community, compound, people, counting, page
):
    statements = []
    for names in (NAMES[:2], (*NAMES, "陈静", "杨帆", "赵敏")):
        made, ids = elections.with_election(world, community, compound, seats=2, names=names)
        cast_id = elections.choose(world, community, made, people[0], ids[:1]).cast_id
        if page != "/ballot":
            voting.closed(world, community, made)
        client = world.client(people[1] if page == "/ballot" else people[0])
        address = at(community, made, page.format(cast_id))
        client.get(address)
        with counting() as asked:
            assert client.get(address).status_code == 200
        statements.append(len(asked))
    assert statements[0] == statements[1]
