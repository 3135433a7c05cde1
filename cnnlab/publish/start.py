"""Starts the command ``cnnlab``, from beside the package: where numpy is missing, the package cannot say so itself.

Installing cnnlab puts a copy of this file beside the package, as the module ``cnnlab_start``.
"""


def main() -> int | str:
    """Do what the command line says; return its exit status, or why the package cannot be used."""
    try:
        from cnnlab.publish import command
    except ImportError as error:
        return f"cnnlab: {error}"
    return command.main()
