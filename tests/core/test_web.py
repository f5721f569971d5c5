from __future__ import annotations

import json
import re

import pytest
import structlog

from app.core.web.preferences import local_path


def test_the_policy_allows_no_inline_script_or_style(world):
    policy = world.client().get("/login").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert re.search(r"script-src 'self' 'nonce-[\w-]{16,}';", policy)


def test_an_answer_without_scripts_names_none(world):
    policy = world.client().get("/healthz").headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy


def test_each_page_has_its_own_nonce(world):
    client = world.client()
    policies = {client.get("/login").headers["Content-Security-Policy"] for _ in range(3)}
    assert len(policies) == 3


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        ("Cache-Control", "no-store"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
    ],
)
def test_every_answer_carries_the_safety_headers(world, name, value):
    assert world.client().get("/healthz").headers.getlist(name) == [value]


def test_a_line_of_the_log_names_its_request(app):
    with app.test_request_context(headers={"X-Request-ID": "abcd-1234-efgh"}):
        app.preprocess_request()
        line = {"event": "seen"}
        for process in structlog.get_config()["processors"]:
            line = process(None, "warning", line)
    assert json.loads(line)["request_id"] == "abcd-1234-efgh"


def test_a_request_id_is_kept_when_it_is_plain_and_replaced_when_it_is_not(world):
    client = world.client()
    kept = client.get("/healthz", headers={"X-Request-ID": "abcd-1234-efgh"})
    assert kept.headers["X-Request-ID"] == "abcd-1234-efgh"
    replaced = client.get("/healthz", headers={"X-Request-ID": "<script>"})
    assert re.fullmatch(r"[0-9a-f-]{36}", replaced.headers["X-Request-ID"])


def test_an_unknown_page_says_so_in_plain_words(world):
    answer = world.client().get("/nowhere")
    assert answer.status_code == 404
    assert "不存在" in answer.get_data(as_text=True)


def test_a_program_gets_a_refusal_as_json(world):
    answer = world.client().get("/nowhere", headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert answer.json["error"] == "404"


def test_absent_and_forbidden_communities_look_alike(world):
    person = world.person()
    community = world.community()
    client = world.client(person)
    forbidden = client.get(f"/c/{community.code}/files/018f0000-0000-7000-8000-000000000000")
    absent = client.get("/c/999999999999/files/018f0000-0000-7000-8000-000000000000")
    assert forbidden.status_code == absent.status_code == 404
    hide = re.compile(rb"nonce-?[^ ]*|\d{12}|[0-9a-f]{8}-[0-9a-f-]{27}|csrf[^>]*")
    assert hide.sub(b"", forbidden.data) == hide.sub(b"", absent.data)


def test_ready_means_database_queue_and_migrations(world):
    answer = world.client().get("/readyz")
    assert answer.json == {"database": "ok", "queue": "ok"}


def test_not_ready_while_migrations_are_pending(world, app, monkeypatch):
    monkeypatch.setitem(app.extensions, "gongzhi.migration_heads", ("9999",))
    answer = world.client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json["database"] == "migrations pending"


def test_metrics_are_shown_only_for_the_token(world):
    client = world.client()
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer no"}).status_code == 404
    shown = client.get("/metrics", headers={"Authorization": "Bearer metrics-token"})
    assert shown.status_code == 200
    assert b"gongzhi_requests_total" in shown.data


def test_metrics_name_endpoints_and_never_addresses(world):
    client = world.client()
    client.get("/c/420602001999/files/018f0000-0000-7000-8000-000000000000")
    shown = client.get("/metrics", headers={"Authorization": "Bearer metrics-token"})
    assert b"018f0000" not in shown.data
    assert b"420602001999" not in shown.data


def test_large_type_is_switched_without_script_and_returns_to_the_page(world):
    client = world.client()
    answer = client.post("/preferences/type-size", headers={"Referer": "http://localhost/login"})
    assert answer.location == "/login"
    assert client.get_cookie("large_type").value == "1"
    client.post("/preferences/type-size")
    assert client.get_cookie("large_type").value == "0"


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("http://localhost/a?b=1", "/a?b=1"),
        ("/a", "/a"),
        ("http://evil.example/a", None),
        ("//evil.example/a", None),
        ("/\\evil.example", None),
        ("javascript:alert(1)", None),
        ("", None),
        (None, None),
    ],
)
def test_a_return_address_stays_on_this_host(app, address, path):
    with app.test_request_context("/", base_url="http://localhost"):
        assert local_path(address) == path


def test_a_form_without_its_token_is_refused_with_a_sentence(world, app):
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        answer = world.client().post("/preferences/type-size")
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert answer.status_code == 403
    assert "刷新" in answer.get_data(as_text=True)


def test_an_unexpected_failure_tells_nothing_of_the_inside(world, app, monkeypatch):
    monkeypatch.setitem(app.extensions, "gongzhi.redis", None)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = world.client().get("/readyz")
    assert answer.status_code == 500
    assert "NoneType" not in answer.get_data(as_text=True)


def test_a_page_is_compressed_for_whoever_reads_that_and_depends_on_the_cookie(world):
    answer = world.client().get("/login", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert {one.lower() for one in answer.vary} == {"accept-encoding", "cookie"}


def test_a_redirect_depends_on_the_cookie_alone(world):
    answer = world.client().get("/account", headers={"Accept-Encoding": "gzip"})
    assert (answer.status_code, answer.headers.get("Vary")) == (302, "Cookie")
    assert "Content-Encoding" not in answer.headers
