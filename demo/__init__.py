"""A small made-up web of companies and their boards, served locally under real-looking host names."""
