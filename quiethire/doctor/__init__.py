"""What `quiethire doctor` looks at, each thing bounded in time, and what is to be done about what is wrong."""
