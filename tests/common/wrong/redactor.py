"""Wrong flags of the redactor."""

from tests.common.wrong.configuration import LONG, NUMBERS, Wrong, flagged

FLAGS = [
    *flagged("redactor", "--margin", *NUMBERS, "5.1"),
    *flagged("redactor", "--hold", *NUMBERS, "31"),
    *flagged("redactor", "--lookahead", *NUMBERS, "31"),
    *flagged("redactor", "--max-gap", *NUMBERS, "0"),
    *flagged("redactor", "--max-hold", *NUMBERS, "0"),
    *flagged("redactor", "--hold-mib", *NUMBERS, "3", "65537", "4.5"),
    *flagged("redactor", "--quality", *NUMBERS, "0", "101"),
    *flagged("redactor", "--cover", "", "mosaic", "Blur"),
    *flagged("redactor", "--masks", "", "/does/not/exist", "/", "/dev/null"),
    *flagged("redactor", "--topic", "", ".", "..", "a b", "a/b", "ä", "a,b", LONG, "frames.detected"),
    *[Wrong("redactor", (text,), "labels") for text in ("x" * 65, "a\nb", "all-but", "person,all-but,car")],
]
