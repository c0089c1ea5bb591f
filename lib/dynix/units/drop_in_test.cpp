#include "dynix/units/drop_in.hpp"

#include "dynix/base/file.hpp"
#include "dynix/test.hpp"

#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>

using namespace dynix;
using namespace dynix::units;

namespace {

unit_file unit(std::string_view text) {
    auto parsed = parse_unit(text, "x.service");
    REQUIRE_MESSAGE(parsed, render(parsed.error()));
    return *parsed;
}

// The drop-in without its header, or the refusals.
std::string shown(std::string_view before, std::string_view after) {
    auto const made = make_drop_in(unit(before), unit(after));
    if (!made.refusals.empty()) {
        std::string out;
        for (auto const& one : made.refusals)
            out += fmt::format("refused [{}] {}: {}\n", one.section, one.key, one.reason);
        CHECK(made.text.empty());
        return out;
    }
    auto const begin = made.text.find('[');
    return begin == std::string::npos ? made.text : made.text.substr(begin);
}

} // namespace

// Each folder of testdata/drop-in holds static, dynamic and expected. With DYNIX_ACCEPT set in the
// environment the expected files are written anew.
TEST_CASE("drop-ins of recorded units") {
    namespace fs = std::filesystem;
    std::size_t count = 0;
    for (auto const& entry :
         fs::directory_iterator(DYNIX_SOURCES "/lib/dynix/units/testdata/drop-in")) {
        auto const folder = entry.path().string();
        CAPTURE(folder);
        auto const before = read_file(folder + "/static");
        auto const after = read_file(folder + "/dynamic");
        REQUIRE(before);
        REQUIRE(after);
        auto const made = make_drop_in(unit(*before), unit(*after));
        auto const text = made.refusals.empty()
                              ? made.text
                              : render(refused(entry.path().filename().string(), made.refusals));
        if (std::getenv("DYNIX_ACCEPT"))
            REQUIRE(replace_file(folder + "/expected", text));
        auto const expected = read_file(folder + "/expected");
        REQUIRE(expected);
        CHECK(text == *expected);
        ++count;
    }
    CHECK(count >= 5);
}

TEST_CASE("the first lines say who wrote it and how to get rid of it") {
    auto const made = make_drop_in(unit("[Service]\nA=1"), unit("[Service]\nA=1\nExecStart=/b"));
    CHECK(made.text.starts_with("# Written by dynix"));
    CHECK(made.text.find("'dynix reset'") < made.text.find('['));
}

TEST_CASE("differences that a drop-in can express") {
    struct {
        std::string_view before;
        std::string_view after;
        std::string_view text;
    } const table[] = {
        {"", "", ""},
        {"[Service]\nExecStart=/a\n", "# c\n[Service]\nExecStart = /a", ""},
        {"[Service]\nExecStart=/a\n", "[Service]\nExecStart=/b\n",
         "[Service]\nExecStart=\nExecStart=/b\n"},
        {"[Service]\nExecStart=/a\nExecStart=/b", "[Service]\nExecStart=/b\nExecStart=/a",
         "[Service]\nExecStart=\nExecStart=/b\nExecStart=/a\n"},
        {"[Service]\nEnvironment=A=1\nEnvironment=B=2\n", "[Service]\nEnvironment=A=1\n",
         "[Service]\nEnvironment=\nEnvironment=A=1\n"},
        {"[Service]\nEnvironment=A=1\n", "[Service]\n", "[Service]\nEnvironment=\n"},
        {"[Service]\nRestart=no\n", "[Service]\nRestart=always\n", "[Service]\nRestart=always\n"},
        {"[Service]\nRestart=always\n", "[Service]\n", "[Service]\nRestart=no\n"},
        {"[Service]\nUser=a\n", "[Service]\n", "[Service]\nUser=\n"},
        // only the last assignment of a scalar counts
        {"[Service]\nNice=1\nNice=5\n", "[Service]\nNice=5\n", ""},
        {"[Service]\n", "[Service]\nNice=1\nNice=7\n", "[Service]\nNice=7\n"},
        // TimeoutSec sets TimeoutStartSec: the group is replayed in its order
        {"[Service]\nTimeoutSec=9\nTimeoutStartSec=5\n",
         "[Service]\nTimeoutSec=8\nTimeoutStartSec=5\n",
         "[Service]\nTimeoutSec=8\nTimeoutStartSec=5\n"},
        // CPUSchedulingPolicy changes CPUSchedulingPriority
        {"[Service]\nCPUSchedulingPolicy=fifo\nCPUSchedulingPriority=20\n",
         "[Service]\nCPUSchedulingPolicy=batch\nCPUSchedulingPriority=20\n",
         "[Service]\nCPUSchedulingPolicy=batch\nCPUSchedulingPriority=20\n"},
        // shared lists
        {"[Unit]\nConditionPathExists=/a\nConditionUser=root\n", "[Unit]\nConditionUser=root\n",
         "[Unit]\nConditionUser=\nConditionUser=root\n"},
        {"[Socket]\nListenStream=1\nListenDatagram=2\n",
         "[Socket]\nListenStream=3\nListenDatagram=2\n",
         "[Socket]\nListenStream=\nListenStream=3\nListenDatagram=2\n"},
        {"[Service]\nLoadCredential=a:/a\nLoadCredentialEncrypted=b:/b\n",
         "[Service]\nLoadCredentialEncrypted=b:/b\n",
         "[Service]\nLoadCredentialEncrypted=\nLoadCredentialEncrypted=b:/b\n"},
        // the empty bounding set means no capabilities, so its reset is "~"
        {"[Service]\n", "[Service]\nCapabilityBoundingSet=\n",
         "[Service]\nCapabilityBoundingSet=~\nCapabilityBoundingSet=\n"},
        {"[Service]\nCapabilityBoundingSet=\n", "[Service]\n",
         "[Service]\nCapabilityBoundingSet=~\n"},
        {"[Service]\nCapabilityBoundingSet=A\n", "[Service]\nCapabilityBoundingSet=~B\n",
         "[Service]\nCapabilityBoundingSet=~\nCapabilityBoundingSet=~B\n"},
        // systemd takes back the mode of directories when their list is cleared
        {"[Service]\nStateDirectory=a\nStateDirectoryMode=0700\n",
         "[Service]\nStateDirectory=a b\nStateDirectoryMode=0700\n",
         "[Service]\nStateDirectory=\nStateDirectory=a b\nStateDirectoryMode=0700\n"},
        {"[Service]\nLogsDirectoryMode=0700\n",
         "[Service]\nLogsDirectoryMode=0700\nLogsDirectory=a",
         "[Service]\nLogsDirectory=\nLogsDirectoryMode=0700\nLogsDirectory=a\n"},
        {"[Service]\nCacheDirectory=a\nCacheDirectoryMode=0700\n", "[Service]\nCacheDirectory=a\n",
         "[Service]\nCacheDirectory=\nCacheDirectoryMode=0755\nCacheDirectory=a\n"},
        {"[Service]\nCacheDirectory=a\nCacheDirectoryMode=0700\n",
         "[Service]\nCacheDirectoryMode=0711\n",
         "[Service]\nCacheDirectory=\nCacheDirectoryMode=0711\n"},
        {"[Service]\nRuntimeDirectoryMode=0700\n", "[Service]\nRuntimeDirectoryMode=0711\n",
         "[Service]\nRuntimeDirectoryMode=0711\n"},
        {"[Service]\nRuntimeDirectoryMode=0700\n", "[Service]\n",
         "[Service]\nRuntimeDirectoryMode=0755\n"},
        // nobody's directive has the name of a group
        {"[Service]\nCacheDirectory=a\ncache-directory=b\n", "[Service]\nCacheDirectory=a\n",
         "[Service]\nCacheDirectory=\nCacheDirectory=a\n"},
        // dependencies add up
        {"[Unit]\nAfter=a.service b.service\n",
         "[Unit]\nAfter=b.service c.service\nAfter=a.service\n", "[Unit]\nAfter=c.service\n"},
        {"[Unit]\nAfter=a.service b.service\n", "[Unit]\nAfter=b.service\nAfter=a.service\n", ""},
        // and a quoted one has spaces in it
        {"[Unit]\nRequiresMountsFor=/a\n",
         "[Unit]\nRequiresMountsFor=/a\nRequiresMountsFor=\"/z /y /x\"",
         "[Unit]\nRequiresMountsFor=\"/z /y /x\"\n"},
        // what systemd does not look at
        {"[Unit]\nX-Other=/a\n[X-Y]\nA=1", "[Unit]\nX-Other=/b\n", ""},
        // what only a switch looks at: it would restart the unit
        {"[Unit]\nX-Restart-Triggers=/a\n", "[Unit]\nX-Restart-Triggers=/b\n",
         "[Unit]\nX-Restart-Triggers=\nX-Restart-Triggers=/b\n"},
        {"[Unit]\nX-Restart-Triggers=/a\n", "[Unit]\n", "[Unit]\nX-Restart-Triggers=\n"},
        {"[Unit]\nDescription=a\n[Service]\nExecStart=/a\n",
         "[Unit]\nDescription=b\n[Service]\nExecStart=/b\n",
         "[Unit]\nDescription=b\n\n[Service]\nExecStart=\nExecStart=/b\n"},
    };
    for (auto const& [before, after, text] : table) {
        auto const& this_before = before; // clang 14 captures no structured binding
        CAPTURE(this_before);
        auto const& this_after = after; // clang 14 captures no structured binding
        CAPTURE(this_after);
        CHECK(shown(before, after) == text);
    }
}

TEST_CASE("differences that a drop-in cannot express are refused by name") {
    struct {
        std::string_view before;
        std::string_view after;
        std::string_view refusals;
    } const table[] = {
        {"[Unit]\nAfter=a.service b.service\n", "[Unit]\nAfter=b.service\n",
         "refused [Unit] After: a drop-in can only add to it, not remove 'a.service'\n"},
        {"[Unit]\n", "[Unit]\nRequires=b.service\n",
         "refused [Unit] Requires: it starts, stops or orders other units, which the plan does not "
         "act on\n"},
        {"[Install]\nWantedBy=a.target\n", "[Install]\n",
         "refused [Install] WantedBy: [Install] takes effect when a unit is enabled, which only a "
         "switch does\n"},
        {"[Service]\nLimitNOFILE=5\n", "[Service]\n",
         "refused [Service] LimitNOFILE: it is removed, and a drop-in cannot bring its default "
         "back\n"},
        {"[Service]\nTimeoutSec=5\nTimeoutStopSec=1\n", "[Service]\nTimeoutStopSec=1\n",
         "refused [Service] TimeoutSec: it is removed, and a drop-in cannot bring its default "
         "back\n"},
        {"[Service]\nExecStart=/a\n", "[Service]\nExecStart=/b\nNewThing=1\n",
         "refused [Service] NewThing: dynix does not know what a drop-in can do to this "
         "directive\n"},
        {"[Mount]\nWhat=/a\n", "[Mount]\nWhat=/b\n",
         "refused [Mount] What: dynix does not know what a drop-in can do to this directive\n"},
        {"[Service]\nSlice=a.slice\n", "[Service]\nSlice=b.slice\n",
         "refused [Service] Slice: the unit would have to move to another control group\n"},
    };
    for (auto const& [before, after, refusals] : table) {
        auto const& this_before = before; // clang 14 captures no structured binding
        CAPTURE(this_before);
        auto const& this_after = after; // clang 14 captures no structured binding
        CAPTURE(this_after);
        CHECK(shown(before, after) == refusals);
    }
}
