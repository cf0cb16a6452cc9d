"""Spoken text: from a written sentence to sound, by whichever voice the unit has."""
