"""Several workers at once, on services in memory and over HTTP."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import boto3
import pytest

from brain.cloud.enrolment_log import Entry
from brain.cloud.people_bucket import PeopleBucket
from brain.cloud.status_table import AlreadyClaimed, StatusTable
from brain.core.clock import now
from brain.core.results import Source, Status
from tests.integration.conftest import Cloud
from tests.integration.local_stack import PATIENCE

WORKERS = 6
ROUNDS = 8
LONGEST_WAIT = 20  # seconds, the maximum of ReceiveMessage


@pytest.fixture(params=["cloud", "served_cloud"])
def shared(request: pytest.FixtureRequest) -> Iterator[Cloud]:
    """A cloud whose threads take turns as often as they can, so that hardly any does two steps in a row."""
    interval = sys.getswitchinterval()
    cloud: Cloud = request.getfixturevalue(request.param)
    sys.setswitchinterval(1e-6)
    yield cloud
    sys.setswitchinterval(interval)


def at_once(works: Sequence[Callable[[], object]]) -> list[object]:
    """Call functions in threads that start at the same time."""
    start = Barrier(len(works))

    def run(work: Callable[[], object]) -> object:
        start.wait()
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def enrol(bucket: PeopleBucket, key: str) -> None:
    entry = Entry("00000001", now().isoformat(), "etag", key, "face")
    bucket.change(lambda log: log.merged(key, entry))


def claims(table: StatusTable, row_id: str) -> bool:
    photo = Source(bucket="brain-uploads", key=f"inbox/{row_id}.jpg", etag="etag")
    try:
        table.claim(row_id, photo, stalled_after=3600)
    except AlreadyClaimed:
        return False
    return True


def first_status(table: StatusTable, row_id: str) -> Status:
    """Read a row again and again until there is one."""
    deadline = time.monotonic() + PATIENCE
    while (row := table.get(row_id)) is None:
        assert time.monotonic() < deadline
    return row.status


def test_all_enrolments_are_kept(shared: Cloud) -> None:
    buckets = [PeopleBucket(shared.settings, boto3.client("s3")) for _ in range(WORKERS)]
    keys = [[f"people/Person {number}/{round_}.jpg" for round_ in range(ROUNDS)] for number in range(WORKERS)]
    for of_round in zip(*keys, strict=True):
        at_once([partial(enrol, bucket, key) for bucket, key in zip(buckets, of_round, strict=True)])
    photos = {record.photo for record in buckets[0].current().records()}
    assert photos == {key for own in keys for key in own}


def test_a_photo_is_claimed_by_one_of_them(shared: Cloud) -> None:
    clients = [boto3.client("dynamodb") for _ in range(WORKERS)]
    tables = [StatusTable(client, shared.settings.table, days=1) for client in clients]
    for round_ in range(ROUNDS):
        claimed = at_once([partial(claims, table, f"photo {round_}") for table in tables])
        assert claimed.count(True) == 1


def test_readers_see_a_row_whole_or_not_at_all(shared: Cloud) -> None:
    clients = [boto3.client("dynamodb") for _ in range(WORKERS)]
    writer, *readers = [StatusTable(client, shared.settings.table, days=1) for client in clients]
    for round_ in range(ROUNDS):
        row_id = f"photo {round_}"
        watches = [partial(first_status, table, row_id) for table in readers]
        claimed, *seen = at_once([partial(claims, writer, row_id), *watches])
        assert (claimed, {*seen}) == (True, {Status.PROCESSING})


def test_a_worker_that_waits_for_photos_lets_them_in(shared: Cloud) -> None:
    sqs = boto3.client("sqs")
    url = announce_photos(shared, sqs)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(sqs.receive_message, QueueUrl=url, WaitTimeSeconds=LONGEST_WAIT)
        shared.drop("inbox/photo.jpg", b"photo")
        assert "photo.jpg" in answer.result()["Messages"][0]["Body"]


def announce_photos(cloud: Cloud, sqs: Any) -> str:
    """Announce new photos on a new queue, whose URL is returned."""
    url: str = sqs.create_queue(QueueName="photos")["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    configuration = {"QueueArn": attributes["QueueArn"], "Events": ["s3:ObjectCreated:*"]}
    cloud.s3.put_bucket_notification_configuration(
        Bucket=cloud.settings.uploads_bucket,
        NotificationConfiguration={"QueueConfigurations": [configuration]},
    )
    (test,) = sqs.receive_message(QueueUrl=url)["Messages"]
    sqs.delete_message(QueueUrl=url, ReceiptHandle=test["ReceiptHandle"])
    return url
