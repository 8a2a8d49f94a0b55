/* Measures how many webhooks a second libcurl's multi interface sends.
 *
 *   webhook URL CONNECTIONS COUNT BODY-FILE
 *
 * Nothing is stored, rendered or signed. One thread has CONNECTIONS requests in progress on kept
 * connections. Every request has the same header fields as remindd's. */
#include "yardstick.h"
#include <curl/curl.h>

static char *body;
static long length, count, started, ended, failed;
static struct curl_slist *headers;
static CURLM *multi;

static size_t swallow(char *bytes, size_t size, size_t number, void *context) {
    (void)bytes, (void)context;
    return size * number;
}

static void begin(CURL *easy) {
    started++;
    if (curl_multi_add_handle(multi, easy)) stop("webhook", "a request cannot be added");
}

static CURL *request(const char *url) {
    CURL *easy = curl_easy_init();
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, length);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, swallow);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 30000L);
    return easy;
}

static void collect(void) {
    int left;
    CURLMsg *message;
    while ((message = curl_multi_info_read(multi, &left))) {
        if (message->msg != CURLMSG_DONE) continue;
        CURL *easy = message->easy_handle;
        long status = 0;
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        if (message->data.result || status / 100 != 2) failed++;
        ended++;
        curl_multi_remove_handle(multi, easy);
        if (started < count) begin(easy);
    }
}

int main(int words, char **word) {
    if (words != 5) stop("usage", "webhook URL CONNECTIONS COUNT BODY-FILE");
    long connections = atol(word[2]);
    count = atol(word[3]);
    body = contents(word[4], &length);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    multi = curl_multi_init();
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, connections + 8);
    const char *lines[] = {"content-type: application/json; charset=utf-8", "user-agent: yardstick/1",
        "webhook-id: abcdefghijklmnopqrstuvwxyz", "webhook-timestamp: 1800000000",
        "webhook-signature: v1,0123456789012345678901234567890123456789012=", "Expect:"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) headers = curl_slist_append(headers, lines[i]);
    double wall = monotonic(), cpu = processor();
    for (long i = 0; i < connections && i < count; i++) begin(request(word[1]));
    int running;
    while (ended < count) {
        curl_multi_perform(multi, &running);
        collect();
        if (ended < count) curl_multi_poll(multi, NULL, 0, 1000, NULL);
    }
    wall = monotonic() - wall, cpu = processor() - cpu;
    printf("{\"count\":%ld,\"failed\":%ld,\"wall_s\":%.4f,\"per_s\":%.1f,\"cpu_us\":%.2f,\"rss_kb\":%ld}\n", count, failed, wall,
        (double)count / wall, cpu / (double)count * 1e6, resident());
    return failed != 0;
}
