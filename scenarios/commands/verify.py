"""The command that holds pumpsim against published figures; which ones there are stands in `scenarios.verification`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from scenarios.commands.screen import Json, patience, print_json, print_table

MISSED = 1
BUSY = "At work on some hundred figures; engines that were never used compile, once per machine."


def verify(
    markdown: Annotated[bool, typer.Option("--markdown", help="Print a page in Markdown instead of text.")] = False,
    as_json: Json = False,
) -> None:
    """Compare published figures of single pumps and networks with those of pumpsim.

    Cohorts of patients stand in the reports of studies. Ends with code 1 when a figure is missed that is met as a rule.
    """
    from scenarios import verification, verification_page

    with patience(BUSY):
        found = verification.groups()
    if as_json:
        print_json(readings())
    elif markdown:
        print(verification_page.markdown(), end="")
    else:
        for group in found:
            print(f"{group.title}\n")
            print_table(verification_page.lines(group))
            print()
        print("\n".join(verification_page.verdict()))
    raise typer.Exit(MISSED if verification.missed(verification.every(), expected=False) else 0)


def readings() -> dict[str, Any]:
    """Return all figures for JSON, a limit that is not there as null."""
    from scenarios.verification import counted, every, groups

    total = counted(every())
    return {
        "met": total.met,
        "of": total.of,
        "known_misses": total.known,
        "groups": [
            {"title": group.title, "cases": [{**case._asdict(), "is_met": case.met} for case in group.cases]}
            for group in groups()
        ],
    }
