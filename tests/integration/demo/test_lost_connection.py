import asyncio
import socket
from collections.abc import AsyncIterator

import httpx
import pytest
import uvicorn
from starlette.types import ASGIApp

from tests.integration.demo.visitor import Visitor

pytestmark = pytest.mark.anyio


@pytest.fixture
async def address(app: ASGIApp) -> AsyncIterator[str]:
    """The simulator behind a real server: only there can a connection be cut."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None))
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        await serving


async def test_a_connection_can_be_cut_after_the_write(signed_in: Visitor, address: str) -> None:
    await signed_in.switch(drop_after_write_next=1, drop_how="cut")
    headers = {"Authorization": f"Bearer {signed_in.tokens['access_token']}"}
    url = f"{address}/simulator/api/v1/me/playlists"
    async with httpx.AsyncClient(headers=headers) as http:
        with pytest.raises(httpx.RemoteProtocolError):
            await http.post(url, json={"name": "Jazz", "public": False})
        assert [one["name"] for one in (await signed_in.control())["playlists"]] == ["Jazz"]
        assert (await http.get(url)).json()["items"][0]["name"] == "Jazz"
