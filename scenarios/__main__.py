"""Where the command line starts, for `pumpsim` and `python -m scenarios`: an interruption is quiet from the first
import on; the command line itself stands in `scenarios.cli`."""

import sys

INTERRUPTED = 130


def main() -> None:
    """Run the command line."""
    try:
        from scenarios.cli import main as run  # typer alone takes longer than a finger on Ctrl-C

        run()
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
