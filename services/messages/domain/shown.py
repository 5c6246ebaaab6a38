"""What a notice looks like to whoever may see it."""

from contracts.messages.wire import NoticeView
from kernel.law.editions import Edition
from services.messages.domain.notice import Notice
from services.messages.domain.wording import official, word


def show_notice(notice: Notice, edition: Edition) -> NoticeView:
    """With its words, in the language in which it was sent."""
    language = notice.language or official(edition)
    worded = word(edition, notice.kind, notice.params, language)
    return NoticeView(
        id=notice.id,
        kind=notice.kind,
        to=notice.addressee,
        case=notice.case_id,
        channel=notice.channel,
        language=notice.language,
        subject=worded.subject or None if worded else None,
        text=worded.text if worded else None,
        created_at=notice.created_at,
        sent_at=notice.sent_at,
        delivered_at=notice.delivered_at,
        read_at=notice.read_at,
        failed_at=notice.failed_at,
        failed=notice.failed,
    )
