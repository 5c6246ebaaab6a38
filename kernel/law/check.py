"""Is an edition whole? References, words in every language, conditions, amounts."""

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

from kernel.law import conditions
from kernel.law.said import texts_of_notices
from kernel.law.schema import Rules
from kernel.law.source import Inside, Where
from kernel.law.walk import marked
from kernel.law.words import Refers

LISTED = (
    "agencies",
    "offices",
    "districts",
    "mineral_groups",
    "minerals",
    "zone_kinds",
    "evidence",
    "papers",
    "signatories",
    "beneficiaries",
    "fees",
    "licence_types",
)


class Finding(NamedTuple):
    """A mistake and the path to it; `inside` counts lines and columns within a text."""

    path: Where
    message: str
    inside: Inside | None = None


def check_ids(rules: Rules) -> Iterator[Finding]:
    """Nothing is defined twice."""
    for collection in LISTED:
        seen: set[str] = set()
        for n, thing in enumerate(getattr(rules, collection)):
            if thing.id in seen:
                yield Finding((collection, n, "id"), f"{thing.id} is defined twice")
            seen.add(thing.id)
    for n, fee in enumerate(rules.fees):
        lines = [line.id for line in fee.lines]
        for m, line in enumerate(lines):
            if line in lines[:m]:
                yield Finding(("fees", n, "lines", m, "id"), f"{line} is defined twice")


def check_references(rules: Rules) -> Iterator[Finding]:
    """Whatever is named is defined; conditions can be answered."""
    defined = {name: {thing.id for thing in getattr(rules, name)} for name in LISTED}
    defined |= {"articles": set(rules.articles), "texts": set(rules.texts)}
    for path, value, mark in marked(rules):
        if isinstance(mark, Refers):
            if value not in defined[mark.to]:
                yield Finding(path, f"{value} is not defined in {mark.to}")
            continue
        try:
            conditions.check(value)
        except conditions.BadCondition as bad:
            yield Finding(path, bad.detail, (bad.line, bad.column))


def check_words(rules: Rules) -> Iterator[Finding]:
    """Every text is there in every language of the country, and in no other."""
    languages = set(rules.country.languages)
    for key in sorted(texts_of_notices(rules.licence_types) - set(rules.texts)):
        yield Finding(("texts",), f"notices say {key}, which is not among the texts")
    for key, words in rules.texts.items():
        yield from spoken(languages, set(words), ("texts", key))


def spoken(languages: set[str], given: set[str], path: Where) -> Iterator[Finding]:
    """Findings for languages that are missing, or that the country does not list."""
    for language in sorted(languages - given):
        yield Finding(path, f"the text is missing in {language}")
    for language in sorted(given - languages):
        yield Finding((*path, language), f"{language} is no language of this country")


def check_fees(rules: Rules) -> Iterator[Finding]:
    """Amounts are amounts of the currency; least is not more than most."""
    places = rules.country.currency.exponent
    for n, fee in enumerate(rules.fees):
        amounts: dict[Where, str | None] = {("least",): fee.least, ("most",): fee.most}
        amounts |= {("rounding", "to"): fee.rounding.to}
        for m, line in enumerate(fee.lines):
            amounts |= {("lines", m, "amount"): line.amount}
            amounts |= {("lines", m, "by_holder", k): v for k, v in line.by_holder.items()}
        for path, amount in amounts.items():
            if amount is not None and len(amount.partition(".")[2]) > places:
                yield Finding(("fees", n, *path), f"the currency has {places} decimals")
        if fee.least and fee.most and float(fee.least) > float(fee.most):
            yield Finding(("fees", n, "least"), "the least amount is more than the most")


def check_splits(rules: Rules) -> Iterator[Finding]:
    """In no split do two shares go to one account, wherever the ground lies."""
    offices = {
        one.id: {o.id for o in rules.offices if o.agency == one.id} for one in rules.agencies
    }
    accounts = {
        one.id: {one.id} if one.agency is None else offices.get(one.agency, set())
        for one in rules.beneficiaries
    }
    for n, fee in enumerate(rules.fees):
        names = [share.beneficiary for share in fee.split.shares]
        for m, other in combinations(range(len(names)), 2):
            both = accounts.get(names[m], set()) & accounts.get(names[other], set())
            if both:
                said = f"{names[m]} and {names[other]} are one account in one split: {min(both)}"
                yield Finding(("fees", n, "split", "shares", other, "beneficiary"), said)
