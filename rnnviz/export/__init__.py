"""What is seen, taken away: pictures, pages and data of a run, the same for every front end."""
