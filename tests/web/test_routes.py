"""What the API can be asked for: how to read, many at once, explanations, models."""

import base64
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import httpx
import numpy as np
import pytest

from inkread import Reader
from inkread.models.collection import BUNDLED
from tests.drawing import canvas, encode, written
from tests.serving import free_port, served

PNG = encode(canvas(7))
BUNDLED_ONNX = Path(__file__).parents[2] / "src" / "inkread" / "weights" / "digit.onnx"


@pytest.fixture
def api(app_url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{app_url}/api", timeout=30) as client:
        yield client


def read(api: httpx.Client, **query: Any) -> httpx.Response:
    headers = {"Content-Type": "image/png"}
    return api.post("/v1/digit", content=PNG, headers=headers, params=query)


def test_the_threshold_is_the_askers(api: httpx.Client) -> None:
    assert read(api, threshold=0.2).json()["verdict"] == "digit"
    unsure = read(api, threshold=1).json()
    assert (unsure["verdict"], unsure["digit"], unsure["best"]) == ("unsure", None, 7)


def test_versions_are_averaged_as_the_library_does(api: httpx.Client) -> None:
    expected = Reader(versions=5).read_digit(PNG)
    assert read(api, versions=5).json()["probabilities"] == pytest.approx(expected.probabilities)


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({"threshold": 2}, "threshold needs less than or equal to 1, got: 2"),
        ({"threshold": "much"}, "threshold needs a valid number, unable to parse string as a "),
        ({"threshold": "nan"}, "threshold needs "),
        ({"versions": 0}, "versions needs greater than or equal to 1, got: 0"),
        ({"versions": 1.5}, "versions needs a valid integer, "),
        ({"explain": "perhaps"}, "explain needs a valid boolean, "),
        ({"treshold": 0.9}, "no such parameter: treshold"),
    ],
)
def test_a_wrong_parameter_is_named(api: httpx.Client, query: dict[str, Any], error: str) -> None:
    response = read(api, **query)
    assert response.status_code == 422
    assert set(response.json()) == {"error", "hint"}
    assert response.json()["error"].startswith(error)


@pytest.mark.parametrize("name", ["none", str(BUNDLED_ONNX)])
def test_an_unknown_model_is_not_found_and_a_path_is_no_name(api: httpx.Client, name: str) -> None:
    expected = {"error": f"no model of that name: {name}", "hint": f"one of: {BUNDLED}"}
    for response in (read(api, model=name), api.get("/v1/model", params={"model": name})):
        assert (response.status_code, response.json()) == (404, expected)


def test_an_explanation_has_the_ink_and_what_decided(api: httpx.Client, reader: Reader) -> None:
    explanation = read(api, explain=True).json()
    reading = reader.read_digit(PNG)
    packed = base64.b64decode(explanation["ink"].removeprefix("data:image/png;base64,"))
    ink = cv2.imdecode(np.frombuffer(packed, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert ink is not None
    assert np.abs(255 - ink - 255 * reading.ink).max() < 1
    assert np.allclose(explanation["evidence"], reader.evidence(reading), atol=1e-3)
    assert not {"ink", "evidence"} & read(api).json().keys()
    assert read(api, ink=True).json()["ink"] == explanation["ink"]
    assert "evidence" not in read(api, ink=True).json()


def test_a_blank_picture_is_explained_too(api: httpx.Client) -> None:
    response = api.post("/v1/digit?explain=true", content=encode(canvas(None)))
    assert response.json()["verdict"] == "blank"
    assert not np.any(response.json()["evidence"])


def test_one_digit_or_numbers_are_answered_as_they_come(api: httpx.Client) -> None:
    digit = api.post("/v1/read?ink=true&explain=true", content=PNG).json()
    assert digit == api.post("/v1/digit?ink=true&explain=true", content=PNG).json()
    picture = encode(written(["386"], (160, 320))[0])
    page = api.post("/v1/read", content=picture).json()
    assert page == api.post("/v1/page", content=picture).json()
    assert page["text"] == "386"
    assert "ink" not in page["lines"][0]["digits"][0]
    with_ink = api.post("/v1/read?ink=true", content=picture).json()
    assert with_ink == api.post("/v1/page?ink=true", content=picture).json()
    assert with_ink["lines"][0]["digits"][0]["ink"].startswith("data:image/png;base64,")
    blank = api.post("/v1/read", content=encode(canvas(None))).json()
    assert blank["verdict"] == "blank"


def test_numbers_are_counted(api: httpx.Client) -> None:
    def counted() -> float:
        kinds = [f'inkread_readings_total{{verdict="{kind}"}}' for kind in ("number", "unsure")]
        lines = api.get("/metrics").text.splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith(tuple(kinds)))

    before = counted()
    api.post("/v1/page", content=encode(written(["27", "386"], (300, 420))[0]))
    assert counted() == before + 2


ENCODED = [base64.b64encode(encode(canvas(digit))).decode() for digit in (3, 8)]


@pytest.mark.parametrize(
    "parts",
    [
        {"json": {"pictures": ENCODED}},
        {"files": [("pictures", encode(canvas(digit))) for digit in (3, 8)]},
    ],
    ids=["json", "form"],
)
def test_many_pictures_are_read_in_one_request(api: httpx.Client, parts: dict[str, Any]) -> None:
    response = api.post("/v1/digits", **parts)
    assert response.status_code == 200
    assert [each["digit"] for each in response.json()["readings"]] == [3, 8]


def test_a_bad_picture_among_many_is_refused_by_itself(api: httpx.Client) -> None:
    text = base64.b64encode(b"text").decode()
    pictures = [ENCODED[0], "%%%", text, 7, ENCODED[1]]
    first, broken, no_picture, number, last = api.post(
        "/v1/digits", json={"pictures": pictures}
    ).json()["readings"]
    assert (first["digit"], last["digit"]) == (3, 8)
    not_base64 = "needs base64 or a data URL in `picture`, got something else"
    assert broken == number == {"error": not_base64, "hint": None}
    assert no_picture["error"] == "needs a picture, got a text file"


@pytest.mark.parametrize(
    ("content", "status", "error"),
    [
        ({"pictures": []}, 422, "needs 1 to 256 `pictures`, got 0"),
        ({"pictures": [""] * 257}, 422, "needs 1 to 256 `pictures`, got 257"),
        ({"pictures": "one"}, 422, 'needs {"pictures": ["base64 or data URL", …]}, got other JSON'),
    ],
)
def test_none_or_too_many_are_refused(
    api: httpx.Client, content: dict[str, Any], status: int, error: str
) -> None:
    response = api.post("/v1/digits", json=content)
    assert (response.status_code, response.json()["error"]) == (status, error)


def test_many_pictures_do_not_come_as_a_raw_body(api: httpx.Client) -> None:
    response = api.post("/v1/digits", content=PNG, headers={"Content-Type": "image/png"})
    assert response.status_code == 415
    assert response.json() == {
        "error": "needs multipart/form-data or application/json, got image/png",
        "hint": "send one picture alone to /api/v1/digit",
    }


def test_the_bundled_model_is_described(api: httpx.Client) -> None:
    known = api.get("/v1/model").json()
    card = json.loads(BUNDLED_ONNX.with_suffix(".json").read_text(encoding="utf-8"))
    assert (known["name"], known["is_default"]) == (BUNDLED, True)
    assert known["size_bytes"] == BUNDLED_ONNX.stat().st_size
    assert known["parameters"] == card["parameters"]
    figures = {each["name"]: each["digits"] for each in card["evaluations"] if each["digits"]}
    for name, digits in figures.items():
        assert known["figures"][name]["accuracy"] == digits["accuracy"]
    assert api.get("/v1/models").json() == {"models": [known]}


def test_an_imported_model_can_be_asked_for_and_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also the one that INKREAD_MODEL names by its path is a model, and the default."""
    own = tmp_path / "own.onnx"
    shutil.copy(BUNDLED_ONNX, own)
    kept = tmp_path / "models"
    kept.mkdir()
    shutil.copy(BUNDLED_ONNX, kept / "mine.onnx")
    port = free_port()
    command = [sys.executable, "-m", "inkread", "app", "--port", str(port), "--model", str(own)]
    monkeypatch.setenv("INKREAD_MODELS", str(kept))
    with (
        served(command, f"http://127.0.0.1:{port}") as url,
        httpx.Client(base_url=f"{url}/api") as api,
    ):
        models = api.get("/v1/models").json()["models"]
        assert [each["name"] for each in models] == ["own.onnx", BUNDLED, "mine"]
        assert [each["is_default"] for each in models] == [True, False, False]
        assert models[2]["parameters"] is None  # it has no card
        assert read(api, model="mine").json()["digit"] == 7
        (kept / "mine.onnx").write_bytes(b"no model")
        replaced = read(api, model="mine")
        assert replaced.status_code == 500
        assert replaced.json()["error"].startswith("needs an ONNX model, got something else")
        (kept / "mine.onnx").unlink()
        hint = f"one of: own.onnx, {BUNDLED}"
        assert read(api, model="mine").json() == {
            "error": "no model of that name: mine",
            "hint": hint,
        }
        assert read(api).json()["digit"] == 7


def test_the_text_fields_of_a_form_are_answered_in_their_places(api: httpx.Client) -> None:
    fields = {"pictures": [base64.b64encode(PNG).decode(), "no picture"]}
    file = [("pictures", ("seven.png", PNG))]
    answers = api.post("/v1/digits", data=fields, files=file).json()["readings"]
    assert [each.get("best") for each in answers] == [7, None, 7]
    assert answers[1]["error"] == "needs base64 or a data URL in `picture`, got something else"


def test_a_form_may_have_other_fields(api: httpx.Client) -> None:
    fields = {"token": "a", "note": "b", "button": "c"}
    answer = api.post("/v1/digit", data=fields, files={"picture": ("seven.png", PNG)})
    assert answer.json()["digit"] == 7


def test_what_the_pad_asks_is_answered_by_either(api: httpx.Client) -> None:
    for path in ("/v1/digit", "/v1/read"):
        asked = {"ink": "true", "drawn": "true", "threshold": "0.5", "versions": "1"}
        headers = {"Content-Type": "image/png"}
        answer = api.post(path, content=PNG, headers=headers, params=asked)
        assert (answer.status_code, answer.json()["digit"]) == (200, 7)
