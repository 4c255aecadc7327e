"""What the service keeps, on SQLite and on PostgreSQL: Django's models, their migrations, and the queries on them."""
