"""Letters as files: DOCX, PDF and XLSX in the Vietnamese official form."""
