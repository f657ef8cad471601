"""The résumé of somebody made up, as a file of text."""

RESUME = """Grace Hopper
Senior Data Engineer
grace@example.com | +49 30 901820 | Berlin, Germany

Summary
Builds data platforms that others stand on, from ingestion to reports.

Experience
Senior Data Engineer, Northwind GmbH, Berlin
03/2019 - present
- Pipelines in Python, Spark and Airflow

Data Engineer, Globex Corp, Hamburg
01/2015 - 02/2019
- SQL and PostgreSQL

Education
MSc Computer Science, TU Berlin, 2014

Skills
Python, SQL, PostgreSQL, Apache Spark, Airflow
"""
