/* Preloaded into a stack whose durability is left out, to show what it costs: nothing waits for the disk.
 * The product has no setting for this. */
int fsync(int fd) { (void)fd; return 0; }
int fdatasync(int fd) { (void)fd; return 0; }
