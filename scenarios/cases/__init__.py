"""Published figures beside simulated ones, a file for each kind of pump or law; what is printed of them stands in
`scenarios.verification`."""
