// libcurl for Swift. Swift cannot call variadic C functions, so each kind of option value has one
// inline function here. Nothing else belongs in this file.
#ifndef REMINDD_CCURL_H
#define REMINDD_CCURL_H
#include <curl/curl.h>

typedef size_t (*curl_shim_read)(char *to, size_t size, size_t count, void *context);
typedef size_t (*curl_shim_write)(char *from, size_t size, size_t count, void *context);
typedef int (*curl_shim_seek)(void *context, curl_off_t offset, int origin);
typedef int (*curl_shim_progress)(void *context, curl_off_t, curl_off_t, curl_off_t, curl_off_t);
typedef int (*curl_shim_resolver_start)(void *resolver, void *reserved, void *context);
typedef int (*curl_shim_ready)(void *context, char *remote, char *local, int remote_port, int local_port);
typedef curl_socket_t (*curl_shim_open)(void *context, curlsocktype purpose, struct curl_sockaddr *address);
typedef int (*curl_shim_close)(void *context, curl_socket_t socket);

// curl_easy_setopt, one function for each kind of value.
static inline CURLcode curl_shim_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode curl_shim_set_size(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode curl_shim_set_string(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode curl_shim_set_pointer(CURL *easy, CURLoption option, void *value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode curl_shim_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode curl_shim_set_read(CURL *easy, curl_shim_read function) {
    return curl_easy_setopt(easy, CURLOPT_READFUNCTION, function);
}
static inline CURLcode curl_shim_set_write(CURL *easy, CURLoption option, curl_shim_write function) {
    return curl_easy_setopt(easy, option, function);
}
static inline CURLcode curl_shim_set_seek(CURL *easy, curl_shim_seek function) {
    return curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, function);
}
static inline CURLcode curl_shim_set_progress(CURL *easy, curl_shim_progress function) {
    return curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, function);
}
static inline CURLcode curl_shim_set_resolver_start(CURL *easy, curl_shim_resolver_start function) {
    return curl_easy_setopt(easy, CURLOPT_RESOLVER_START_FUNCTION, function);
}
static inline CURLcode curl_shim_set_ready(CURL *easy, curl_shim_ready function) {
    return curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, function);
}
static inline CURLcode curl_shim_set_open(CURL *easy, curl_shim_open function) {
    return curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, function);
}
static inline CURLcode curl_shim_set_close(CURL *easy, curl_shim_close function) {
    return curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, function);
}

// curl_easy_getinfo and curl_multi_setopt.
static inline CURLcode curl_shim_get_pointer(CURL *easy, CURLINFO info, void **value) {
    return curl_easy_getinfo(easy, info, value);
}
static inline CURLcode curl_shim_get_long(CURL *easy, CURLINFO info, long *value) {
    return curl_easy_getinfo(easy, info, value);
}
static inline CURLMcode curl_shim_set_multi_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}
// The result of a finished transfer is in a union, which Swift imports poorly.
static inline CURLcode curl_shim_result(const CURLMsg *message) { return message->data.result; }

#endif
