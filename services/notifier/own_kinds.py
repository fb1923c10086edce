"""Notices that no rule asked for: by whom they were written, and what they are."""

from libs.common.messages import Notice

SUMMARY = "summary"
"""Kind and rule of a summary."""

TEST = "test"
"""Kind and rule of what --test sends."""

URGENT = "urgent summary"
"""Its rule, where one of those that it tells is urgent."""

FAILING, RECOVERED = "service.failing", "service.recovered"

OWN = "notifier"
"""The rule that stands in what the notifier tells of itself: a channel fails."""


def is_summary(notice: Notice) -> bool:
    return notice.kind == SUMMARY


def is_own(notice: Notice) -> bool:
    return notice.rule == OWN and notice.kind == FAILING
