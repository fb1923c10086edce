"""Plans of cameras, made from what their settings say."""

from pathlib import Path

from pydantic import SecretStr

from libs.common.errors import SettingsError
from libs.common.hours import hours
from libs.common.scrub import hide_address
from libs.common.settings import secret
from services.producer.camera_settings import CameraFlags
from services.producer.orders.schedule import schedules
from services.producer.pictures.resize import parse_resize
from services.producer.plan import Plan
from services.producer.sources.plugin_function import check
from services.producer.sources.urls import WEBRTC, read_url


def plan_of(camera: str, flags: CameraFlags) -> Plan:
    """The checked plan of one camera. Raises SettingsError, one line without a secret."""
    url = _url(flags)
    live = not url or read_url(url).live
    if url == WEBRTC and (flags.secondary_url or flags.secondary_url_file or flags.video_url or flags.video_url_file):
        raise SettingsError("--secondary-url, --video-url: unused with webrtc, where cameras come by themselves")
    return Plan(
        url=url,
        secondary_url=_secondary_url(flags, live),
        video_url=_video_url(flags, live),
        camera=camera,
        every=flags.every,
        fps=flags.most_fps(),
        key_frames=flags.key_frames,
        rtsp_transport=flags.rtsp_transport,
        hwaccel=flags.hwaccel,
        turning=flags.turning(),
        resize=parse_resize(flags.resize) if flags.resize else None,
        caption=flags.caption(flags.timezone),
        quality=flags.quality,
        loop=flags.loop,
        speed=flags.speed,
        video=flags.video,
        audio=flags.audio,
        on_demand=flags.on_demand,
        tls_insecure=flags.tls_insecure,
        plugin=flags.plugin,
        active=hours(list(flags.active), flags.timezone, camera) if flags.active else None,
        schedules=schedules(flags.schedules, flags.timezone, "--schedules"),
    )


def _given(url: SecretStr | None, file: Path | None, name: str) -> str | None:
    """The one that was given. Raises SettingsError for both: nobody knows which one is meant."""
    if url is not None and file is not None:
        raise SettingsError(f"{name}: expected it or --{name}-file, not both")
    return secret(url, file, f"{name}-file", hide_address)


def _url(flags: CameraFlags) -> str:
    """Empty for a plug-in, which is found here."""
    url = _given(flags.url, flags.url_file, "url")
    if flags.plugin:
        if url:
            raise SettingsError(f"--plugin {flags.plugin}: expected it without a url")
        check(flags.plugin)
        return ""
    if not url:
        raise SettingsError("url: expected one, as the first word, in FRAMEBUS_URL or in --url-file")
    return url


def _secondary_url(flags: CameraFlags, live: bool) -> str | None:
    url = _given(flags.secondary_url, flags.secondary_url_file, "secondary-url")
    if url is not None and not (_is_live(url, "--secondary-url") and live):
        raise SettingsError("--secondary-url: expected two live cameras; a file never comes back")
    return url


def _video_url(flags: CameraFlags, live: bool) -> str | None:
    url = _given(flags.video_url, flags.video_url_file, "video-url")
    if url is not None and _is_live(url, "--video-url") != live:
        raise SettingsError("--video-url: expected two live cameras or two films; one of them would never end")
    return url


def _is_live(url: str, flag: str) -> bool:
    try:
        source = read_url(url)
    except SettingsError as error:
        raise SettingsError(f"{flag}: {str(error).removeprefix('url: ')}") from None
    if source.kind == WEBRTC:
        raise SettingsError(f"{flag}: webrtc is no address, expected one")
    return source.live
