"""The people of the API: who is embedded, who is the stack's own, and enrolling with a token."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from brain.cloud.announcement import Upload
from brain.cloud.photos import PhotoDeclaration
from brain.core.clock import now
from brain.core.settings import Settings
from functions.api.app import create_app
from tests.fakes import PAGE_ID, FakeApiRepository
from tests.lambda_calls import Client

JPEG = {"content_type": "image/jpeg", "size": 1234}


@dataclass
class FakePeople:
    """Two people, and what is asked for."""

    enrolled: list[str] = field(default_factory=lambda: ["Ada Lovelace", "jose aznar"])
    announced: list[tuple[str, PhotoDeclaration]] = field(default_factory=list)

    def names(self) -> tuple[str, ...]:
        return tuple(self.enrolled)

    def announce(self, person: str, photo: PhotoDeclaration) -> Upload:
        self.announced.append((person, photo))
        return Upload(PAGE_ID, "https://bucket.example/", {"key": "k"}, now() + timedelta(seconds=600))

    def forget(self, person: str) -> bool:
        if person not in self.enrolled:
            return False
        self.enrolled.remove(person)
        return True


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    names = tmp_path / "tiny" / "names.txt"
    names.parent.mkdir()
    names.write_text("Bill Clinton\nJosé Aznar\n", encoding="utf-8")
    return Settings(models_dir=tmp_path, model="tiny", max_bytes=2000, enrols=True)


@pytest.fixture
def people() -> FakePeople:
    return FakePeople()


@pytest.fixture
def client(settings: Settings, people: FakePeople) -> Client:
    return Client(create_app(settings, FakeApiRepository(), people))


def identities(client: Client, **params: str) -> list[tuple[int, str, str]]:
    body = client.get("/api/identities", params=params).json()
    assert body["total"] >= body["matches"] == len(body["identities"])
    return [(each["label"], each["name"], each["source"]) for each in body["identities"]]


BILL = (0, "Bill Clinton", "embedded")
ADA, JOSE = (2, "Ada Lovelace", "own"), (3, "jose aznar", "own")


def test_identities_say_who_is_embedded(client: Client) -> None:
    assert identities(client) == identities(client, source="both") == [BILL, ADA, JOSE]
    assert identities(client, source="embedded") == [BILL]
    assert identities(client, source="own") == [ADA, JOSE]
    assert identities(client, q="LOVE") == [ADA]


def test_labels_are_those_of_results(settings: Settings, people: FakePeople) -> None:
    own = Client(create_app(replace(settings, people="own"), FakeApiRepository(), people))
    assert identities(own) == [(0, "Ada Lovelace", "own"), (1, "jose aznar", "own")]
    assert identities(own, source="embedded") == []


def test_a_stack_without_own_people_has_embedded_ones(settings: Settings) -> None:
    client = Client(create_app(replace(settings, enrols=False), FakeApiRepository()))
    assert identities(client) == [BILL, (1, "José Aznar", "embedded")]
    assert identities(client, source="own") == []


def test_another_source_is_malformed(client: Client) -> None:
    assert client.get("/api/identities", params={"source": "all"}).status_code == 422


@pytest.mark.parametrize(
    ("path", "person"), [("Ada%20Lovelace", "Ada Lovelace"), ("Zo%C3%AB%20%2B_S%C3%B6hne", "Zoë + Söhne")]
)
def test_a_photo_of_a_person_is_announced(client: Client, people: FakePeople, path: str, person: str) -> None:
    response = client.request("PUT", f"/api/people/{path}", json=JPEG)
    assert response.status_code == 201
    body = response.json()
    assert (body["id"], body["result"]) == (PAGE_ID, f"/api/results/{PAGE_ID}")
    assert people.announced == [(person, PhotoDeclaration("image/jpeg", 1234))]


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("Ada", JPEG | {"content_type": "image/gif"}, 415),
        ("Ada", JPEG | {"size": 3000}, 413),
        ("Ada", JPEG | {"face": 1}, 422),
        ("%E2%80%8B", JPEG, 422),
        ("%0A", JPEG, 422),
    ],
)
def test_what_cannot_be_enrolled_is_refused(
    client: Client, people: FakePeople, name: str, body: dict[str, Any], status: int
) -> None:
    assert client.request("PUT", f"/api/people/{name}", json=body).status_code == status
    assert people.announced == []


def test_a_person_is_forgotten(client: Client, people: FakePeople) -> None:
    assert client.delete("/api/people/Ada%20Lovelace").status_code == 202
    assert people.enrolled == ["jose aznar"]
    response = client.delete("/api/people/Ada%20Lovelace")
    assert response.status_code == 404
    assert response.json()["reason"] == "unknown-person"


def test_without_an_authoriser_nobody_is_enrolled(settings: Settings, people: FakePeople) -> None:
    client = Client(create_app(replace(settings, enrols=False), FakeApiRepository(), people))
    assert client.request("PUT", "/api/people/Ada", json=JPEG).status_code == 404
    assert client.delete("/api/people/Ada").status_code == 404
    assert people.announced == []
