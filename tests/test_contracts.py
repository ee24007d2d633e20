"""The house rules, as tests: sizes, names, settings, keys and packages."""

import ast
import importlib
import importlib.util
import inspect
import pkgutil
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel

import app
from app import keyspaces as declared
from app.kv.keyspace import Keyspace, Owner
from app.kv.logs import LogSpace
from app.main import ROUTERS
from app.settings import Settings

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "app").rglob("*.py"))
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
TOP_LEVEL = {
    *("pyproject.toml", "app", "templates", "static", "tests", "Dockerfile", ".env.example"),
    *("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "SECURITY.md", "Makefile", "compose.yaml"),
    *("docs", ".ci", "benchmarks", "requirements.lock", "package.json", "package-lock.json", "tsconfig.json"),
}


def modules() -> list[str]:
    return [module.name for module in pkgutil.walk_packages(app.__path__, "app.")]


def spaces() -> dict[str, Keyspace[BaseModel] | LogSpace[BaseModel]]:
    found = {}
    for name in modules():
        for attribute, value in vars(importlib.import_module(name)).items():
            if isinstance(value, Keyspace | LogSpace):
                found.setdefault(id(value), (f"{name}.{attribute}", value))
    return dict(found.values())


def keyspaces() -> dict[str, Keyspace[BaseModel]]:
    return {name: space for name, space in spaces().items() if isinstance(space, Keyspace)}


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", [*SOURCES, *(ROOT / "tests").rglob("*.py")], ids=relative)
def test_a_file_is_at_most_400_lines(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 400


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_a_function_is_at_most_50_lines(path: Path) -> None:
    tree = ast.parse(path.read_text())
    long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1}"
        for node in ast.walk(tree)
        if isinstance(node, FUNCTIONS) and node.end_lineno and node.end_lineno - node.lineno >= 50
    ]
    assert not long


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_a_function_takes_at_most_two_positional_parameters_and_few_in_all(path: Path) -> None:
    """Constructors that wire services may name more, by keyword."""
    tree = ast.parse(path.read_text())
    wide = [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, FUNCTIONS)
        and len([a for a in node.args.args if a.arg not in {"self", "cls"}]) > 5
    ]
    assert not wide


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_nothing_is_imported_inside_a_function(path: Path) -> None:
    tree = ast.parse(path.read_text())
    inner = [
        node.lineno
        for function in ast.walk(tree)
        if isinstance(function, FUNCTIONS)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert not inner


def test_no_file_is_a_drawer() -> None:
    assert not [path for path in SOURCES if path.stem in {"utils", "helpers", "common", "misc"}]


def test_the_top_level_is_the_agreed_one() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    names = {line.split("/")[0] for line in listed.splitlines()}
    strangers = {name for name in names - TOP_LEVEL if not name.startswith(".")}
    assert not strangers


def test_env_example_lists_every_setting_with_its_meaning() -> None:
    text = (ROOT / ".env.example").read_text()
    written = set(re.findall(r"^#? ?([A-Z][A-Z_]+)=", text, flags=re.MULTILINE))
    assert written == {name.upper() for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        assert field.description, name


def test_keyspaces_have_unique_prefixes() -> None:
    prefixes = [space.prefix for space in spaces().values()]
    assert len(prefixes) > 5
    assert len(prefixes) == len(set(prefixes))


def test_the_registry_knows_every_kind_of_value() -> None:
    """What it does not know outlives a deleted account."""
    assert {space.prefix for space in spaces().values()} == {space.prefix for space in declared.ALL.spaces}
    assert set(map(id, spaces().values())) == set(map(id, declared.ALL.spaces))
    assert len(declared.ALL.spaces) == len(spaces())


@pytest.mark.parametrize("name", sorted(keyspaces()))
def test_a_value_that_names_its_user_can_be_found(name: str) -> None:
    space = keyspaces()[name]
    assert (space.owner is Owner.VALUE) == (space.owned is not None)


def keyspaces_in(node: ast.AST, local: dict[str, set[str]]) -> set[str]:
    """The keyspaces named in an expression, by themselves or by names that were given to their keys."""
    named = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id.isupper():
            named.add(part.func.id)
        elif isinstance(part, ast.Name):
            named |= local.get(part.id, set())
    return named


def local_keys(function: ast.AST) -> dict[str, set[str]]:
    """The keyspaces of the keys behind a function's local names."""
    local: dict[str, set[str]] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and not isinstance(node.value, ast.Await):
            targets, value = node.targets, node.value
        elif isinstance(node, ast.For | ast.comprehension):
            targets, value = [node.target], node.iter
        else:
            continue
        for target in targets:
            if isinstance(target, ast.Name):
                local[target.id] = local.get(target.id, set()) | keyspaces_in(value, local)
    return local


def keyspaces_used(function: ast.AST, methods: set[str]) -> set[str]:
    local = local_keys(function)
    return {
        name
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in methods
        for argument in node.args[:1]
        for name in keyspaces_in(argument, local)
    }


def read_and_written(tree: ast.AST) -> list[str]:
    """The functions that read a kind of value and write or delete it, where only `update` is safe."""
    reads = {"get", "get_many"}
    writes = {"put", "put_later", "put_many", "delete", "delete_later"}
    return [
        f"{node.name}: {', '.join(sorted(both))}"
        for node in ast.walk(tree)
        if isinstance(node, FUNCTIONS)
        and (both := keyspaces_used(node, reads) & keyspaces_used(node, writes))
    ]


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_nothing_is_read_and_then_written(path: Path) -> None:
    assert not read_and_written(ast.parse(path.read_text()))


def test_reading_and_then_writing_is_noticed() -> None:
    source = """
async def spoil(self, user_id):
    old = (await self._kv.get_many([NOTE(user_id)]))[NOTE(user_id)]
    await self._kv.put_later(NOTE(user_id), old)
async def drop(self, note):
    key = NOTE(note.id)
    if await self._kv.get(key) == note:
        await self._kv.delete(key)
async def drop_all(self, ids):
    keys = [NOTE(one) for one in ids]
    for key in await self._kv.get_many(keys):
        await self._kv.delete_later(key)
async def move(kv, user_id):
    if note := await kv.get(NOTE(user_id)):
        await kv.put(OTHER(user_id), note)
"""
    assert read_and_written(ast.parse(source)) == ["spoil: NOTE", "drop: NOTE", "drop_all: NOTE"]


@pytest.mark.parametrize("name", sorted(keyspaces()))
def test_stored_values_are_frozen(name: str) -> None:
    model = keyspaces()[name].model
    assert model.model_config.get("frozen"), name
    mutable = [
        field
        for field, info in model.model_fields.items()
        if re.search(r"\b(list|dict|set)\[", str(info.annotation))
    ]
    assert not mutable, name


def dependencies(dependant: Dependant) -> Iterator[object]:
    yield dependant.call
    for needed in dependant.dependencies:
        yield from dependencies(needed)


def test_nothing_that_a_route_asks_for_takes_a_thread() -> None:
    """FastAPI sends what is no coroutine to a thread and back, which doubles the time of a small answer."""
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    asked = {call for route in routes for call in dependencies(route.dependant)}
    assert len(asked) > len(routes) > 20
    plain = {
        call for call in asked if not (inspect.iscoroutinefunction(call) or inspect.isasyncgenfunction(call))
    }
    assert not plain


def test_httpx2_is_absent() -> None:
    """Authlib and Starlette would prefer it, and respx does not see it."""
    assert importlib.util.find_spec("httpx2") is None


def test_the_locks_name_no_index() -> None:
    for lock in (
        ROOT / "requirements.lock",
        ROOT / ".ci" / "requirements-dev.lock",
        ROOT / "package-lock.json",
    ):
        assert "://" not in re.sub(r'"(url|funding)": .*', "", lock.read_text()), lock.name
