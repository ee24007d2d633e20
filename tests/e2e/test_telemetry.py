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
# Opened in the background; or left before all of it was there, and come back to.
OUT_OF_SIGHT = """
  let state = location.search === "?left" ? "visible" : "hidden";
  Object.defineProperty(document, "visibilityState", { get: () => state });
  const become = (other) => { state = other; document.dispatchEvent(new Event("visibilitychange")); };
  addEventListener("DOMContentLoaded", () => { become("hidden"); become("visible"); });
  addEventListener("pagehide", () => become("hidden"));"""


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
        page.add_init_script(OUT_OF_SIGHT)
        for path in ("/about", "/about?left", "/operator"):
            page.goto(f"{server.url}{path}")
        later = until(lambda: told("/api/admin/perf", "totalSamples", 4), "the times of four pages")
    assert sorted(group["kind"] for group in errors["groups"]) == ["csp", "error", "rejection"]
    assert {page for group in errors["groups"] for page in group["pages"]} == {"/about"}
    assert "canary" not in str(errors)
    assert {"pageLoadTime", "largestContentfulPaint", "cumulativeLayoutShift"} <= set(times["averages"])

    *unseen, in_sight, _ = later["samples"]
    assert in_sight["largestContentfulPaint"]
    for sample in unseen:
        assert sample["pageLoadTime"]
        assert sample["firstContentfulPaint"] is sample["largestContentfulPaint"] is None

    page.get_by_role("link", name="Errors", exact=True).click()
    expect(page.get_by_role("heading", level=2)).to_have_count(3)
