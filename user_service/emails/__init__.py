"""E-mail addresses: which ones people have confirmed, and the mails by which they do, kept until they are sent."""
