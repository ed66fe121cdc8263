"""Reservoirs, one file each, and what drives them."""
