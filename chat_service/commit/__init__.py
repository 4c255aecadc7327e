"""What happens to a command once it is decided: appends in groups, retries of unknown outcomes, publishing, answers."""
