"""The physics of one pump lives here, in SI units: no files, no randomness, no products; many patients are in `reliability`."""
