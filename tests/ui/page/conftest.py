"""A console with the tools behind a login; the open one of all tests has them too."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser import Console, running_console

LOGIN = ("user", "password")  # as in the documents


@pytest.fixture(scope="session")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with running_console(tmp_path_factory.mktemp("home"), "--mcp", "--auth", ":".join(LOGIN)) as console:
        yield console
