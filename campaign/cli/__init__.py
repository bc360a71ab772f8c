"""The `campaign` command."""


def main() -> None:
    """Run the command line."""
