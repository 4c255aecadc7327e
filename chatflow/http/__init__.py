"""HTTP between our processes and to the outside: calls, answers, addresses."""
