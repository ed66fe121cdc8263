"""A scenario with a programme and a change, for the tests of programmes and traces."""

from __future__ import annotations

from pathlib import Path

from scenarios.build import Scenario, load

HEAD = 'title = "A day"\nbase = "implanted-insulin"\n'
PROGRAMME = """
[population]
mean_rate = "37.16 U/d"

[regimen]
type = "programmed-day"

[programme]
basal = [["00:00", "0.9 U/h"], ["06:00", "1.2 U/h"]]
bolus_rate = "60 U/h"
minimum = "0.2 U/h"

[[programme.bolus]]
at = "07:00"
volume = "6 U"

[[programme.bolus]]
at = "12:00"
volume = "5 U"
kind = "dual"
now = "60 %"
over = "2 h"

[[programme.temporary]]
at = "22:00"
over = "4 h"
factor = "80 %"

[[programme.suspend]]
at = "30 h"
over = "1 h"

[[changes]]
at = "2 h"
set = "pump.site.pressure"
value = "5 kPa"
"""


def scenario(text: str = PROGRAMME) -> Scenario:
    """Return the scenario of a text, read from a file of the folder at hand."""
    Path("day.toml").write_text(HEAD + text, encoding="utf-8")
    return load("day.toml")
