import pytest

from app.demo.calls import REMOVED, call_of


@pytest.mark.parametrize(
    ("path", "service", "name"),
    [
        ("/api/v1/me", "spotify", "GET /v1/me"),
        ("/api/v1/me/tracks/contains", "spotify", "GET /v1/me/tracks/contains"),
        ("/api/v1/playlists/abc/items", "spotify", "GET /v1/playlists/{id}/items"),
        ("/api/v1/playlists/abc", "spotify", "GET /v1/playlists/{id}"),
        ("/api/v1/artists", "spotify", "GET /v1/artists"),
        ("/api/v1/users/some.body/playlists", "spotify", "GET /v1/users/{id}/playlists"),
        ("/api/v1/browse/categories/toplists", "spotify", "GET /v1/browse/categories/{id}"),
        ("/musicbrainz/ws/2/url", "musicbrainz", "GET /ws/2/url"),
        ("/accounts/api/token", "accounts", "GET /api/token"),
    ],
)
def test_calls_are_named_by_their_route(path: str, service: str, name: str) -> None:
    call = call_of("GET", path)
    assert call is not None
    assert (call.service, call.name) == (service, name)


@pytest.mark.parametrize("path", ["/control", "/open/track/x", "/images/x.svg", "/", "", "/api/v2/me"])
def test_other_places_are_no_calls(path: str) -> None:
    assert call_of("GET", path) is None


def test_a_name_is_never_long() -> None:
    call = call_of("GET", "/api/v1/" + "x" * 1000)
    assert call is not None
    assert len(call.name) < 70


@pytest.mark.parametrize("route", REMOVED)
def test_every_removed_route_is_found_by_its_own_name(route: str) -> None:
    methods, status = REMOVED[route]
    for method in ("GET", "POST", "PUT", "DELETE", "PATCH"):
        call = call_of(method, "/api" + route.replace("{id}", "x"))
        assert call is not None
        assert call.removed_status == (status if method in methods.split() else None)
