"""Publishing: handouts, the site, the command, and the extension of Jupyter Server."""
