// The protocol between a caller and its worker. The worker is a thread here, with the socket that
// systemd would give it.
#include "dynix/activation/detached.hpp"

#include "dynix/activation/fakes/fake_machine.hpp"

#include "dynix/test.hpp"

#include <array>
#include <atomic>
#include <optional>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

using namespace dynix;
using namespace dynix::activation;

namespace {

constexpr char const* worker_unit = "dynix-activation-1.service";

struct detached_fixture {
    detached_fixture() {
        work.service.name = worker_unit;
        work.look_interval = host::milliseconds(5);
        m.units.on_transient = [this](host::transient_service const& what) -> result<void> {
            socket = ::dup(what.in);
            m.units.units[what.name].status.active_state = "active";
            if (act)
                thread = std::thread([this] { act(socket); });
            return {};
        };
    }
    ~detached_fixture() {
        if (thread.joinable())
            thread.join();
        if (socket >= 0)
            ::close(socket);
    }

    detached_outcome run() { return run_detached(work, m.units); }

    fake_machine m;
    detached_work work;
    std::function<void(int socket)> act; // what the worker does
    std::thread thread;
    int socket = -1;
};

} // namespace

TEST_CASE_FIXTURE(detached_fixture, "the worker works, and its exit code arrives") {
    for (auto const code : {exit_code::done, exit_code::refused, exit_code::failed_left}) {
        CAPTURE(to_string(code));
        detached_fixture one;
        one.act = [&](int at) {
            detached_worker worker(at);
            if (worker.begin() && !worker.stop_requested() && !worker.caller_is_gone())
                worker.ended(code);
        };
        auto const found = one.run();
        CHECK(found.how == detached_end::ended);
        CHECK(found.code == code);
    }
}

TEST_CASE_FIXTURE(detached_fixture, "systemd tells nobody here of the worker's changes") {
    // A change of a unit is told to all connections, before systemd goes on with its work.
    act = [](int at) {
        detached_worker worker(at);
        if (worker.begin())
            worker.ended(exit_code::done);
    };
    CHECK(run().how == detached_end::ended);
    REQUIRE_FALSE(m.units.calls.empty());
    CHECK(m.units.calls.back() == "disconnect");
}

TEST_CASE_FIXTURE(detached_fixture, "the worker reads the input before it asks") {
    work.input = std::string(1'000'000, 'x');
    std::optional<std::string> read;
    act = [&](int at) {
        detached_worker worker(at);
        read = worker.input();
        if (worker.begin())
            worker.ended(exit_code::done);
    };
    CHECK(run().how == detached_end::ended);
    thread.join();
    CHECK(read == work.input);
    CHECK_FALSE(detached_worker(STDIN_FILENO).input());
}

TEST_CASE_FIXTURE(
    detached_fixture, "a caller that does the work itself: the worker, late, does not") {
    work.begin_patience = host::milliseconds(0);
    auto const found = run();
    CHECK(found.how == detached_end::not_begun);
    CHECK(found.why.message == "'dynix-activation-1.service' did not come up");
    CHECK_FALSE(detached_worker(socket).begin());
}

TEST_CASE_FIXTURE(detached_fixture, "systemd cannot start it") {
    m.units.on_transient = [this](host::transient_service const& what) -> result<void> {
        socket = ::dup(what.in);
        return make_error("no");
    };
    auto const found = run();
    CHECK(found.how == detached_end::not_begun);
    CHECK(found.why.message == "no");
    // Its answer may have been lost on the way.
    CHECK_FALSE(detached_worker(socket).begin());
}

TEST_CASE("a caller that is gone without an answer cannot do the work: the worker does") {
    for (bool const before : {true, false}) {
        CAPTURE(before);
        std::array<int, 2> ends{};
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
        detached_worker worker(ends[1]);
        std::thread caller;
        if (before)
            ::close(ends[0]);
        else
            caller = std::thread([&] {
                char word = 0;
                static_cast<void>(!::read(ends[0], &word, 1));
                ::close(ends[0]);
            });
        CHECK(worker.begin());
        CHECK(worker.caller_is_gone());
        CHECK_FALSE(worker.stop_requested());
        if (caller.joinable())
            caller.join();
        ::close(ends[1]);
    }
}

TEST_CASE("there never was a caller") {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    CHECK_FALSE(detached_worker(ends[0]).begin());
    ::close(ends[0]);
    ::close(ends[1]);
}

TEST_CASE_FIXTURE(detached_fixture, "a signal at the caller asks the worker to stop") {
    int told = 0;
    work.stop_requested = [] { return true; };
    work.on_stop = [&] { ++told; };
    act = [](int at) {
        detached_worker worker(at);
        if (!worker.begin())
            return;
        while (!worker.stop_requested())
            std::this_thread::yield();
        worker.ended(exit_code::failed_restored);
    };
    auto const found = run();
    CHECK(found.how == detached_end::ended);
    CHECK(found.code == exit_code::failed_restored);
    CHECK(told == 1);
}

TEST_CASE_FIXTURE(
    detached_fixture, "a caller whose own unit is stopped leaves, and the worker works on") {
    m.units.own_unit = "webhook.service";
    m.units.units["webhook.service"].status.active_state = "deactivating";
    work.stop_requested = [] { return true; };
    auto const found = run();
    CHECK(found.how == detached_end::left);
    CHECK(found.why.message == "the unit that this command runs in is being stopped");
    detached_worker worker(socket);
    CHECK(worker.begin());
    CHECK(worker.caller_is_gone());
    CHECK_FALSE(worker.stop_requested());
}

TEST_CASE("a caller that is hung up leaves, and the worker works on, also one that begins then") {
    for (bool const begun : {true, false}) {
        CAPTURE(begun);
        detached_fixture it;
        std::atomic<bool> has_begun = false;
        std::atomic<bool> is_over = false;
        bool works = false;
        bool asked_to_stop = false;
        it.work.leave_requested = [&] { return !begun || has_begun; };
        it.act = [&](int at) {
            if (!begun)
                while (!is_over)
                    std::this_thread::yield();
            detached_worker worker(at);
            works = worker.begin();
            has_begun = true;
            while (!worker.caller_is_gone())
                std::this_thread::yield();
            asked_to_stop = worker.stop_requested();
        };
        auto const found = it.run();
        is_over = true;
        it.thread.join();
        CHECK(found.how == detached_end::left);
        CHECK(found.why.message == "this command was hung up");
        CHECK(works);
        CHECK_FALSE(asked_to_stop);
    }
}

TEST_CASE_FIXTURE(detached_fixture, "a worker that is killed") {
    // systemd holds a copy of the socket, so only the state of the unit tells.
    act = [](int at) {
        detached_worker worker(at);
        static_cast<void>(worker.begin());
    };
    m.units.fails = [this](std::string const& call) {
        if (call == std::string("run of ") + worker_unit)
            m.units.units[worker_unit].status.active_state = "failed";
        return false;
    };
    auto const found = run();
    CHECK(found.how == detached_end::lost);
    CHECK(found.why.message == "the activation was ended before it could say how it went");
    CHECK(m.units.calls.back() == "disconnect");
}
