"""The command line.

brain explain PHOTO ...    a name, a picture and a few words; artifacts and result.json beside
brain id s3://BUCKET/KEY   the upload id of a photo that was dropped into the bucket
brain cascades install     the opt-in mouth and nose cascades
brain verify RESULT_DIR    whether every number of a result is what its crop and the network say
brain evaluate DIR         how often a model is right, over a folder of known people's photos
brain model ...            install, list and check the networks

The exit status is 0, the code of the error (1 to 5), or 64 for a command that makes no sense.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from brain.cloud.uploads import id_of_object
from brain.commands import evaluate, model, verify
from brain.commands.terminal import Ticker, accepted
from brain.core.clock import now
from brain.core.errors import BrainError, PhotoUnreadable
from brain.core.gc import gc_frozen
from brain.core.results import PhotoRequest, Problem, Result, Source, Status
from brain.core.schema import CAM_METHODS, LANGUAGES, Check
from brain.core.settings import Settings
from brain.face import cascades
from brain.rendering.words import percent

if TYPE_CHECKING:
    from brain.pipeline.explainer import ExplainedPhoto, Explainer

USAGE_ERROR = 64
BAR = 24

STAGES = {
    "decode": "Reading the photo",
    "face": "Looking for the face",
    "classify": "Asking the network",
    "cam": "Drawing the activation maps",
    "features": "Looking for eyes, nose and mouth",
    "prepare": "Preparing the experiments",
    "evidence": "Measuring the evidence",
    "checks": "Trying without each feature",
    "fidelity": "Testing the maps",
    "blend": "Painting",
}


class Parser(argparse.ArgumentParser):
    """Exits with 64 on a usage error, since 2 is the code of missing cascades."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE_ERROR, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    options = build_parser().parse_args(arguments)
    return options.run(options)


def build_parser() -> Parser:
    """The commands and their options."""
    parser = Parser(prog="brain", description="Explains face recognition.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    explain = commands.add_parser("explain", help="explain photos")
    explain.add_argument("photos", nargs="+", type=Path, metavar="PHOTO")
    explain.add_argument("--out", type=Path, metavar="DIR", help="default: <photo>_explained")
    explain.add_argument("--json", action="store_true", help="print result.json instead of words")
    explain.add_argument("--face", type=int, default=0, metavar="N", help="which face, 0 is the main one")
    explain.add_argument("--model", help="default: BRAIN_MODEL, or brain-mini")
    explain.add_argument("--language", choices=LANGUAGES, help="default: BRAIN_LANGUAGE, or en")
    explain.add_argument(
        "--check",
        type=Check,
        choices=list(Check),
        help="how much is tested; default: BRAIN_CHECK, or by the model's size",
    )
    explain.add_argument(
        "--cam",
        choices=CAM_METHODS,
        help="how class activation maps are drawn; default: BRAIN_CAM, or as the model is configured",
    )
    explain.set_defaults(run=run_explain)

    identify = commands.add_parser("id", help="the upload id of a dropped photo")
    identify.add_argument("object", metavar="s3://BUCKET/KEY")
    identify.add_argument("--etag", help="skips asking the bucket")
    identify.add_argument(
        "--endpoint-url", help="default: AWS_ENDPOINT_URL_S3; locally http://127.0.0.1:9000"
    )
    identify.set_defaults(run=run_id)

    opt_in = commands.add_parser("cascades", help="the opt-in mouth and nose cascades")
    actions = opt_in.add_subparsers(required=True, metavar="ACTION")
    install = actions.add_parser("install", help="show the licence, fetch and verify")
    install.add_argument(
        "--accept-licence", metavar="LICENCE", help=f"{cascades.LICENCE}, to be asked nothing"
    )
    install.add_argument("--source", default=cascades.SOURCE, help="URL or folder that holds the files")
    install.set_defaults(run=run_cascades_install)

    evaluate.register(commands)
    model.register(commands)
    verify.register(commands)
    return parser


def run_explain(options: argparse.Namespace) -> int:
    """Explain each photo; the status is that of the last error."""
    settings = Settings.from_environment()
    chosen = {name: getattr(options, name) for name in ("model", "language", "check", "cam")}
    settings = replace(settings, **{name: value for name, value in chosen.items() if value})
    ticker = Ticker()
    try:
        explainer = load(settings, ticker)
    except BrainError as error:
        return complain(error, ticker)
    status = 0
    for photo in options.photos:
        out = options.out or Path(f"{photo.stem}_explained")
        if options.out and len(options.photos) > 1:
            out = options.out / photo.stem
        status = explain_one(explainer, photo, out, options, ticker) or status
    return status


def load(settings: Settings, ticker: Ticker) -> Explainer:
    """Import torch and OpenCV, which takes a moment, only once it is known that they are needed."""
    ticker.show("Loading the network")
    with gc_frozen():
        from brain.pipeline.explainer import Explainer

        return Explainer.load(settings)


def explain_one(
    explainer: Explainer, photo: Path, out: Path, options: argparse.Namespace, ticker: Ticker
) -> int:
    """Explain one photo, write everything to `out` and print it."""
    created_at = now()
    upload_id = ""
    try:
        data = read(photo)
        upload_id = hashlib.sha256(data).hexdigest()[:32]
        request = PhotoRequest(upload_id, created_at, Source(key=photo.name), options.face)
        explained = explainer.explain(data, request, lambda stage: ticker.show(STAGES[stage]))
    except BrainError as error:
        if options.json:
            failed = Result(
                id=upload_id or hashlib.sha256(b"").hexdigest()[:32],
                status=Status.FAILED,
                created_at=created_at,
                finished_at=now(),
                source=Source(key=photo.name),
                error=Problem.of(error),
            )
            print(failed.model_dump_json(indent=2))
        return complain(error, ticker, photo)
    ticker.clear()
    write(explained, out)
    print(explained.result.model_dump_json(indent=2) if options.json else in_words(explained.result, out))
    return 0


def read(photo: Path) -> bytes:
    """The file's bytes.

    Raises:
        PhotoUnreadable: code 1.
    """
    try:
        return photo.read_bytes()
    except OSError as error:
        hint = f"There is no readable file at {photo} ({error.strerror})."
        raise PhotoUnreadable("no-such-file", hint) from error


def write(explained: ExplainedPhoto, out: Path) -> None:
    """Write the artifacts and result.json to a folder."""
    out.mkdir(parents=True, exist_ok=True)
    for name, data in explained.files.items():
        (out / name).write_bytes(data)
    (out / "result.json").write_text(explained.result.model_dump_json(indent=2) + "\n", encoding="utf-8")


def in_words(result: Result, out: Path) -> str:
    """The result as a person reads it in a terminal."""
    first = result.candidates[0]
    language = result.explanation.language if result.explanation else "en"
    lines = [f"{first.name} ({percent(first.probability, language)})", ""]
    width = max(len(candidate.name) for candidate in result.candidates)
    for candidate in result.candidates:
        bar = "█" * round(BAR * candidate.probability)
        lines.append(f"  {candidate.name:<{width}}  {bar:<{BAR}}  {percent(candidate.probability, language)}")
    lines += ["", *(result.explanation.sentences if result.explanation else [])]
    if result.error:
        lines.append(result.error.hint)
    lines += ["", f"Pictures and result.json: {out}{os.sep}"]
    return "\n".join(lines)


def complain(error: BrainError, ticker: Ticker, photo: Path | None = None) -> int:
    """Message and hint on stderr; returns the exit status."""
    ticker.clear()
    where = f" [{photo}]" if photo else ""
    print(f"{error.message}{where}\n  {error.hint}", file=sys.stderr)
    return error.code


def run_id(options: argparse.Namespace) -> int:
    """Print the id that the explain function gives to an object of the uploads bucket."""
    scheme, _, rest = options.object.partition("://")
    bucket, _, key = rest.partition("/")
    if scheme != "s3" or not bucket or not key:
        print(f"brain id: {options.object!r} is not of the form s3://BUCKET/KEY", file=sys.stderr)
        return USAGE_ERROR
    try:
        etag = options.etag or head_etag(bucket, key, options.endpoint_url)
    except OSError as error:
        print(f"brain id: {error}\n  Is the key right, and may you read it?", file=sys.stderr)
        return 1
    print(id_of_object(bucket, key, etag))
    return 0


def head_etag(bucket: str, key: str, endpoint_url: str | None) -> str:
    """Ask S3 for an object's etag. The local stack takes any credentials, so none need be configured for it.

    Raises:
        OSError: S3 does not answer, or not with the object.
    """
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    session = boto3.Session()
    if endpoint_url and session.get_credentials() is None:
        session = boto3.Session(aws_access_key_id="local", aws_secret_access_key="local")
    config = Config(s3={"addressing_style": "path" if endpoint_url else "auto"})
    client = session.client("s3", endpoint_url=endpoint_url, config=config)
    try:
        return client.head_object(Bucket=bucket, Key=key)["ETag"]
    except (BotoCoreError, ClientError) as error:
        raise OSError(str(error)) from error


def run_cascades_install(options: argparse.Namespace) -> int:
    """Show the licence, have it accepted, install."""
    print(cascades.NOTICE, file=sys.stderr)
    if not accepted(cascades.LICENCE, options.accept_licence):
        print(f"Nothing was installed. Accept with --accept-licence {cascades.LICENCE}.", file=sys.stderr)
        return 1
    directory = Settings.from_environment().extra_cascades_dir
    ticker = Ticker()
    try:
        installed = cascades.install(
            directory, options.source, progress=lambda n: ticker.show(f"Fetching {n}")
        )
    except cascades.RefusedError as error:
        ticker.clear()
        print(f"{error}\n  {error.hint}", file=sys.stderr)
        return 1
    ticker.clear()
    for one in installed:
        print(f"{'installed' if one.fresh else 'already there'}: {one.path}")
    return 0
