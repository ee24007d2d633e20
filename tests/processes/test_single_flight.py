"""Two hundred requests that want the same value at once are one read of the store."""

import json
from collections.abc import Callable
from http.client import HTTPConnection

from tests.e2e.listener import Listener
from tests.e2e.server import Server, until
from tests.processes.servers import FaultyApp

CALLERS = 200


def test_cold_values_are_read_once(
    new_app: Callable[[], FaultyApp], new_listener: Callable[[Server], Listener]
) -> None:
    """A session and the connection that belongs to it, after a restart that has emptied the memory."""
    app = new_app()
    cookies = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in new_listener(app).cookies)
    app.stop()
    app.start()
    app.tell(disk="stuck")
    callers = [HTTPConnection("127.0.0.1", app.port) for _ in range(CALLERS)]
    for caller in callers:
        caller.request("GET", "/session", headers={"Cookie": cookies})
    until(lambda: app.look()["misses"].get("session") == CALLERS, "everybody's wish for the session")
    app.tell(disk="well")
    for caller in callers:
        assert json.load(caller.getresponse())["authenticated"]
        caller.close()
    reads = app.look()["reads"]
    assert reads["session"] == reads["connection"] == 1
