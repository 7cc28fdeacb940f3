"""Who is it, how sure are we, or is it somebody new."""
