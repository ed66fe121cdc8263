"""Where the drug arrives."""
