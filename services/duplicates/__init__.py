"""Which postings are the same job: keys, likeness, clusters. Pure; knows no store."""
