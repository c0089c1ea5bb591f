#include "dynix/evaluation/slices.hpp"

#include "dynix/base/file.hpp"
#include "dynix/base/test_folder.hpp"
#include "dynix/plan/build.hpp"
#include "dynix/process/fake_runner.hpp"
#include "dynix/test.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <filesystem>
#include <fmt/format.h>

using namespace dynix;
using namespace dynix::evaluation;

namespace {

struct machine {
    process::fake_runner nix{};
    questioner by{};

    machine() {
        by.source.kind = plan::source_kind::file;
        by.source.file = "/etc/nixos/system.nix";
        by.roots = {"/etc/nixos"};
    }
    void says(int code, std::string out, std::string err = {}) {
        process::outcome it;
        it.exit_code = code;
        it.out = std::move(out);
        it.err = std::move(err);
        nix.answers.push_back(it);
    }
    void has_bar() {
        says(0, R"({"path":"/m","services":[{"name":"bar","targets":["a.one"]}]})");
        says(0, R"({"units":[],"context":{}})"); // untouched
    }
    result<slice_set> find() { return find_slices(by, {"a.one"}, nix); }
    result<slice_set> find_of_two() { return find_slices(by, {"a.one", "b.two"}, nix); }
};

// Keeps what a slice has when it is to grow, and what is left out then.
class reading_runner : public process::runner {
  public:
    explicit reading_runner(process::runner& with) : with_(with) {}

    result<process::outcome> run(process::command const& what) override {
        auto const& args = what.args;
        auto const file = std::find(args.begin(), args.end(), "question") + 1;
        if (std::find(args.begin(), args.end(), "grow") != args.end()) {
            auto const text = read_file(*file);
            REQUIRE(text);
            auto const at = text->find("\"live\"");
            auto const end = text->find(",\"givenUp\"");
            grown.push_back(text->substr(at, end - at));
            left_out.push_back(text->substr(end + 1, text->find(",\"found\"") - end - 1));
        }
        return with_.run(what);
    }

    std::vector<std::string> grown{};
    std::vector<std::string> left_out{};

  private:
    process::runner& with_;
};

// All that is said of the slices, with them where their places stand.
std::string whole(slice_set const& made) {
    auto const& text = made.text;
    auto all = boost::json::parse(text.substr(std::stoul(text.substr(0, 16))));
    for (auto& service : all.as_object()["services"].as_array())
        for (auto const* part : {"alone", "slice"}) {
            auto& place = service.as_object()[part];
            if (place.is_null())
                continue;
            auto const begin = place.as_array().at(0).to_number<std::size_t>();
            auto const length = place.as_array().at(1).to_number<std::size_t>();
            place = boost::json::parse(text.substr(begin, length));
        }
    return boost::json::serialize(all);
}

std::string line(std::string const& words) {
    return "trace: dynix-slice " + words + "\n";
}

} // namespace

TEST_CASE("a slice grows until it needs nothing more, and is proved") {
    machine host;
    host.has_bar();
    host.says(0, R"(["bar.nix"])");
    host.says(0, "true", line(R"(["live",["x"],["x.nix"]])"));
    host.says(0, "true", line(R"(["open",["y"]])"));
    host.says(0, "true", line(R"(["stub",["y","z"],{"v":1}])"));
    host.says(0, R"({"live":["bar.nix","x.nix"]})");
    auto const made = host.find();
    REQUIRE(made);
    CHECK(
        whole(*made) ==
        R"({"path":"/m","services":[{"name":"bar","targets":["a.one"],)"
        R"("untouched":{"units":[],"context":{}},"alone":null,"slice":{"live":["bar.nix","x.nix"]}}],"proved":["a.one"],"built":{}})");
    CHECK(made->without.empty());
    CHECK(host.nix.answers.empty());
}

TEST_CASE("beside overrides of other services it is another slice, which begins with the first") {
    machine host;
    host.has_bar();
    host.says(0, R"(["bar.nix"])");
    host.says(0, "true", line(R"(["live",["x"],["x.nix"]])"));
    host.says(0, "true");
    host.says(0, R"({"live":["bar.nix","x.nix"]})");
    host.says(0, "true", line(R"(["live",["y"],["y.nix"]])"));
    host.says(0, "true");
    host.says(0, R"({"live":["bar.nix","x.nix","y.nix"]})");
    auto const made = host.find_of_two();
    REQUIRE(made);
    CHECK(
        whole(*made).find(
            R"("alone":{"live":["bar.nix","x.nix"]},"slice":{"live":["bar.nix","x.nix","y.nix"]}})") !=
        std::string::npos);
    CHECK(made->without.empty());
    CHECK(host.nix.answers.empty());
}

TEST_CASE("what slices of one service need of others, those of the next begin with") {
    machine host;
    host.says(
        0,
        R"({"path":"/m","services":[{"name":"bar","targets":["a.one"]},{"name":"foo","targets":["b.two"]}]})");
    auto const has = [&](std::string const& begins_with) {
        host.says(0, R"({"units":[],"context":{}})"); // untouched
        host.says(0, begins_with);
        host.says(0, "true");
        host.says(0, R"({"live":[]})");
    };
    has(R"(["bar.nix"])");
    host.says(0, "true", line(R"(["live",["y"],["foo.nix"]])") + line(R"(["open",["z"]])"));
    host.says(0, "true");
    host.says(0, R"({"live":[]})");
    has(R"(["foo.nix"])");
    host.says(0, "true");
    host.says(0, R"({"live":[]})");
    reading_runner reads(host.nix);
    REQUIRE(find_slices(host.by, {"a.one", "b.two"}, reads));
    CHECK(host.nix.answers.empty());
    CHECK(
        reads.grown == std::vector<std::string>{
                           R"("live":["bar.nix"],"opened":[])", R"("live":["bar.nix"],"opened":[])",
                           R"("live":["bar.nix","foo.nix"],"opened":[["z"]])",
                           R"("live":["foo.nix"],"opened":[["z"]])",
                           R"("live":["foo.nix","bar.nix"],"opened":[["z"]])"});
}

TEST_CASE("a service that has a slice only where no other one is touched") {
    machine host;
    host.has_bar();
    host.says(0, "[]");
    host.says(0, "true");
    host.says(0, R"({"live":[]})");
    host.says(1, "", "error: no\n");
    auto const made = host.find_of_two();
    REQUIRE(made);
    CHECK(whole(*made).find(R"("alone":{"live":[]},"slice":null)") != std::string::npos);
    CHECK(
        made->without == std::map<std::string, std::string>{
                             {"bar", "where other services have overrides too: error: no"}});
    CHECK(host.nix.answers.empty());
}

TEST_CASE("what ends an evaluation is left out, and once more ends the service") {
    machine host;
    host.has_bar();
    host.says(0, "[]");
    auto const ends = line(R"(["trying",["x"]])") + "error: infinite recursion encountered\n";
    host.says(1, "", ends);
    host.says(1, "", ends);
    auto const made = host.find();
    REQUIRE(made);
    CHECK(made->without.at("bar") == "error: infinite recursion encountered");
    CHECK(host.nix.answers.empty());
}

TEST_CASE("what is left out is left out beside overrides of other services, too") {
    machine host;
    host.has_bar();
    host.says(0, "[]");
    host.says(1, "", line(R"(["trying",["x"]])") + "error: attribute missing\n");
    host.says(0, "true");
    host.says(0, R"({"live":[]})");
    host.says(0, "true");
    host.says(0, R"({"live":[]})");
    reading_runner reads(host.nix);
    REQUIRE(find_slices(host.by, {"a.one", "b.two"}, reads));
    CHECK(host.nix.answers.empty());
    auto const without = std::string(R"("givenUp":[["x"]])");
    CHECK(reads.left_out == std::vector<std::string>{R"("givenUp":[])", without, without});
}

TEST_CASE("a slice that is not the system is none, and says why") {
    machine host;
    host.has_bar();
    host.says(0, "[]");
    host.says(0, "true");
    host.says(
        1, "",
        "error: evaluation aborted with the following error message: 'dynix-slice the service is "
        "another one'\n");
    auto const made = host.find();
    REQUIRE(made);
    CHECK(made->without.at("bar") == "dynix-slice the service is another one");
    CHECK(whole(*made).find(R"("slice":null)") != std::string::npos);
}

TEST_CASE(
    "of a service that looks at the options of others, nothing is known where it is not touched") {
    machine host;
    host.says(0, R"({"path":"/m","services":[{"name":"bar","targets":["c"]}]})");
    host.says(
        1, "",
        "error: evaluation aborted with the following error message: 'dynix-canary a.one'\n");
    auto const made = host.find();
    REQUIRE(made);
    CHECK(whole(*made).find(R"("untouched":null)") != std::string::npos);
    CHECK(made->without.at("bar") == "none of its options is proved");
}

TEST_CASE("a service without a slice takes none of another one's") {
    machine host;
    host.says(
        0,
        R"({"path":"/m","services":[{"name":"bar","targets":["a.one"]},{"name":"foo","targets":["b.two"]}]})");
    auto const checked = R"({"units":[{"name":"bar.service","probes":[]}],"context":{}})";
    host.says(0, checked);
    host.says(0, "[]");
    host.says(1, "", "error: no\n");
    host.says(0, R"({"units":[],"context":{}})");
    host.says(0, "[]");
    host.says(0, "true");
    host.says(0, R"({"live":[]})");
    host.says(0, "true");
    host.says(0, R"({"live":["b.nix"]})");
    auto const made = host.find_of_two();
    REQUIRE(made);
    CHECK(host.nix.answers.empty());
    CHECK(
        whole(*made) ==
        R"({"path":"/m","services":[{"name":"bar","targets":["a.one"],"untouched":)" +
            std::string(checked) +
            R"(,"alone":null,"slice":null},{"name":"foo","targets":["b.two"],)"
            R"("untouched":{"units":[],"context":{}},)"
            R"("alone":{"live":[]},"slice":{"live":["b.nix"]}}],)"
            R"("proved":["a.one","b.two"],"built":{}})");
    CHECK(made->without.size() == 1);
}

TEST_CASE("there are no slices where nobody tells what the system is made of") {
    machine host;
    host.says(1, "", "error: dynix-slice: this NixOS does not tell what modules it is made of\n");
    auto const made = host.find();
    REQUIRE(!made);
    CHECK(
        made.error().message ==
        "there are no slices: error: dynix-slice: this NixOS does not tell what modules it is made "
        "of");
}

TEST_CASE("what is proved names derivations, which are in the store then") {
    machine on;
    on.has_bar();
    on.says(0, "[]");
    on.says(0, "true", line(R"(["package","bash"])"));
    on.says(0, R"({"live":[]})");
    REQUIRE(on.find());
    auto const writes = [&](std::size_t call) {
        auto const& args = on.nix.calls.at(call).args;
        return std::find(args.begin(), args.end(), "--read-write-mode") != args.end();
    };
    REQUIRE(on.nix.calls.size() == 5);
    CHECK(!writes(0)); // services
    CHECK(writes(1));  // untouched
    CHECK(!writes(3)); // grow
    CHECK(writes(4));  // prove
}

TEST_CASE("Nix reads of the slices those that it evaluates") {
    if (!process::find_program("nix-instantiate")) {
        MESSAGE("skipped: there is no Nix");
        return;
    }
    test_folder const folder;
    std::filesystem::create_directory(folder.path("m"));
    REQUIRE(replace_file(
        folder.path("m/plan.nix"),
        "{ slices, ... }: map (it: it.alone or null == null && it.slice.live == [ \"bär.nix\" ]) "
        "slices.services ++ slices.proved\n"));
    machine host;
    host.says(
        0, fmt::format(
               R"({{"path":"{}","services":[{{"name":"bar","targets":["a.one"]}}]}})",
               folder.path("m")));
    host.says(0, R"({"units":[],"context":{}})");
    host.says(0, "[]");
    host.says(0, "true");
    host.says(0, R"({"live":["bär.nix"]})");
    auto made = host.find();
    REQUIRE(made);
    plan::build_options options;
    options.source.kind = plan::source_kind::file;
    options.source.file = "/nowhere.nix";
    options.out_link.clear();
    options.slices = folder.path("slices");
    REQUIRE(replace_file(options.slices, made->text));
    auto command = plan::build_command(options);
    command.program = "nix-instantiate";
    std::erase(command.args, "--no-out-link");
    command.args.insert(command.args.begin(), {"--eval", "--strict", "--json"});
    auto const found = process::make_runner()->run(command);
    REQUIRE(found);
    // Nix 2.26 ends the line.
    CHECK_MESSAGE(found->out.substr(0, found->out.find('\n')) == R"([true,"a.one"])", found->err);
}
