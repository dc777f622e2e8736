"""`python -m brain` is `brain`."""

from brain.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
