"""Samples of the operators' pages of what is stored."""

from tests.samples import NAME, NOW, Sample

USER = Sample(
    id="7", name=NAME, since=NOW, signed_in_at=NOW, connected=True, values={"library": 1, "library-songs": 12}
)
KIND = Sample(name="library", personal=True, life_s=7.0, keys=3)
KEYS = Sample(kinds=(KIND,), keys=("7:8",), total=201, next_offset=200)
CACHE = Sample(entries=3, bytes=2048, kinds={NAME: Sample(entries=3, most_entries=100, bytes=7, evictions=1)})
STORED_PAGES = [
    (
        "operator/users.html",
        Sample(
            total=51,
            next_offset=50,
            users=(USER, USER.but(id="8", name="", since=None, signed_in_at=None, connected=False)),
        ),
    ),
    ("operator/users.html", Sample(total=0, users=(), next_offset=None)),
    ("operator/users.html", Sample(total=7, users=(), next_offset=None)),
    ("operator/kinds.html", KEYS.but(kinds=(KIND, KIND.but(keys=0)))),
    ("operator/keys.html", KEYS),
    ("operator/keys.html", KEYS.but(keys=(), total=0, next_offset=None)),
    ("operator/value.html", Sample(key="7:8", kind="library", text="{7}")),
    ("operator/caches.html", CACHE),
]
