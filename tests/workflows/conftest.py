"""One Temporal server for every test of the workflows that needs one."""

from collections.abc import Iterator

import pytest

from tests.workflows import server


@pytest.fixture(scope="session")
def temporal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real server whose namespace `training` can skip time."""
    folder = tmp_path_factory.mktemp("temporal")
    with server.running(folder, folder.parent.name.replace("-", "_")) as address:
        yield address
