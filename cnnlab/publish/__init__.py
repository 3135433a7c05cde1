"""What leaves the notebook: handouts, the site, the command, and what Jupyter Server loads."""
