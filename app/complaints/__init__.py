"""民生诉求: from a resident's report to a fix that the resident confirmed."""
