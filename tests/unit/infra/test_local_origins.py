"""Other websites in the user's browser neither read nor change what the local stack holds."""

from __future__ import annotations

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from starlette.responses import PlainTextResponse
from werkzeug.test import Client as WsgiClient

from infra.local.origins import OwnPageOnly, ThisMachineOnly
from tests.lambda_calls import Client

PAGE = "http://127.0.0.1:8000"
NAMES = ["127.0.0.1:9000", "127.0.0.2", "localhost:9000", "brain-uploads.localhost:9000"]
OTHER_NAMES = ["evil.example:9000", "127.0.0.1.evil.example", "localhost.evil.example", "evillocalhost", ""]


def storage(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    start_response("200 OK", [("Access-Control-Allow-Origin", environ.get("HTTP_ORIGIN", "*"))])
    return [b"photos"]


def ask(method: str, headers: dict[str, str], page: str | None = PAGE) -> tuple[int, str]:
    """Status and body of the storage server's answer."""
    answer = WsgiClient(OwnPageOnly(storage, page)).open("/brain-uploads", method=method, headers=headers)
    if answer.status_code != 200:
        assert "access-control-allow-origin" not in answer.headers, "the browser would show it to the website"
    return answer.status_code, answer.text


@pytest.mark.parametrize("name", NAMES)
def test_programs_use_the_storage_by_any_name_of_this_machine(name: str) -> None:
    assert ask("PUT", {"Host": name}) == (200, "photos")


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_of_all_websites_only_the_page_uses_the_storage(method: str) -> None:
    here = {"Host": "127.0.0.1:9000"}
    assert ask(method, {**here, "Origin": PAGE})[0] == 200
    assert ask(method, {**here, "Origin": PAGE}, page=None)[0] == 403
    for origin in ("https://evil.example", "null", "http://127.0.0.1:8001", f"{PAGE}.evil.example"):
        assert ask(method, {**here, "Origin": origin})[0] == 403


@pytest.mark.parametrize("name", OTHER_NAMES)
def test_no_other_name_leads_to_the_storage(name: str) -> None:
    assert ask("GET", {"Host": name})[0] == 403


@pytest.mark.parametrize("name", [*NAMES, *OTHER_NAMES])
def test_no_other_name_leads_to_page_and_api(name: str) -> None:
    client = Client(ThisMachineOnly(PlainTextResponse("names")))

    response = client.get("/api/identities", headers={"Host": name})

    assert (response.status_code, response.text == "names") == (
        (200, True) if name in NAMES else (403, False)
    )
