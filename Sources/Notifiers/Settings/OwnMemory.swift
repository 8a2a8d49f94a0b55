import CLinux
import Foundation

/// Protects the memory of this process, which contains secrets after the first lookup.
package enum OwnMemory {
    /// Turns core dumps off, because a dump would contain the secrets.
    ///
    /// The size limit of 0 is not enough, because a dump that is piped to a program ignores it;
    /// `linux_hide_memory` prevents that dump. The unit also sets `LimitCORE=0`, because a sandbox
    /// may refuse `setrlimit`.
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
