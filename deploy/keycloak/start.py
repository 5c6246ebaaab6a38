"""The command line and environment under which a supervisor runs Keycloak on loopback."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from deploy.keycloak.class_archive import archive_option

JAVA = (
    "-Xms64m", "-Xmx512m", "-XX:MetaspaceSize=96M", "-XX:MaxMetaspaceSize=256m",
    "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError",
    "-Dfile.encoding=UTF-8", "-Dstdout.encoding=UTF-8", "-Dstderr.encoding=UTF-8",
    "-Djava.security.egd=file:/dev/urandom", "-Djdk.tls.rejectClientInitiatedRenegotiation=true",
    "-Duser.language=en", "-Duser.country=US",
    "--add-opens=java.base/java.util=ALL-UNNAMED",
    "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
    "--add-opens=java.base/java.security=ALL-UNNAMED",
    "--add-opens=java.base/java.lang=ALL-UNNAMED",
    "-Djava.util.concurrent.ForkJoinPool.common.threadFactory="
    "io.quarkus.bootstrap.forkjoin.QuarkusForkJoinWorkerThreadFactory",
    "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
    "-Dpicocli.disable.closures=true",
)  # what kc.sh would pass, with a small collector and the first compiler only


class NotReady(Exception):
    """Keycloak did not answer on its health address in time, or its process ended."""


@dataclass(frozen=True, slots=True)
class Database:
    """Keycloak's own database; `address` is `host:port/name`."""

    address: str
    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AdminAccount:
    """The service account of realm `master` for the reconciler. No person is an administrator."""

    client_id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Launch:
    """How to run Keycloak: an argument list without a shell, and what to add to the environment."""

    command: tuple[str, ...]
    environment: dict[str, str] = field(repr=False)


def launch(
    home: Path, port: int, management_port: int, database: Database, admin: AdminAccount,
    archive: Path | None = None, public: str | None = None, host: str = "127.0.0.1",
) -> Launch:
    """Run the built distribution at `home`; secrets go by environment, never on the command line.

    Java is started directly, not by kc.sh, so that the supervised process is Keycloak itself.
    `archive` is a file of shared classes: used when it exists, else written at a clean stop.
    `public` is where browsers find it, behind a proxy that ends TLS (default: its own port), and
    `host` the address it listens on.
    """
    options = [*JAVA, f"-Dkc.home.dir={home}", f"-Djboss.server.config.dir={home / 'conf'}"]
    jar = home / "lib" / "quarkus-run.jar"
    if archive is not None:
        options += [archive_option(archive, jar), "-Xlog:cds=off", "-Xlog:cds+dynamic=off"]
    return Launch(
        command=(
            "java", *options, "-cp", str(jar),
            "io.quarkus.bootstrap.runner.QuarkusEntryPoint", "start", "--optimized",
            "--cache=local", "--http-enabled=true", f"--http-host={host}",
            f"--http-port={port}", f"--http-management-port={management_port}",
            "--http-management-host=127.0.0.1",
            *_known_as(port, public), "--log-level=INFO,io.smallrye.health:WARN",
            "--db-pool-max-size=15", "--db-pool-initial-size=2",
        ),
        environment={
            "KC_DB_URL": f"jdbc:postgresql://{database.address}",
            "KC_DB_USERNAME": database.user,
            "KC_DB_PASSWORD": database.password,
            "KC_BOOTSTRAP_ADMIN_CLIENT_ID": admin.client_id,
            "KC_BOOTSTRAP_ADMIN_CLIENT_SECRET": admin.secret,
        },
    )


def _known_as(port: int, public: str | None) -> tuple[str, ...]:
    """Pages and issuers bear the public name; whoever asks on loopback is answered there.

    The proxy says in X-Forwarded-For who calls; nobody else reaches the port.
    """
    if public is None:
        return (f"--hostname={base_url(port)}",)
    return (
        f"--hostname={public.rstrip('/')}", "--hostname-backchannel-dynamic=true",
        "--proxy-headers=xforwarded",
    )


def base_url(port: int) -> str:
    """Where Keycloak answers on this machine; issuers begin so unless it has a public address."""
    return f"http://127.0.0.1:{port}"


def is_ready(management_port: int) -> bool:
    """Whether Keycloak's own health answer says that it can serve requests."""
    asked = HTTPConnection("127.0.0.1", management_port, timeout=2)
    try:
        asked.request("GET", "/health/ready")
        return asked.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        asked.close()


def wait_until_ready(
    management_port: int, seconds: float, alive: Callable[[], bool] = lambda: True
) -> None:
    """Raise NotReady when Keycloak has not come up after `seconds`, or `alive` says it ended."""
    pause = 0.25
    for _ in range(int(seconds / pause)):
        if is_ready(management_port):
            return
        if not alive():
            raise NotReady("Keycloak ended before it was ready; see its log")
        time.sleep(pause)
    raise NotReady(f"Keycloak was not ready after {seconds:g} s; see its log")
