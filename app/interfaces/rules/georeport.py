"""Open311 GeoReport v2: its operations, the fields each takes, what each answers.

http://wiki.open311.org/GeoReport_v2. This table is the one source: the addresses are registered,
the input is read and the OpenAPI document is written from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app.interfaces.rules.fields import (
    Field,
    degrees,
    matching,
    moment,
    several,
    text_up_to,
    whole_up_to,
)

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
ROOT = "/open311/v2/{community}"
CHANGESET = "2026-11-25 12:00"
"""When the operations or the catalogue shipped with the product last changed."""
FORMATS = {"json": "application/json", "xml": "text/xml"}
SPAN = timedelta(days=90)
MOST_ROWS = 1000
USUAL_ROWS = 200
MOST_IDS = 200
LONGEST_DESCRIPTION = 4000
LONGEST_ADDRESS = 200
FOREIGN = r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}"
NUMBER = r"[0-9A-Za-z-]{8,16}"
PLACE = r"(compound|building|stairwell):[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
STATUSES = frozenset({"open", "closed"})
FOREIGN_ATTRIBUTE = "foreign_id"
PLACE_ATTRIBUTE = "place"


def _attribute(code: str) -> str:
    return f"attribute[{code}]"


_FOREIGN_SENTENCE = "只能用字母、数字和 . _ : -，以字母或数字开头，最多 64 个。"
_PLACE_SENTENCE = "应是服务定义里给出的地点代码。"
_JURISDICTION = Field(
    "jurisdiction_id",
    "可以不填；填了就必须和网址里的社区代码一致。",
    text_up_to(64),
    {"type": "string", "maxLength": 64},
)
_KEY = Field(
    "api_key",
    "密钥。更推荐放在 X-Api-Key 请求头里。",
    text_up_to(128),
    {"type": "string", "maxLength": 128},
)
_START = Field(
    "start_date",
    "最早的反映时间；和 end_date 之间最多 90 天。",
    moment,
    {"type": "string", "format": "date-time"},
)
_END = Field("end_date", "最晚的反映时间。", moment, {"type": "string", "format": "date-time"})


def _text(name: str, description: str, most: int) -> Field:
    schema = {"type": "string", "maxLength": most}
    return Field(name, description, text_up_to(most), schema)


LISTING = (
    _JURISDICTION,
    _KEY,
    Field(
        "service_request_id",
        f"编号，用逗号隔开，最多 {MOST_IDS} 个；给了它，其他条件都不算。",
        several(MOST_IDS),
    ),
    Field("service_code", "事项代码，用逗号隔开。", several(MOST_IDS)),
    _START,
    _END,
    Field("status", "open、closed，用逗号隔开。", several(len(STATUSES), STATUSES)),
    Field(
        "page_size",
        f"一页几条，最多 {MOST_ROWS}；后面还有时，Link 响应头给出下一页。",
        whole_up_to(MOST_ROWS),
        {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": USUAL_ROWS},
    ),
    Field(
        "before",
        "只要排在这个编号之后（更早）的。",
        matching(NUMBER, "应是一个编号。"),
        {"type": "string", "pattern": f"^{NUMBER}$"},
    ),
)
PLAIN = (_JURISDICTION, _KEY)
FILING = (
    _JURISDICTION,
    _KEY,
    Field(
        "service_code",
        "事项代码，来自服务清单。",
        text_up_to(100),
        {"type": "string", "minLength": 1, "maxLength": 100},
        required=True,
    ),
    Field(
        "description",
        "发生了什么。",
        text_up_to(LONGEST_DESCRIPTION),
        {"type": "string", "maxLength": LONGEST_DESCRIPTION},
    ),
    Field(
        "lat",
        "纬度（WGS 84），和 long 一起给。",
        degrees(90),
        {"type": "number", "minimum": -90, "maximum": 90},
    ),
    Field(
        "long",
        "经度（WGS 84），和 lat 一起给。",
        degrees(180),
        {"type": "number", "minimum": -180, "maximum": 180},
    ),
    _text("address_string", "地址的文字说明。", LONGEST_ADDRESS),
    Field(
        "address_id",
        "地点代码，和 attribute[place] 一样。",
        matching(PLACE, _PLACE_SENTENCE),
        {"type": "string", "pattern": f"^{PLACE}$"},
    ),
    Field(
        _attribute(PLACE_ATTRIBUTE),
        "小区，取值见服务定义。",
        matching(PLACE, _PLACE_SENTENCE),
        {"type": "string", "pattern": f"^{PLACE}$"},
    ),
    Field(
        _attribute(FOREIGN_ATTRIBUTE),
        "您那边的编号。同一个编号再报一次，得到的还是原来那件。",
        matching(FOREIGN, _FOREIGN_SENTENCE),
        {"type": "string", "pattern": f"^{FOREIGN}$"},
    ),
    _text("first_name", "反映人的名字，只给社区回访用，不会再传出去。", 60),
    _text("last_name", "反映人的姓。", 60),
    _text("phone", "反映人的电话，只给社区回访用，不会再传出去。", 40),
    _text("email", "反映人的邮箱，不保存。", 200),
    _text("device_id", "不保存。", 200),
    _text("account_id", "不保存。", 200),
    _text("media_url", "照片的网址，附在说明后面，系统不会去下载。", 500),
)


@dataclass(frozen=True, slots=True)
class Operation:
    """One method at one address. `answer`: the name of its shape; `root`: its XML element."""

    name: str
    method: str
    path: str
    summary: str
    fields: tuple[Field, ...]
    answer: str
    root: str
    statuses: tuple[int, ...]
    needs_key: bool = False

    @property
    def rule(self) -> str:
        """The address as Flask writes it."""
        return self.path.replace("{", "<").replace("}", ">")


_ALWAYS = (200, 400, 404, 429)
DISCOVERY = Operation(
    "getDiscovery",
    "GET",
    f"{ROOT}/discovery.{{response_format}}",
    "接口在哪里、支持哪些格式、密钥找谁要",
    (),
    "Discovery",
    "discovery",
    _ALWAYS,
)
LIST_SERVICES = Operation(
    "listServices",
    "GET",
    f"{ROOT}/services.{{response_format}}",
    "可以反映的事项",
    PLAIN,
    "Services",
    "services",
    _ALWAYS,
)
DEFINE_SERVICE = Operation(
    "getServiceDefinition",
    "GET",
    f"{ROOT}/services/{{service_code}}.{{response_format}}",
    "一个事项要填的内容",
    PLAIN,
    "ServiceDefinition",
    "service_definition",
    _ALWAYS,
)
LIST_REQUESTS = Operation(
    "listServiceRequests",
    "GET",
    f"{ROOT}/requests.{{response_format}}",
    "诉求的进展，新的在前",
    LISTING,
    "ServiceRequests",
    "service_requests",
    (*_ALWAYS, 403),
)
GET_REQUEST = Operation(
    "getServiceRequest",
    "GET",
    f"{ROOT}/requests/{{service_request_id}}.{{response_format}}",
    "一件诉求的进展",
    PLAIN,
    "ServiceRequests",
    "service_requests",
    (*_ALWAYS, 403),
)
POST_REQUEST = Operation(
    "createServiceRequest",
    "POST",
    f"{ROOT}/requests.{{response_format}}",
    "报来一件诉求；可带照片（multipart/form-data，字段名 media）",
    FILING,
    "CreatedRequests",
    "service_requests",
    (200, 201, 400, 403, 404, 413, 429),
    needs_key=True,
)
GET_TOKEN = Operation(
    "getRequestIdFromToken",
    "GET",
    f"{ROOT}/tokens/{{token}}.{{response_format}}",
    "由您那边的编号查诉求编号",
    PLAIN,
    "TokenRequests",
    "service_requests",
    (*_ALWAYS, 403),
    needs_key=True,
)
OPERATIONS = (
    DISCOVERY,
    LIST_SERVICES,
    DEFINE_SERVICE,
    LIST_REQUESTS,
    GET_REQUEST,
    POST_REQUEST,
    GET_TOKEN,
)
PARTS: Mapping[str, Mapping[str, Any]] = {
    "community": {"type": "string", "pattern": "^[0-9]{12}$"},
    "response_format": {"type": "string", "enum": sorted(FORMATS)},
    "service_code": {"type": "string", "minLength": 1},
    "service_request_id": {"type": "string", "minLength": 1},
    "token": {"type": "string", "minLength": 1},
}
"""What stands between the slashes of an address."""
