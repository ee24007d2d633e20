"""Whose word is taken on where a request came from."""

from ipaddress import ip_network

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send
from structlog.testing import capture_logs

from app.forwarding import TrustedProxies
from app.networks import network_of, parsed
from app.senders import address_of, is_the_machine
from app.settings import Settings

pytestmark = pytest.mark.anyio

PROXIES = ("127.0.0.1", "::1", "10.1.0.0/16")
HERE = Settings(_env_file=None)
THERE = Settings(_env_file=None, base_url="https://genres.example", secret_key="s" * 32)  # type: ignore[arg-type]


async def tell(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with what the app knows of who asks."""
    request = Request(scope)
    told = {
        "address": address_of(request),
        "untrusted": getattr(request.state, "untrusted_proxy", None),
        "machine": [is_the_machine(request, settings) for settings in (HERE, THERE)],
    }
    await JSONResponse(told)(scope, receive, send)


async def ask(peer: str, *forwarded: str, header: str = "x-forwarded-for") -> dict[str, object]:
    app = TrustedProxies(tell, [ip_network(name) for name in PROXIES])
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app, client=(peer, 1)), base_url=HERE.public_url
    ) as http:
        answer = await http.get("/", headers=[(header, value) for value in forwarded])
    return dict(answer.json())


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("127.0.0.1", ["198.51.100.7"], "198.51.100.7"),
        ("::1", ["198.51.100.7"], "198.51.100.7"),
        ("10.1.2.3", ["made up, 198.51.100.7"], "198.51.100.7"),
        ("127.0.0.1", ["192.0.2.1, 198.51.100.7, 10.1.2.3"], "198.51.100.7"),
        ("127.0.0.1", ["192.0.2.1", "198.51.100.7"], "198.51.100.7"),
        ("127.0.0.1", ["198.51.100.7:4711"], "198.51.100.7"),
        ("127.0.0.1", ["[2001:db8::7]:4711"], "2001:db8::7"),
        ("127.0.0.1", ["2001:DB8:0::7"], "2001:db8::7"),
        ("127.0.0.1", ["::ffff:198.51.100.7"], "198.51.100.7"),
        ("127.0.0.1", ["unknown"], ""),
        ("127.0.0.1", ["x" * 30_000], ""),
        ("127.0.0.1", ["fe80::1%" + "x" * 30_000], "fe80::1"),
        ("127.0.0.1", [""], "127.0.0.1"),
        ("127.0.0.1", [], "127.0.0.1"),
        ("::ffff:198.51.100.7", [], "198.51.100.7"),
        ("10.2.0.1", [], "10.2.0.1"),
    ],
)
async def test_a_trusted_proxy_is_believed(peer: str, forwarded: list[str], address: str) -> None:
    told = await ask(peer, *forwarded)
    assert (told["address"], told["untrusted"]) == (address, None)


@pytest.mark.parametrize("peer", ["10.2.0.1", "8.8.8.8", "2001:db8::1", "127.0.0.2"])
async def test_nobody_else_is(peer: str) -> None:
    told = await ask(peer, "127.0.0.1")
    assert (told["address"], told["untrusted"]) == (peer, peer)


@pytest.mark.parametrize(
    ("peer", "header", "machine"),
    [
        ("127.0.0.1", None, True),
        ("::1", None, True),
        ("::ffff:127.0.0.1", None, True),
        ("127.0.0.1", "x-forwarded-for", False),
        ("127.0.0.1", "via", False),
        ("192.0.2.7", None, False),
        ("192.0.2.7", "x-forwarded-for", False),
        ("10.1.2.3", "x-forwarded-for", False),
    ],
)
async def test_who_sits_at_the_machine(peer: str, header: str | None, *, machine: bool) -> None:
    told = await ask(peer, "127.0.0.1", header=header) if header else await ask(peer)
    assert told["machine"] == [machine, False]


async def test_the_log_tells_once_whom_it_does_not_believe() -> None:
    app = TrustedProxies(tell, [])
    transport = httpx.ASGITransport(app, client=("10.2.0.1", 1))
    with capture_logs() as lines:
        async with httpx.AsyncClient(transport=transport, base_url=HERE.public_url) as http:
            for _ in range(3):
                await http.get("/", headers={"x-forwarded-for": "198.51.100.7"})
    assert [(line["event"], line["peer"], line["setting"]) for line in lines] == [
        ("proxy.not_trusted", "10.2.0.1", "TRUSTED_PROXIES")
    ]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff:2", "2001:db8::/64"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("198.51.100.7", "198.51.100.7"),
        ("an-account", "an-account"),
        ("a/b", "a/b"),
    ],
)
def test_a_household_has_one_network(address: str, network: str) -> None:
    assert network_of(address) == network


@given(st.text() | st.ip_addresses().map(str))
def test_anything_has_a_network(told: str) -> None:
    assert network_of(network_of(told)) or not told
    assert parsed(told) is None or parsed(str(parsed(told))) == parsed(told)
