/* Publishes prepared messages to Redis: one command per room in a file, with the places where numbers are written.
 *
 * The file, in native byte order, per room: length of the command, count of patches, the patches, the command. */
enum { DIGITS = 10, OF_ROOM = 1, AS_U32 = 2 };

typedef struct { uint32_t offset, kind, base; } Patch;
typedef struct {
    uint32_t length, patch_count, published;
    Patch *patches;
    char *command;
} Template;

typedef struct {
    int tag, fd; /* the tag tells it from a socket */
    Template *templates;
    int template_count;
    char *out;
    size_t out_length, out_size;
    uint64_t published;
} Publisher;

static void read_templates(Publisher *p, const char *path) {
    FILE *file = fopen(path, "rb");
    Template t = {0};
    if (!file) die(path);
    while (fread(&t.length, 4, 1, file) == 1 && fread(&t.patch_count, 4, 1, file) == 1) {
        t.patches = calloc(t.patch_count + 1, sizeof *t.patches);
        t.command = malloc(t.length);
        if (fread(t.patches, sizeof *t.patches, t.patch_count, file) != t.patch_count) die(path);
        if (fread(t.command, 1, t.length, file) != t.length) die(path);
        p->templates = realloc(p->templates, (size_t)(p->template_count + 1) * sizeof t);
        p->templates[p->template_count++] = t;
    }
    fclose(file);
}

static void queue(Publisher *p, const void *bytes, size_t length) {
    if (p->out_length + length > p->out_size) p->out = realloc(p->out, p->out_size = p->out_size * 2 + length + 65536);
    memcpy(p->out + p->out_length, bytes, length);
    p->out_length += length;
}

static void open_publisher(Publisher *p, const char *host, int port, const char *password) {
    char command[256];
    p->tag = -1;
    if ((p->fd = dial(host, port)) < 0) die("redis");
    watch(p->fd, p, EPOLLIN, EPOLL_CTL_ADD);
    if (*password)
        queue(p, command, (size_t)snprintf(command, sizeof command, "AUTH %s\r\n", password));
}

static void publish(Publisher *p) {
    Template *t = &p->templates[p->published % (uint64_t)p->template_count];
    for (uint32_t i = 0; i < t->patch_count; i++) {
        Patch patch = t->patches[i];
        uint32_t value = patch.base + (patch.kind & OF_ROOM ? t->published : (uint32_t)p->published);
        char *place = t->command + patch.offset, digits[DIGITS + 1];
        if (patch.kind & AS_U32)
            for (int byte = 0; byte < 4; byte++) place[byte] = (char)(value >> (24 - 8 * byte));
        else {
            snprintf(digits, sizeof digits, "%*u", DIGITS, value);
            memcpy(place, digits, DIGITS);
        }
    }
    queue(p, t->command, t->length);
    t->published++;
    p->published++;
}

static void flush_publisher(Publisher *p) {
    if (!p->out_length) return;
    ssize_t n = write(p->fd, p->out, p->out_length);
    if (n < 0) { if (errno == EAGAIN || errno == EINPROGRESS || errno == ENOTCONN) return; die("redis"); }
    p->out_length -= (size_t)n;
    memmove(p->out, p->out + n, p->out_length);
}

static void read_replies(Publisher *p) {
    char replies[65536];
    ssize_t n = read(p->fd, replies, sizeof replies);
    if (n == 0 || (n < 0 && errno != EAGAIN)) die("redis");
    if (n > 0 && replies[0] == '-') give_up("Redis", replies, (size_t)n);
}
