"""The number of threads for matrix products in a kernel of the course."""

import os

from cnnlab.training import THREAD_SETTINGS


def settings_of_threads():
    """Return the variables to add to a kernel's environment: one thread, unless the user has set a number.

    The matrices of the course are small: see the timings in :func:`cnnlab.training.one_thread`.
    """
    return {} if any(name in os.environ for name in THREAD_SETTINGS) else {THREAD_SETTINGS[0]: "1"}
