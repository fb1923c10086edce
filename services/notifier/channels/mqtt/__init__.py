"""Notes for an MQTT broker, and cameras for Home Assistant behind it."""
