"""Find what is wrong with the data of a running newsroom: rows, history, files and the search index."""
