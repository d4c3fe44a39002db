"""Pages: a history as HTML files that open from disk, without a network."""
