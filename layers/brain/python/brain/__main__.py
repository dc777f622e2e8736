"""Run the command line with `python -m brain`."""

from brain.commands.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
