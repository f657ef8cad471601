"""What watches the platform, made from code: alert rules, dashboards, runbooks and the table of metrics.

`python -m quiethire.monitoring` writes them; a test holds the files to the code.
"""
