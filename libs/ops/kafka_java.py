"""How Kafka's Java is called."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from libs.ops.die_with_parent import dying_with_us

# The optimising compiler and the parallel collectors cost memory that one broker for a few cameras does not pay back.
_JVM = (
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:-UsePerfData",
    "-XX:-CreateCoredumpOnCrash",
    "-XX:ErrorFile=logs/java_crash.log",
    "-Djava.awt.headless=true",
    "-Dlog4j2.configurationFile=log4j2.properties",
)


@dataclass(frozen=True)
class KafkaJava:
    """A Java, Kafka's jars, and how much heap it may use."""

    java: Path
    jars: Sequence[Path]
    heap_mb: int

    def server(self) -> list[str]:
        """The command that serves, as server.properties in the current folder says."""
        return self._command("kafka.Kafka", "server.properties")

    def format(self, cluster_id: str, users: Sequence[str] = ()) -> list[str]:
        """The command that prepares an empty data folder, with these SCRAM users."""
        logins = [f"--add-scram={user}" for user in users]
        return self._command(
            "kafka.tools.StorageTool", "format", f"--cluster-id={cluster_id}", "-c", "server.properties", *logins
        )

    def _command(self, *what: str) -> list[str]:
        classpath = os.pathsep.join(map(str, self.jars))
        return dying_with_us([str(self.java), f"-Xmx{self.heap_mb}m", *_JVM, "-cp", classpath, *what])
