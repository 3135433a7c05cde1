"""How many threads a kernel of the course multiplies on."""

import os

from cnnlab.training import THREAD_SETTINGS


def settings_of_threads() -> dict[str, str]:
    """Return what to add to the user's environment for a kernel: one thread, unless a number is set there.

    The matrices of the course are small: :func:`cnnlab.training.one_thread` has the figures.
    """
    return {} if any(name in os.environ for name in THREAD_SETTINGS) else {THREAD_SETTINGS[0]: "1"}
