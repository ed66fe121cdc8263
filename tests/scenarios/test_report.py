"""The report: that it says what the study file holds, stands alone, and looks right in a browser."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from typer.testing import CliRunner

from reliability.store import open_study
from reliability.study import StudyError, run_study
from scenarios.build import load
from scenarios.cli import app
from scenarios.report import figures, write_report
from scenarios.report.figures import Curve, Interval
from scenarios.report.page import contents, rendered
from scenarios.report.provenance import is_published_kind, numbered, parameter_groups, verdicts
from scenarios.report.results import results
from scenarios.report.words import estimated, label
from tests.reliability.plans import active_plan

PATIENTS, YEARS = 200, 4.0
COLUMNS = ("path", "given", "si", "unit", "source", "kind", "note", "spread")
PARAMETERS = [
    dict(zip(COLUMNS, row, strict=True))
    for row in (
        ("pump.reservoir.capacity", "15 mL", 1.5e-5, "m3", "maker", "stated", "", ""),
        ("pump.reservoir.residual", "1 mL", 1e-6, "m3", "", "assumed", "what stays <behind>", ""),
        ("pump.drive.accuracy", "1", 1.0, "-", "clinic", "measured", "", "2 % lognormal per device"),
    )
]
REFERENCES = {"maker": "Maker (2007) Handbook.", "clinic": "Clinic (1998) Journal 1:2."}


class Published(NamedTuple):
    case: str
    quantity: str
    published: float
    low: float
    high: float
    simulated: float
    sim_low: float
    sim_high: float
    unit: str
    role: str
    met: bool
    source: str
    note: str
    miss: str = ""


VALIDATION = [
    Published("One town", "rinses", 23.0, 18.0, 29.0, 22.4, 21.8, 23.0, "per 100 y", "calibrated", True, "clinic", ""),
    Published("Other town", "median", 4.5, 4.1, 4.8, 5.9, 5.2, 6.6, "y", "held out", False, "clinic", "a note",
              "a reason"),
]  # fmt: skip


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "study.h5"
    told = {
        "title": "Pump & <script>alert(1)</script>",
        "description": "An active one.",
        "command": "pumpsim study active --patients 200 --years 4 -o study.h5",
        "scenario": 'title = "<b>"\n',
        "parameters": json.dumps(PARAMETERS),
    }
    run_study(active_plan(seed=5, years=YEARS), PATIENTS, path, provenance=told, threads=1)
    return path


@pytest.fixture(scope="module")
def found(file):
    with open_study(file) as study:
        return results(study)


@pytest.fixture(scope="module")
def page(file, found):
    with open_study(file) as study:
        return rendered(contents(study.attributes, found, "d1ge57", VALIDATION, REFERENCES))


class Reader(HTMLParser):
    """Collects identifiers, links, addresses, and the text that a reader sees."""

    def __init__(self, text):
        super().__init__()
        self.identifiers, self.links, self.fetched, self.words, self.open = [], [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.identifiers += [given["id"]] if "id" in given else []
        self.links += [value for name, value in attrs if name in {"href", "xlink:href"}]
        self.fetched += [value for name, value in attrs if name in {"src", "srcset", "data", "action", "poster"}]
        if tag not in {"meta", "br", "link", "img"}:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] not in {"style", "title"}:
            self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def reader(page):
    return Reader(page)


# --- what the page says ------------------------------------------------------------------------------------------


def test_survival_and_rates_are_those_of_the_file(file, reader):
    with open_study(file) as study:
        life, rates = study.curves["device_life"], study.curves["rates"]
    k = int(np.searchsorted(life["time"], 365.25 + 1e-3)) - 1
    shown = estimated(*(100.0 * life[f"survival{side}"][k] for side in ("", "_lower", "_upper")))
    assert f"First pumps in service at an age of 1 y {shown[0]} {shown[1]} %" in reader.text
    j = int(np.flatnonzero(rates["kind"] == 0)[0])
    shown = estimated(*(rates[f"rate{side}"][j] for side in ("", "_lower", "_upper")))
    assert f"Operations of any kind {shown[0]} {shown[1]} per 100 patient-years" in reader.text
    assert f"Operations of any kind {rates['events'][j]:,} {shown[0]}" in reader.text


def test_page_says_which_causes_are_stated_rates_and_which_are_physics(file, found, reader):
    names = [curve.label for curve in found.causes]
    hazards = {label(name) for name in active_plan(seed=5).hazard_names}
    rates = [name for name in names if name in hazards]
    assert rates == [name for name, stated in zip(names, found.stated, strict=True) if stated]
    physics = [name for name in names if name not in rates]
    assert rates
    assert f"At rates that the scenario states (hazards), not from physics: {', '.join(rates)}." in reader.text
    assert physics
    assert f"or by what the clinic finds: {', '.join(physics)}." in reader.text


def test_validation_is_for_its_kind_of_pump_only(file, found):
    assert is_published_kind(load("implanted-insulin", ["pump.reservoir.capacity=20 mL"]).text)
    assert is_published_kind(load("implanted-insulin-1994").text)
    assert not is_published_kind(load("fixed-rate-hepatic").text)
    assert not is_published_kind("")
    with open_study(file) as study:
        text = Reader(rendered(contents(study.attributes, found, "d1ge57", (), REFERENCES))).text
    assert "There is no published case for this scenario" in text


def test_held_out_field_figures_are_counted_apart():
    held = VALIDATION[0]._replace(role="held out")
    copied = VALIDATION[0]._replace(role="stated", met=False)
    sure = held._replace(simulated=20.0, sim_low=20.0, sim_high=20.0)
    told = verdicts([*VALIDATION, held, held._replace(met=False), copied, sure])
    assert [text.split(" ")[2].strip(",") for text in told] == ["3", "1", "1", "1"]
    assert told[0] == "1 of 3, 1 known miss, field figures that were left out of the fit"


def test_few_worlds_are_told(file, found):
    assert found.worlds < 10
    with open_study(file) as study:
        few, many = (
            Reader(rendered(contents(study.attributes, found._replace(worlds=worlds), "", (), REFERENCES))).text
            for worlds in (2, 10)
        )
    assert "This study has 2 worlds only, whose spread is poorly known" in few
    assert "worlds only" not in many


def test_follow_up_is_told_by_its_end(found, reader):
    assert sum(found.follow_up.values()) == PATIENTS
    assert f"horizon {found.follow_up['horizon']}" in reader.text


def test_assumed_values_are_marked_and_sources_numbered(page, reader):
    assert "1 of 3 values are assumed" in reader.text
    assert len(re.findall(r'<td class="kind assumed">assumed</td>', page)) == 1
    assert "capacity 15 mL 1.5·10⁻⁵ m³ stated [1]" in reader.text
    assert "accuracy 1 2 % lognormal per device 1 measured [2]" in reader.text
    assert "Maker (2007) Handbook." in reader.text
    assert [group.name for group in parameter_groups(PARAMETERS, {})] == ["Pump: Reservoir", "Pump: Drive"]


def test_met_and_missed_figures_are_both_shown(reader):
    assert "Met are 0 of 1, 1 known miss, field figures that were left out of the fit; 1 of 1 figures" in reader.text
    assert "One town: rinses per 100 y 23.0 [2] 18.0 to 29.0 22.40 21.80 to 23.00 calibrated ✓ met" in reader.text
    assert "Other town: median a note; a reason y" in reader.text
    assert "5.20 to 6.60 held out ✗ missed" in reader.text


def test_page_says_how_to_repeat_it(reader):
    assert "pumpsim study active --patients 200 --years 4 -o study.h5" in reader.text
    for word in ("d1ge57", "numba", "numpy", "Seed 5", "not for decisions about therapy"):
        assert word in reader.text


# --- the page as a file ------------------------------------------------------------------------------------------


def test_page_asks_the_network_for_nothing(page, reader):
    assert reader.fetched == []
    assert all(link.startswith("#") for link in reader.links)
    assert not re.search(r"@import|url\((?!#)|<script|<link|<iframe", page)
    addresses = set(re.findall(r"https?://[^\"'\s<]+", page))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


def test_words_of_the_scenario_are_never_markup(page):
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "what stays &lt;behind&gt;" in page


def test_identifiers_are_unique_and_links_lead_somewhere(page, reader):
    assert [name for name, count in Counter(reader.identifiers).items() if count > 1] == []
    targets = {link.removeprefix("#") for link in reader.links} | set(re.findall(r"url\(#([^)]*)\)", page))
    assert targets <= set(reader.identifiers)
    assert reader.open == []


def test_same_study_gives_the_same_bytes_of_a_small_file(file, tmp_path):
    write_report(file, tmp_path / "a.html")
    write_report(file, tmp_path / "b.html")
    once, again = (tmp_path / "a.html").read_bytes(), (tmp_path / "b.html").read_bytes()
    assert once == again
    assert len(once) < 2_000_000
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "b.html"]


def test_page_that_cannot_be_written_leaves_nothing(file, tmp_path):
    (tmp_path / "page.html").mkdir()
    with pytest.raises(StudyError, match=r"page\.html is a directory: give the page a name by --output"):
        write_report(file, tmp_path / "page.html")
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


def test_page_without_a_folder_or_in_a_closed_one_is_one_sentence(file, tmp_path, monkeypatch):
    with pytest.raises(StudyError, match="nowhere is no folder: make it, or give"):
        write_report(file, tmp_path / "nowhere" / "page.html")

    def closed(path, *_, **__):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "write_text", closed)
    with pytest.raises(StudyError, match=r"page.html cannot be written \(permission denied\): give the page another"):
        write_report(file, tmp_path / "page.html")
    assert list(tmp_path.iterdir()) == []


def test_page_never_replaces_data(file, tmp_path):
    mine, other = tmp_path / "study.html", tmp_path / "other.bin"
    shutil.copy(file, mine)
    shutil.copy(file, other)
    before = mine.read_bytes()
    with pytest.raises(StudyError, match="is the study itself"):
        write_report(mine, mine)
    with pytest.raises(StudyError, match="holds data"):
        write_report(mine, other)
    notes = tmp_path / "notes.html"
    notes.write_text("to be kept", encoding="utf-8")
    with pytest.raises(StudyError, match="is no page: give the page another name by --output, or delete this file"):
        write_report(mine, notes)
    assert notes.read_text(encoding="utf-8") == "to be kept"
    refused = CliRunner().invoke(app, ["report", str(mine), "-o", str(tmp_path / "page.txt")])
    assert (refused.exit_code, refused.stderr) == (2, f"--output {tmp_path / 'page.txt'}: must end in .html\n")
    refused = CliRunner().invoke(app, ["report", str(mine)])
    assert refused.exit_code == 2
    assert "is the study itself: give the page another name by --output." in " ".join(refused.stderr.split())
    assert mine.read_bytes() == other.read_bytes() == before


def test_no_study_is_one_sentence_and_no_page(tmp_path):
    with pytest.raises(StudyError, match="there is no such file"):
        write_report(tmp_path / "none.h5", tmp_path / "none.html")
    assert list(tmp_path.iterdir()) == []


def test_command_writes_the_page_and_says_where(file, tmp_path):
    ended = CliRunner().invoke(app, ["report", str(file), "-o", str(tmp_path / "page.html")])
    assert ended.exit_code == 0
    assert f"{tmp_path / 'page.html'}" in ended.stderr
    assert (tmp_path / "page.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    refused = CliRunner().invoke(app, ["report", str(tmp_path / "none.h5")])
    assert refused.exit_code == 2
    assert "there is no such file" in refused.stderr


# --- figures and numbers -----------------------------------------------------------------------------------------


def line(label, value):
    return Curve(label, np.linspace(0.0, 10.0, value.size), value, 0.9 * value, np.minimum(1.1 * value, 1.0))


@pytest.mark.parametrize(
    "drawing",
    [
        lambda: figures.survival(line("x", np.ones(3)), [(0.0, 10)]),
        lambda: figures.survival(line("x", np.ones(3))._replace(lower=np.full(3, np.nan)), [(0.0, 1), (10.0, 1)]),
        lambda: figures.incidences([line("never", np.zeros(5))], "causes", "Age [y]", 10.0),
        lambda: figures.incidences([line(f"<{k}>", np.linspace(0, 0.5, 9)) for k in range(12)], "causes", "[y]", 1.0),
        lambda: figures.means([line("one", np.zeros(4))], 0.1),
        lambda: figures.rates([Interval("one", 6.0, 6.0, 6.0), Interval("two", 7.0, 6.5, 7.5)], "per year"),
        lambda: figures.rates([Interval("once", 1.0, 0.0, 5.6), Interval("never", 0.0, 0.0, 3.0)], "per year"),
        lambda: figures.fan(np.array([0.0, 0.5]), np.array([0.25, 0.5, 0.75]), np.array([[-0.1], [0.0], [0.2]])),
        lambda: figures.fan(np.array([0.0, 1.0, 2.0]), np.array([0.25, 0.5, 0.75]), np.full((3, 2), np.nan)),
    ],
)
def test_figure_of_an_unusual_study_is_well_formed_and_repeats(drawing):
    text = drawing()
    root = ET.fromstring(text)
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"]
    assert drawing() == text


def test_nothing_to_show_is_no_figure():
    assert figures.incidences([], "causes", "Age [y]", 10.0) == ""
    assert figures.rates([Interval("never", 0.0, 0.0, 3.0)], "per year") == ""


def test_sources_are_numbered_once():
    assert numbered(["b", "", "a", "b"], ["c", "a"]) == {"b": 1, "a": 2, "c": 3}


# --- in a browser ------------------------------------------------------------------------------------------------

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
MEASURE = """<script>addEventListener("load", () => {
  const faults = [];
  const box = node => node.getBoundingClientRect();
  const name = node => node.textContent.trim();
  for (const figure of document.querySelectorAll("figure svg")) {
    const frame = box(figure), texts = [...figure.querySelectorAll("text")].filter(name);
    if (frame.width < 300 || frame.height < 100) faults.push("a figure has no room");
    for (const [k, text] of texts.entries()) {
      const a = box(text);
      if (a.left < frame.left - 1 || a.right > frame.right + 1 || a.top < frame.top - 1 || a.bottom > frame.bottom + 1)
        faults.push(`clipped: ${name(text)}`);
      for (const other of texts.slice(k + 1)) {
        const b = box(other);
        if (a.left < b.right - 2 && b.left < a.right - 2 && a.top < b.bottom - 3 && b.top < a.bottom - 3)
          faults.push(`overlap: ${name(text)} / ${name(other)}`);
      }
    }
  }
  if (document.documentElement.scrollWidth > innerWidth) faults.push("the page is wider than the window");
  const count = document.querySelectorAll("figure svg").length;
  document.body.replaceChildren(`figures: ${count}; ${faults.join("; ")}`);
});</script>"""


@pytest.mark.skipif(BROWSER is None, reason="there is no chromium here to look at the page with")
@pytest.mark.parametrize("width", [1000, 700])
def test_no_text_of_a_figure_is_clipped_or_covered_in_a_browser(page, tmp_path, width):
    measured = re.sub(r"<meta http-equiv[^>]*>", "", page).replace("</body>", f"{MEASURE}</body>")
    (tmp_path / "page.html").write_text(measured, encoding="utf-8")
    told = subprocess.run(
        [
            BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
            "--disable-component-update", "--no-first-run", f"--user-data-dir={tmp_path / 'profile'}",
            f"--window-size={width},1400", "--dump-dom", (tmp_path / "page.html").as_uri(),
        ],
        capture_output=True, text=True, timeout=120, check=True,
    ).stdout  # fmt: skip
    assert re.search(r"<body>figures: [6-9]; </body>", told), told[-3000:]
