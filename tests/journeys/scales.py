"""On how many gateways and workers a journey runs: on those it is marked with, or all on what `--gateways N` says."""

from dataclasses import dataclass

import pytest

OPTION = "--gateways"
MARKER = "scales(*scales): on which numbers of gateways and workers this runs, unless --gateways says otherwise"


@dataclass(frozen=True)
class Scale:
    gateways: int
    workers: int

    @property
    def settings(self) -> dict[str, str]:
        return {"CHATFLOW_GATEWAYS": str(self.gateways), "CHATFLOW_WORKERS": str(self.workers)}

    @property
    def keeps_connections(self) -> bool:
        """Whether people keep their connections; with several gateways each request is to meet another of them."""
        return self.gateways == 1

    def __str__(self) -> str:
        return f"{self.gateways}-gateway{'s' if self.gateways > 1 else ''}"


# As `make run` starts it, and with two of whatever there can be several of.
ONE = Scale(gateways=1, workers=1)
TWO = Scale(gateways=2, workers=2)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        OPTION, type=int, metavar="N", help="run every journey on N gateways and N workers, and on no other number"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", MARKER)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "scale" not in metafunc.fixturenames:
        return
    wanted = metafunc.config.getoption(OPTION)
    marker = metafunc.definition.get_closest_marker("scales")
    scales = [Scale(wanted, wanted)] if wanted else marker.args if marker else [ONE]
    metafunc.parametrize("scale", scales, indirect=True, scope="session", ids=str)


@pytest.fixture(scope="session")
def scale(request: pytest.FixtureRequest) -> Scale:
    """How large an installation is that a journey starts; one whose journey needs more says so on top of it."""
    assert isinstance(request.param, Scale)
    return request.param
