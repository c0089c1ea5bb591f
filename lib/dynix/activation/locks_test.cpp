#include "dynix/activation/locks.hpp"

#include "dynix/base/test_folder.hpp"
#include "dynix/host/program_lock.hpp"
#include "dynix/test.hpp"

#include <chrono>
#include <doctest/doctest.h>
#include <functional>
#include <future>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace dynix;
using namespace dynix::activation;
using namespace std::chrono_literals;

namespace {

struct locks_of_a_machine {
    test_folder folder{};
    host::paths where{.root = folder.path("")};
    host::system_clock time{};

    result<held_locks> take_both(
        host::milliseconds patience, std::function<void(std::string const& whom)> on_wait = {}) {
        std::vector<phase_time> times;
        phases waits(
            time,
            [&](progress const& now) {
                if (on_wait && !now.detail.empty())
                    on_wait(now.detail);
            },
            times);
        return take_locks(where, true, patience, waits);
    }
    result<file_lock> ours(host::milliseconds patience) const {
        return host::take_program_lock(where, where.lock(), "another dynix", patience, {});
    }
    result<file_lock> of_switch() const {
        return host::take_program_lock(where, where.switch_lock(), "a NixOS switch", 0ms, {});
    }
};

} // namespace

TEST_CASE("both locks are held, and one that is not there in time is an error that names it") {
    locks_of_a_machine m;
    auto const both = m.take_both(0ms);
    REQUIRE(both);
    CHECK(both->ours);
    CHECK(both->of_switch);
    CHECK(!m.ours(0ms));
    CHECK(!m.of_switch());
    auto const again = m.take_both(30ms);
    REQUIRE(!again);
    CHECK(again.error().message.starts_with("another dynix is running: "));
}

TEST_CASE("who waits for a switch does not hold up what the switch itself waits for") {
    locks_of_a_machine m;
    std::optional theirs(m.of_switch());
    REQUIRE(*theirs);
    SUBCASE("until it has ended") {
        std::promise<std::string> waits;
        auto waiting = std::async(std::launch::async, [&] {
            return m.take_both(300s, [&, told = false](std::string const& whom) mutable {
                if (!std::exchange(told, true))
                    waits.set_value(whom);
            });
        });
        CHECK(waits.get_future().get().starts_with("a NixOS switch, "));
        {
            auto const revert = m.ours(60s);
            CHECK(revert);
            theirs.reset();
        }
        auto const both = waiting.get();
        REQUIRE(both);
        CHECK(both->ours);
        CHECK(both->of_switch);
    }
    SUBCASE("or for too long") {
        auto const late = m.take_both(30ms);
        REQUIRE(!late);
        CHECK(late.error().message.starts_with("a NixOS switch is running: "));
        CHECK(m.ours(0ms));
    }
}
