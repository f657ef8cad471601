"""From the bytes of each form of file to lines of text in reading order."""
