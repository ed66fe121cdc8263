"""Signals of processes that tests start: what a shell in the background switched off is switched on again."""

from __future__ import annotations

import signal


def interruptible() -> None:
    """Let a process that is about to start hear an interrupt, whatever its parent ignores."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
