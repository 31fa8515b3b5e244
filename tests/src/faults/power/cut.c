/* Shuts the file system at the given path down as a power cut would: nothing is flushed, the
 * journal is not written out. Not here: stopping whoever writes (the caller does that first). */
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>

#define SHUTDOWN 0x8004587d /* FS_IOC_SHUTDOWN */
#define NO_LOG_FLUSH 2

int main(int count, char **words) {
    unsigned how = NO_LOG_FLUSH;
    int folder = count == 2 ? open(words[1], O_RDONLY) : -1;
    if (folder < 0 || ioctl(folder, SHUTDOWN, &how) != 0) {
        perror("cut");
        return 1;
    }
    return 0;
}
