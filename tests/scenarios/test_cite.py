"""Every source that is named is a real entry of the bibliography, and every entry is named."""

from __future__ import annotations

import re

import pytest

from scenarios.build import load, names
from scenarios.cite import BIBLIOGRAPHY, bibliography, cited, reference, references
from scenarios.document import LIBRARY
from scenarios.propellants import PROPELLANTS

NEEDED = {
    "article": {"title", "journal", "year"}, "manual": {"title", "organization", "year"},
    "techreport": {"title", "institution", "year"}, "misc": {"title", "howpublished", "year"},
    "book": {"title", "publisher", "year"},
}  # fmt: skip


def test_every_source_used_is_in_the_bibliography_and_the_other_way_round():
    files = [*LIBRARY.glob("*.toml"), PROPELLANTS]
    used = {key for file in files for key in re.findall(r'source = "([^"]*)"', file.read_text(encoding="utf-8"))}
    code = "".join(path.read_text(encoding="utf-8") for path in BIBLIOGRAPHY.parent.rglob("*.py"))
    used |= {key for key in bibliography() if f'"{key}"' in code}
    assert used == set(bibliography())


def test_the_whole_bibliography_is_read():
    assert len(bibliography()) == BIBLIOGRAPHY.read_text(encoding="utf-8").count("\n@") + 1


@pytest.mark.parametrize("key", sorted(bibliography()))
def test_every_entry_is_complete_and_named_by_its_year_or_device(key):
    fields = bibliography()[key]
    assert NEEDED[fields["entry"]] <= set(fields)
    assert re.fullmatch(r"[a-z]+_(\d{4}[a-z]?|undated)", key)
    assert re.fullmatch(r"(19|20)\d\d|undated", fields["year"])


@pytest.mark.parametrize("key", sorted(bibliography()))
def test_a_reference_is_one_readable_line(key):
    text = references()[key]
    assert text.endswith(".")
    assert not re.search(r"[{}\n]|\.\.| \.", text)
    assert bibliography()[key]["title"] in text


def test_a_reference_names_authors_title_place_and_year():
    fields = {
        "author": "Renard, E. and Bouteleau, S. and others", "title": "A title", "journal": "Diabetes Care",
        "volume": "19", "pages": "812--817", "year": "1996", "doi": "10.1000/1",
    }  # fmt: skip
    assert (
        reference(fields) == "Renard E., Bouteleau S., et al. A title. Diabetes Care 19:812-817 (1996). doi:10.1000/1."
    )


@pytest.mark.parametrize("name", names())
def test_sources_of_a_scenario_stand_in_the_order_of_their_first_use(name):
    values = load(name).values
    assert list(cited(values)) == list(dict.fromkeys(value.source for value in values if value.source))


def test_a_source_of_the_user_is_its_own_text():
    values = load(
        "implanted-insulin", ['clinic.missed={ value = 0.1, source = "my clinic, 2024", kind = "measured" }']
    ).values
    assert cited(values)["my clinic, 2024"] == "my clinic, 2024"
