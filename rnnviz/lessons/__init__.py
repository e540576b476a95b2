"""Guided lessons: one a file, each ending in ``LESSON = Lesson(...)``; the registry finds them."""
