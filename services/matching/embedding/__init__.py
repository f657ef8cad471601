"""Texts as vectors whose angle tells how alike their meanings are."""

import os

# onnxruntime's wheels for Linux and macOS report to Microsoft which models run on which machine, unless this is set before
# they start (their release 1.29).
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
