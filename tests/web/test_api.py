"""The API, over a real socket, beside the app that it is part of."""

import base64
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import numpy as np
import pytest

from tests.drawing import Photo, canvas, encode, written
from tests.test_cli import bad_inputs
from tests.test_picture import READ

PNG = encode(canvas(7))
ENCODED = base64.b64encode(PNG).decode()


@pytest.fixture
def api(app_url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{app_url}/api", timeout=30) as client:
        yield client


def post(api: httpx.Client, body: bytes, media_type: str = "image/png") -> httpx.Response:
    return api.post("/v1/digit", content=body, headers={"Content-Type": media_type})


@pytest.mark.parametrize(
    "request_parts",
    [
        {"content": PNG, "headers": {"Content-Type": "image/png"}},
        {"content": PNG, "headers": {"Content-Type": "application/octet-stream"}},
        {"content": PNG, "headers": {}},
        # what curl --data-binary sends
        {"content": PNG, "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
        {"files": {"picture": ("seven.png", PNG, "image/png")}},
        {"files": {"picture": PNG}, "data": {"other": "field"}},
        {"json": {"picture": ENCODED}},
        {"json": {"picture": f"data:image/png;base64,{ENCODED}"}},
        {"json": {"picture": f"DATA:image/png;base64,{quote(ENCODED, safe='')}"}},
        {"content": PNG, "headers": {"Content-Type": ""}},
        {"json": {"picture": "\n".join(ENCODED[i : i + 76] for i in range(0, len(ENCODED), 76))}},
    ],
    ids=[
        "png",
        "octets",
        "no type",
        "curl",
        "form",
        "form and field",
        "base64",
        "url",
        "quoted",
        "untyped",
        "folded",
    ],
)
def test_a_picture_is_taken_in_every_form(api: httpx.Client, request_parts: dict[str, Any]) -> None:
    response = api.post("/v1/digit", **request_parts)
    assert response.status_code == 200
    answer = response.json()
    assert list(answer) == ["digit", "best", "confidence", "verdict", "probabilities"]
    assert (answer["digit"], answer["best"], answer["verdict"]) == (7, 7, "digit")
    assert answer["confidence"] == pytest.approx(max(answer["probabilities"]), abs=0.01)
    assert sum(answer["probabilities"]) == pytest.approx(1)


def test_a_photo_is_read(api: httpx.Client) -> None:
    photo = encode(Photo(rules=6, shadow=0.4).take(5), "jpeg", quality=80)
    assert post(api, photo, "image/jpeg").json()["digit"] == 5


def test_an_empty_canvas_is_blank(api: httpx.Client) -> None:
    response = post(api, encode(canvas(None)))
    assert response.status_code == 200
    assert response.json() == {
        "digit": None,
        "best": None,
        "confidence": 0,
        "verdict": "blank",
        "probabilities": [0] * 10,
    }


def test_one_pixel_is_blank(api: httpx.Client) -> None:
    assert post(api, encode(np.zeros((1, 1), np.uint8))).json()["verdict"] == "blank"


@pytest.mark.parametrize(
    ("name", "status", "error"),
    [
        ("text.png", 422, "needs a picture, got a text file"),
        ("truncated.jpg", 422, "the picture is damaged or cut off"),
        ("nothing.png", 422, "needs a picture, got an empty file"),
        ("bomb.png", 413, "needs a picture of at most 50 million pixels, got far more"),
        ("large.png", 413, "needs a picture of at most 50 million pixels, got 9500×9500"),
    ],
)
def test_bad_pictures_are_4xx_with_the_librarys_text(
    api: httpx.Client, name: str, status: int, error: str
) -> None:
    response = post(api, bad_inputs()[name])
    assert response.status_code == status
    assert response.json()["error"] == error
    assert set(response.json()) == {"error", "hint"}


@pytest.mark.parametrize(
    ("body", "media_type", "status", "error"),
    [
        (b"{", "application/json", 422, "needs JSON, got something else"),
        (b"\xff", "application/json", 422, "needs JSON, got something else"),
        (b"[" * 100_000, "application/json", 422, "needs JSON, got something else"),
        (b"[]", "application/json", 422, 'needs {"picture": "base64 or data URL"}, got other JSON'),
        (
            b'{"picture": 7}',
            "application/json",
            422,
            'needs {"picture": "base64 or data URL"}, got other JSON',
        ),
        (
            b'{"picture": "%%%"}',
            "application/json",
            422,
            "needs base64 or a data URL in `picture`, got something else",
        ),
        (
            b"hello",
            "text/plain",
            415,
            "needs a picture, multipart/form-data or application/json, got text/plain",
        ),
        (
            b"hello",
            "multipart/form-data",
            422,
            "needs a multipart form, got a broken one: Missing boundary in multipart.",
        ),
        (
            b"--b\r\nhello",
            "multipart/form-data; boundary=b",
            422,
            "needs a file in the field `picture`, got a form without",
        ),
    ],
)
def test_requests_without_a_picture_are_4xx(
    api: httpx.Client, body: bytes, media_type: str, status: int, error: str
) -> None:
    response = post(api, body, media_type)
    assert response.status_code == status
    assert response.json()["error"] == error


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("model=", "model needs at least 1 character, got: nothing"),
        ("threshold=2", "threshold needs less than or equal to 1, got: 2"),
        (
            "versions=two",
            "versions needs a valid integer, unable to parse string as an integer, got: two",
        ),
    ],
)
def test_wrong_parameters_are_named(api: httpx.Client, query: str, error: str) -> None:
    response = api.post(f"/v1/digit?{query}", content=PNG)
    assert (response.status_code, response.json()["error"]) == (422, error)


def test_what_came_is_not_repeated_at_length(api: httpx.Client) -> None:
    response = api.post("/v1/page", content=PNG, params={"allowed": ["123"] * 1001})
    assert response.status_code == 422
    assert len(response.json()["error"]) < 200
    response = api.post("/v1/page", content=PNG, params={"pattern": r"\d" * 101})
    assert response.json()["error"].endswith("got: " + r"\d" * 40 + "…")


def test_a_form_without_the_field_is_named(api: httpx.Client) -> None:
    for parts in ({"files": {"image": PNG}}, {"data": {"picture": "text"}, "files": {"x": b""}}):
        response = api.post("/v1/digit", **parts)
        assert response.status_code == 422
        assert "needs a" in response.json()["error"]


def test_large_requests_are_refused_before_they_are_read_whole(
    api: httpx.Client, app_url: str
) -> None:
    large = {"error": "needs a request of at most 10 MB, got a larger one"}
    large["hint"] = "send a smaller picture, or set INKREAD_MAX_UPLOAD_MB"
    chunks = (bytes(1_000_000) for _ in range(11))  # no length is announced
    response = api.post("/v1/digit", content=chunks, headers={"Content-Type": "image/png"})
    assert (response.status_code, response.json()) == (413, large)
    place = urlsplit(app_url)
    with socket.create_connection((place.hostname, place.port), timeout=10) as connection:
        connection.sendall(
            b"POST /api/v1/digit HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\n"
            b"Content-Length: 99000000000\r\n\r\n"  # and not a byte of it is sent
        )
        assert connection.recv(100).startswith(b"HTTP/1.1 413 ")


def test_the_service_says_how_it_is(api: httpx.Client) -> None:
    assert api.get("/healthz").json() == {"status": "alive"}
    assert api.get("/readyz").json() == {"status": "ready"}


@pytest.mark.parametrize("path", ["/nothing", "/v1", "/v1/digits/7", "/healthz/x"])
def test_unknown_paths_are_json_404s_not_the_apps_page(api: httpx.Client, path: str) -> None:
    response = api.get(path)
    assert response.status_code == 404
    assert response.json() == {"error": f"no such path: /api{path}", "hint": "see /api/docs"}


def test_a_wrong_method_is_said_in_the_same_shape(api: httpx.Client) -> None:
    response = api.get("/v1/digit")
    assert response.status_code == 405
    assert response.json() == {"error": "method not allowed", "hint": None}
    assert response.headers["allow"] == "POST"


def test_clients_that_leave_leave_nothing_behind(app_url: str, api: httpx.Client) -> None:
    place = urlsplit(app_url)
    for _ in range(20):
        with socket.create_connection((place.hostname, place.port), timeout=10) as connection:
            connection.sendall(
                b"POST /api/v1/digit HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\n"
                b"Content-Length: 5000\r\n\r\nonly this"
            )
    assert post(api, PNG).json()["digit"] == 7


def test_the_roots_lead_to_their_pages(app_url: str) -> None:
    for path, target in (("/api", "/api/docs"), ("/api/", "/api/docs"), ("/pad", "/pad/")):
        response = httpx.get(app_url + path, follow_redirects=True)
        assert (response.status_code, response.url.path) == (200, target)


def test_the_document_describes_the_three_forms_and_the_answer(api: httpx.Client) -> None:
    digit = api.get("/openapi.json").json()["paths"]["/v1/digit"]["post"]
    assert set(digit["requestBody"]["content"]) == {
        "image/*",
        "application/octet-stream",
        "multipart/form-data",
        "application/json",
    }
    assert set(digit["responses"]) == {"200", "404", "408", "413", "415", "422", "429"}


def test_a_hint_comes_with_the_error(api: httpx.Client) -> None:
    assert post(api, b"text").json()["hint"] == READ


def post_page(api: httpx.Client, body: bytes, **query: Any) -> httpx.Response:
    return api.post("/v1/page", content=body, params=query, headers={"Content-Type": "image/png"})


def test_a_page_is_read(api: httpx.Client) -> None:
    picture, boxes = written(["12.50", "384"], (320, 480))
    response = post_page(api, encode(picture))
    assert response.status_code == 200
    answer = response.json()
    assert (answer["text"], answer["turned"]) == ("1250\n384", 0)
    assert (answer["width"], answer["height"]) == (480, 320)
    first = answer["lines"][0]
    assert (first["text_with_separators"], first["verdict"]) == ("12.50", "number")
    assert [each["best"] for each in first["digits"]] == [1, 2, 5, 0]
    assert first["digits"][1]["box"]["left"] == pytest.approx(boxes[1][0], abs=8)
    assert first["separators"][0]["sign"] == "."


def test_an_empty_page_has_no_lines(api: httpx.Client) -> None:
    assert post_page(api, encode(canvas(None))).json()["lines"] == []


def test_what_is_known_of_the_numbers_is_heeded(api: httpx.Client) -> None:
    body = encode(written(["1978"], (140, 400))[0])
    assert post_page(api, body, pattern=r"19\d\d").json()["text"] == "1978"
    assert post_page(api, body, allowed=["1978", "2034"]).json()["text"] == "1978"
    (line,) = post_page(api, body, length=9).json()["lines"]
    assert (line["verdict"], line["text"]) == ("no_fit", "")


def test_a_pattern_that_is_none_is_refused(api: httpx.Client) -> None:
    response = post_page(api, PNG, pattern="(")
    assert response.status_code == 422
    assert response.json() == {
        "error": "needs a regular expression, missing ) at position 1: (",
        "hint": None,
    }
    assert post_page(api, b"no picture").json()["error"] == "needs a picture, got a text file"
