"""A training that is watched, paused and looked back at."""
