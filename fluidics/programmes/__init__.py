"""What is programmed, and whether a drive can deliver it."""
