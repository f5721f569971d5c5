from __future__ import annotations

import secrets

import pytest
from sqlalchemy import select

from app.communities import queries
from app.communities.models import Community, Region
from app.core.audit.models import AuditEntry
from app.core.audit.vocabulary import AuditEvent
from app.core.db import db
from app.core.tenancy import PLATFORM_ID, Scope, place_directory
from app.core.transaction import transaction

HEAD = "code,parent_code,level,name\n"

_PROVINCES = (str(number) for number in range(66, 100))


@pytest.fixture
def province():
    """A province code nobody uses, so that tests keep apart."""
    return next(_PROVINCES)


def tree(province: str, name: str = "云山社区居委会") -> str:
    city, district = f"{province}{secrets.randbelow(100):02d}", ""
    district = f"{city}{secrets.randbelow(100):02d}"
    street = f"{district}001"
    return (
        f"{HEAD}{province},,province,云省\n{city},{province},city,云市\n"
        f"{district},{city},district,云区\n{street},{district},street,云山街道\n"
        f"{street}008,{street},community,{name}\n"
    )


@pytest.fixture
def run(world, tmp_path):
    def import_text(text: str | bytes):
        path = tmp_path / "divisions.csv"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return world.app.test_cli_runner().invoke(args=["communities", "import", str(path)])

    return import_text


def test_divisions_become_regions_and_communities(world, run, province, context):
    text = tree(province)
    result = run(text)
    assert result.exit_code == 0, result.output
    code = text.strip().splitlines()[-1].split(",")[0]
    found = place_directory().community(code)
    assert found.name == "云山社区"
    assert found.region_path.endswith(f"{code[:9]}.")
    with transaction(Scope()):
        row = db.session.scalars(select(Community).where(Community.code == code)).one()
        assert row.pinyin == "yun shan she qu"
        assert db.session.get_one(Region, code[:9]).parent_code == code[:6]


def test_the_same_file_twice_changes_nothing(run, province):
    text = tree(province)
    assert "新增或改名 5 个" in run(text).output
    assert "新增或改名 0 个" in run(text).output


def test_a_new_name_is_taken_over_and_the_number_stays(world, run, province, context):
    text = tree(province)
    run(text)
    code = text.strip().splitlines()[-1].split(",")[0]
    with transaction(Scope()):
        before = queries.community_by_code(code).id
    assert "新增或改名 1 个" in run(text.replace("云山社区居委会", "云峰社区居委会")).output
    with transaction(Scope()):
        after = queries.community_by_code(code)
        assert (after.id, after.name) == (before, "云峰社区")


def test_one_faulty_line_keeps_everything_out(world, run, province, context):
    text = tree(province)
    code = text.strip().splitlines()[-1].split(",")[0]
    result = run(f"{text}{code}9,{code[:9]},community,多一位\n")
    assert result.exit_code == 1
    assert "第 7 行" in result.output
    assert "一行也没有导入" in result.output
    with transaction(Scope()):
        assert queries.community_by_code(code) is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"code;name\n1;x\n", "lacks the columns"),
        (b"", "lacks the columns"),
        ("code,parent_code,level,name\n42,,province,湖北".encode("gbk"), "not UTF-8"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_a_reason(run, content, words):
    result = run(content)
    assert result.exit_code == 1
    assert words in result.output


def test_a_file_from_a_spreadsheet_with_a_byte_order_mark_is_read(run, province):
    assert run(b"\xef\xbb\xbf" + tree(province).encode()).exit_code == 0


def test_an_import_is_noted_once(run, province, context):
    def noted():
        with transaction(Scope(community_id=PLATFORM_ID)):
            return len(
                db.session.scalars(
                    select(AuditEntry.id).where(
                        AuditEntry.event == AuditEvent.COMMUNITIES_IMPORTED.value
                    )
                ).all()
            )

    before, text = noted(), tree(province)
    run(text)
    run(text)
    assert noted() == before + 1


@pytest.mark.parametrize("wanted", ["檀溪", "tanxi", "tan xi", "CODE"])
def test_a_community_is_found_by_name_pinyin_or_code(world, context, wanted):
    community = world.community("檀溪社区")
    with transaction(Scope()):
        found = queries.find_communities(
            wanted.replace("CODE", community.code), after=str(int(community.code) - 1)
        )
    assert community.code in [row.code for row in found]


def test_a_percent_sign_is_just_a_letter(world, context):
    world.community()
    with transaction(Scope()):
        assert queries.find_communities("%") == []
