"""The shared kernel of QuietHire: domain, storage, embedded stack, settings, telemetry, clients, CLI."""

import gc

COLLECTED_AFTER = (5_000, 10, 40)
"""How many objects more than before, and how many turns of the generation before, bring the collector of cycles round: for the
youngest, the middle ones, all.

All are looked through while nobody is answered. By the interpreter's own numbers (700, 10, 10) that was 0.1 to 0.2 s every fifteen
seconds under load, and a third of what a start takes; by these it is 26 times as seldom. Garbage in cycles stays so much longer:
who makes much of it and is bounded in memory collects it by itself, as the processes that read résumés do.
"""

gc.set_threshold(*COLLECTED_AFTER)
