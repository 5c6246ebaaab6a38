"""Logs of tests and experiments: a failure is told by its trace, without looking into rows."""

import structlog


def plain_logs() -> None:
    """Traces that show local values would read entities whose session is over, and fail at that."""
    told = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], told])
