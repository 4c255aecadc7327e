/* A power cut for one process: LD_PRELOAD this, and of the files under the folder that POWER_SHIM_FOLDER names it
 * remembers what each write, truncation, creation, removal and renaming since the last sync has overwritten. A cut puts
 * all of that back, last first, and kills the process: its files are what a disk would hold that was told nothing but
 * the syncs. A sync of a file forgives what was written to it; that a name exists, or no longer does, is forgiven by a
 * sync of its folder.
 *
 * The process cuts itself by power_cut(), or somebody else by making the file that POWER_SHIM_CUT names.
 * SQLite's -shm is a mapping that a machine without power has lost, and that SQLite makes anew: it is left alone. */
#define _GNU_SOURCE
#include <dirent.h>
#include <stdarg.h>
#include <sys/uio.h>

#include "power_shim_memory.h"

static void *watch(void *nothing) {
    (void)nothing;
    for (;;) {
        if (access(cut_file, F_OK) == 0) {
            remove_name(cut_file);
            power_cut();
        }
        usleep(2000);
    }
    return NULL;
}

static void before_fork(void) { pthread_mutex_lock(&turn); }
static void after_fork(void) { pthread_mutex_unlock(&turn); }

/* What processes that were killed had moved aside, and nobody misses. */
static void clear_hidden(void) {
    DIR *listing = opendir(folder);
    if (!listing) return;
    char path[PATH_MAX + NAME_MAX + 2];
    for (struct dirent *entry; (entry = readdir(listing));)
        if (strncmp(entry->d_name, HIDDEN, strlen(HIDDEN)) == 0 && kill(atoi(entry->d_name + strlen(HIDDEN)), 0)) {
            snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
            remove_name(path);
        }
    closedir(listing);
}

__attribute__((constructor)) static void begin(void) {
    const char *ours = getenv("POWER_SHIM_FOLDER"), *cut = getenv("POWER_SHIM_CUT");
    if (!ours || !realpath(ours, folder)) return;
    clear_hidden();
    pthread_atfork(before_fork, after_fork, after_fork);
    pthread_t thread;
    if (cut) {
        snprintf(cut_file, sizeof cut_file, "%s", cut);
        if (pthread_create(&thread, NULL, watch, NULL)) abort();
        pthread_detach(thread);
    }
}

/* A process that ends by itself keeps what it wrote, as on a machine that goes on. */
__attribute__((destructor)) static void end(void) {
    while (names) {
        naming *one = names;
        names = one->before;
        forget_name(one);
    }
}

static int opened(int at, const char *path, int flags, mode_t mode) {
    TRUE_FUNCTION(int, openat64, int, const char *, int, ...);
    if ((at != AT_FDCWD && path[0] != '/') || !(flags & (O_WRONLY | O_RDWR)) || !is_ours(path))
        return true_openat64(at, path, flags, mode);
    pthread_mutex_lock(&turn);
    int existed = access(path, F_OK) == 0;
    /* The cut of O_TRUNC is done by hand, so that it is noted. */
    int descriptor = true_openat64(at, path, flags & ~O_TRUNC, mode);
    if (descriptor >= 0) {
        note_opened(descriptor, path, existed);
        file *one = file_of(descriptor);
        if (flags & O_TRUNC) {
            if (one) note_write(one, 0, 0, 1);
            if (cut_to(descriptor, 0)) abort();
        }
    }
    int error = errno;
    pthread_mutex_unlock(&turn);
    errno = error;
    return descriptor;
}

#define MODE_OF(flags, mode)                                                                                           \
    mode_t mode = 0;                                                                                                   \
    if ((flags) & (O_CREAT | __O_TMPFILE)) {                                                                           \
        va_list rest;                                                                                                  \
        va_start(rest, flags);                                                                                         \
        mode = va_arg(rest, mode_t);                                                                                   \
        va_end(rest);                                                                                                  \
    }

int open(const char *path, int flags, ...) {
    MODE_OF(flags, mode);
    return opened(AT_FDCWD, path, flags, mode);
}
int open64(const char *path, int flags, ...) {
    MODE_OF(flags, mode);
    return opened(AT_FDCWD, path, flags, mode);
}
int openat(int at, const char *path, int flags, ...) {
    MODE_OF(flags, mode);
    return opened(at, path, flags, mode);
}
int openat64(int at, const char *path, int flags, ...) {
    MODE_OF(flags, mode);
    return opened(at, path, flags, mode);
}
int creat(const char *path, mode_t mode) { return opened(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char *path, mode_t mode) { return opened(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }

static ssize_t written_at(int descriptor, const void *bytes, size_t count, off_t at) {
    if (!files) return write_at(descriptor, bytes, count, at);
    pthread_mutex_lock(&turn);
    file *one = file_of(descriptor);
    if (one) note_write(one, at, count, 0);
    ssize_t done = write_at(descriptor, bytes, count, at);
    int error = errno;
    pthread_mutex_unlock(&turn);
    errno = error;
    return done;
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t at) {
    return written_at(descriptor, bytes, count, at);
}
ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off_t at) {
    return written_at(descriptor, bytes, count, at);
}

/* The end of a file that is appended to is where it writes, whatever its position says. */
static off_t place_of(int descriptor) {
    if (fcntl(descriptor, F_GETFL) & O_APPEND) {
        struct stat found;
        return fstat(descriptor, &found) ? 0 : found.st_size;
    }
    return lseek(descriptor, 0, SEEK_CUR);
}

ssize_t write(int descriptor, const void *bytes, size_t count) {
    TRUE_FUNCTION(ssize_t, write, int, const void *, size_t);
    struct stat found;
    if (!files || fstat(descriptor, &found) || !S_ISREG(found.st_mode)) return true_write(descriptor, bytes, count);
    pthread_mutex_lock(&turn);
    file *one = file_of(descriptor);
    if (one) note_write(one, place_of(descriptor), count, 0);
    ssize_t done = true_write(descriptor, bytes, count);
    int error = errno;
    pthread_mutex_unlock(&turn);
    errno = error;
    return done;
}

ssize_t writev(int descriptor, const struct iovec *parts, int how_many) {
    TRUE_FUNCTION(ssize_t, writev, int, const struct iovec *, int);
    struct stat found;
    if (!files || fstat(descriptor, &found) || !S_ISREG(found.st_mode))
        return true_writev(descriptor, parts, how_many);
    size_t count = 0;
    for (int at = 0; at < how_many; at++) count += parts[at].iov_len;
    pthread_mutex_lock(&turn);
    file *one = file_of(descriptor);
    if (one) note_write(one, place_of(descriptor), count, 0);
    ssize_t done = true_writev(descriptor, parts, how_many);
    int error = errno;
    pthread_mutex_unlock(&turn);
    errno = error;
    return done;
}

static int truncated(int descriptor, off_t length) {
    pthread_mutex_lock(&turn);
    file *one = file_of(descriptor);
    if (one) note_write(one, length, 0, 1);
    int done = cut_to(descriptor, length);
    int error = errno;
    pthread_mutex_unlock(&turn);
    errno = error;
    return done;
}
int ftruncate(int descriptor, off_t length) { return truncated(descriptor, length); }
int ftruncate64(int descriptor, off_t length) { return truncated(descriptor, length); }

/* Forgives what was done before it began: nobody else writes until it returns. */
static int synced(int descriptor, int (*true_sync)(int)) {
    struct stat found;
    char link[64], path[PATH_MAX];
    pthread_mutex_lock(&turn);
    int done = true_sync(descriptor);
    int error = errno;
    if (done == 0 && fstat(descriptor, &found) == 0) {
        file *one = file_of(descriptor);
        if (one) forget_writes(one);
        if (S_ISDIR(found.st_mode)) {
            snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
            ssize_t length = readlink(link, path, sizeof path - 1);
            if (length > 0) {
                path[length] = 0;
                forget_names(path);
            }
        }
    }
    pthread_mutex_unlock(&turn);
    errno = error;
    return done;
}
int fsync(int descriptor) {
    TRUE_FUNCTION(int, fsync, int);
    return synced(descriptor, true_fsync);
}
int fdatasync(int descriptor) {
    TRUE_FUNCTION(int, fdatasync, int);
    return synced(descriptor, true_fdatasync);
}

int unlink(const char *path) {
    struct stat found;
    if (!is_ours(path) || strcmp(path, cut_file) == 0 || lstat(path, &found) || !S_ISREG(found.st_mode))
        return remove_name(path);
    pthread_mutex_lock(&turn);
    char *hidden = hidden_name();
    int done = move_name(path, hidden);
    int error = errno;
    if (done == 0) note_name(whole_path(path), hidden, 1);
    else free(hidden);
    pthread_mutex_unlock(&turn);
    errno = error;
    return done;
}

int rename(const char *from, const char *to) {
    struct stat found;
    if (!is_ours(from) || !is_ours(to)) return move_name(from, to);
    pthread_mutex_lock(&turn);
    if (lstat(to, &found) == 0 && S_ISREG(found.st_mode)) {
        char *hidden = hidden_name();
        if (move_name(to, hidden)) abort();
        note_name(whole_path(to), hidden, 1);
    }
    int done = move_name(from, to);
    int error = errno;
    if (done == 0) note_name(whole_path(from), whole_path(to), 0);
    pthread_mutex_unlock(&turn);
    errno = error;
    return done;
}
