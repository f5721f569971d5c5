def test_readyz(browser_page):
    page = browser_page()
    page.goto("/readyz")
    assert "ok" in page.content()
