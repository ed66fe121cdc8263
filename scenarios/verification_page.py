"""Published figures as they are printed, on the screen and as a page in Markdown; which figures there are stands in
`scenarios.verification`."""

from __future__ import annotations

from typing import NamedTuple

from scenarios.cases.published import Case
from scenarios.cite import references
from scenarios.report.provenance import numbered
from scenarios.report.words import compared
from scenarios.verification import ROLES, Group, counted, every, groups, missed

VERDICTS = {True: "met", False: "MISSED"}

_OPENING = """# Published figures and ours

Every published figure of single pumps and networks that pumpsim is held against, beside what it computes. The figures
of cohorts of patients, which need Monte Carlo, stand in the reports of studies and in [calibration.md](calibration.md).
`pumpsim verify --markdown` prints this page; no number in it is typed in. A figure is met when ours lies in the
accepted interval; a miss whose reason is known keeps its role, and is counted as missed. The roles:
"""


class Shown(NamedTuple):
    """A case as text, its numbers to the digits that its interval makes meaningful."""

    published: str
    accepted: str
    ours: str
    unit: str
    role: str
    verdict: str


def shown(case: Case) -> Shown:
    """Return a case as text.

    Examples
    --------
    >>> shown(Case("a", "b", 2.0, 1.9, 2.1, 2.0512, "h", "held out", ""))
    Shown(published='2.00', accepted='1.90 to 2.10', ours='2.05', unit='h', role='held out', verdict='met')
    """
    published, accepted, ours = compared(case.published, case.low, case.high, case.simulated)
    unit = "" if case.unit == "-" else case.unit
    return Shown(published, accepted, ours, unit, case.role, VERDICTS[case.met])


def lines(group: Group) -> list[tuple[str, ...]]:
    """Return a group as lines of a table: each case with its figures below it."""
    found: list[tuple[str, ...]] = [("", *(field.capitalize() for field in Shown._fields))]
    for name in dict.fromkeys(case.case for case in group.cases):
        found.append((name, *[""] * len(Shown._fields)))
        found += [(f"  {case.quantity}", *shown(case)) for case in group.cases if case.case == name]
    return found


def verdict() -> list[str]:
    """Return what is met and what is not, the misses by name, the sum in the last line."""
    cases, found = every(), []
    for role in ROLES:
        some = [case for case in cases if case.role == role]
        if some:
            found.append(f"{role}: {counted(some)}")
    for expected, word in ((True, "Known miss"), (False, "Miss")):
        found += [f"{word}: {_miss(case)}" for case in missed(cases, expected)]
    return [*found, str(counted(cases))]


def _miss(case: Case) -> str:
    text = shown(case)
    numbers = f"{text.ours} {text.unit}".strip() + f" where {text.published} is published"
    return f"{case.case}, {case.quantity}: {numbers}" + (f" ({case.miss})" if case.miss else "")


def markdown() -> str:
    """Return the page of all published figures in Markdown."""
    numbers = numbered([case.source for case in every()])
    known = references()
    parts = [_OPENING, "\n".join(f"- {role}: {what}." for role, what in ROLES.items())]
    parts += ["\n## Verdict\n", "\n".join(f"- {line}" for line in verdict())]
    for group in groups():
        parts += [f"\n## {group.title}\n", f"{counted(group.cases)}.\n", _table(group, numbers)]
    parts += ["\n## Sources\n", "\n".join(f"{number}. {known[key]}" for key, number in numbers.items())]
    return "\n".join(parts) + "\n"


def _table(group: Group, numbers: dict[str, int]) -> str:
    heads = ["Figure", "Published", "Accepted", "Ours", "Role", "", "Source and note"]
    rows = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    for case in group.cases:
        text = shown(case)
        source = f"[{numbers[case.source]}]" if case.source else ""
        cells = [
            f"{case.case}: {case.quantity}", f"{text.published} {text.unit}".strip(), text.accepted, text.ours,
            text.role, text.verdict, f"{source} {'; '.join(filter(None, (case.note, case.miss)))}".strip(),
        ]  # fmt: skip
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(rows)
