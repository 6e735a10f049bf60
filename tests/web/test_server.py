"""Starting the app: both ways, and when it cannot start."""

import re
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.serving import free_port, served


def start(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "inkread", "app", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_taken_port_gets_a_hint() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        done = start("--port", str(port))
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(
        rf"inkread: port {port} is in use\n"
        r"hint: choose another: inkread app --port \d+\n",
        done.stderr,
    )


def test_an_address_of_another_machine_is_refused() -> None:
    done = start("--host", "192.0.2.1", "--port", str(free_port()))
    assert done.returncode == 2
    assert re.fullmatch(r"inkread: cannot listen on 192\.0\.2\.1:\d+, .+\n", done.stderr)


@pytest.mark.parametrize("folder", ["root", "tmp_path"])
def test_streamlit_run_starts_the_same(
    folder: str, root: Path, request: pytest.FixtureRequest
) -> None:
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(root / "app.py")]
    command += ["--server.port", str(port)]
    started = served(command, f"http://127.0.0.1:{port}", request.getfixturevalue(folder))
    with started as url:
        assert httpx.get(f"{url}/pad/").status_code == 200
        assert httpx.get(f"{url}/api/docs").status_code == 200


def test_keep_alive_requests_wait_for_no_timer(app_url: str) -> None:
    """Without TCP_NODELAY a small answer waits 40 ms for the other side."""
    with httpx.Client() as client:
        answers = [client.get(f"{app_url}/api/healthz").elapsed for _ in range(30)]
    assert sorted(answers)[5].total_seconds() < 0.03
