/* Measures how many mails a second libcurl sends with easy handles in threads.
 *
 *   mail URL THREADS COUNT MESSAGE-FILE RECIPIENTS-FILE [USER:PASSWORD CA-FILE]
 *
 * Connections are kept and nothing is stored. The recipients file has an address in angle brackets
 * on each line, and mails go to them in turn. The last two arguments demand STARTTLS and a login.
 */
#include "yardstick.h"
#include <curl/curl.h>
#include <pthread.h>
#include <stdatomic.h>

static char *message, *url, **recipients, *login, *authority;
static long length, count, readers;
static atomic_long taken, failed;

static size_t supply(char *to, size_t size, size_t number, void *context) {
    long *offset = context, room = (long)(size * number), left = length - *offset, part = left < room ? left : room;
    memcpy(to, message + *offset, (size_t)part);
    *offset += part;
    return (size_t)part;
}

static void *lane(void *unused) {
    (void)unused;
    long offset;
    CURL *easy = curl_easy_init();
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_MAIL_FROM, "<sender@example.test>");
    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, supply);
    curl_easy_setopt(easy, CURLOPT_READDATA, &offset);
    if (login) {
        curl_easy_setopt(easy, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
        curl_easy_setopt(easy, CURLOPT_CAINFO, authority);
        curl_easy_setopt(easy, CURLOPT_USERPWD, login);
    }
    long number;
    while ((number = atomic_fetch_add(&taken, 1)) < count) {
        struct curl_slist *recipient = curl_slist_append(NULL, recipients[number % readers]);
        curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, recipient);
        offset = 0;
        if (curl_easy_perform(easy)) atomic_fetch_add(&failed, 1);
        curl_slist_free_all(recipient);
    }
    curl_easy_cleanup(easy);
    return NULL;
}

int main(int words, char **word) {
    if (words != 6 && words != 8) stop("usage", "mail URL THREADS COUNT MESSAGE-FILE RECIPIENTS-FILE [USER:PASSWORD CA-FILE]");
    long threads = atol(word[2]);
    url = word[1], count = atol(word[3]), message = contents(word[4], &length);
    long size;
    char *text = contents(word[5], &size);
    recipients = malloc((size_t)size * sizeof *recipients);
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) recipients[readers++] = line;
    if (!readers) stop("mail", "no recipients");
    if (words == 8) login = word[6], authority = word[7];
    curl_global_init(CURL_GLOBAL_DEFAULT);
    pthread_t lanes[64];
    if (threads < 1 || threads > 64) stop("mail", "1 to 64 threads");
    double wall = monotonic(), cpu = processor();
    for (long i = 0; i < threads; i++) pthread_create(&lanes[i], NULL, lane, NULL);
    for (long i = 0; i < threads; i++) pthread_join(lanes[i], NULL);
    wall = monotonic() - wall, cpu = processor() - cpu;
    printf("{\"count\":%ld,\"failed\":%ld,\"wall_s\":%.4f,\"per_s\":%.1f,\"cpu_us\":%.2f,\"rss_kb\":%ld}\n", count,
        atomic_load(&failed), wall, (double)count / wall, cpu / (double)count * 1e6, resident());
    return atomic_load(&failed) != 0;
}
