"""What an office keeps: units, instructions, reports and letters in tables."""
