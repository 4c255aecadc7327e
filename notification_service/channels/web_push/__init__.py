"""Web push: notices to browsers that are closed, by the push services of their makers, which cannot read them."""
