"""Signing in, shared by every face with accounts: passwords, one-time links, sessions, roles, audit trail."""
