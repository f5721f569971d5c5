from __future__ import annotations

from uuid import uuid4

from flask import url_for

from app.core.web.row_urls import row_urls


def test_each_row_has_the_address_it_would_have_by_itself(app):
    row_id = uuid4()
    with app.test_request_context("/"):
        url = row_urls("tickets.show", "complaint_id", community="42", after="甲 乙")
        alone = url_for("tickets.show", community="42", after="甲 乙", complaint_id=row_id)
        assert url(row_id) == alone


def test_an_address_lies_below_the_root_of_its_own_request(app):
    row_id = uuid4()
    for root in ("/one", "/two"):
        with app.test_request_context("/", base_url=f"http://localhost{root}"):
            url = row_urls("tickets.show", "complaint_id", community="42")
            assert url(row_id) == f"{root}/c/42/tickets/{row_id}"
