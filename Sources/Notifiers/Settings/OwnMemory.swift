import CLinux
import Foundation

/// Protects the memory of this process, which contains secrets after the first lookup of a secret.
package enum OwnMemory {
    /// Turns core dumps off, because a dump would contain the secrets.
    ///
    /// A size limit of 0 is not enough, because the kernel ignores the limit if it pipes the dump
    /// to a program. `linux_hide_memory` prevents such a dump. The systemd unit also sets
    /// `LimitCORE=0`, because a sandbox may refuse `setrlimit`.
    package static let hide: Void = {
        linux_hide_memory()
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        _ = setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    }()

    package static var isHidden: Bool {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
        return linux_memory_is_hidden() == 1 && limit.rlim_cur == 0 && limit.rlim_max == 0
    }
}
