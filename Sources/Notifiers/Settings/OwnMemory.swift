import CLinux
import Foundation

/// The memory of this process, which holds secrets from the first one that is looked up on.
package enum OwnMemory {
    /// From here on there are no core dumps, for they would hold them. The unit says so too (`LimitCORE=0`), for where a sandbox
    /// refuses the second call; the first holds where dumps go to a program, whatever the limit.
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
