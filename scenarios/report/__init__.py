"""The report of a study: one HTML file that needs nothing else; what it says stands in `page`, its numbers in
`results`, its figures in `figures`."""

from scenarios.report.page import write_report

__all__ = ["write_report"]
