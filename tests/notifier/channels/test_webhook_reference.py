"""Webhooks as the standard's own library sees them."""

from pathlib import Path

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from tests.notifier.channels.notes import JPEG, note
from tests.notifier.channels.test_webhook import SIGNED, sent

OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"


def test_the_reference_library_takes_what_we_sign(tmp_path: Path) -> None:
    """With emoji and a picture in it."""
    request = sent(tmp_path, note(text="🎄 ä", jpeg=JPEG), picture=True)
    said = Webhook(SIGNED).verify(request.body, request.headers)
    assert said["data"]["text"] == "🎄 ä"


@pytest.mark.parametrize("secret", [SIGNED, OTHER])
def test_the_old_and_the_new_secret_verify(tmp_path: Path, secret: str) -> None:
    """Whichever the receiver has while it is changed."""
    request = sent(tmp_path, secret=f"{SIGNED} {OTHER}")
    assert Webhook(secret).verify(request.body, request.headers)["type"] == "detection.started"


@pytest.mark.parametrize("change", ["webhook-id", "webhook-timestamp", "body", "secret"])
def test_the_reference_library_refuses_what_was_changed(tmp_path: Path, change: str) -> None:
    """On the way, or by somebody without the secret."""
    request = sent(tmp_path)
    headers, body = dict(request.headers), request.body
    if change in headers:
        headers[change] = headers[change][:-1] + ("0" if headers[change][-1] != "0" else "1")
    body = body.replace(b"porch", b"perch") if change == "body" else body
    with pytest.raises(WebhookVerificationError):
        Webhook(OTHER if change == "secret" else SIGNED).verify(body, headers)
