"""Routes that read and write values of a test's own through the app's service, and answer in every way."""

import asyncio
from collections.abc import AsyncIterator

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, ConfigDict

from app.deps import ServicesDep
from app.errors import NotFoundError
from app.kv.keyspace import Keyspace


class Value(BaseModel):
    """A text that only tests write."""

    model_config = ConfigDict(frozen=True)

    text: str


VALUE = Keyspace("test-value", Value)

router = APIRouter(prefix="/test", include_in_schema=False)


@router.put("/later/{name}", status_code=204)
async def put_later(name: str, value: Value, services: ServicesDep) -> None:
    await services.kv.put_later(VALUE(name), value)


@router.put("/now/{name}", status_code=204)
async def put_now(name: str, value: Value, services: ServicesDep) -> None:
    await services.kv.put(VALUE(name), value)


@router.put("/all/{count}", status_code=204)
async def put_all(count: int, value: Value, services: ServicesDep) -> None:
    """Queue values under the names from 0 to `count`."""
    for name in range(count):
        await services.kv.put_later(VALUE(name), value)


@router.get("/value/{name}")
async def get(name: str, services: ServicesDep) -> PlainTextResponse:
    value = await services.kv.get(VALUE(name))
    if value is None:
        raise NotFoundError(name)
    return PlainTextResponse(value.text)


@router.put("/then-{status}/{name}")
async def put_then_fail(status: int, name: str, value: Value, services: ServicesDep) -> None:
    """Queue a value and answer 404 or 500."""
    await services.kv.put_later(VALUE(name), value)
    raise NotFoundError(name) if status == 404 else RuntimeError("on purpose")


@router.get("/stream/{name}", response_class=EventSourceResponse)
async def put_in_a_stream(name: str, services: ServicesDep) -> AsyncIterator[ServerSentEvent]:
    """Queue a value in the middle of a stream that ends."""
    yield ServerSentEvent(raw_data="1")
    await services.kv.put_later(VALUE(name), Value(text=name))
    yield ServerSentEvent(raw_data="2")


@router.get("/endless/{name}", response_class=EventSourceResponse)
async def put_and_go_on(name: str, services: ServicesDep) -> AsyncIterator[ServerSentEvent]:
    """Queue a value in a stream that ends only because nobody listens any more."""
    await services.kv.put_later(VALUE(name), Value(text=name))
    while True:
        yield ServerSentEvent(raw_data="1")
        await asyncio.sleep(0.01)


@router.put("/wait/{name}")
async def put_then_wait(name: str, value: Value, request: Request, services: ServicesDep) -> Response:
    """Queue a value and answer only when nobody waits for that any more."""
    await services.kv.put_later(VALUE(name), value)
    while not await request.is_disconnected():
        await asyncio.sleep(0.01)
    return Response(status_code=204)


@router.put("/work/{name}", status_code=204)
async def work_then_put(name: str, value: Value, services: ServicesDep) -> None:
    """Work for a second, whoever has gone away meanwhile, and queue a value at the end."""
    await asyncio.sleep(1)
    await services.kv.put_later(VALUE(name), value)
