"""`make destroy`: after confirmation, empty the buckets and delete the stack."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from boto3 import Session
from botocore.exceptions import BotoCoreError, ClientError

from infra.cloud.configuration import Configuration, stack_outputs
from infra.cloud.deploy import CONFIGURATION, Run, run_here

BUCKETS = ("UploadsBucketName", "ResultsBucketName", "SiteBucketName")
QUESTION = """This permanently deletes the stack {stack} and everything in it:

{contents}

Type the stack's name to continue: """


def destroy(
    configuration: Configuration, session: Session, sam: str, run: Run, ask: Callable[[str], str] = input
) -> bool:
    """Empty the buckets and delete the stack, if the user confirms it.

    Returns:
        False if the user did not confirm.
    """
    outputs = stack_outputs(session, configuration.stack)
    s3 = session.client("s3")
    buckets = [outputs[name] for name in BUCKETS]
    contents = "\n".join(f"  {bucket}: {_count(s3, bucket)}" for bucket in buckets)
    question = QUESTION.format(stack=configuration.stack, contents=contents)
    if ask(question).strip() != configuration.stack:
        return False
    # No photo may be processed while the buckets are emptied, or a bucket would not be empty when it is
    # deleted.
    s3.put_bucket_notification_configuration(Bucket=buckets[0], NotificationConfiguration={})
    for bucket in buckets:
        empty(s3, bucket)
    region = ["--region", configuration.region] if configuration.region else []
    profile = ["--profile", configuration.profile] if configuration.profile else []
    run([sam, "delete", "--no-prompts", "--stack-name", configuration.stack, *region, *profile])
    return True


def empty(s3: Any, bucket: str) -> None:
    """Delete all objects of a bucket, in all versions.

    Raises:
        RuntimeError: S3 did not delete some of them; the message has their number and the first error code.
    """
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        entries = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        if not entries:
            continue
        objects = [{"Key": entry["Key"], "VersionId": entry["VersionId"]} for entry in entries]
        response = s3.delete_objects(Bucket=bucket, Delete={"Objects": objects, "Quiet": True})
        errors = response.get("Errors", [])
        if errors:
            raise RuntimeError(f"{len(errors)} objects of {bucket} could not be deleted: {errors[0]['Code']}")


def _count(s3: Any, bucket: str) -> str:
    page = s3.list_objects_v2(Bucket=bucket)
    number = page["KeyCount"]
    return f"more than {number} objects" if page["IsTruncated"] else f"{number} objects"


def main() -> int:
    """Delete the stack. Returns the exit code: 0 if it was deleted, 1 after printing a message."""
    parser = argparse.ArgumentParser(prog="python -m infra.cloud.destroy", description=__doc__)
    parser.add_argument("--sam", default="sam", help="path of the SAM command")
    sam = parser.parse_args().sam
    configuration = Configuration.read(CONFIGURATION)
    if configuration is None:
        print(f"There is no {CONFIGURATION.name}: nothing was deployed from here.", file=sys.stderr)
        return 1
    try:
        deleted = destroy(configuration, configuration.session(), sam, run_here)
    except (subprocess.CalledProcessError, RuntimeError, BotoCoreError, ClientError) as error:
        print(f"The stack was not deleted: {error}", file=sys.stderr)
        return 1
    print(f"{configuration.stack} was deleted." if deleted else "Nothing was deleted.")
    return 0 if deleted else 1


if __name__ == "__main__":
    sys.exit(main())
