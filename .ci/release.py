"""What a package index shows of cnnlab: README.md, and where the project is, if the build is told so.

    CNNLAB_REPOSITORY=https://github.com/OWNER/cnnlab python -m build

Without the variable, nothing that is built names an address: a copy of the project may be anywhere.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from hatchling.metadata.plugin.interface import MetadataHookInterface

VARIABLE = "CNNLAB_REPOSITORY"
_LINK = re.compile(r"(!?)(\[[^][]*\])\((?![a-z]+:|#)([^()\s]+)\)")  # of Markdown, to a file of the repository


class ReleaseHook(MetadataHookInterface):
    """Adds README.md and the project's addresses to the metadata of what is built."""

    def update(self, metadata: dict) -> None:
        """Add both to the metadata, in place."""
        address = os.environ.get(VARIABLE, "").rstrip("/")
        text = Path(self.root, "README.md").read_text(encoding="utf-8")
        metadata["readme"] = {"content-type": "text/markdown", "text": absolute(text, address) if address else text}
        metadata["urls"] = addresses(address) if address else {}


def addresses(repository: str) -> dict[str, str]:
    """Return the addresses that an index lists beside a project."""
    return {
        "Source": repository,
        "Documentation": f"{repository}#readme",
        "Changelog": f"{repository}/blob/HEAD/.github/CHANGELOG.md",
        "Issues": f"{repository}/issues",
    }


def absolute(text: str, repository: str) -> str:
    """Return Markdown whose links and pictures lead into the repository, from wherever the text is read."""
    kinds = {"!": "raw", "": "blob"}
    return _LINK.sub(lambda link: f"{link[1]}{link[2]}({repository}/{kinds[link[1]]}/HEAD/{link[3]})", text)
