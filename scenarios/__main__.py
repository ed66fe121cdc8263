"""The command line for `python -m scenarios`; it stands in `scenarios.cli`."""

from scenarios.cli import main

if __name__ == "__main__":
    main()
