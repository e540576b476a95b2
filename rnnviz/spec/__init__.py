"""What is computed and how it is looked at: frozen tables of knobs, as link and as JSON."""
