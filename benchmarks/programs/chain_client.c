/* People who talk: each sends messages to its rooms in turn and listens to all of them, through the whole chain.
 *
 * usage: chain_client host= port= plan= seconds= warmup= mode=closed|open number=OUTSTANDING_EACH|PER_SECOND_IN_ALL
 * The plan has a line per person: an access token, then the ids of the rooms. Prints one JSON object. A latency counts from
 * when a message was due, which in the open loop need not be when it was sent. */
#include "crowd.h"

enum { MAX_ROOMS = 8, ID_LENGTH = 36, IN_FLIGHT = 4096 };

typedef struct {
    char room[MAX_ROOMS][ID_LENGTH + 1];
    long seq[MAX_ROOMS]; /* the last seq seen in each room, 0 before the first */
    uint64_t sent_at[IN_FLIGHT];
    uint32_t next_id;
    int rooms, next_room, outstanding;
} Person;

static Person *people;
static uint64_t measured_from, acked, failed, delivered, gaps, sent;
static Samples ack_times, delivery_times;
static char first_error[256];
static uint64_t run_id; /* so that no cid of an earlier run comes again */

static void on_other(void *what) { (void)what; }

static void on_lost(WebSocket *s) { (void)s; lost_count++; }

static void read_people(const char *path) {
    FILE *file = fopen(path, "r");
    char line[8192], hello[4096];
    if (!file) die(path);
    while (fgets(line, sizeof line, file)) {
        people = realloc(people, (size_t)(client_count + 1) * sizeof *people);
        clients = realloc(clients, (size_t)(client_count + 1) * sizeof *clients);
        Person *person = &people[client_count];
        memset(person, 0, sizeof *person);
        char *word = strtok(line, " \n");
        snprintf(hello, sizeof hello, "40{\"token\":\"%s\"}", word);
        while ((word = strtok(NULL, " \n")) && person->rooms < MAX_ROOMS)
            snprintf(person->room[person->rooms++], ID_LENGTH + 1, "%s", word);
        clients[client_count++] = (Client){.hello = strdup(hello)};
    }
    fclose(file);
    sockets = calloc((size_t)client_count, sizeof *sockets);
}

static void send_message(int number, uint64_t due) {
    Person *person = &people[number];
    char text[512];
    uint32_t id = person->next_id++;
    person->sent_at[id % IN_FLIGHT] = due;
    int length = snprintf(text, sizeof text,
        "42%u[\"message:send\",{\"room_id\":\"%s\",\"cid\":\"%llx-%d-%u\",\"text\":\"@%llu a message about as long as people write them, sixty-odd letters\"}]",
        id, person->room[person->next_room], (unsigned long long)run_id, number, id, (unsigned long long)due);
    person->next_room = (person->next_room + 1) % person->rooms;
    person->outstanding++;
    sent++;
    send_text(&sockets[number], text, (size_t)length);
}

static int is_measured(uint64_t began) { return measured_from && began >= measured_from; }

static void on_event(Person *person, const char *p, size_t length, uint64_t now) {
    const char *room = memmem(p, length < 160 ? length : 160, "\"room_id\":\"", 11);
    const char *seq = memmem(p, length < 200 ? length : 200, "\"seq\":", 6);
    if (!room || !seq) return;
    for (int i = 0; i < person->rooms; i++)
        if (!memcmp(room + 11, person->room[i], ID_LENGTH)) {
            long number = atol(seq + 6);
            if (person->seq[i] && number != person->seq[i] + 1) gaps++;
            person->seq[i] = number;
        }
    const char *mark = memmem(p, length, "\"text\":\"@", 9);
    uint64_t began = mark ? strtoull(mark + 9, NULL, 10) : 0;
    if (!is_measured(began)) return;
    delivered++;
    note(&delivery_times, (now - began) / 1000);
}

static void on_ack(Person *person, const char *p, size_t length, uint64_t now) {
    char *rest;
    uint64_t began = person->sent_at[strtoul(p + 2, &rest, 10) % IN_FLIGHT];
    person->outstanding--;
    if (!memmem(rest, length - (size_t)(rest - p), "\"ok\":true", 9)) {
        if (!failed++) snprintf(first_error, sizeof first_error, "%.*s", (int)(length < 200 ? length : 200), p);
    } else if (is_measured(began)) {
        acked++;
        note(&ack_times, (now - began) / 1000);
    }
}

static void on_text(WebSocket *s, const char *text, size_t length, uint64_t now) {
    if (on_entering(s, text, length)) return;
    if (length > 1 && text[0] == '4' && text[1] == '3') on_ack(&people[s->number], text, length, now);
    else if (length > 10 && !memcmp(text, "42[\"event\"", 10)) on_event(&people[s->number], text, length, now);
}

static int is_any_outstanding(void) {
    for (int i = 0; i < client_count; i++)
        if (!sockets[i].lost && people[i].outstanding) return 1;
    return 0;
}

int main(int argc, char **argv) {
    double seconds = atof(option(argc, argv, "seconds", NULL)), warmup = atof(option(argc, argv, "warmup", NULL));
    double number = atof(option(argc, argv, "number", NULL));
    int is_open = !strcmp(option(argc, argv, "mode", NULL), "open");
    run_id = now_ns();
    begin_loop();
    read_people(option(argc, argv, "plan", NULL));
    connect_crowd(option(argc, argv, "host", "127.0.0.1"), atoi(option(argc, argv, "port", NULL)));
    uint64_t start = now_ns(), from = start + (uint64_t)(warmup * 1e9), stop = from + (uint64_t)(seconds * 1e9);
    uint64_t scheduled = 0, drained = stop + 3000000000u, due;
    for (uint64_t now = start; now < drained; now = now_ns()) {
        if (!measured_from && now >= from) measured_from = from;
        if (now >= stop) {
            if (!is_any_outstanding()) break;
        } else if (is_open) {
            while ((due = start + (uint64_t)((double)scheduled * 1e9 / number)) <= now)
                send_message((int)(scheduled++ % (uint64_t)client_count), due);
        } else {
            for (int i = 0; i < client_count; i++)
                while (!sockets[i].lost && people[i].outstanding < (int)number) send_message(i, now);
        }
        poll_once(1);
    }
    /* The ack may be here before what it acks has been delivered everywhere. */
    for (uint64_t until = now_ns() + 200000000u; now_ns() < until;) poll_once(10);
    printf("{\"seconds\": %.1f, \"sent\": %llu, \"acked\": %llu, \"acked_per_second\": %.0f, \"delivered\": %llu, "
           "\"failed\": %llu, \"gaps\": %llu, \"lost_sockets\": %d, \"first_error\": \"",
           seconds, (unsigned long long)sent, (unsigned long long)acked, (double)acked / seconds,
           (unsigned long long)delivered, (unsigned long long)failed, (unsigned long long)gaps, lost_count);
    for (char *c = first_error; *c; c++) if (*c != '"' && *c != '\\') putchar(*c);
    printf("\"");
    print_samples("ack_us", &ack_times);
    print_samples("delivery_us", &delivery_times);
    printf("}\n");
    return 0;
}
