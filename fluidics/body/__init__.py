"""What an interruption means in the body, by minimal models."""
