"""The physics of one pump lives here, in SI units and without files or chance; many patients are in `reliability`."""
