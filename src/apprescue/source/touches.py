"""What a route reaches beyond the app's own code: rows, money, mail, files, language models, accounts."""

from __future__ import annotations

import re
from collections.abc import Iterable

from apprescue.model.trace import Step, Trace
from apprescue.source import known

_TOUCHES = {
    "money": known.Names(
        r"(?i)^(?:stripe|razorpay|paypal|square|@paypal|paystack|flutterwave|braintree|@solana|adyen)\b|payout|transfer"
    ),
    "email": known.Names(
        r"(?i)^(?:resend|nodemailer|@sendgrid|sendgrid|postmark|mailgun|smtplib|aiosmtplib)\b|send_?e?mail"
    ),
    "storage": known.Names(r"(?i)\.storage\b|@aws-sdk/client-s3|boto3|multer|writeFile|cloudinary|upload"),
    "admin": known.Names(r"(?i)auth\.admin\."),
}


def touches(trace: Trace, path: str) -> Iterable[str]:
    """What a route's work reaches beyond the app's own code: data, money, email, storage, ai, admin."""
    for step in trace.steps:
        yield from (what for what, pattern in _TOUCHES.items() if pattern.search(step.name))
        if known.is_model(step):
            yield "ai"
        if step.result is not None and step.result.comes_from("row"):
            yield "data"
        if step.name == "fetch" and step.args:
            yield from _touched_by_address(step)
    if re.search(r"(?i)(?:^|/)admin(?:/|-|$)", path):
        yield "admin"


def _touched_by_address(step: Step) -> Iterable[str]:
    address = known.plain(step.args[0])
    if re.search(r"api\.(?:resend|sendgrid|postmarkapp|mailgun|brevo)\.|api\.mailersend", address):
        yield "email"
    if re.search(r"api\.(?:stripe|paystack|flutterwave|razorpay)|paypal\.com|squareup", address):
        yield "money"
