"""Catheters, infusion sets and what happens to their lumens."""
