"""The texts of the course's exercises by name, read from ``exercises/texts.toml``."""

import tomllib
from pathlib import Path

TEXTS: dict[str, dict] = tomllib.loads((Path(__file__).parent / "exercises/texts.toml").read_text(encoding="utf-8"))
