"""The authority as HTTP: thin handlers around `service`."""
