"""Résumés: from a file to fields, each with how sure we are of it and where it stands in the text."""
