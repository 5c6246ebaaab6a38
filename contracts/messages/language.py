"""The words of messages: why a notice failed, and what a gateway reports of a text."""

from enum import StrEnum

from kernel.law.schema import Channel

__all__ = ["Channel", "FailedBecause", "Reported"]


class FailedBecause(StrEnum):
    """Why somebody was not told."""

    NO_TEXT = "no-text"  # the law has no such notice
    TEXT_INCOMPLETE = "text-incomplete"  # a word of the text was not given
    NO_ADDRESS = "no-address"  # nobody known, or no address for this way of telling
    BLOCKED = "blocked"
    REFUSED = "refused"  # the gateway will not take it, now or later
    NOT_DELIVERED = "not-delivered"  # taken by the gateway, which then gave up
    GATEWAY_AWAY = "gateway-away"  # a code that could not be sent while its reader waited


class Reported(StrEnum):
    """What became of a text, as its gateway says."""

    DELIVERED = "delivered"
    FAILED = "failed"
    UNDER_WAY = "under-way"
