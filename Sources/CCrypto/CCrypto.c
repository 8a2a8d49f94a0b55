#include "CCrypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <pthread.h>
#include <stdlib.h>

static EVP_MD *sha256;
static pthread_once_t once = PTHREAD_ONCE_INIT;

// Fetched once, because EVP_sha256() searches for the algorithm at each use.
static void fetch(void) { sha256 = EVP_MD_fetch(NULL, "SHA256", NULL); }

static const EVP_MD *fetched(void) {
    pthread_once(&once, fetch);
    if (sha256 == NULL) abort();
    return sha256;
}

void crypto_sha256(const void *bytes, size_t count, uint8_t digest[32]) {
    if (EVP_Digest(bytes, count, digest, NULL, fetched(), NULL) != 1) abort();
}

void crypto_hmac_sha256(const void *key, size_t key_count, const void *bytes, size_t count, uint8_t mac[32]) {
    unsigned int length = 32;
    if (HMAC(fetched(), key, (int)key_count, bytes, count, mac, &length) == NULL) abort();
}

int crypto_is_equal(const void *a, const void *b, size_t count) { return CRYPTO_memcmp(a, b, count) == 0; }
