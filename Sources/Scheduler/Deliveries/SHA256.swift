import CCrypto

/// SHA-256 (FIPS 180-4), computed by OpenSSL's libcrypto.
package enum SHA256 {
    /// Returns the 32 bytes of the digest.
    package static func digest(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { digest, count in
            crypto_sha256(bytes, bytes.count, digest.baseAddress)
            count = 32
        }
    }
}
