"""`brain id`: the result id of an object in the uploads bucket."""

from __future__ import annotations

import pytest

from brain.cloud.uploads import id_of_object
from brain.commands.cli import main


def test_id_with_an_etag_asks_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["id", "s3://photos/inbox/My Photo +é.jpg", "--etag", '"abc"']) == 0
    assert capsys.readouterr().out.strip() == id_of_object("photos", "inbox/My Photo +é.jpg", "abc")


@pytest.mark.parametrize("text", ["photo.jpg", "s3://bucket", "s3:///key", "http://bucket/key"])
def test_id_refuses_what_is_no_s3_address(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["id", text, "--etag", "x"]) == 64
    assert "s3://BUCKET/KEY" in capsys.readouterr().err
