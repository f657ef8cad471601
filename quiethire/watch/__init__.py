"""What is told to those who watch a process: /healthz, /readyz and the gauges of /metrics."""
