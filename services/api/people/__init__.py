"""People: who they are to us, their matches, and what they are told."""
