/* A reconnect storm: everybody is cut off at once and comes back as stock clients do, and asks for what it missed.
 *
 * usage: storm host= port= plan= cut_pid=PID talkers=COUNT talk_per_second= seconds=AFTER_THE_CUT
 * The plan has a line per person: an access token, then the ids of the rooms. The first COUNT people talk throughout, so that
 * there is something to miss. Once all are in, PID is killed. A client has resumed when `room:sync` has answered for all its
 * rooms without a gap. Prints one JSON object; times count from the cut, in microseconds. */
#include "crowd.h"
#include <signal.h>

enum { ROOMS_AT_MOST = 20, ID_LENGTH = 36, SYNC_ID = 7 };
/* How a stock client waits: 1 s, doubling up to 5 s, each ± half of it. */
static const double FIRST_DELAY = 1.0, LONGEST_DELAY = 5.0;

typedef struct {
    char room[ROOMS_AT_MOST][ID_LENGTH + 1];
    long seq[ROOMS_AT_MOST];  /* as far as it knows the room */
    long live_first[ROOMS_AT_MOST], live_last[ROOMS_AT_MOST]; /* what came before the sync's answer */
    int rooms, attempts, is_synced, has_resumed, next_room;
    uint64_t retry_at;
} Person;

static Person *people;
static int resumed, is_cut;
static uint64_t gaps, resets, syncs, received_by_sync, sent, acked, failed, refused_connections, cut_at;
static Samples resume_times, ready_times;

static double chance(void) { return (double)random() / (double)RAND_MAX; }

static void on_other(void *what) { (void)what; }

static void on_lost(WebSocket *s) {
    Person *person = &people[s->number];
    if (!is_cut) { lost_count++; return; }
    if (person->has_resumed) lost_count++;
    double delay = FIRST_DELAY;
    for (int i = 0; i < person->attempts && delay < LONGEST_DELAY; i++) delay *= 2;
    if (delay > LONGEST_DELAY) delay = LONGEST_DELAY;
    if (person->attempts++) refused_connections++;
    person->retry_at = now_ns() + (uint64_t)(delay * (0.5 + chance()) * 1e9);
    person->is_synced = 0;
    clients[s->number].is_ready = 0;
}

static void read_people(const char *path) {
    FILE *file = fopen(path, "r");
    char line[4096], hello[2048];
    if (!file) die(path);
    while (fgets(line, sizeof line, file)) {
        people = realloc(people, (size_t)(client_count + 1) * sizeof *people);
        clients = realloc(clients, (size_t)(client_count + 1) * sizeof *clients);
        Person *person = &people[client_count];
        memset(person, 0, sizeof *person);
        char *word = strtok(line, " \n");
        snprintf(hello, sizeof hello, "40{\"token\":\"%s\"}", word);
        while ((word = strtok(NULL, " \n")) && person->rooms < ROOMS_AT_MOST) {
            person->seq[person->rooms] = 1; /* the room's creation */
            snprintf(person->room[person->rooms++], ID_LENGTH + 1, "%s", word);
        }
        clients[client_count++] = (Client){.hello = strdup(hello)};
    }
    fclose(file);
    sockets = calloc((size_t)client_count, sizeof *sockets);
}

static int room_at(Person *person, const char *id) {
    for (int i = 0; i < person->rooms; i++)
        if (!memcmp(person->room[i], id, ID_LENGTH)) return i;
    return -1;
}

static void advance(Person *person, int room, long seq) {
    if (seq == person->seq[room] + 1) person->seq[room] = seq;
    else if (seq > person->seq[room]) { gaps++; person->seq[room] = seq; }
}

/* Each event in a text says its room and its seq one after the other; the message inside repeats both. */
static void read_events(Person *person, const char *p, const char *end, int is_answer) {
    const char key[] = "\"room_id\":\"", seq_key[] = "\",\"seq\":";
    while ((p = memmem(p, (size_t)(end - p), key, sizeof key - 1))) {
        p += sizeof key - 1;
        if (end - p < ID_LENGTH + 9 || memcmp(p + ID_LENGTH, seq_key, sizeof seq_key - 1)) continue;
        int room = room_at(person, p);
        long seq = atol(p + ID_LENGTH + sizeof seq_key - 1);
        if (room < 0) continue;
        if (is_answer) { received_by_sync++; advance(person, room, seq); }
        else if (person->is_synced) advance(person, room, seq);
        else {
            if (!person->live_first[room]) person->live_first[room] = seq;
            else if (seq > person->live_last[room] + 1) gaps++;
            person->live_last[room] = seq;
        }
        if (!is_answer) return;
    }
}

static void ask_sync(WebSocket *s) {
    Person *person = &people[s->number];
    char text[ROOMS_AT_MOST * 64 + 64];
    int length = sprintf(text, "42%d[\"room:sync\",{\"rooms\":{", SYNC_ID);
    for (int i = 0; i < person->rooms; i++) {
        person->live_first[i] = person->live_last[i] = 0;
        length += sprintf(text + length, "%s\"%s\":%ld", i ? "," : "", person->room[i], person->seq[i]);
    }
    length += sprintf(text + length, "}}]");
    send_text(s, text, (size_t)length);
    syncs++;
}

static void on_synced(WebSocket *s, const char *text, size_t length, uint64_t now) {
    Person *person = &people[s->number];
    if (!memmem(text, length, "\"ok\":true", 9) || memmem(text, length, "\"error\"", 7)) give_up("sync", text, length);
    if (!memmem(text, length, "\"more\":[]", 9)) give_up("the answer is not whole", text, length);
    if (memmem(text, length, "\"reset\":true", 12)) resets++;
    read_events(person, text, text + length, 1);
    for (int i = 0; i < person->rooms; i++) {
        if (person->live_first[i] > person->seq[i] + 1) gaps++;
        if (person->live_last[i] > person->seq[i]) person->seq[i] = person->live_last[i];
    }
    person->is_synced = 1;
    if (is_cut && !person->has_resumed) {
        person->has_resumed = 1;
        resumed++;
        note(&resume_times, (now - cut_at) / 1000);
    }
}

static void on_text(WebSocket *s, const char *text, size_t length, uint64_t now) {
    Person *person = &people[s->number];
    if (on_entering(s, text, length)) {
        if (!clients[s->number].is_ready) return;
        if (is_cut) note(&ready_times, (now - cut_at) / 1000);
        ask_sync(s);
    } else if (length > 3 && text[0] == '4' && text[1] == '3') {
        if (atoi(text + 2) == SYNC_ID) on_synced(s, text, length, now);
        else if (memmem(text, length, "\"ok\":true", 9)) acked++;
        else failed++;
    } else if (length > 10 && !memcmp(text, "42[\"event\"", 10)) read_events(person, text, text + length, 0);
}

static void talk(int number) {
    Person *person = &people[number];
    char text[512];
    if (sockets[number].lost || !person->is_synced) return;
    int length = snprintf(text, sizeof text, "42%llu[\"message:send\",{\"room_id\":\"%s\",\"cid\":\"%d-%llu\",\"text\":\"still there?\"}]",
        (unsigned long long)(100 + sent), person->room[person->next_room], number, (unsigned long long)sent);
    person->next_room = (person->next_room + 1) % person->rooms;
    sent++;
    send_text(&sockets[number], text, (size_t)length);
}

int main(int argc, char **argv) {
    const char *host = option(argc, argv, "host", "127.0.0.1");
    int port = atoi(option(argc, argv, "port", NULL)), pid = atoi(option(argc, argv, "cut_pid", NULL));
    int talkers = atoi(option(argc, argv, "talkers", NULL));
    double per_second = atof(option(argc, argv, "talk_per_second", NULL));
    double seconds = atof(option(argc, argv, "seconds", NULL));
    begin_loop();
    srandom(1);
    read_people(option(argc, argv, "plan", NULL));
    uint64_t began = now_ns();
    connect_crowd(host, port);
    double connect_seconds = (double)(now_ns() - began) / 1e9;
    for (int i = 0, synced = 0; synced < client_count; poll_once(10))
        for (synced = 0, i = 0; i < client_count; i++) synced += people[i].is_synced;

    /* Talk for a while, then cut, and go on talking with whoever is back. */
    uint64_t start = now_ns(), cut_due = start + 3000000000u, stop = cut_due + (uint64_t)(seconds * 1e9), turn = 0;
    double resumed_at_10 = -1, resumed_at_30 = -1;
    for (uint64_t now = start; now < stop && !(is_cut && resumed == client_count && now > cut_at + 5000000000u);
         now = now_ns()) {
        while (start + (uint64_t)((double)turn * 1e9 / per_second) <= now) talk((int)(turn++ % (uint64_t)talkers));
        if (!is_cut && now >= cut_due) {
            is_cut = 1;
            cut_at = now;
            if (kill(pid, SIGKILL)) die("kill");
        }
        if (is_cut) {
            for (int i = 0; i < client_count; i++)
                if (people[i].retry_at && now >= people[i].retry_at) {
                    people[i].retry_at = 0;
                    open_websocket(&sockets[i], i, host, port);
                }
            if (resumed_at_10 < 0 && now > cut_at + 10000000000u) resumed_at_10 = resumed;
            if (resumed_at_30 < 0 && now > cut_at + 30000000000u) resumed_at_30 = resumed;
        }
        poll_once(5);
    }
    printf("{\"cut_at\": %.3f, \"clients\": %d, \"connect_seconds\": %.2f, \"resumed\": %d, \"resumed_in_10_s\": %.0f, \"resumed_in_30_s\": %.0f, "
           "\"gaps\": %llu, \"resets\": %llu, \"received_by_sync\": %llu, \"sent\": %llu, \"acked\": %llu, \"failed\": %llu, "
           "\"failed_attempts\": %llu, \"lost_again\": %d",
           (double)cut_at / 1e9, client_count, connect_seconds, resumed, resumed_at_10 < 0 ? resumed : resumed_at_10,
           resumed_at_30 < 0 ? resumed : resumed_at_30, (unsigned long long)gaps, (unsigned long long)resets,
           (unsigned long long)received_by_sync, (unsigned long long)sent, (unsigned long long)acked,
           (unsigned long long)failed, (unsigned long long)refused_connections, lost_count);
    print_samples("ready_us", &ready_times);
    print_samples("resume_us", &resume_times);
    printf("}\n");
    return 0;
}
