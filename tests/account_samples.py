"""Sample settings of an account, and sample pages of requests for access."""

from datetime import timedelta

from tests.samples import NAME, NOW, Sample

ACCOUNT = Sample(
    theme="dark",
    language="",
    shortcuts=True,
    languages=(("en", NAME), ("sv", NAME)),
    community=False,
    sessions=(
        Sample(browser=NAME, created_at=NOW - timedelta(days=3), seen_at=NOW, here=True),
        Sample(browser="", created_at=NOW, seen_at=NOW, here=False),
    ),
)
ACCESS = Sample(invited=True, sent=False, name="", email="", wrong=())
ASKED = Sample(id="1", name=NAME, email="7@8.9", asked_at=NOW)

ACCESS_PAGES = [
    ("access/page.html", ACCESS),
    ("access/page.html", ACCESS.but(name=NAME, email=NAME, wrong=("name", "email"))),
    ("access/page.html", ACCESS.but(sent=True)),
    ("access/page.html", ACCESS.but(invited=False)),
    ("operator/access.html", (ASKED, ASKED.but(id="2"))),
    ("operator/access.html", ()),
]
