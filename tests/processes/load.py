"""Clients that write one value after the other, and remember what they were told."""

import itertools
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

import httpx

from tests.e2e.server import PATIENCE_S

How = Literal["later", "now"]

HEADERS = {"Sec-Fetch-Site": "same-origin"}
PADDING = "x" * 300
WRITERS = 20
READS_A_WRITE = 0.1


def text_of(number: int) -> str:
    return f"{number} {PADDING}"


def number_of(text: str) -> int:
    return int(text.partition(" ")[0])


@dataclass
class Written:
    """What became of the writes of keys whose values count up.

    Attributes:
        sent: the newest value of each key that was sent.
        told: the newest one that the server has said it keeps.
        answers: how many writes were answered with each status.
        misread: reads of queued keys that did not find the newest value.
    """

    sent: Counter[str] = field(default_factory=Counter)
    told: dict[str, int] = field(default_factory=dict)
    answers: Counter[int] = field(default_factory=Counter)
    misread: list[str] = field(default_factory=list)

    def missing(self, stored: dict[str, int]) -> dict[str, tuple[int | None, int]]:
        """Return the keys that hold something older than was told, or something that was never sent."""
        return {
            name: (stored.get(name), told)
            for name, told in self.told.items()
            if not told <= stored.get(name, 0) <= self.sent[name]
        }


class Writer:
    """One client, the only one that writes its keys."""

    def __init__(self, url: str, written: Written) -> None:
        self.http = httpx.Client(base_url=url, headers=HEADERS, timeout=PATIENCE_S)
        self.written = written

    def write(self, how: How, name: str) -> httpx.Response:
        """Write the next value of a key."""
        self.written.sent[name] += 1
        number = self.written.sent[name]
        answer = self.http.put(f"/test/{how}/{name}", json={"text": text_of(number)})
        self.written.answers[answer.status_code] += 1
        if answer.is_success:
            self.written.told[name] = number
        return answer

    def read_back(self, name: str) -> None:
        """Read a key that is queued, or was when it was written."""
        answer, wanted = self.http.get(f"/test/value/{name}"), self.written.sent[name]
        if answer.status_code != 200 or number_of(answer.text) != wanted:
            self.written.misread.append(f"{name}: {wanted} was written, {answer.text[:100]} was read")

    def write_on(self, how: How, name: str) -> None:
        """Write one value after the other until the server is gone."""
        with self.http, suppress(httpx.TransportError):
            while True:
                self.write(how, name)

    def write_paced(self, names: Sequence[str], pace: "Pace") -> None:
        """Write at a steady pace until it is over; a slow server gets the rest as fast as it takes it.

        Half of the writes go to a tenth of the keys, so that many are written over before they are stored.
        """
        chance, queued = random.Random(names[0]), list[str]()
        began_at = time.monotonic()
        with self.http:
            for count in itertools.count():
                if pace.over.wait(max(0.0, began_at + count / pace.per_second - time.monotonic())):
                    return
                among = max(1, len(names) // 10) if chance.random() < 0.5 else len(names)
                name = names[chance.randrange(among)]
                if pace.outage.is_set():  # before it is sent: so it stays queued
                    queued.append(name)
                self.write("later", name)
                if queued and chance.random() < READS_A_WRITE:
                    self.read_back(chance.choice(queued))


@dataclass(frozen=True)
class Pace:
    """How fast to write.

    Attributes:
        outage: set while nothing gets into the store.
        over: set when it is enough.
    """

    per_second: float
    outage: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)


@contextmanager
def clients(work: Sequence[Callable[[], None]]) -> Iterator[None]:
    """Have clients at work beside the block; wait for them after it, and raise what they raised."""
    with ThreadPoolExecutor(len(work)) as pool:
        begun = [pool.submit(one) for one in work]
        yield
    for one in begun:
        one.result()


@contextmanager
def traffic(url: str, written: Written, names: Sequence[str], *, per_second: float) -> Iterator[Pace]:
    """Have several clients write their share of the keys, so many values a second in all."""
    pace = Pace(per_second / WRITERS)
    shares = [names[number::WRITERS] for number in range(WRITERS)]
    with clients([partial(Writer(url, written).write_paced, share, pace) for share in shares]):
        try:
            yield pace
        finally:
            pace.over.set()
