"""`python -m brain` is `brain`."""

from brain.commands.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
