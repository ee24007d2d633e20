"""docs/simulator.md names every switch."""

from pathlib import Path

import pytest

from app.demo.switches import SwitchesIn

PAGE = (Path(__file__).parent.parent.parent.parent / "docs/simulator.md").read_text()


@pytest.mark.parametrize("switch", sorted(SwitchesIn.model_fields))
def test_the_page_names_the_switch(switch: str) -> None:
    assert f"`{switch}`" in PAGE
