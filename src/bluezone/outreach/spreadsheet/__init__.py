"""Spreadsheets that come in: hostile XLSX and CSV, a verdict for every cell; and the template to fill in."""
