import copy
import pickle
from datetime import UTC, datetime

import pytest

from app.kit.refusal import Conflict, Invalid, NotFound, Refusal, TooLarge, TooMany


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        (Refusal, 409, "refused"),
        (NotFound, 404, "not_found"),
        (Invalid, 422, "invalid"),
        (Conflict, 409, "conflict"),
        (TooMany, 429, "too_many"),
        (TooLarge, 413, "too_large"),
    ],
)
def test_each_refusal_has_a_status_a_stable_code_and_a_sentence(kind, status, code):
    refusal = kind()
    assert (refusal.status, refusal.code) == (status, code)
    assert refusal.sentence.endswith("。")
    assert str(refusal) == refusal.sentence


def test_a_refusal_carries_its_own_sentence_code_and_time():
    when = datetime(2026, 3, 8, tzinfo=UTC)
    refusal = Refusal("请等公示期满。", code="notice_running", possible_from=when)
    assert refusal.sentence == "请等公示期满。"
    assert refusal.code == "notice_running"
    assert refusal.possible_from == when
    assert Refusal().code == "refused"


def test_invalid_names_its_fields_and_they_cannot_be_changed_later():
    refusal = Invalid(errors={"area": "请填写面积。"})
    assert refusal.errors == {"area": "请填写面积。"}
    with pytest.raises(TypeError):
        refusal.errors["area"] = ""
    assert Invalid().errors == {}


def test_not_found_does_not_tell_absent_from_forbidden():
    assert NotFound().sentence == "这个页面不存在，或者您没有权限查看。"


def test_a_representation_for_logs_leaves_out_the_sentence():
    assert "张三" not in repr(Refusal("张三已经投过票。"))


def test_a_refusal_survives_copying_and_pickling():
    refusal = Refusal("请稍后。", code="later")
    for twin in (copy.copy(refusal), pickle.loads(pickle.dumps(refusal))):
        assert (twin.sentence, twin.code) == ("请稍后。", "later")
