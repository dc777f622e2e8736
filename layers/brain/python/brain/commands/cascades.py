"""brain cascades install: the optional mouth and nose cascades."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from brain.commands.terminal import Ticker, accepted, complain
from brain.core.errors import RefusedError
from brain.core.settings import Settings
from brain.face import cascades

NOT_INSTALLED = 1


def register(commands: Any) -> None:
    """Add the command to the parser's subcommands."""
    parser = commands.add_parser("cascades", help="install the optional mouth and nose cascades")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    install = actions.add_parser("install", help="show the licence, download and verify")
    install.add_argument(
        "--accept-licence", metavar="LICENCE", help=f"accept {cascades.LICENCE} without a prompt"
    )
    install.add_argument("--source", default=cascades.SOURCE, help="URL or folder that holds the files")
    install.set_defaults(run=run_install)


def run_install(options: argparse.Namespace) -> int:
    """Show the licence, ask for consent and install.

    Returns:
        0, or 1 when nothing was installed.
    """
    print(cascades.NOTICE, file=sys.stderr)
    if not accepted(cascades.LICENCE, options.accept_licence):
        print(f"Nothing was installed. Accept with --accept-licence {cascades.LICENCE}.", file=sys.stderr)
        return NOT_INSTALLED
    directory = Settings.from_environment().extra_cascades_dir
    ticker = Ticker()
    try:
        installed = cascades.install(
            directory, options.source, progress=lambda name: ticker.show(f"Fetching {name}")
        )
    except RefusedError as error:
        ticker.clear()
        return complain(str(error), error.hint, NOT_INSTALLED)
    ticker.clear()
    for cascade in installed:
        print(f"{'installed' if cascade.fresh else 'already installed'}: {cascade.path}")
    return 0
