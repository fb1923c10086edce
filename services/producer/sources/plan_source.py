"""Where the pictures of a plan come from."""

from services.producer.plan import Plan
from services.producer.sources.urls import Source, read_url


def source_of(plan: Plan) -> Source:
    """Its plug-in, or its first URL. Raises SettingsError for a URL that is none."""
    if plan.plugin:
        return Source(f"plugin {plan.plugin}", "plugin", plan.plugin, live=True, kind="plugin")
    return read_url(plan.url)
