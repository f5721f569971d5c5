from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.covenants.rules import (
    Action,
    Actor,
    Amendment,
    Progress,
    State,
    check_force,
    check_publication,
    check_published,
    check_signing,
    next_state,
    say_progress,
    sign_progress,
    suspicious_clauses,
)
from app.kit.clock import BEIJING
from app.kit.refusal import Refusal

LEGAL = {
    (State.COLLECTING, Action.DELIBERATE): State.DELIBERATING,
    (State.COLLECTING, Action.WITHDRAW): State.WITHDRAWN,
    (State.DELIBERATING, Action.SEND_TO_CHECK): State.CHECKING,
    (State.DELIBERATING, Action.WITHDRAW): State.WITHDRAWN,
    (State.CHECKING, Action.RETURN): State.DELIBERATING,
    (State.CHECKING, Action.OPEN_SIGNING): State.SIGNING,
    (State.CHECKING, Action.WITHDRAW): State.WITHDRAWN,
    (State.SIGNING, Action.PUBLISH): State.PUBLISHED,
    (State.SIGNING, Action.WITHDRAW): State.WITHDRAWN,
    (State.PUBLISHED, Action.FILE): State.FILED,
    (State.PUBLISHED, Action.WITHDRAW): State.WITHDRAWN,
    (State.FILED, Action.ENTER_INTO_FORCE): State.IN_FORCE,
    (State.IN_FORCE, Action.REPLACE): State.REPLACED,
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_every_step_not_in_the_table_is_refused(state, action):
    if (state, action) in LEGAL:
        assert next_state(state, action, Actor.COMMUNITY) is LEGAL[state, action]
    else:
        with pytest.raises(Refusal, match=state.label):
            next_state(state, action, Actor.COMMUNITY)


@pytest.mark.parametrize(
    ("state", "action"),
    [
        (State.CHECKING, Action.OPEN_SIGNING),
        (State.CHECKING, Action.RETURN),
        (State.PUBLISHED, Action.FILE),
        (State.FILED, Action.ENTER_INTO_FORCE),
    ],
)
def test_a_stairwell_head_does_not_check_or_file_the_own_draft(state, action):
    with pytest.raises(Refusal) as refused:
        next_state(state, action, Actor.STAIRWELL_HEAD)
    assert refused.value.code == "not_your_step"


@pytest.mark.parametrize(
    ("signed", "due", "threshold", "missing"),
    [
        (0, 12, (2, 3), 8),
        (7, 12, (2, 3), 1),
        (8, 12, (2, 3), 0),
        (12, 12, (2, 3), 0),
        (7, 11, (2, 3), 1),
        (8, 11, (2, 3), 0),
        (6, 10, (2, 3), 1),
        (7, 10, (2, 3), 0),
        (1, 1, (2, 3), 0),
        (0, 1, (2, 3), 1),
        (1, 2, (2, 3), 1),
        (2, 3, (2, 3), 0),
        (1, 3, (2, 3), 1),
        (6, 12, (1, 2), 0),
        (5, 12, (1, 2), 1),
        (11, 12, (1, 1), 1),
        (9, 12, (3, 4), 0),
        (8, 12, (3, 4), 1),
    ],
)
def test_the_households_missing_are_exact(signed, due, threshold, missing):
    progress = sign_progress(signed, due, threshold)
    assert progress.missing == missing
    assert progress.reached is (missing == 0)


def test_a_stairwell_without_households_never_reaches_the_threshold():
    assert sign_progress(0, 0).reached is False
    assert "还没有登记住户" in say_progress(sign_progress(0, 0))


@pytest.mark.parametrize("arguments", [(1.0, 3), (True, 3), (1, 3, (0.5, 1)), ("1", 3)])
def test_anything_but_whole_households_is_a_mistake(arguments):
    with pytest.raises(TypeError):
        sign_progress(*arguments)


@pytest.mark.parametrize(
    "arguments", [(4, 3), (-1, 3), (1, 3, (0, 3)), (1, 3, (4, 3)), (1, 3, (1, 0))]
)
def test_impossible_counts_are_a_mistake(arguments):
    with pytest.raises(ValueError, match="household"):
        sign_progress(*arguments)


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(1, 20), st.integers(1, 20))
def test_needed_is_the_least_number_that_is_enough(signed, due, one, other):
    above, below = sorted([one, other])
    progress = sign_progress(min(signed, due), due, (above, below))
    assert progress.needed * below >= above * due > (progress.needed - 1) * below
    assert progress.reached == (progress.signed * below >= above * due)


def test_progress_is_said_with_what_is_missing():
    assert say_progress(sign_progress(7, 12)) == "已签 7 户，共 12 户，还差 1 户。"
    assert say_progress(sign_progress(8, 12)) == "已签 8 户，共 12 户，已达到生效要求的 8 户。"


@pytest.mark.parametrize(
    ("state", "dwelling", "signed_before", "code"),
    [
        (State.SIGNING, True, False, None),
        (State.CHECKING, True, False, "not_signing"),
        (State.IN_FORCE, True, False, "not_signing"),
        (State.SIGNING, False, False, "not_a_household"),
        (State.SIGNING, True, True, "signed_before"),
    ],
)
def test_each_household_signs_once_while_signing_is_open(state, dwelling, signed_before, code):
    if code is None:
        check_signing(state, dwelling=dwelling, signed_before=signed_before)
        return
    with pytest.raises(Refusal) as refused:
        check_signing(state, dwelling=dwelling, signed_before=signed_before)
    assert refused.value.code == code


def test_publication_waits_for_the_last_household_needed():
    check_publication(State.SIGNING, sign_progress(8, 12))
    with pytest.raises(Refusal, match="还差 1 户"):
        check_publication(State.SIGNING, sign_progress(7, 12))


PUBLISHED = datetime(2026, 3, 2, 9, tzinfo=BEIJING)
RUN_OUT = datetime(2026, 3, 10, tzinfo=BEIJING)


def test_a_covenant_is_in_force_when_signed_published_and_filed():
    check_force(State.FILED, sign_progress(8, 12), PUBLISHED, 0, RUN_OUT)
    with pytest.raises(Refusal) as refused:
        check_force(State.FILED, sign_progress(7, 12), PUBLISHED, 0, RUN_OUT)
    assert refused.value.code == "signatures_missing"
    with pytest.raises(Refusal) as refused:
        check_force(State.PUBLISHED, sign_progress(8, 12), PUBLISHED, 0, RUN_OUT)
    assert refused.value.code == "wrong_state"


def test_publication_lasts_seven_days_and_objections_are_answered():
    check_published(PUBLISHED, 0, RUN_OUT)
    with pytest.raises(Refusal, match="满 7 天") as refused:
        check_published(PUBLISHED, 0, RUN_OUT - timedelta(microseconds=1))
    assert refused.value.possible_from == RUN_OUT
    with pytest.raises(Refusal, match="1 条异议"):
        check_published(PUBLISHED, 1, RUN_OUT)


def test_only_a_substantive_change_is_signed_again():
    assert Amendment.SUBSTANTIVE.needs_signatures
    assert not Amendment.CORRECTION.needs_signatures


@pytest.mark.parametrize(
    "clause",
    [
        "乱扔垃圾罚款 50 元",
        "乱扔垃圾，罚 50 元",
        "违者处罚金一百元",
        "违者罚扫楼道一周",
        "没收堆放在楼道的物品",
        "扣除押金 200 元",
        "扣保证金",
    ],
)
def test_a_fine_is_found(clause):
    assert [passage.reason[:6] for passage in suspicious_clauses(clause)] == ["公约不能设罚"]


@pytest.mark.parametrize(
    "clause",
    [
        "不交物业费的停水停电",
        "拖欠三个月，停止供电",
        "停止供应燃气",
        "断水",
        "断 电",
        "断其水电",
        "切断电源",
        "中断供暖",
        "掐断网络",
        "限制用水",
        "限电",
        "停用自来水",
        "停止向其供水",
        "停止对欠费住户供热",
        "拉闸限电",
    ],
)
def test_cutting_off_supplies_is_found(clause):
    passages = suspicious_clauses(clause)
    assert passages
    assert all("九百四十四" in passage.reason for passage in passages)


@pytest.mark.parametrize(
    "clause",
    [
        "楼道内不得停电动车",
        "不在楼道停放电瓶车，不飞线充电",
        "禁止停电单车",
        "不得私拉电线、乱接电源",
        "保持电梯清洁，电梯停止时不要拍打",
        "节约用水用电",
        "不要在楼下停水泥车",
        "邻里互助，照看老人",
        "每周五打扫楼道",
        "",
    ],
)
def test_everyday_clauses_are_left_alone(clause):
    assert suspicious_clauses(clause) == []


def test_a_passage_points_at_its_words_and_shows_its_sentence():
    text = "一、保持安静。二、乱停车的罚款五十元；三、欠费者停水。"
    fine, cut = suspicious_clauses(text)
    assert text[fine.start : fine.end] == fine.words == "罚"
    assert fine.sentence == "二、乱停车的罚款五十元"
    assert cut.words == "停水"
    assert cut.sentence == "三、欠费者停水"


def test_progress_compares_by_value():
    assert sign_progress(7, 12) == Progress(signed=7, due=12, needed=8, missing=1)
