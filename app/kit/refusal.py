"""Named refusals: what a rule raises instead of a value."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import ClassVar


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not a fault
    """A rule says no; the sentence is shown to the user, the code is a stable name."""

    status: ClassVar[int] = 409
    code: str = "refused"
    sentence: str = "现在不能这样做。"

    def __init__(
        self,
        sentence: str | None = None,
        *,
        code: str | None = None,
        possible_from: datetime | None = None,
    ) -> None:
        if sentence is not None:
            self.sentence = sentence
        if code is not None:
            self.code = code
        self.possible_from = possible_from
        super().__init__(self.sentence)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(code={self.code!r}, status={self.status})"


class NotFound(Refusal):
    """Absent and forbidden look the same."""

    status = 404
    code = "not_found"
    sentence = "这个页面不存在，或者您没有权限查看。"


class Invalid(Refusal):
    """What was typed cannot be used; `errors` names the fields."""

    status = 422
    code = "invalid"
    sentence = "填写的内容有误，请按提示修改后再提交。"

    def __init__(
        self,
        sentence: str | None = None,
        *,
        errors: Mapping[str, str] | None = None,
        code: str | None = None,
        possible_from: datetime | None = None,
    ) -> None:
        super().__init__(sentence, code=code, possible_from=possible_from)
        self.errors: Mapping[str, str] = MappingProxyType(dict(errors or {}))


class Conflict(Refusal):
    """Somebody else changed it meanwhile, or the state does not allow it."""

    status = 409
    code = "conflict"
    sentence = "内容刚刚被别人修改过，请刷新后再试。"


class TooMany(Refusal):
    """Too many attempts in too short a time."""

    status = 429
    code = "too_many"
    sentence = "操作太频繁了，请稍后再试。"


class TooLarge(Refusal):
    """The file or the form is larger than accepted."""

    status = 413
    code = "too_large"
    sentence = "上传的内容太大，请压缩或分开后再上传。"
