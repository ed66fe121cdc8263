"""Engines that carry one device through time, each coarser and faster than the one below it."""
