// From the man pages systemd.unit(5), systemd.service(5), systemd.exec(5), systemd.kill(5),
// systemd.resource-control(5), systemd.socket(5), systemd.timer(5) and systemd.path(5) of systemd
// 252 to 257. A directive that is not here is refused when it changes: better an apply that says no
// than a unit that runs with something else.
//
// "list" is what the pages call "may be specified more than once ... if the empty string is
// assigned, the list is reset". The value after a scalar is its documented default where that is
// the same on every system, or "" where the empty assignment resets it; no value means that the
// default depends on system.conf or on other directives, so that only a full rebuild can remove it.
#include "dynix/units/directives.hpp"

#include <array>

namespace dynix::units {
namespace {

constexpr directive list{directive_kind::list, "", "", ""};
constexpr directive additive{directive_kind::additive, nullptr, "", ""};
// systemd does not look at them, but a switch does: a change of theirs restarts or reloads the unit
// (NixOS manual, restartTriggers and reloadTriggers). In the drop-in they are its mark.
constexpr directive triggers = list;
constexpr directive ignored{directive_kind::ignored, nullptr, "", ""};
constexpr directive scalar{directive_kind::scalar, nullptr, "", ""};

constexpr directive scalar_or(char const* unset) {
    return {directive_kind::scalar, unset, "", ""};
}
constexpr directive list_of(std::string_view group, char const* unset = "") {
    return {directive_kind::list, unset, group, ""};
}
constexpr directive scalars_of(std::string_view group, char const* unset = nullptr) {
    return {directive_kind::scalar, unset, group, ""};
}
constexpr directive fixed(std::string_view reason) {
    return {directive_kind::fixed, nullptr, "", reason};
}

struct row {
    std::string_view sections; // separated by spaces
    std::string_view keys;     // likewise
    directive what;
};

constexpr std::string_view runs_programs = "Service Socket";
constexpr directive ties_units =
    fixed("it starts, stops or orders other units, which the plan does not act on");

constexpr row table[] = {
    // systemd.unit(5)
    {"Unit", "Description SourcePath", scalar_or("")},
    {"Unit", "Documentation", list},
    // "Dependencies cannot be reset to an empty list, so dependencies can only be added in
    // drop-ins."
    {"Unit", "After Before OnFailure OnSuccess RequiresMountsFor WantsMountsFor", additive},
    {"Unit",
     "Wants Requires Requisite BindsTo PartOf Upholds Conflicts PropagatesReloadTo "
     "ReloadPropagatedFrom PropagatesStopTo StopPropagatedFrom JoinsNamespaceOf "
     "DefaultDependencies",
     ties_units},
    {"Unit",
     "IgnoreOnIsolate StopWhenUnneeded RefuseManualStart RefuseManualStop AllowIsolate "
     "SurviveFinalKillSignal",
     scalar_or("no")},
    {"Unit", "FailureAction SuccessAction StartLimitAction JobTimeoutAction", scalar_or("none")},
    {"Unit", "CollectMode", scalar_or("inactive")},
    {"Unit",
     "OnFailureJobMode OnSuccessJobMode FailureActionExitStatus SuccessActionExitStatus "
     "JobTimeoutSec JobRunningTimeoutSec JobTimeoutRebootArgument StartLimitIntervalSec "
     "StartLimitBurst RebootArgument",
     scalar},

    // systemd.service(5)
    {"Service", "ExecCondition ExecStart ExecReload ExecReloadPost ExecStop", list},
    {runs_programs, "ExecStartPre ExecStartPost ExecStopPost", list},
    {"Service", "RestartPreventExitStatus RestartForceExitStatus SuccessExitStatus OpenFile", list},
    {"Service", "RemainAfterExit RootDirectoryStartOnly NonBlocking Restart", scalar_or("no")},
    {"Service", "GuessMainPID", scalar_or("yes")},
    {"Service", "ExitType", scalar_or("main")},
    {"Service", "RestartMode", scalar_or("normal")},
    {"Service", "ReloadSignal", scalar_or("SIGHUP")},
    {"Service", "RestartSteps WatchdogSec RuntimeRandomizedExtraSec FileDescriptorStoreMax",
     scalar_or("0")},
    {"Service", "RuntimeMaxSec RestartMaxDelaySec", scalar_or("infinity")},
    {"Service", "FileDescriptorStorePreserve", scalar_or("restart")},
    // TimeoutSec= sets the other two, so their order counts.
    {"Service", "TimeoutSec TimeoutStartSec TimeoutStopSec", scalars_of("timeout")},
    {"Service",
     "Type PIDFile BusName RestartSec TimeoutAbortSec TimeoutStartFailureMode "
     "TimeoutStopFailureMode NotifyAccess OOMPolicy",
     scalar},
    {"Service", "Sockets", ties_units},

    // systemd.exec(5)
    {runs_programs, "Environment EnvironmentFile PassEnvironment UnsetEnvironment", list},
    {runs_programs, "LoadCredential LoadCredentialEncrypted", list_of("load-credential")},
    {runs_programs, "SetCredential SetCredentialEncrypted", list_of("set-credential")},
    {runs_programs, "BindPaths BindReadOnlyPaths", list_of("bind")},
    {runs_programs, "StandardInputText StandardInputData", list_of("input")},
    {runs_programs, "IOSchedulingClass IOSchedulingPriority", list_of("io-scheduling")},
    // Its reset is "~": all capabilities. The empty assignment means none.
    {runs_programs, "CapabilityBoundingSet", list_of("", "~")},
    {runs_programs,
     "ImportCredential AmbientCapabilities SecureBits SupplementaryGroups MountImages "
     "ExtensionImages ExtensionDirectories RootImageOptions CPUAffinity NUMAMask CoredumpFilter "
     "ReadWritePaths ReadOnlyPaths InaccessiblePaths ExecPaths NoExecPaths TemporaryFileSystem "
     "RestrictAddressFamilies RestrictFileSystems RestrictNamespaces SystemCallFilter "
     "SystemCallArchitectures SystemCallLog LogExtraFields LogFilterPatterns",
     list},
    {runs_programs,
     "WorkingDirectory RootDirectory RootImage User Group PAMName Personality "
     "NetworkNamespacePath IPCNamespacePath SystemCallErrorNumber LogNamespace "
     "SyslogIdentifier UtmpIdentifier",
     scalar_or("")},
    {runs_programs,
     "DynamicUser NoNewPrivileges ProtectSystem ProtectHome PrivateTmp PrivateDevices "
     "PrivateNetwork PrivateIPC PrivateUsers PrivatePIDs ProtectHostname ProtectClock "
     "ProtectKernelTunables ProtectKernelModules ProtectKernelLogs ProtectControlGroups "
     "LockPersonality MemoryDenyWriteExecute RestrictRealtime RestrictSUIDSGID RemoveIPC "
     "RuntimeDirectoryPreserve CPUSchedulingResetOnFork",
     scalar_or("no")},
    {runs_programs, "IgnoreSIGPIPE SyslogLevelPrefix", scalar_or("yes")},
    // To clear the list of directories takes back their mode, which no page says.
    {runs_programs, "RuntimeDirectory", list_of("runtime-directory")},
    {runs_programs, "RuntimeDirectoryMode", scalars_of("runtime-directory", "0755")},
    {runs_programs, "StateDirectory", list_of("state-directory")},
    {runs_programs, "StateDirectoryMode", scalars_of("state-directory", "0755")},
    {runs_programs, "CacheDirectory", list_of("cache-directory")},
    {runs_programs, "CacheDirectoryMode", scalars_of("cache-directory", "0755")},
    {runs_programs, "LogsDirectory", list_of("logs-directory")},
    {runs_programs, "LogsDirectoryMode", scalars_of("logs-directory", "0755")},
    {runs_programs, "ConfigurationDirectory", list_of("configuration-directory")},
    {runs_programs, "ConfigurationDirectoryMode", scalars_of("configuration-directory", "0755")},
    {runs_programs, "UMask", scalar_or("0022")},
    {runs_programs, "ProtectProc", scalar_or("default")},
    {runs_programs, "ProcSubset", scalar_or("all")},
    {runs_programs, "StandardInput", scalar_or("null")},
    {runs_programs, "UtmpMode", scalar_or("init")},
    {runs_programs, "TimeoutCleanSec", scalar_or("infinity")},
    {runs_programs,
     "MountAPIVFS SetLoginEnvironment SELinuxContext AppArmorProfile SmackProcessLabel LimitCPU "
     "LimitFSIZE LimitDATA LimitSTACK LimitCORE LimitRSS LimitNOFILE LimitAS LimitNPROC "
     "LimitMEMLOCK LimitLOCKS LimitSIGPENDING LimitMSGQUEUE LimitNICE LimitRTPRIO LimitRTTIME "
     "KeyringMode OOMScoreAdjust TimerSlackNSec Nice NUMAPolicy PrivateMounts MountFlags MemoryKSM "
     "StandardOutput "
     "StandardError LogLevelMax LogRateLimitIntervalSec LogRateLimitBurst SyslogFacility "
     "SyslogLevel TTYPath TTYReset TTYVHangup TTYRows TTYColumns TTYVTDisallocate RootHash "
     "RootHashSignature RootVerity RootEphemeral",
     scalar},

    // A policy changes the priority that is there to one that it has, so their order counts.
    {runs_programs, "CPUSchedulingPolicy CPUSchedulingPriority", scalars_of("cpu-scheduling")},

    // systemd.kill(5)
    {runs_programs, "KillMode", scalar_or("control-group")},
    {runs_programs, "KillSignal", scalar_or("SIGTERM")},
    {runs_programs, "SendSIGHUP", scalar_or("no")},
    {runs_programs, "SendSIGKILL", scalar_or("yes")},
    {runs_programs, "FinalKillSignal", scalar_or("SIGKILL")},
    {runs_programs, "WatchdogSignal", scalar_or("SIGABRT")},
    {runs_programs, "RestartKillSignal", scalar},

    // systemd.resource-control(5)
    {runs_programs,
     "IPAddressAllow IPAddressDeny IPIngressFilterPath IPEgressFilterPath BPFProgram "
     "SocketBindAllow SocketBindDeny RestrictNetworkInterfaces NFTSet DeviceAllow AllowedCPUs "
     "AllowedMemoryNodes",
     list},
    // Controllers add up, and the empty assignment means all of them.
    {runs_programs, "Delegate", list_of("", "no")},
    {runs_programs, "CPUQuota", scalar_or("")},
    // "0" is not the same as not set: the slice may have a DefaultMemoryMin=.
    {runs_programs, "MemoryMin MemoryLow", scalar},
    {runs_programs, "MemoryHigh MemoryMax MemorySwapMax MemoryZSwapMax", scalar_or("infinity")},
    {runs_programs, "DevicePolicy ManagedOOMSwap ManagedOOMMemoryPressure", scalar_or("auto")},
    {runs_programs, "ManagedOOMPreference", scalar_or("none")},
    {runs_programs, "CoredumpReceive", scalar_or("no")},
    {runs_programs,
     "CPUAccounting MemoryAccounting TasksAccounting IOAccounting IPAccounting CPUWeight "
     "StartupCPUWeight CPUQuotaPeriodSec TasksMax IOWeight "
     "StartupIOWeight DelegateSubgroup MemoryPressureWatch MemoryPressureThresholdSec "
     "ManagedOOMMemoryPressureLimit",
     scalar},
    {runs_programs, "Slice", fixed("the unit would have to move to another control group")},

    // systemd.socket(5)
    {"Socket",
     "ListenStream ListenDatagram ListenSequentialPacket ListenFIFO ListenSpecial ListenNetlink "
     "ListenMessageQueue ListenUSBFunction",
     list_of("listen")},
    {"Socket", "ExecStopPre Symlinks", list},
    {"Socket",
     "Writable FlushPending KeepAlive NoDelay ReusePort FreeBind Transparent Broadcast "
     "PassCredentials PassSecurity PassPacketInfo RemoveOnStop",
     scalar_or("no")},
    {"Socket", "SocketMode", scalar_or("0666")},
    {"Socket Path", "DirectoryMode", scalar_or("0755")},
    {"Socket", "MaxConnections", scalar_or("64")},
    {"Socket", "BindToDevice SocketUser SocketGroup", scalar_or("")},
    {"Socket",
     "SocketProtocol BindIPv6Only Backlog MaxConnectionsPerSource KeepAliveTimeSec "
     "KeepAliveIntervalSec KeepAliveProbes Priority DeferAcceptSec ReceiveBuffer SendBuffer IPTOS "
     "IPTTL Mark PipeSize MessageQueueMaxMessages MessageQueueMessageSize Timestamping "
     "TCPCongestion TimeoutSec FileDescriptorName PollLimitIntervalSec PollLimitBurst",
     scalar},
    {"Socket Path", "TriggerLimitIntervalSec TriggerLimitBurst", scalar},
    {"Socket", "Accept Service", ties_units},

    // systemd.timer(5): "If the empty string is assigned to any of these options, the list of
    // timers is reset (both monotonic timers and OnCalendar= timers)."
    {"Timer", "OnActiveSec OnBootSec OnStartupSec OnUnitActiveSec OnUnitInactiveSec OnCalendar",
     list_of("timers")},
    {"Timer", "AccuracySec", scalar}, // systemd-system.conf(5) has a default, too
    {"Timer", "RandomizedDelaySec", scalar_or("0")},
    {"Timer", "FixedRandomDelay OnClockChange OnTimezoneChange Persistent WakeSystem",
     scalar_or("no")},
    {"Timer", "RemainAfterElapse", scalar_or("yes")},
    {"Timer Path", "Unit", ties_units},

    // systemd.path(5)
    {"Path", "PathExists PathExistsGlob PathChanged PathModified DirectoryNotEmpty",
     list_of("paths")},
    {"Path", "MakeDirectory", scalar_or("no")},
};

// "If any of these options is assigned the empty string, the list of conditions is reset
// completely, all previous condition settings (of any kind) will have no effect."
constexpr directive conditions = list_of("conditions");
constexpr directive asserts = list_of("asserts");
constexpr directive installation =
    fixed("[Install] takes effect when a unit is enabled, which only a switch does");

bool has_word(std::string_view words, std::string_view wanted) {
    if (wanted.empty() || wanted.find(' ') != std::string_view::npos)
        return false;
    for (auto at = words.find(wanted); at != std::string_view::npos;
         at = words.find(wanted, at + 1)) {
        auto const end = at + wanted.size();
        if ((at == 0 || words[at - 1] == ' ') && (end == words.size() || words[end] == ' '))
            return true;
    }
    return false;
}

} // namespace

directive const* find_directive(std::string_view section, std::string_view key) {
    // Those of dynix name the files of a unit (activation/file_links.hpp).
    if (section == "Unit" && (key == "X-Restart-Triggers" || key == "X-Reload-Triggers" ||
                              (key.starts_with("X-Dynix-") && key.ends_with("-File"))))
        return &triggers;
    if (section.starts_with("X-") || key.starts_with("X-"))
        return &ignored;
    if (section == "Install")
        return &installation;
    if (section == "Unit" && key.starts_with("Condition"))
        return &conditions;
    if (section == "Unit" && key.starts_with("Assert"))
        return &asserts;
    for (auto const& one : table)
        if (has_word(one.sections, section) && has_word(one.keys, key))
            return &one.what;
    return nullptr;
}

} // namespace dynix::units
