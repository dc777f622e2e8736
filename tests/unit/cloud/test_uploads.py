"""Upload ids and object keys."""

from __future__ import annotations

import hashlib

import pytest

from brain.cloud.uploads import id_of_object, is_id, new_id, result_key, upload_key

HEX = "0123456789abcdef0123456789abcdef"


def test_new_ids_are_valid_and_unique() -> None:
    ids = {new_id() for _ in range(100)}

    assert len(ids) == 100
    assert all(is_id(upload_id) for upload_id in ids)


@pytest.mark.parametrize(
    "text", ["", HEX[:-1], HEX + "0", HEX.upper(), HEX[:-1] + "g", HEX + "\n", "../" + HEX]
)
def test_malformed_ids_are_recognized(text: str) -> None:
    assert not is_id(text)


def test_keys() -> None:
    assert upload_key(HEX) == f"uploads/{HEX}"
    assert result_key(HEX, "cropped.jpg") == f"results/{HEX}/cropped.jpg"


def test_the_key_of_a_page_upload_contains_its_id() -> None:
    assert id_of_object("brain-uploads", upload_key(HEX), "any") == HEX


@pytest.mark.parametrize(
    "key", ["inbox/My Photo +é.jpg", f"inbox/{HEX}", f"uploads/{HEX}.jpg", f"uploads/deep/{HEX}", HEX]
)
def test_the_id_of_a_dropped_photo_is_a_hash(key: str) -> None:
    expected = hashlib.sha256(f"brain-uploads/{key}@d41d8".encode()).hexdigest()[:32]

    assert id_of_object("brain-uploads", key, "d41d8") == expected
    assert id_of_object("brain-uploads", key, '"d41d8"') == expected


def test_different_content_has_a_different_id() -> None:
    assert id_of_object("b", "k", "one") != id_of_object("b", "k", "two")
