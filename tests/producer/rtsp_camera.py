"""A real RTSP camera for tests: GStreamer's own server with a moving test picture.

To be run by Debian's /usr/bin/python3, which sees these packages: python3-gi gir1.2-gst-rtsp-server-1.0
gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-ugly gstreamer1.0-plugins-bad
    rtsp_camera.py PORT FPS [USER PASSWORD [digest]]
Writes "ready" when it serves rtsp://127.0.0.1:PORT/cam (320x240, H.264, a key frame per second), and the same at
/reordered with B-frames and parameter sets in the SDP alone, at /sound with sound as telephones have it (G.711).
SIGSTOP it for a frozen link, end it for a lost one.
"""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

PLAIN = "tune=zerolatency bframes=0"
REORDERED = "bframes=2 b-adapt=false rc-lookahead=5"
SOUND = (
    "audiotestsrc is-live=true wave=sine freq=500 ! audio/x-raw,rate=8000,channels=1 ! alawenc ! rtppcmapay name=pay1"
)


def factory(fps: str, coded: str = PLAIN, repeat: int = 1, sound: str = "") -> GstRtspServer.RTSPMediaFactory:
    """What every client is shown; `repeat`: parameter sets are sent so many seconds apart, 0: never."""
    made = GstRtspServer.RTSPMediaFactory()
    made.set_launch(
        f"( videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=240,framerate={fps}/1"
        f" ! x264enc {coded} speed-preset=ultrafast key-int-max={fps}"
        f" ! rtph264pay config-interval={repeat} name=pay0 pt=96 {sound} )"
    )
    made.set_shared(True)
    return made


def ask_for_password(
    server: GstRtspServer.RTSPServer, media: GstRtspServer.RTSPMediaFactory, user: str, password: str, way: str = ""
) -> None:
    """Only this user may see that there is something; `way`: basic authentication, or digest."""
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "user")
    auth = GstRtspServer.RTSPAuth()
    if way == "digest":
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(user, password, token)
    else:
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
    server.set_auth(auth)
    rights = GstRtspServer.RTSPPermissions()
    rights.add_permission_for_role("user", "media.factory.access", True)
    rights.add_permission_for_role("user", "media.factory.construct", True)
    media.set_permissions(rights)


def main(port: str, fps: str, *login: str) -> None:
    """Serves until it is killed."""
    Gst.init(None)
    server, media = GstRtspServer.RTSPServer(), factory(fps)
    server.set_address("127.0.0.1")
    server.set_service(port)
    if login:
        ask_for_password(server, media, *login)
    server.get_mount_points().add_factory("/cam", media)
    server.get_mount_points().add_factory("/reordered", factory(fps, REORDERED, repeat=0))
    server.get_mount_points().add_factory("/sound", factory(fps, sound=SOUND))
    if not server.attach(None):
        sys.exit("the port is taken")
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    GLib.MainLoop().run()


if __name__ == "__main__":
    main(*sys.argv[1:])
