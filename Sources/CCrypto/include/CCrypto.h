// SHA-256 and HMAC-SHA256 from OpenSSL's libcrypto, which libcurl loads anyway.
#ifndef REMINDD_CCRYPTO_H
#define REMINDD_CCRYPTO_H
#include <stddef.h>
#include <stdint.h>

/// Computes the SHA-256 of `count` bytes (FIPS 180-4).
///
/// Aborts the process if libcrypto fails, which only happens without memory.
void crypto_sha256(const void *bytes, size_t count, uint8_t digest[32]);
/// Computes the HMAC-SHA256 of `count` bytes (RFC 2104). Aborts as `crypto_sha256` does.
void crypto_hmac_sha256(const void *key, size_t key_count, const void *bytes, size_t count, uint8_t mac[32]);
/// Whether two texts of `count` bytes are equal, in a time independent of where they differ.
int crypto_is_equal(const void *a, const void *b, size_t count);
#endif
