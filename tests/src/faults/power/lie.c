/* A disk that answers every sync and does nothing: for the run that must lose work. */
int fsync(int file) { (void)file; return 0; }
int fdatasync(int file) { (void)file; return 0; }
