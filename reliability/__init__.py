"""Many patients over years live here: draws, failures, workers and study files; physics is in `fluidics`, words in `scenarios`."""
