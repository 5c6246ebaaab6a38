"""The world outside: what a stack may be told of its gateways, and of those who come to it."""

SETTINGS = (
    *(
        f"CORNERPOST_MESSAGES_{name}"
        for name in (
            "SMS_URL", "SMS_SENDER", "CALLBACK_URL", "CALLING_CODE", "GATEWAY_SECONDS",
            "SMTP_HOST", "SMTP_PORT", "SMTP_STARTTLS", "SMTP_CA_FILE",
            "SMTP_USER", "SMTP_PASSWORD", "MAIL_FROM",
        )
    ),
    *(
        f"CORNERPOST_PAYMENTS_{name}"
        for name in (
            "MOBILE_MONEY_URL",
            "COLLECTION_WALLET",
            "CALLBACK_URL",
            "PROVIDER_SECONDS",
            "REVERSAL_DAYS",
        )
    ),
    *(
        f"CORNERPOST_PORTAL_{name}"
        for name in ("PROXY", "PUBLIC_IDLE_MINUTES", "STAFF_IDLE_MINUTES", "HOURS_AT_MOST")
    ),
)
"""Names in the operator's environment; each is a setting of messages, payments or the portal."""

ADDRESSES = (
    "CORNERPOST_MESSAGES_SMS_URL", "CORNERPOST_MESSAGES_SMTP_HOST",
    "CORNERPOST_PAYMENTS_MOBILE_MONEY_URL",
)
"""Those that lead to real phones, mailboxes and money."""
