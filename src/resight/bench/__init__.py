"""Every method on every data set, in one comparable table."""
