"""Payments' words for figures: what is counted, and the formula in plain English.

A figure's value is a key that screens translate; its formula here is what the key stands for.
"""

from enum import StrEnum
from typing import Final


class Figure(StrEnum):
    """What is counted."""

    MONEY = "money"
    MONEY_RECEIVED = "money-received"


FORMULAS: Final = {
    Figure.MONEY: (
        "Invoices raised in the period, by how they stand now; due: open and not past its day;"
        " past due: open past its day, or expired unpaid; amounts are the whole invoice's"
    ),
    Figure.MONEY_RECEIVED: (
        "Receipts issued in a calendar month that is over, by the office that it is counted by;"
        " fewer than five receipts are not shown"
    ),
}


class Standing(StrEnum):
    """How an invoice stands at the instant of the answer."""

    DUE = "due"
    PAID = "paid"
    PAST_DUE = "past-due"
    VOIDED = "voided"  # the case ended first
