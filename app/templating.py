"""Rendering of pages: Jinja2 with gettext, hashed static addresses and localised numbers."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from babel.dates import format_datetime
from babel.numbers import format_decimal, format_percent
from babel.support import NullTranslations, Translations
from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from app import __version__
from app.accounts.next_path import local_path
from app.addresses import asked_address
from app.assets import STATIC, TEMPLATES, tree_hash
from app.languages import LOCALE_FOLDER, accepted, languages
from app.settings import Settings

STATIC_PREFIX = "/static"
SMALLEST_SHARE = 0.01


@dataclass(frozen=True)
class Locale:
    """Numbers, dates and sentences of one language."""

    language: str
    folder: Path = LOCALE_FOLDER

    @cached_property
    def translations(self) -> NullTranslations:
        """The catalogue; English sentences stand in the templates themselves."""
        return Translations.load(self.folder, [self.language])

    def number(self, value: float) -> str:
        """Write 6576 as 6,576."""
        return format_decimal(value, locale=self.language)

    def percent(self, share: float) -> str:
        """Write 0.123 as 12%, and a share below that as "under 1%"."""
        whole = format_percent(max(share, SMALLEST_SHARE) if share else 0, locale=self.language)
        return f"{self.translations.gettext('under')} {whole}" if 0 < share < SMALLEST_SHARE else whole

    def date(self, moment: datetime) -> str:
        """Write a moment's day in UTC: 22 Nov 2026."""
        return format_datetime(moment, "d MMM y", locale=self.language)

    def time(self, moment: datetime) -> str:
        """Write a moment's hour in UTC: 18:40 UTC."""
        return format_datetime(moment, "HH:mm 'UTC'", locale=self.language)


class CompiledTemplates(BytecodeCache):
    """Keeps in memory what templates are compiled to, so that each is compiled once for all languages."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket; it checks by itself that the template is still the same."""
        if code := self._code.get(bucket.key):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self._code[bucket.key] = bucket.bytecode_to_string()


@cache
def compiled_templates() -> CompiledTemplates:
    """Return the one of this process."""
    return CompiledTemplates()


class Templating:
    """Renders the templates of one installation."""

    def __init__(
        self,
        settings: Settings,
        globals_: dict[str, object] | None = None,
        *,
        locale_folder: Path = LOCALE_FOLDER,
    ) -> None:
        self.settings = settings
        self.static_root = f"{STATIC_PREFIX}/{tree_hash(STATIC)}"
        self.environments = {
            language: self._environment(Locale(language, locale_folder), globals_ or {})
            for language in languages(locale_folder)
        }

    def _environment(self, locale: Locale, globals_: dict[str, object]) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            bytecode_cache=compiled_templates(),
            extensions=["jinja2.ext.i18n"],
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.policies["ext.i18n.trimmed"] = True
        environment.install_gettext_translations(locale.translations, newstyle=True)  # type: ignore[attr-defined]
        environment.globals.update(
            static=lambda path: f"{self.static_root}/{path}",
            number=locale.number,
            percent=locale.percent,
            date=locale.date,
            time=locale.time,
            demo=self.settings.demo,
            contact=self.settings.contact,
            lang=locale.language,
            app_version=__version__,
            **globals_,
        )
        return environment

    def render(self, request: Request, template: str, page: object = None, *, status: int = 200) -> Response:
        """Render `template` with the typed model `page`.

        A template sees `page` and what base.html needs: the viewer and their connection, the path, the nonce
        and the request id. It speaks the viewer's language, else the browser's.
        """
        environment = self.environments[self._language(request)]
        html = environment.get_template(template).render(page=page, **_context(request))
        return HTMLResponse(html, status_code=status, headers={"Vary": "Accept-Language, Cookie, HX-Request"})

    def _language(self, request: Request) -> str:
        preferences = request.scope.get("state", {}).get("preferences")
        if preferences and preferences.language in self.environments:
            return str(preferences.language)
        return accepted(request.headers.get("accept-language", ""), self.environments)


def render(request: Request, template: str, page: object = None, *, status: int = 200) -> Response:
    """Render a page with the templating of the app that serves `request`."""
    templating: Templating = request.app.state.templating
    return templating.render(request, template, page, status=status)


def _context(request: Request) -> dict[str, Any]:
    state = request.scope.get("state", {})
    preferences = state.get("preferences")
    return {
        "user": state.get("user"),
        "operator": state.get("operator", False),
        "theme": preferences.theme if preferences else "system",
        "shortcuts": bool(preferences and preferences.shortcuts),
        "connection": state.get("connection"),
        "community": state.get("community", False),
        "capacity": state.get("capacity"),
        "change": state.get("change"),
        "news": state.get("news"),
        "rule": state.get("rule"),
        "now_playing": state.get("now_playing"),
        "listening": state.get("listening"),
        "nonce": state.get("csp_nonce", ""),
        "request_id": state.get("request_id", ""),
        "path": request.url.path,
        "here": local_path(asked_address(request.scope)) if request.method == "GET" else "/",
        "query": dict(request.query_params),
    }
