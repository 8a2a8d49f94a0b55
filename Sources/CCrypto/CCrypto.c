#include "CCrypto.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <pthread.h>
#include <stdlib.h>

// The contexts of one thread. They are used again, because making one takes longer than hashing a
// message.
typedef struct {
    EVP_MD_CTX *digest;
    EVP_MAC_CTX *mac;
} Contexts;

static EVP_MD *sha256;
static EVP_MAC *hmac;
static pthread_key_t contexts;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void discard(void *value) {
    Contexts *own = value;
    EVP_MD_CTX_free(own->digest);
    EVP_MAC_CTX_free(own->mac);
    free(own);
}

// Fetched once, because EVP_sha256() and HMAC() search for the algorithm at each use.
static void fetch(void) {
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    if (sha256 == NULL || hmac == NULL || pthread_key_create(&contexts, discard) != 0) abort();
}

static Contexts *own(void) {
    pthread_once(&once, fetch);
    Contexts *own = pthread_getspecific(contexts);
    if (own != NULL) return own;
    own = malloc(sizeof *own);
    if (own == NULL) abort();
    own->digest = EVP_MD_CTX_new();
    own->mac = EVP_MAC_CTX_new(hmac);
    char name[] = "SHA256";
    OSSL_PARAM settings[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0), OSSL_PARAM_construct_end()};
    if (own->digest == NULL || own->mac == NULL || EVP_DigestInit_ex2(own->digest, sha256, NULL) != 1
        || EVP_MAC_CTX_set_params(own->mac, settings) != 1 || pthread_setspecific(contexts, own) != 0)
        abort();
    return own;
}

void crypto_sha256(const void *bytes, size_t count, uint8_t digest[32]) {
    EVP_MD_CTX *context = own()->digest;
    // Without an algorithm, the context keeps the one that it has.
    if (EVP_DigestInit_ex2(context, NULL, NULL) != 1 || EVP_DigestUpdate(context, bytes, count) != 1
        || EVP_DigestFinal_ex(context, digest, NULL) != 1)
        abort();
}

void crypto_hmac_sha256(const void *key, size_t key_count, const void *bytes, size_t count, uint8_t mac[32]) {
    EVP_MAC_CTX *context = own()->mac;
    size_t length = 0;
    // With NULL instead of a key, the context would keep the key of the previous call.
    if (EVP_MAC_init(context, key_count > 0 ? key : "", key_count, NULL) != 1 || EVP_MAC_update(context, bytes, count) != 1
        || EVP_MAC_final(context, mac, &length, 32) != 1 || length != 32)
        abort();
}

int crypto_is_equal(const void *a, const void *b, size_t count) { return CRYPTO_memcmp(a, b, count) == 0; }
