"""Choose a language: in which a subscriber is told things from now on."""

from uuid import UUID

from chassis.unit_of_work import UnitOfWork
from kernel.problems import Malformed
from services.messages.domain.subscriber import Subscriber
from services.messages.store.subscribers import Subscribers


class LanguageNotSpoken(Malformed):
    """The law of this country is not worded in this language; `languages` are."""

    title = "This language is not spoken here"


def choose_language(
    work: UnitOfWork, me: UUID, language: str, spoken: tuple[str, ...]
) -> Subscriber:
    """Raises NotFound and LanguageNotSpoken."""
    if language not in spoken:
        raise LanguageNotSpoken("Choose one of the country's languages", languages=list(spoken))
    subscriber = Subscribers(work.session).take(me)
    if subscriber.language != language:
        subscriber.language = language
        work.append("subscriber.language-chosen", me, {"language": language})
    return subscriber
