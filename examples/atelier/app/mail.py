import html
import logging

import httpx
import requests

logger = logging.getLogger(__name__)

SENDGRID_API_KEY = "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"
SENDER = "hello@atelier.example"


def send_letter(to: str, subject: str, body: str) -> None:
    """A plain letter: the body is escaped, and the mail service gets ten seconds."""
    answer = httpx.post(
        "https://api.sendgrid.com/v3/mail/send",
        headers={"Authorization": f"Bearer {SENDGRID_API_KEY}"},
        json=_letter(to, subject, f"<p>{html.escape(body)}</p>"),
        timeout=10,
    )
    answer.raise_for_status()


def send_notice(to: str, name: str, message: str) -> None:
    logger.info("Sending a notice to %s: %s", to, message)
    requests.post(
        "https://api.sendgrid.com/v3/mail/send",
        headers={"Authorization": f"Bearer {SENDGRID_API_KEY}"},
        json=_letter(to, "News from Atelier", f"<h2>Dear {name}</h2><div>{message}</div>"),
    )


def _letter(to: str, subject: str, content: str) -> dict[str, object]:
    return {
        "personalizations": [{"to": [{"email": to}]}],
        "from": {"email": SENDER},
        "subject": subject,
        "content": [{"type": "text/html", "value": content}],
    }
