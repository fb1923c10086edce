"""Some peers are played by packages that the notifier itself does not need."""

from importlib.util import find_spec

NEEDS = {
    "test_smtp.py": "aiosmtpd",
    "test_ses.py": "moto",
    "test_apprise.py": "apprise",
    "test_webhook_reference.py": "standardwebhooks",
}
collect_ignore = [name for name, package in NEEDS.items() if not find_spec(package)]
