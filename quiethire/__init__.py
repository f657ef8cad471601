"""The shared kernel of QuietHire: domain, storage, embedded stack, settings, telemetry, clients, CLI."""

import gc

COLLECTED_AFTER = (5_000, 10, 40)
"""How many new objects, and how many turns of the generation before, bring the collector of cycles round: the young, the middle, all.

All is looked through while nobody is answered. By the interpreter's own numbers (700, 10, 10) that was 0.1 to 0.2 s every fifteen
seconds under load, and a third of what a start takes. Here it is once in some minutes, and the garbage till then some 20 MB.
"""

gc.set_threshold(*COLLECTED_AFTER)
