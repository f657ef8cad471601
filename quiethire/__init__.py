"""The shared kernel of QuietHire: domain, storage, embedded stack, settings, telemetry, clients, CLI."""
