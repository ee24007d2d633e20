"""Load on one address: clients that each wait for an answer before they ask again."""

import asyncio
import itertools
import re
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass

CONNECTIONS = 16
PEOPLE = 256
LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)
END_OF_HEAD = b"\r\n\r\n"


@dataclass(frozen=True)
class Load:
    """What a server answered in some time."""

    count: int
    per_second: float
    p99_ms: float


@dataclass(frozen=True)
class Asked:
    """One request, sent again and again; as behind a proxy, each comes from another address.

    Attributes:
        head: method, path and headers that the requests have in common.
    """

    port: int
    head: str
    body: str = ""

    @classmethod
    def get(cls, port: int, path: str, cookies: str = "") -> "Asked":
        return cls(port, f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookies}\r\n")

    @classmethod
    def post(cls, port: int, path: str, body: str) -> "Asked":
        common = f"Host: 127.0.0.1:{port}\r\nSec-Fetch-Site: same-origin\r\nContent-Length: {len(body)}\r\n"
        return cls(port, f"POST {path} HTTP/1.1\r\n{common}", body)

    def requests(self) -> Iterator[bytes]:
        """Yield the requests of so many people in turn: the limits count each by itself."""
        for person in itertools.cycle(range(PEOPLE)):
            yield f"{self.head}X-Forwarded-For: 203.0.113.{person}\r\n\r\n{self.body}".encode()


async def load(asked: Asked, seconds: float) -> Load:
    """Ask for some seconds over sixteen connections; every answer has to be a success."""
    took: list[float] = []
    requests, started = asked.requests(), time.perf_counter()
    clients = (_ask(asked.port, requests, until=started + seconds, took=took) for _ in range(CONNECTIONS))
    await asyncio.gather(*clients)
    per_second = len(took) / (time.perf_counter() - started)
    return Load(len(took), per_second, 1000 * statistics.quantiles(took, n=100)[98])


async def _ask(port: int, requests: Iterator[bytes], *, until: float, took: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while (began := time.perf_counter()) < until:
        writer.write(next(requests))
        head = await reader.readuntil(END_OF_HEAD)
        length = LENGTH.search(head)
        assert head.startswith(b"HTTP/1.1 200"), head
        assert length, head
        await reader.readexactly(int(length[1]))
        took.append(time.perf_counter() - began)
    writer.close()
    await writer.wait_closed()
