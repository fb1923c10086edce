"""What every channel that asks a web server may say."""

from pathlib import Path

from pydantic import Field

from services.notifier.channels.settings import ChannelSettings


class WebSettings(ChannelSettings):
    """Nothing of it is needed for a server on the internet."""

    http: bool = Field(False, description="also without TLS: what is sent, secrets too, can be read on the way")
    private: bool = Field(False, description="its address may be a private one: of the site, of this machine")
    cafile: Path | None = Field(None, description="certificates (PEM) to trust instead of the system's")
