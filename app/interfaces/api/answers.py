"""Answers and refusals as the standard writes them, in JSON or XML by the address's ending."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import Response, request

from app.core.web.errors import answers_below
from app.interfaces.rules import shapes
from app.interfaces.rules.georeport import FORMATS, Operation
from app.interfaces.rules.xml import to_xml
from app.kit.refusal import Invalid, NotFound

BELOW = "/open311/"
BAD_REQUEST = 400
"""What the standard answers to input that cannot be used."""
_NOT_FOUND = "没有找到：请核对社区代码、格式（json 或 xml）、事项代码或编号。"
_WRONG_METHOD = "这个地址不支持这种方法。"


def answer(operation: Operation, response_format: str, value: Any, status: int = 200) -> Response:
    """The answer of an operation in the format the address asks for."""
    return _written(value, operation.root, response_format, status)


def check_format(response_format: str) -> None:
    """Raises NotFound for an ending that is neither json nor xml."""
    if response_format not in FORMATS:
        raise NotFound(_NOT_FOUND)


@answers_below(BELOW)
def refusal(status: int, sentence: str, errors: Mapping[str, str]) -> Response:
    """A refusal or failure, one entry for each thing that is wrong."""
    if status == Invalid.status:
        status = BAD_REQUEST
    if status == NotFound.status and sentence == NotFound.sentence:
        sentence = _NOT_FOUND
    if status == 405:  # noqa: PLR2004 - Method Not Allowed
        sentence = _WRONG_METHOD
    listed = shapes.errors(status, errors.values() if errors else [sentence])
    ending = request.path.rpartition(".")[2]
    return _written(listed, "errors", ending if ending in FORMATS else "json", status)


def _written(value: Any, root: str, response_format: str, status: int) -> Response:
    if response_format == "xml":
        body: str | bytes = to_xml(root, value)
    else:
        body = json.dumps(value, ensure_ascii=False)
    return Response(body, status, content_type=f"{FORMATS[response_format]}; charset=utf-8")
