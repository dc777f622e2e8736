"""What visitors do: upload or drop a photo, read its result, delete it, remove or replace the photo."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import httpx

from brain.cloud.uploads import id_of_object, upload_key
from reliability.faults.photos import Fate, photo
from reliability.faults.stack import Emulator

REQUEST_ATTEMPTS = 60


class Route(StrEnum):
    """How a photo arrives."""

    PAGE = "uploaded through the API's form"
    DROP = "dropped into the bucket"


class Interference(StrEnum):
    """What happens to a photo meanwhile, at a random moment."""

    NONE = "left alone"
    DELETED = "deleted by its visitor"
    REMOVED = "removed from the bucket"
    REPLACED = "replaced by another photo"


@dataclass
class Case:
    """A photo on its way.

    Attributes:
        number: identifies it.
        route, fate, interference: what it goes through.
        upload_id: id of its result, once it is known.
        contents: the bytes whose result may be stored under the id; more than one after a replacement.
        successor: id of the result of the photo that replaced a dropped one.
        deleted: whether the API has deleted the result.
        removed: whether the photo was removed.
    """

    number: int
    route: Route = Route.DROP
    fate: Fate = Fate.GOOD
    interference: Interference = Interference.NONE
    upload_id: str = ""
    contents: list[bytes] = field(default_factory=list)
    successor: str = ""
    deleted: bool = False
    removed: bool = False

    def __str__(self) -> str:
        return f"photo {self.number} ({self.upload_id[:8]}; {self.route}; {self.fate}; {self.interference})"

    @property
    def key(self) -> str:
        """Key of the photo in the uploads bucket."""
        return upload_key(self.upload_id) if self.route is Route.PAGE else f"inbox/photo {self.number}.jpg"


class Api:
    """A synchronous client of the API application.

    Attributes:
        app: the ASGI application.
        pause: called between the attempts of a request.
    """

    def __init__(self, app: Any, pause: Callable[[], None]) -> None:
        self._app = app
        self._pause = pause

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send a request once."""

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://brain.test") as client:
                return await client.request(method, path, **options)

        return asyncio.run(send())

    def insist(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send a request until the service does not fail.

        Raises:
            RuntimeError: it fails every time.
        """
        for _ in range(REQUEST_ATTEMPTS):
            response = self.request(method, path, **options)
            if response.status_code < 500:
                return response
            self._pause()
        raise RuntimeError(f"{method} failed {REQUEST_ATTEMPTS} times")


@dataclass
class Visitors:
    """The actions, for use inside actors.

    Attributes:
        emulator: the stack, for actions that bypass the API and have no faults.
        api: the API.
        pause: lets others run.
        problems: what readers found wrong.
    """

    emulator: Emulator
    api: Api
    pause: Callable[[], None]
    problems: list[tuple[Case, str]] = field(default_factory=list)

    def send(self, case: Case) -> None:
        """Upload or drop the photo of a case."""
        data = photo(case.fate, case.number)
        if case.route is Route.PAGE:
            body = {"content_type": "image/jpeg", "size": len(data)}
            created = self.api.insist("POST", "/api/uploads", json=body)
            case.upload_id = created.json()["id"]
        self._put(case, data)

    def interfere(self, case: Case) -> None:
        """Delete the result, or remove or replace the photo."""
        match case.interference:
            case Interference.DELETED:
                case.deleted = self._delete(case)
            case Interference.REMOVED:
                bucket = self.emulator.settings.uploads_bucket
                self.emulator.s3.delete_object(Bucket=bucket, Key=case.key)
                case.removed = True
            case Interference.REPLACED:
                self._put(case, photo(Fate.GOOD, -case.number))

    def read(self, case: Case) -> None:
        """Read the result once. Every file that it names must exist at that moment."""
        response = self.api.request("GET", f"/api/results/{case.upload_id}")
        if response.status_code != 200:
            return
        result = response.json()
        files = self.emulator.files(case.upload_id) if result["artifacts"] else {}
        missing = [role for role in result["artifacts"] if f"{role}.png" not in files]
        if missing or (result["status"] in ("named", "done") and not result["identity"]):
            self.problems.append((case, f"was read half-written: {result['status']} {missing}"))

    def _put(self, case: Case, data: bytes) -> None:
        bucket = self.emulator.settings.uploads_bucket
        metadata = {"face": "0"}
        put = self.emulator.s3.put_object(Bucket=bucket, Key=case.key, Body=data, Metadata=metadata)
        upload_id = id_of_object(bucket, case.key, put["ETag"])
        case.contents.append(data)
        if not case.upload_id:
            case.upload_id = upload_id
        elif case.upload_id != upload_id:
            case.successor = upload_id

    def _delete(self, case: Case) -> bool:
        """Delete a result, if there is one yet. Returns whether there was."""
        if not self.emulator.row(case.upload_id):
            return False
        self.api.insist("DELETE", f"/api/results/{case.upload_id}")
        return True


def stored_result(files: dict[str, bytes]) -> dict[str, Any] | None:
    """The content of `result.json`, or None."""
    stored: dict[str, Any] | None = json.loads(files["result.json"]) if "result.json" in files else None
    return stored
