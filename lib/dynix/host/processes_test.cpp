#include "dynix/host/processes.hpp"

#include "dynix/base/file.hpp"
#include "dynix/base/test_folder.hpp"
#include "dynix/test.hpp"

#include <algorithm>
#include <fcntl.h>
#include <filesystem>
#include <string_view>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace dynix;
using namespace dynix::host;

namespace {

// A /proc and a cgroup file system of a test's own.
class fake_kernel {
  public:
    explicit fake_kernel(std::string mounted = "") : mounted_(std::move(mounted)) {
        group("", "");
        process(1, "init", std::string("init\0", 5));
    }

    void group(std::string const& path, std::string const& pids) {
        put("/sys/fs/cgroup" + mounted_ + path + "/cgroup.procs", pids);
    }

    void process(int pid, std::string const& name, std::string const& argv) {
        auto const at = "/proc/" + std::to_string(pid);
        put(at + "/stat", std::to_string(pid) + " (" + name +
                              ") S 1 2 3 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 4711 1000 20");
        put(at + "/cmdline", argv);
        put(at + "/environ", std::string("A=1\0B=x y\0", 10));
        std::filesystem::create_symlink("/bin/" + name, folder_.path("root" + at + "/exe"));
    }

    unit_processes all_in(std::string const& group) {
        auto found = proc_processes(folder_.path("root"))->in_group(group);
        REQUIRE(found);
        std::sort(found->live.begin(), found->live.end(), [](auto const& a, auto const& b) {
            return a.pid < b.pid;
        });
        return *found;
    }

    std::vector<live_process> in(std::string const& group) { return all_in(group).live; }

    void hide(int pid) {
        std::filesystem::remove_all(folder_.path("root/proc/" + std::to_string(pid)));
    }

    seen_file seen_by(int pid, std::string const& path) {
        return proc_processes(folder_.path("root"))->file_seen_by(pid, path);
    }

    std::string path(std::string const& name) { return folder_.path("root" + name); }

    void put(std::string const& path, std::string const& text) {
        auto const whole = folder_.path("root" + path);
        std::filesystem::create_directories(std::filesystem::path(whole).parent_path());
        REQUIRE(replace_file(whole, text));
    }

  private:
    test_folder folder_;
    std::string mounted_;
};

} // namespace

TEST_CASE("all processes of a group and of those below it, as they were started") {
    fake_kernel kernel;
    kernel.group("/system.slice/a.service", "10\n11\n");
    kernel.group("/system.slice/a.service/inner", "12\n");
    kernel.group("/system.slice/b.service", "13\n");
    kernel.process(10, "sh) (x", std::string("sh\0-c\0\0", 7));
    kernel.process(12, "y", std::string("y\0", 2));
    kernel.process(13, "z", std::string("z\0", 2));
    auto const found = kernel.in("/system.slice/a.service");
    // 11 has ended between the two looks.
    REQUIRE(found.size() == 2);
    CHECK(found[0].pid == 10);
    CHECK(found[0].argv == std::vector<std::string>{"sh", "-c", ""});
    CHECK(found[0].environment == std::vector<std::string>{"A=1", "B=x y"});
    CHECK(found[0].exe == "/bin/sh) (x");
    CHECK(found[0].start_ticks == 4711);
    CHECK(found[1].argv == std::vector<std::string>{"y"});
    CHECK(kernel.in("").empty());
    CHECK(kernel.in("/system.slice/gone.service").empty());
}

TEST_CASE("of a process that executes another program meanwhile, all parts are of one of them") {
    fake_kernel kernel;
    kernel.group("/a.service", "10\n");
    kernel.process(10, "executor", "");
    auto const words = kernel.path("/proc/10/cmdline");
    std::filesystem::remove(words);
    REQUIRE(::mkfifo(words.c_str(), 0600) == 0);
    // Comes to that when somebody reads the words.
    std::thread executes([&] {
        int const file = ::open(words.c_str(), O_WRONLY | O_CLOEXEC);
        std::filesystem::remove(words);
        kernel.put("/proc/10/cmdline", std::string("x\0001\0", 4));
        kernel.put("/proc/10/environ", std::string("B=2\0", 4));
        std::filesystem::remove(kernel.path("/proc/10/exe"));
        std::filesystem::create_symlink("/bin/x", kernel.path("/proc/10/exe"));
        constexpr std::string_view before("(x)\0\0", 5);
        static_cast<void>(::write(file, before.data(), before.size()));
        ::close(file);
    });
    auto const found = kernel.in("/a.service");
    executes.join();
    REQUIRE(found.size() == 1);
    CHECK(found[0].exe == "/bin/x");
    CHECK(found[0].argv == std::vector<std::string>{"x", "1"});
    CHECK(found[0].environment == std::vector<std::string>{"B=2"});
}

TEST_CASE("a process that is not shown is not one that has ended") {
    fake_kernel kernel;
    // 0 is one of another PID namespace, 11 has ended.
    kernel.group("/a.service", "10\n0\n11\n");
    kernel.process(10, "a", std::string("a\0", 2));
    CHECK(kernel.all_in("/a.service").live.size() == 1);
    CHECK(kernel.all_in("/a.service").hidden == 1);
    // hidepid=2 hides the first process too.
    kernel.hide(1);
    CHECK(kernel.all_in("/a.service").hidden == 2);
}

TEST_CASE("a process was started before a time if its whole tick was") {
    live_process one;
    one.start_ticks = 4711;
    auto const tick = 1'000'000 / static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
    CHECK(one.started_before(4712 * tick));
    CHECK_FALSE(one.started_before(4712 * tick - 1));
    CHECK_FALSE(one.started_before(0));
}

TEST_CASE("systemd's own hierarchy, where version 1 is mounted") {
    for (auto const* const mounted : {"/unified", "/systemd"}) {
        fake_kernel kernel(mounted);
        kernel.group("/a.service", "10\n");
        kernel.process(10, "a", std::string("a\0", 2));
        CHECK(kernel.in("/a.service").size() == 1);
    }
}

TEST_CASE("the real kernel's processes are read, this one among them where its group is the root") {
    auto const found = proc_processes()->in_group("/");
    REQUIRE(found);
    for (auto const& one : found->live)
        if (one.pid == ::getpid())
            CHECK_FALSE(one.argv.empty());
}

TEST_CASE("a file is read where the process has it, and nothing that is no file") {
    fake_kernel kernel;
    kernel.process(10, "x", "x");
    kernel.put("/run/c", "ours");
    kernel.put("/proc/10/root/run/c", "its own");
    kernel.put("/proc/10/root/run/large", std::string(largest_seen_file + 1, 'x'));
    std::filesystem::create_symlink(kernel.path("/run/c"), kernel.path("/run/link"));
    std::filesystem::create_symlink(kernel.path("/run/c"), kernel.path("/proc/10/root/run/link"));
    CHECK(kernel.seen_by(0, "/run/c").bytes == "ours");
    CHECK(kernel.seen_by(0, "/run/link").bytes == "ours");
    CHECK(kernel.seen_by(10, "/run/c").bytes == "its own");
    CHECK(kernel.seen_by(10, "/run/link").kind == file_kind::other);
    CHECK(kernel.seen_by(10, "/run/large").kind == file_kind::other);
    CHECK(kernel.seen_by(10, "/run").kind == file_kind::other);
    CHECK(kernel.seen_by(10, "/run/none").kind == file_kind::absent);
    CHECK(kernel.seen_by(0, "/run/c/none").kind == file_kind::absent);
    // One that has ended takes its files along.
    CHECK(kernel.seen_by(11, "/run/c").kind == file_kind::unreadable);
}
