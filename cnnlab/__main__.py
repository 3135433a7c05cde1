"""``python -m cnnlab`` does what the command ``cnnlab`` does."""

import sys

from cnnlab.publish.command import main

if __name__ == "__main__":
    sys.exit(main())
