"""Finding a case by two characters in it, whoever filed it and however it was filed."""

from __future__ import annotations

import importlib

import pytest
from factories import complaints as made
from factories.databases import owner_connection
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from app.complaints.actions.entering import Behalf, enter_complaint
from app.complaints.actions.filing import Report
from app.complaints.models import Complaint, ComplaintWords
from app.complaints.queries import lists, searching
from app.complaints.rules.answers import Channel
from app.complaints.rules.places import PlaceChoice, PlaceKind
from app.complaints.rules.queue import Tab
from app.complaints.rules.searching import pairs, terms
from app.complaints.rules.states import Action
from app.core.db import db
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.kit.clock import now
from app.kit.ids import new_id

MIGRATION = "migrations.versions.0141_complaint_words"
WRITTEN = st.text(st.sampled_from("漏水电梯门坏 AaÉİß　3-栋。"), max_size=30)


def found(world, street, typed, tab=Tab.TO_SIGN, companies=None):
    community_id = street.community.id
    wanted = lists.Wanted(tab=tab, now=now(), companies=companies, text=typed)
    with world.app.app_context(), transaction(Scope(community_id=community_id)):
        return {row.id for row in lists.queue_page(community_id, wanted)}


@given(WRITTEN, st.integers(0, 30), st.integers(0, 30))
def test_what_is_typed_out_of_a_text_has_only_pairs_of_the_text(written, first, last):
    typed = written[first:last]
    assert set(pairs(typed)) <= set(pairs(written))
    assert set(pairs(typed.lower())) <= set(pairs(written)) or "İ" in typed


def test_a_pair_is_two_neighbours_and_never_reaches_across_a_blank():
    assert pairs("漏水") == [(ord("漏") << 21) | ord("水")]
    assert len(pairs("充电桩")) == 2
    assert pairs("漏 水", "灯") == []
    assert pairs("AB") == pairs("ab")
    assert terms(" 漏水  车库 漏水 ") == ("漏水", "车库")


@pytest.mark.parametrize("most", [1000, 0], ids=["rare", "common"])
@pytest.mark.parametrize(
    ("typed", "finds"),
    [
        ("漏水", True),
        ("水漏", False),
        ("b区车库", True),
        ("车库 漏水", True),
        ("车库 电梯", False),
        ("水", True),
        ("火", False),
        ("南门东侧", True),
        ("%", False),
        ("漏_水", False),
    ],
)
def test_a_case_is_found_by_what_it_contains(world, street, monkeypatch, most, typed, finds):
    monkeypatch.setattr(searching, "MOST", most)
    case = made.report(world, street, text="地下B区车库漏水", place_note="南门东侧")
    made.report(world, street, text="楼上太吵")
    assert found(world, street, typed) == ({case} if finds else set())


def test_a_case_is_found_by_its_number_however_it_is_typed(world, street):
    case = made.report(world, street)
    code = made.look(world, street, case).short_code
    assert found(world, street, f"{code[:4].lower()}-{code[4:]}") == {case}


def test_a_company_finds_its_own_cases_only(world, street):
    case = made.report(world, street, text="车库漏水")
    assert found(world, street, "漏水", companies=frozenset({street.company_id})) == {case}
    assert found(world, street, "漏水", companies=frozenset({new_id()})) == set()


def test_every_way_of_filing_keeps_the_words(world, street):
    community_id = street.community.id
    filed = made.report(world, street, text="阀门渗水")
    office = street.worker("office")
    report = Report(new_id(), "property.lift", place(street), "天台渗水")
    with world.app.app_context(), transaction(Scope(community_id=community_id)):
        entered = enter_complaint(
            community_id, office.account_id, report, Behalf(Channel.PHONE, "刘大妈")
        )
    made.step(world, street, filed, "staff", Action.ACCEPT)
    made.step(
        world, street, filed, "office", Action.SPLIT_OFF, category="property.lift", text="外墙渗水"
    )
    with world.app.app_context(), transaction(Scope(community_id=community_id)):
        split = db.session.scalar(
            select(Complaint.id).where(
                Complaint.community_id == community_id, Complaint.split_from_id == filed
            )
        )
    assert found(world, street, "渗水") == {entered, split}
    assert found(world, street, "渗水", Tab.WORKING) == {filed}


def test_the_words_of_older_cases_were_kept_by_the_migration_as_filing_keeps_them(
    world, street, config
):
    made.report(world, street, text="B区 车库\n漏水，Ｂ座也是。", place_note="3 栋")
    keep = importlib.import_module(MIGRATION).KEEP
    with world.app.app_context(), transaction(Scope(community_id=street.community.id)):
        kept = db.session.scalar(
            select(ComplaintWords.words).where(ComplaintWords.community_id == street.community.id)
        )
        again = db.session.execute(text(keep[keep.index("SELECT") :])).one()
    assert sorted(again[2]) == kept


@pytest.fixture
def ask(world):
    """The function itself, in a scope, as the runtime role."""

    def asking(scope, wanted, most=10):
        with world.app.app_context(), transaction(scope):
            return db.session.scalars(
                text("SELECT complaint_found(CAST(:wanted AS bigint[]), :most)"),
                {"wanted": wanted, "most": most},
            ).all()

    return asking


def test_the_function_finds_nothing_of_another_community(world, street, ask):
    other = made.street(world)
    case = made.report(world, street, text="车库漏水")
    here, there = (Scope(community_id=one.community.id) for one in (street, other))
    wanted = pairs("漏水")
    assert ask(here, wanted) == [case]
    assert ask(there, wanted) == []
    named = [(street.community.id << 42) | pair for pair in wanted]
    assert ask(there, named) == []


def test_the_function_finds_nothing_without_a_scope_or_without_words(world, street, ask):
    made.report(world, street, text="车库漏水")
    assert ask(Scope(), pairs("漏水")) == []
    assert ask(Scope(community_id=street.community.id), []) == []


def test_only_the_runtime_role_may_call_the_function(config):
    asked = text(
        "SELECT has_function_privilege(:role, 'complaint_found(bigint[], integer)', 'EXECUTE')"
    )
    with owner_connection(config) as connection:
        may = {
            role: connection.scalar(asked, {"role": role})
            for role in ("gongzhi_app", "gongzhi_sweep", "public")
        }
    assert may == {"gongzhi_app": True, "gongzhi_sweep": False, "public": False}


def place(street):
    return PlaceChoice(PlaceKind.STAIRWELL, street.home.stairwell_id)
