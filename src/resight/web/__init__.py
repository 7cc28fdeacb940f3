"""Review and catalogue in the browser, and the REST API of the same process."""
