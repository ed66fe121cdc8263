"""The commands of `pumpsim`, one file per subject; how they are called and how they end stands in `scenarios.cli`."""
