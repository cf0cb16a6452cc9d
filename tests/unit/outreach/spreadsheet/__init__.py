"""Spreadsheets that come in, hostile ones first."""
