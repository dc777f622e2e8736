"""`make destroy`: ask, empty what must be empty, and delete the stack."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from boto3 import Session
from botocore.exceptions import BotoCoreError, ClientError

from infra.cloud.configuration import Configuration, outputs
from infra.cloud.deploy import CONFIGURATION, Run, run_here

BUCKETS = ("UploadsBucketName", "ResultsBucketName", "SiteBucketName")
QUESTION = """This deletes the stack {stack} with everything in it, for good:

{contents}

Type the stack's name to go on: """


def destroy(
    chosen: Configuration, session: Session, sam: str, run: Run, ask: Callable[[str], str] = input
) -> bool:
    """Empty the buckets and delete the stack, if the user wants it.

    Returns:
        False when the user did not.
    """
    told = outputs(session, chosen.stack)
    s3 = session.client("s3")
    buckets = [told[name] for name in BUCKETS]
    contents = "\n".join(f"  {bucket}: {_count(s3, bucket)}" for bucket in buckets)
    if ask(QUESTION.format(stack=chosen.stack, contents=contents)).strip() != chosen.stack:
        return False
    # No photo may come in while the buckets are emptied, or the deletion would stumble over it.
    s3.put_bucket_notification_configuration(Bucket=buckets[0], NotificationConfiguration={})
    for bucket in buckets:
        empty(s3, bucket)
    region = ["--region", chosen.region] if chosen.region else []
    profile = ["--profile", chosen.profile] if chosen.profile else []
    run([sam, "delete", "--no-prompts", "--stack-name", chosen.stack, *region, *profile])
    return True


def empty(s3: Any, bucket: str) -> None:
    """Delete every object of a bucket, older versions as well.

    Raises:
        RuntimeError: S3 kept some; carries how many and the first reason.
    """
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        entries = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        if not entries:
            continue
        doomed = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in entries]
        errors = s3.delete_objects(Bucket=bucket, Delete={"Objects": doomed, "Quiet": True}).get("Errors", [])
        if errors:
            raise RuntimeError(f"{len(errors)} objects of {bucket} could not be deleted: {errors[0]['Code']}")


def _count(s3: Any, bucket: str) -> str:
    first = s3.list_objects_v2(Bucket=bucket)
    number = first["KeyCount"]
    return f"more than {number} objects" if first["IsTruncated"] else f"{number} objects"


def main() -> int:
    """Destroy; 0 when the stack is gone, 1 with a message when it is not."""
    parser = argparse.ArgumentParser(prog="python -m infra.cloud.destroy", description=__doc__)
    parser.add_argument("--sam", default="sam", help="SAM's command")
    sam = parser.parse_args().sam
    chosen = Configuration.read(CONFIGURATION)
    if chosen is None:
        print(f"There is no {CONFIGURATION.name}, so nothing was deployed from here.", file=sys.stderr)
        return 1
    try:
        gone = destroy(chosen, chosen.session(), sam, run_here)
    except (subprocess.CalledProcessError, RuntimeError, BotoCoreError, ClientError) as error:
        print(f"The stack is not gone: {error}", file=sys.stderr)
        return 1
    print(f"{chosen.stack} is gone." if gone else "Nothing was deleted.")
    return 0 if gone else 1


if __name__ == "__main__":
    sys.exit(main())
