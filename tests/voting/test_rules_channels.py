"""Proxies, paper and visits: the rules, both sides of each bound."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.kit.clock import now
from app.kit.refusal import Invalid, Refusal
from app.voting.rules import (
    Mode,
    Named,
    PaperEvent,
    ProxyEnd,
    Signing,
    State,
    authority_digest,
    authority_document,
    check_entry,
    check_naming,
    check_note,
    check_paper,
    check_standing,
    check_taking_back,
    check_voiding,
    paper_number,
)

MOMENT = now()
OPENED, CLOSES = MOMENT - timedelta(days=1), MOMENT + timedelta(days=1)


def named(**changes):
    return Named(**{"is_co_owner": False, "is_property_staff": False, "held": 0} | changes)


@pytest.mark.parametrize(
    ("facts", "limit", "code"),
    [
        (named(), 3, None),
        (named(held=2), 3, None),
        (named(held=3), 3, "proxy_limit"),
        (named(held=1), 1, "proxy_limit"),
        (named(is_co_owner=True), 3, "proxy_is_co_owner"),
        (named(is_property_staff=True), 3, "proxy_excluded"),
    ],
)
def test_who_may_be_a_proxy_and_for_how_many(facts, limit, code):
    if code is None:
        check_naming(facts, limit)
        return
    with pytest.raises(Invalid) as refused:
        check_naming(facts, limit)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("end", "code"),
    [
        (None, None),
        (ProxyEnd.USED, "proxy_used"),
        (ProxyEnd.REVOKED, "proxy_over"),
        (ProxyEnd.OVERRIDDEN, "proxy_over"),
    ],
)
def test_an_authority_is_revocable_until_it_is_used(end, code):
    if code is None:
        check_standing(end)
        return
    with pytest.raises(Refusal) as refused:
        check_standing(end)
    assert refused.value.code == code


def test_the_form_says_what_the_law_asks_and_its_digest_moves_with_every_word():
    words = {
        "assembly_id": "a",
        "title": "会议",
        "principal": "张建国",
        "label": "1栋1单元101",
        "area_centi": 8950,
        "proxy": "李红",
        "proxy_phone": "+8613800000000",
        "matters": [{"id": "m", "title": "更换水泵"}],
        "signing": Signing.PASSWORD,
    }
    document = authority_document(**words)
    assert {"principal", "proxy", "matters", "extent", "term"} <= set(document)
    assert not {"choice", "for", "against"} & set(document)
    other = authority_document(**words | {"area_centi": 8951})
    assert authority_digest(document) != authority_digest(other)


@pytest.mark.parametrize(
    ("mode", "state", "at", "code"),
    [
        (Mode.PAPER, State.OPEN, MOMENT, None),
        (Mode.BOTH, State.OPEN, MOMENT, None),
        (Mode.ONLINE, State.OPEN, MOMENT, "online_only"),
        (Mode.BOTH, State.OPEN, CLOSES - timedelta(microseconds=1), None),
        (Mode.BOTH, State.OPEN, CLOSES, "ballot_too_late"),
        (Mode.BOTH, State.NOTICED, OPENED - timedelta(hours=1), "ballot_too_early"),
        (Mode.BOTH, State.CLOSED, MOMENT, "ballot_too_late"),
    ],
)
def test_paper_goes_out_and_comes_back_while_a_vote_that_admits_it_is_open(mode, state, at, code):
    if code is None:
        check_paper(mode, state, OPENED, CLOSES, at)
        return
    with pytest.raises(Refusal) as refused:
        check_paper(mode, state, OPENED, CLOSES, at)
    assert refused.value.code == code


BACK, DONE = {PaperEvent.RETURNED}, {PaperEvent.RETURNED, PaperEvent.COUNTED}


@pytest.mark.parametrize(
    ("check", "code"),
    [
        (lambda: check_taking_back(set()), None),
        (lambda: check_taking_back({PaperEvent.HANDED_OUT}), None),
        (lambda: check_taking_back(BACK), "returned_before"),
        (lambda: check_taking_back({PaperEvent.VOIDED}), "paper_settled"),
        (lambda: check_voiding({PaperEvent.HANDED_OUT}), None),
        (lambda: check_voiding(BACK), "returned_before"),
        (lambda: check_voiding(DONE), "paper_settled"),
        (lambda: check_entry(set(), State.OPEN, entered_before=False), "not_returned"),
        (lambda: check_entry(BACK, State.OPEN, entered_before=False), None),
        (lambda: check_entry(BACK, State.CLOSED, entered_before=False), None),
        (lambda: check_entry(BACK, State.PUBLISHED, entered_before=False), "ballot_too_late"),
        (lambda: check_entry(BACK, State.OPEN, entered_before=True), "entered_before"),
        (lambda: check_entry(DONE, State.OPEN, entered_before=False), "paper_settled"),
    ],
)
def test_a_paper_ballot_comes_back_is_entered_by_different_people_and_is_settled_once(check, code):
    if code is None:
        check()
        return
    with pytest.raises(Refusal) as refused:
        check()
    assert refused.value.code == code


def test_a_ballot_printed_again_has_a_number_of_its_own():
    assert (paper_number(12, 0), paper_number(12, 1)) == ("0012", "0012-2")


@pytest.mark.parametrize("note", ["说会投同意", "反对换物业", "弃权", "打算选他当主任"])
def test_a_note_at_a_door_does_not_say_how_somebody_votes(note):
    with pytest.raises(Invalid):
        check_note(note)


def test_a_note_helps_the_next_visit():
    assert check_note(" 晚上七点后在家 ") == "晚上七点后在家"
    with pytest.raises(Invalid):
        check_note("长" * 101)
