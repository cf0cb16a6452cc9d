"""Recordings of real phones: how well a rule tells who was within two metres, and for how long."""
