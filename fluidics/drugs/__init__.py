"""Drugs, and what happens to them on the way."""
