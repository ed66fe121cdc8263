"""How a concentration travels along a line, and how a change of it is planned."""
