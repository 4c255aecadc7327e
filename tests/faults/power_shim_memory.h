/* What the power shim remembers: of each file what was overwritten since its last sync, and of each folder which names
 * appeared or disappeared. A cut puts all of that back. Whoever calls this holds `turn`. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HIDDEN ".lost-power-"

/* What brings one step back. Of a file: its length before, and the bytes that stood at `at`. Of a name: where from. */
typedef struct undo {
    struct undo *before;
    off_t length, at;
    size_t count;
    char *bytes;
} undo;

typedef struct file {
    struct file *next;
    dev_t device;
    ino_t number;
    int descriptor; /* never closed: that would release the process's locks on the file */
    undo *last;
} file;

/* A name that appeared has no `now`; of one that disappeared it is where the file is instead, aside or renamed. */
typedef struct naming {
    struct naming *before;
    char *name, *now;
    int is_aside;
} naming;

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static char folder[PATH_MAX], cut_file[PATH_MAX];
static file *files;
static naming *names;
static unsigned hidden_count;

#define TRUE_FUNCTION(result, name, ...)                                                                               \
    static result (*true_##name)(__VA_ARGS__);                                                                         \
    if (!true_##name) true_##name = (result (*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

static void *needed(void *memory) {
    if (!memory) abort();
    return memory;
}

static int true_open_of(const char *path, int flags, mode_t mode) {
    TRUE_FUNCTION(int, open, const char *, int, ...);
    return true_open(path, flags, mode);
}

static ssize_t write_at(int descriptor, const void *bytes, size_t count, off_t at) {
    TRUE_FUNCTION(ssize_t, pwrite64, int, const void *, size_t, off_t);
    return true_pwrite64(descriptor, bytes, count, at);
}

static int cut_to(int descriptor, off_t length) {
    TRUE_FUNCTION(int, ftruncate64, int, off_t);
    return true_ftruncate64(descriptor, length);
}

static int remove_name(const char *path) {
    TRUE_FUNCTION(int, unlink, const char *);
    return true_unlink(path);
}

static int move_name(const char *from, const char *to) {
    TRUE_FUNCTION(int, rename, const char *, const char *);
    return true_rename(from, to);
}

static int is_ours(const char *path) {
    char real[PATH_MAX], parent[PATH_MAX];
    size_t length = strlen(folder);
    if (!length || !path) return 0;
    const char *slash = strrchr(path, '/');
    snprintf(parent, sizeof parent, "%.*s", slash ? (int)(slash - path + 1) : 1, slash ? path : ".");
    if (!realpath(parent, real)) return 0;
    size_t end = strlen(path);
    if (end >= 4 && strcmp(path + end - 4, "-shm") == 0) return 0;
    return strncmp(real, folder, length) == 0 && (real[length] == '/' || real[length] == 0);
}

static char *whole_path(const char *path) {
    char real[PATH_MAX], parent[PATH_MAX], whole[2 * PATH_MAX];
    const char *slash = strrchr(path, '/');
    snprintf(parent, sizeof parent, "%.*s", slash ? (int)(slash - path + 1) : 1, slash ? path : ".");
    if (!realpath(parent, real)) abort();
    snprintf(whole, sizeof whole, "%s/%s", real, slash ? slash + 1 : path);
    return needed(strdup(whole));
}

static file *file_of(int descriptor) {
    struct stat found;
    if (!files || fstat(descriptor, &found) || !S_ISREG(found.st_mode)) return NULL;
    for (file *one = files; one; one = one->next)
        if (one->number == found.st_ino && one->device == found.st_dev) return one;
    return NULL;
}

static void forget_writes(file *one) {
    while (one->last) {
        undo *done = one->last;
        one->last = done->before;
        free(done->bytes);
        free(done);
    }
}

static void note_name(char *name, char *now, int is_aside) {
    naming *one = needed(malloc(sizeof *one));
    *one = (naming){names, name, now, is_aside};
    names = one;
}

static void forget_name(naming *one) {
    if (one->is_aside) remove_name(one->now);
    free(one->name);
    free(one->now);
    free(one);
}

/* The folder of this path was synced: its names stand as they are. */
static void forget_names(const char *path) {
    size_t length = strlen(path);
    for (naming **at = &names; *at;) {
        naming *one = *at;
        if (strncmp(one->name, path, length) == 0 && one->name[length] == '/' && !strchr(one->name + length + 1, '/')) {
            *at = one->before;
            forget_name(one);
        } else {
            at = &one->before;
        }
    }
}

/* Before `count` bytes at `at` are overwritten, or everything from there on is cut off. */
static void note_write(file *one, off_t at, size_t count, int is_cut) {
    struct stat found;
    if (fstat(one->descriptor, &found)) abort();
    undo *step = needed(malloc(sizeof *step));
    size_t old = found.st_size > at ? (size_t)(found.st_size - at) : 0;
    if (!is_cut && old > count) old = count;
    *step = (undo){one->last, found.st_size, at, old, old ? needed(malloc(old)) : NULL};
    for (size_t done = 0; done < old;) {
        ssize_t got = pread(one->descriptor, step->bytes + done, old - done, at + (off_t)done);
        if (got <= 0) abort();
        done += (size_t)got;
    }
    one->last = step;
}

static void note_opened(int descriptor, const char *path, int existed) {
    struct stat found;
    if (fstat(descriptor, &found) || !S_ISREG(found.st_mode)) return;
    file *one = file_of(descriptor);
    if (!one) {
        one = needed(calloc(1, sizeof *one));
        one->device = found.st_dev;
        one->number = found.st_ino;
        one->descriptor = true_open_of(path, O_RDWR | O_CLOEXEC, 0);
        if (one->descriptor < 0) {
            free(one); /* only to be read, so never written */
            return;
        }
        one->next = files;
        files = one;
    }
    if (!existed) note_name(whole_path(path), NULL, 0);
}

__attribute__((noreturn)) void power_cut(void) {
    pthread_mutex_lock(&turn); /* for good: nobody writes any more */
    for (file *one = files; one; one = one->next)
        for (undo *step = one->last; step; step = step->before) {
            if (step->count && write_at(one->descriptor, step->bytes, step->count, step->at) != (ssize_t)step->count)
                abort();
            if (cut_to(one->descriptor, step->length)) abort();
        }
    for (naming *one = names; one; one = one->before) {
        if (one->now) move_name(one->now, one->name);
        else remove_name(one->name);
    }
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

static char *hidden_name(void) {
    char path[PATH_MAX + 64];
    snprintf(path, sizeof path, "%s/%s%d-%u", folder, HIDDEN, (int)getpid(), hidden_count++);
    return needed(strdup(path));
}
