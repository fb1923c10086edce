"""Browsers and other senders of WebRTC as cameras: they come, give pictures under a name, and go."""
