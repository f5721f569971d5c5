"""The staff's pages: keys and secrets are shown once, and what goes on can be seen."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest
from factories import complaints as made
from factories import interfaces as programs
from factories.databases import owner_connection
from sqlalchemy import select, text

from app.core.access.roles import Role
from app.core.audit.models import AuditEntry
from app.interfaces.models import ApiClient, Webhook
from app.interfaces.rules.clients import key_digest


@pytest.fixture
def office(world, street):
    return world.client(street.office)


@pytest.fixture
def page(street):
    def address(path=""):
        return f"/c/{street.community.code}/interfaces/{path}"

    return address


def secret_of(answer):
    assert answer.status_code == 201
    return html.unescape(re.search(r'name="secret" value="([^"]+)"', answer.text)[1])


def audited(world, street):
    with owner_connection(world.config) as connection:
        connection.execute(text(f"SET LOCAL app.community_id = '{street.community.id}'"))
        return connection.execute(
            select(AuditEntry.event, AuditEntry.details).where(
                AuditEntry.community_id == street.community.id
            )
        ).all()


def test_a_client_is_added_and_its_key_shown_once(world, street, office, page, api):
    answer = office.post(page("new"), data={"name": "网格平台", "reading": "community"})
    key = secret_of(answer)
    assert "只显示这一次" in answer.text
    (row,) = programs.rows(world, street, ApiClient)
    assert row.key_digest == key_digest(key)
    headers = {"X-Api-Key": key}
    assert world.client().get(api("requests"), headers=headers).status_code == 200
    for path in ("", str(row.id)):
        shown = office.get(page(path)).text
        assert "网格平台" in shown
        assert f"…{key[-4:]}" in shown
        assert key not in shown


def test_the_key_is_kept_nowhere_as_it_is(world, street, office, page):
    key = secret_of(office.post(page("new"), data={"name": "网格平台", "reading": "own"}))
    with owner_connection(world.config) as connection:
        connection.execute(text(f"SET LOCAL app.community_id = '{street.community.id}'"))
        for table in ("api_client", "audit_entry", "outbox_message"):
            found = connection.execute(text(f"SELECT t::text FROM {table} t")).scalars()
            assert not [row for row in found if key in row or key.removeprefix("gz_") in row]


def test_two_clients_of_one_name_are_not_told_apart_and_so_refused(office, page):
    data = {"name": "网格平台", "reading": "own"}
    assert office.post(page("new"), data=data).status_code == 201
    second = office.post(page("new"), data=data)
    assert second.status_code == 422
    assert "同名" in second.text
    assert 'value="网格平台"' in second.text


@pytest.mark.parametrize(
    "data", [{"name": "", "reading": "own"}, {"name": "甲"}, {"name": "甲" * 41, "reading": "own"}]
)
def test_an_incomplete_client_is_asked_for_again(office, page, data):
    assert office.post(page("new"), data=data).status_code == 422


def test_a_renewed_key_ends_the_old_one(world, street, office, page, api, hotline):
    renewed = secret_of(office.post(page(f"{hotline.id}/key")))
    client = world.client()
    assert client.get(api("requests"), headers={"X-Api-Key": hotline.key}).status_code == 403
    assert client.get(api("requests"), headers={"X-Api-Key": renewed}).status_code == 200


def test_a_revoked_client_is_let_in_no_more_and_can_be_added_anew(
    world, office, page, api, hotline
):
    assert office.post(page(f"{hotline.id}/revoke")).status_code == 302
    answer = world.client().get(api("requests"), headers={"X-Api-Key": hotline.key})
    assert answer.status_code == 403
    shown = office.get(page(str(hotline.id))).text
    assert "已停用" in shown
    assert "换新密钥" not in shown
    for path in ("key", "revoke"):
        assert office.post(page(f"{hotline.id}/{path}")).status_code == 409
    again = office.post(page("new"), data={"name": "12345 热线平台", "reading": "own"})
    assert again.status_code == 201


def test_everything_is_audited_without_secrets(world, street, office, page, grid):
    office.post(page(f"{grid.id}/key"))
    with programs.receiver() as here:
        secret = secret_of(
            office.post(
                page(f"{grid.id}/webhooks/new"),
                data={"url": here.url, "events": ["complaint.created"]},
            )
        )
        (webhook,) = programs.rows(world, street, Webhook)
        made.report(world, street)
        world.work_off(street.community)
        (delivery,) = programs.deliveries(world, street)
        office.post(page(f"deliveries/{delivery.id}/replay"))
        for action in ("pause", "resume", "secret"):
            office.post(page(f"webhooks/{webhook.id}/{action}"))
        office.post(page(f"{grid.id}/revoke"))
    entries = audited(world, street)
    assert {
        "interfaces.client_added",
        "interfaces.key_renewed",
        "interfaces.webhook_added",
        "interfaces.delivery_replayed",
        "interfaces.webhook_paused",
        "interfaces.webhook_resumed",
        "interfaces.webhook_secret_renewed",
        "interfaces.client_revoked",
    } <= {row.event for row in entries}
    assert not [row for row in entries if secret in str(row.details)]


def test_what_a_client_reported_is_listed_with_whom_to_call_back(office, page, post, hotline):
    post(
        first_name="秀英", last_name="赵", phone="13911112222", **{"attribute[foreign_id]": "HL-3"}
    )
    shown = office.get(page(str(hotline.id))).text
    for said in ("路灯不亮", "HL-3", "赵 秀英", "13911112222"):
        assert said in shown


def test_the_log_tells_what_arrived_and_why_not(world, street, office, page, grid):
    with programs.receiver(status=503) as here:
        webhook_id, _ = programs.webhook(world, street, grid, here.url)
        made.report(world, street)
        world.work_off(street.community)
        failing = office.get(page(f"webhooks/{webhook_id}")).text
        assert "对方回答 503" in failing
        assert "等待送达" in failing
        assert "对方没有接收" in failing
        (delivery,) = programs.deliveries(world, street)
        here.status = 200
        replayed = office.post(page(f"deliveries/{delivery.id}/replay"))
        assert replayed.location.endswith(f"/interfaces/webhooks/{webhook_id}")
        world.work_off(street.community)
    shown = office.get(replayed.location).text
    assert "已送达" in shown
    assert "重发" in shown


def test_an_address_is_paused_and_resumed(world, street, office, page, grid):
    with programs.receiver() as here:
        webhook_id, _ = programs.webhook(world, street, grid, here.url)
        office.post(page(f"webhooks/{webhook_id}/pause"))
        made.report(world, street)
        world.work_off(street.community)
        assert here.got == []
        assert "推送已停止" in office.get(page(f"webhooks/{webhook_id}")).text
        office.post(page(f"webhooks/{webhook_id}/resume"))
        made.report(world, street)
        world.work_off(street.community)
        assert len(here.got) == 1


@pytest.mark.parametrize("url", ["http://hooks.example.com/", "https://10.0.0.1/", "no address"])
def test_in_production_an_address_inside_is_refused_with_what_was_typed(
    world, office, page, grid, url, monkeypatch
):
    strict = replace(world.config, environment="production", demo=False)
    monkeypatch.setitem(world.app.extensions, "gongzhi.config", strict)
    answer = office.post(
        page(f"{grid.id}/webhooks/new"), data={"url": url, "events": ["complaint.created"]}
    )
    assert answer.status_code == 422
    assert f'value="{url}"' in answer.text
    assert "error-summary" in answer.text


def test_an_address_needs_at_least_one_event(office, page, grid):
    answer = office.post(
        page(f"{grid.id}/webhooks/new"), data={"url": "https://hooks.example.com/"}
    )
    assert answer.status_code == 422
    assert "至少选一样" in answer.text


def test_names_are_shown_as_text(world, street, office, page):
    nasty = "<script>alert(1)</script>"
    client = programs.program(world, street, name=nasty)
    for path in ("", str(client.id)):
        assert nasty not in office.get(page(path)).text


@pytest.mark.parametrize("role", [Role.PROPERTY_MANAGER, Role.RESIDENT, Role.GRID_MEMBER])
def test_others_do_not_see_the_pages(world, street, page, hotline, role):
    client = world.client(world.member(street.community, role))
    for path in ("", "new", str(hotline.id)):
        assert client.get(page(path)).status_code == 404


def test_another_community_cannot_touch_a_client(world, street, hotline, grid):
    elsewhere = made.street(world)
    client = world.client(elsewhere.office)
    base = f"/c/{elsewhere.community.code}/interfaces"
    with programs.receiver() as here:
        webhook_id, _ = programs.webhook(world, street, grid, here.url)
        made.report(world, street)
        world.work_off(street.community)
        (delivery,) = programs.deliveries(world, street)
    assert client.get(f"{base}/{hotline.id}").status_code == 404
    assert client.get(f"{base}/webhooks/{webhook_id}").status_code == 404
    for path in (
        f"{hotline.id}/revoke",
        f"{hotline.id}/key",
        f"webhooks/{webhook_id}/pause",
        f"deliveries/{delivery.id}/replay",
    ):
        assert client.post(f"{base}/{path}").status_code == 404


def test_the_log_costs_the_same_statements_however_long(
    world, street, office, page, grid, statements
):
    with programs.receiver() as here:
        webhook_id, _ = programs.webhook(world, street, grid, here.url)
        for _ in range(2):
            made.report(world, street)
        world.work_off(street.community)

        def cost():
            with statements() as seen:
                assert office.get(page(f"webhooks/{webhook_id}")).status_code == 200
            return len(seen)

        cost()
        few = cost()
        for _ in range(6):
            made.report(world, street)
        world.work_off(street.community)
        assert cost() == few
