"""What is stored, for operators: users, keys, caches."""
