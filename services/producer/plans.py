"""Plans of cameras, made from what their settings say."""

from libs.common.errors import SettingsError
from libs.common.scrub import hide_address
from libs.common.settings import secret
from services.producer.camera_settings import CameraFlags
from services.producer.plan import Plan
from services.producer.resize import parse_resize
from services.producer.sources import read_url


def plan_of(camera: str, flags: CameraFlags) -> Plan:
    """The checked plan of one camera. Raises SettingsError, one line without a secret."""
    url = secret(flags.url, flags.url_file, "url-file", hide_address)
    if not url:
        raise SettingsError("url: expected one, as the first word, in FRAMEBUS_URL or in --url-file")
    read_url(url)
    return Plan(
        url=url,
        camera=camera,
        every=flags.every,
        fps=flags.fps,
        resize=parse_resize(flags.resize) if flags.resize else None,
        quality=flags.quality,
        loop=flags.loop,
        speed=flags.speed,
    )
