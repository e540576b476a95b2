"""Behind the pages: link and widgets, caches, jobs, prefetching."""
