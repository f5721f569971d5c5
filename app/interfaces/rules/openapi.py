"""The OpenAPI 3.1 document, written from the operations, fields and shapes themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from app.interfaces.rules.fields import Field
from app.interfaces.rules.georeport import FORMATS, OPERATIONS, PARTS, SPECIFICATION, Operation
from app.interfaces.rules.shapes import MOMENT, SCHEMAS
from app.interfaces.rules.webhooks import Event

VERSION = "1.0.0"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
PHOTOS = "media"
_FAILURES = {
    400: "填写的内容有误，逐条说明。",
    403: "缺少密钥，或者密钥在这个社区无效。",
    404: "没有这个社区、事项、编号，或者没有权限查看。",
    413: "照片太大或太多。",
    429: "一分钟里请求太多，请稍后再试。",
}
_INTRODUCTION = (
    "向一个社区报来诉求、查询进展，并在有进展时得到通知。遵循 Open311 GeoReport v2"
    f"（{SPECIFICATION}）；通知按 Standard Webhooks 签名。"
    "任何回答里都没有居民的姓名、电话、门牌和照片。"
)


def document(server_url: str) -> dict[str, Any]:
    """The whole document for the product at this address."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "共治开放接口", "version": VERSION, "description": _INTRODUCTION},
        "servers": [{"url": server_url}],
        "paths": paths,
        "webhooks": {event.value: _webhook(event) for event in Event},
        "components": {
            "schemas": {**SCHEMAS, "WebhookMessage": _message()},
            "securitySchemes": {
                "key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
            },
        },
    }


def _operation(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "security": [{"key": []}] if operation.needs_key else [{"key": []}, {}],
        "parameters": [_part(name) for name in re.findall(r"{(\w+)}", operation.path)],
        "responses": {str(status): _response(operation, status) for status in operation.statuses},
    }
    if operation.method == "POST":
        described["requestBody"] = _body(operation.fields)
    else:
        described["parameters"] += [_query(one) for one in operation.fields]
    return described


def _part(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": PARTS[name]}


def _query(one: Field) -> dict[str, Any]:
    return {
        "name": one.name,
        "in": "query",
        "required": one.required,
        "description": one.description,
        "schema": _or_empty(one),
    }


def _or_empty(one: Field) -> Mapping[str, Any]:
    """An empty field that is not required counts as not sent, whatever its form otherwise."""
    return one.schema if one.required else {"anyOf": [one.schema, {"const": ""}]}


def _body(fields: tuple[Field, ...]) -> dict[str, Any]:
    form = {
        "type": "object",
        "properties": {
            one.name: {**_or_empty(one), "description": one.description} for one in fields
        },
        "required": [one.name for one in fields if one.required],
        "additionalProperties": False,
        "anyOf": [
            {"required": names}
            for names in (
                ["address_string"],
                ["address_id"],
                ["attribute[place]"],
                ["lat", "long"],
            )
        ],
        "dependentRequired": {"lat": ["long"], "long": ["lat"]},
    }
    photos = {
        "type": "array",
        "items": {"type": "string", "format": "binary"},
        "description": "照片，最多 6 张。",
    }
    properties: Mapping[str, Any] = form["properties"]  # type: ignore[assignment]
    with_photos = {**form, "properties": {**properties, PHOTOS: photos}}
    return {
        "required": True,
        "content": {FORM: {"schema": form}, MULTIPART: {"schema": with_photos}},
    }


def _response(operation: Operation, status: int) -> dict[str, Any]:
    good = status < 400  # noqa: PLR2004 - the first failure
    schema = {"$ref": f"#/components/schemas/{operation.answer if good else 'Errors'}"}
    described: dict[str, Any] = {
        "description": operation.summary if good else _FAILURES[status],
        "content": {
            FORMATS["json"]: {"schema": schema},
            FORMATS["xml"]: {"schema": {"type": "string", "description": "同样内容的 XML。"}},
        },
    }
    if good and operation.name == "listServiceRequests":
        described["headers"] = {
            "Link": {"description": "下一页，rel=next。", "schema": {"type": "string"}}
        }
    return described


def _webhook(event: Event) -> dict[str, Any]:
    headers = [
        {"name": name, "in": "header", "required": True, "description": said, "schema": schema}
        for name, said, schema in (
            ("webhook-id", "同一条消息的每次发送都一样，收到过就不必再办。", {"type": "string"}),
            ("webhook-timestamp", "发送时间，Unix 秒。", {"type": "string"}),
            ("webhook-signature", "v1, 加 HMAC-SHA256 的 Base64。", {"type": "string"}),
        )
    ]
    message = {"$ref": "#/components/schemas/WebhookMessage"}
    return {
        "post": {
            "operationId": event.name.lower(),
            "summary": event.label,
            "parameters": headers,
            "requestBody": {"required": True, "content": {FORMATS["json"]: {"schema": message}}},
            "responses": {
                "2XX": {"description": "收到了。"},
                "410": {"description": "请不要再推送到这个地址。"},
            },
        }
    }


def _message() -> dict[str, Any]:
    requests = SCHEMAS["ServiceRequests"]
    return {
        "type": "object",
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": {"enum": [event.value for event in Event]},
            "timestamp": MOMENT,
            "data": requests["items"],
        },
    }
