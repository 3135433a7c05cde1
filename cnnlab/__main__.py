"""``python -m cnnlab`` runs the command ``cnnlab``."""

import sys

from cnnlab.publish.command import main

if __name__ == "__main__":
    sys.exit(main())
