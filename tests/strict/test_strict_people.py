"""Enrolling people with the permissions of the template's roles, on an emulator that enforces them."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from brain.cloud.enrolment import EnrolmentService
from brain.cloud.people_bucket import PeopleBucket, people_log_key
from brain.cloud.people_directory import PeopleDirectory
from brain.cloud.photos import PhotoDeclaration
from brain.cloud.service import Service
from functions.explain.handler import handle
from tests.fakes import PHOTO, FakeEmbedder, FakeExplainer
from tests.lambda_calls import lambda_context
from tests.strict.conftest import Stack
from tests.strict.photos import post, receive

NAME = "Zoë + Söhne"


def service(stack: Stack) -> EnrolmentService:
    """The explain function's service, with its permissions."""
    repository = stack.repository("ExplainRole")
    photos = Service(repository, FakeExplainer, max_receives=5)
    people = PeopleBucket(stack.settings, stack.client("s3", "ExplainRole"))
    return EnrolmentService(photos, people, FakeEmbedder, repository.forget)


def directory(stack: Stack) -> PeopleDirectory:
    """The API's directory, with its permissions."""
    return PeopleDirectory(stack.settings, stack.client("s3", "ApiRole"), stack.client("dynamodb", "ApiRole"))


def process(stack: Stack) -> None:
    """Process the next event."""
    assert handle(receive(stack), lambda_context(), service(stack)) == {"batchItemFailures": []}


def test_the_roles_suffice_to_enrol_and_to_forget(enrolling_stack: Stack) -> None:
    people = directory(enrolling_stack)
    upload = people.announce(NAME, PhotoDeclaration("image/jpeg", len(PHOTO)))
    assert post(enrolling_stack, upload.fields, upload.url) == 204
    process(enrolling_stack)
    assert people.names() == (NAME,)
    result = enrolling_stack.repository("ApiRole").read(upload.id)
    assert result is not None
    assert result.enrolment is not None
    assert result.enrolment.person == NAME

    assert people.forget(NAME)
    for _ in range(2):  # the deleted photo, and the object that asks to forget
        process(enrolling_stack)
    assert people.names() == ()
    assert enrolling_stack.repository("ApiRole").read(upload.id) is None


def test_deleting_a_dropped_photo_forgets_it(enrolling_stack: Stack) -> None:
    bucket, key = enrolling_stack.names["UploadsBucket"], f"people/{NAME}/1 (2).jpg"
    s3 = enrolling_stack.emulator.client("s3")
    s3.put_object(Bucket=bucket, Key=key, Body=PHOTO)
    process(enrolling_stack)
    assert directory(enrolling_stack).names() == (NAME,)
    s3.delete_object(Bucket=bucket, Key=key)
    process(enrolling_stack)
    assert directory(enrolling_stack).names() == ()


def denied(action: Any, **arguments: Any) -> bool:
    """Whether S3 refuses a request."""
    with pytest.raises(ClientError) as failure:
        action(**arguments)
    return failure.value.response["Error"]["Code"] in ("AccessDenied", "403")


def test_the_api_cannot_write_descriptors(enrolling_stack: Stack) -> None:
    place = {"Bucket": enrolling_stack.names["ResultsBucket"], "Key": people_log_key("dlib-resnet")}
    assert denied(enrolling_stack.client("s3", "ApiRole").put_object, **place, Body=b"{}")


def test_without_own_people_neither_role_reads_or_writes_them(stack: Stack) -> None:
    place = {"Bucket": stack.names["ResultsBucket"], "Key": people_log_key("dlib-resnet")}
    stack.emulator.client("s3").put_object(**place, Body=b"{}")
    for role in ("ApiRole", "ExplainRole"):
        assert denied(stack.client("s3", role).get_object, **place)
        assert denied(stack.client("s3", role).put_object, **place, Body=b"{}")
    photo = {"Bucket": stack.names["UploadsBucket"], "Key": "people/Ada/1.jpg"}
    assert denied(stack.client("s3", "ApiRole").put_object, **photo, Body=PHOTO)
