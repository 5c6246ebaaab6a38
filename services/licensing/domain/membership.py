"""Membership rules: who can be a member of what, and since when."""

from collections.abc import Iterable
from datetime import date

from kernel.law.procedure import HolderKind
from kernel.problems import Malformed, Problem
from services.licensing.domain.party import Member, Party


class NotAGroup(Problem):
    """A person has no members."""

    title = "Only a company, cooperative or federation has members"


class MemberAlready(Problem):
    """One membership at a time in the same group."""

    title = "This party is a member already"


class CannotBeAMember(Problem):
    """A federation has groups as members; nobody is a member of themselves."""

    title = "This party cannot be a member here"


class MembershipDates(Problem):
    """A membership ends after it began, and neither lies in the future."""

    title = "These dates do not fit"


class MemberMissing(Malformed):
    """Name a party that exists, or describe a new person: one of the two."""

    title = "Say who the member is"


class PersonsOnly(Malformed):
    """Sex and year of birth are of persons; a registration is of groups."""

    title = "This does not belong to this kind of party"


def must_take(group: Party, member: Party, since: date, today: date) -> None:
    """Raise unless `member` can be taken into `group` on that day."""
    if not group.is_group:
        raise NotAGroup("A person has no members")
    if group.id == member.id:
        raise CannotBeAMember("Nobody is a member of themselves")
    if group.kind is HolderKind.FEDERATION and not member.is_group:
        raise CannotBeAMember("A federation has groups as members")
    if since > today:
        raise MembershipDates("A membership cannot begin in the future")
    if any(m.member_id == member.id and m.live(since) for m in group.members):
        raise MemberAlready("One membership at a time")


def end(membership: Member, until: date, today: date) -> None:
    """End a membership; `until` is the first day without: its own first day if it never held."""
    if until < membership.since or until > today:
        raise MembershipDates("A membership does not end before it began, nor in the future")
    if membership.until is not None and membership.until < until:
        raise MembershipDates("This membership has ended before")
    membership.until = until


def live_members(members: Iterable[Member], on: date) -> list[Member]:
    return [member for member in members if member.live(on)]
