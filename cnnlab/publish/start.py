"""Starts the command ``cnnlab`` from outside the package, which could not report a missing numpy itself.

Installing cnnlab puts a copy of this file beside the package, as the module ``cnnlab_start``.
"""


def main() -> int | str:
    """Run the command line; return its exit status, or the reason why the package cannot be used."""
    try:
        from cnnlab.publish import command
    except ImportError as error:
        return f"cnnlab: {error}"
    return command.main()
