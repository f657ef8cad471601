"""From what a source states to one model: salary, places, dates and the rest, each a pure function of its text."""
