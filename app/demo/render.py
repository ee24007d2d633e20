"""The pages that people see of the simulator."""

from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from app.demo.options import PREFIX, SimulatorOptions

PAGES = Environment(
    loader=PackageLoader("app.demo", "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render_page(
    options: SimulatorOptions, template: str, *, status: int = 200, forms: str = "'self'", **values: Any
) -> HTMLResponse:
    """Return a page in the product's design.

    Args:
        options: the simulator's, for the product's style sheets.
        template: its file name.
        status: of the answer.
        forms: where forms may lead, redirects included, as CSP sources.
        **values: what the template shows.
    """
    html = PAGES.get_template(template).render(options=options, prefix=PREFIX, **values)
    policy = (
        "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; "
        f"form-action {forms}; base-uri 'none'; frame-ancestors 'none'"
    )
    return HTMLResponse(html, status, {"Content-Security-Policy": policy})
