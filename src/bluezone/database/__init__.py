"""The database as a port: functions of a connection, run in transactions."""
