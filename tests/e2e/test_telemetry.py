"""What a real browser tells by itself: errors, what the policy refused, and how fast a page was."""

from collections.abc import Callable
from typing import Any

import httpx
from playwright.sync_api import expect

from tests.e2e.conftest import Complaints, Open
from tests.e2e.server import Server, until

# A module on a page that lacks what it is for fails as a fault of ours would.
FAIL = """() => {
  const script = document.createElement("script");
  document.body.append(Object.assign(script, { type: "module", src: "/static/js/scan.js" }));
}"""
REJECT = "() => { void import('/static/js/genres.js') }"
INLINE = "() => { document.body.append(Object.assign(document.createElement('script'), { text: '1' })) }"
IN_THE_BACKGROUND = "Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' })"


def test_a_browser_tells_of_errors_of_refused_scripts_and_of_times(
    new_server: Callable[..., Server], open_page: Open, complaints: Complaints
) -> None:
    server = new_server().start()
    page = open_page(f"{server.url}/about?q=canary")
    for act, complaint in (
        (FAIL, "has no #scan"),
        (REJECT, "has no #selection"),
        (INLINE, "CSP: script-src"),
    ):
        page.evaluate(act)
        complaints.expect(complaint, page)
    complaints.expect("inline script", page)
    page.goto(f"{server.url}/about")

    with httpx.Client(base_url=server.url) as http:

        def told(path: str, count: str, least: int) -> dict[str, Any] | None:
            found: dict[str, Any] = http.get(path).json()
            return found if found[count] >= least else None

        errors = until(lambda: told("/api/admin/errors", "count", 3), "three reports")
        times = until(lambda: told("/api/admin/perf", "totalSamples", 1), "a page's times")
        page.add_init_script(IN_THE_BACKGROUND)
        page.goto(f"{server.url}/about")
        page.goto(f"{server.url}/operator")
        later = until(lambda: told("/api/admin/perf", "totalSamples", 3), "the times of three pages")
    assert sorted(group["kind"] for group in errors["groups"]) == ["csp", "error", "rejection"]
    assert {page for group in errors["groups"] for page in group["pages"]} == {"/about"}
    assert "canary" not in str(errors)
    assert {"pageLoadTime", "largestContentfulPaint", "cumulativeLayoutShift"} <= set(times["averages"])

    in_sight, unseen = later["samples"][1], later["samples"][0]
    assert in_sight["largestContentfulPaint"]
    assert unseen["pageLoadTime"]
    assert unseen["firstContentfulPaint"] is unseen["largestContentfulPaint"] is None

    page.get_by_role("link", name="Errors", exact=True).click()
    expect(page.get_by_role("heading", level=2)).to_have_count(3)
