"""The routes of the HTTP API for the people whom photos are compared with."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Annotated, Protocol

from fastapi import FastAPI, Path, Query

from brain.cloud.announcement import Upload
from brain.cloud.photos import PhotoDeclaration
from brain.core.person_names import display_name, is_name
from brain.core.schema import PeopleSource
from brain.core.settings import Settings
from brain.recognition import names

if TYPE_CHECKING or __package__:
    from functions.api.problems import ApiProblem, malformed_request
    from functions.api.schemas import EnrolmentRequest, Identities, IdentityFound, UploadCreated
    from functions.api.uploading import check_acceptable, upload_created
else:  # SAM zips this folder alone, so in the deployed function its modules are top-level
    from problems import ApiProblem, malformed_request
    from schemas import EnrolmentRequest, Identities, IdentityFound, UploadCreated
    from uploading import check_acceptable, upload_created

PersonName = Annotated[
    str, Path(min_length=1, max_length=200, description="any Unicode text without a slash")
]
SOURCE = "people embedded in the model, people of the stack's own, or both"
HINT_NAME = "path.name: A name has a visible character, and no slash."


class ApiPeople(Protocol):
    """The people of the stack's own; see `brain.cloud.people_directory.PeopleDirectory`."""

    def names(self) -> tuple[str, ...]:
        """All people, in the order of their labels."""

    def announce(self, person: str, photo: PhotoDeclaration) -> Upload:
        """Create a `waiting` row and a presigned POST for one photo of a person."""

    def forget(self, person: str) -> bool:
        """Delete a person's photos and descriptors; False if nothing is known about the person."""


def add_identity_routes(app: FastAPI, settings: Settings, people: ApiPeople | None) -> None:
    """Add the list of identities."""

    @cache
    def embedded() -> tuple[names.Name, ...]:
        return names.read_names(settings.models_dir / settings.model / "names.txt")

    @app.get("/api/identities")
    def find_identities(
        q: Annotated[str, Query(max_length=100)] = "",
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
        source: Annotated[PeopleSource, Query(description=SOURCE)] = "both",
    ) -> Identities:
        known = () if settings.people == "own" else embedded()
        own = names.index(people.names() if people is not None else (), start=len(known))
        replaced = {name.folded for name in own}
        asked = [name for name in known if name.folded not in replaced] if source != "own" else []
        asked += own if source != "embedded" else ()
        found = names.search(asked, q)
        return Identities(
            model=settings.model,
            total=len(asked),
            matches=len(found),
            identities=[
                IdentityFound(
                    label=name.label, name=name.name, source="embedded" if name.label < len(known) else "own"
                )
                for name in found[:limit]
            ],
        )


def add_enrolment_routes(app: FastAPI, settings: Settings, people: ApiPeople) -> None:
    """Add the routes that enrol and forget people. Only behind an authoriser: callers decide on names."""

    @app.put("/api/people/{name}", status_code=201)
    def enrol_photo(name: PersonName, request: EnrolmentRequest) -> UploadCreated:
        check_acceptable(request.content_type, request.size, settings.max_bytes)
        declared = PhotoDeclaration(request.content_type, request.size)
        return upload_created(people.announce(checked(name), declared), settings.max_bytes)

    @app.delete("/api/people/{name}", status_code=202)
    def forget_person(name: PersonName) -> None:
        if not people.forget(checked(name)):
            raise ApiProblem(
                404, "Nobody of that name is enrolled.", "unknown-person", "See /api/identities?source=own."
            )


def checked(name: str) -> str:
    """A person's name as it is stored.

    Raises:
        ApiProblem: 422, the text is not a name.
    """
    person = display_name(name).strip()
    if not is_name(person):
        raise malformed_request(HINT_NAME)
    return person
