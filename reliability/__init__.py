"""Many patients over years live here: draws, failures, workers, study files; physics is in `fluidics`."""
