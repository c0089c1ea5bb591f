#include "dynix/base/exit_code.hpp"

#include "dynix/test.hpp"

#include <string_view>

using dynix::exit_code;

TEST_CASE("exit codes keep their numbers and words: scripts rely on them") {
    struct row {
        exit_code code;
        int number;
        std::string_view word;
    };
    for (auto const& [code, number, word] :
         {row{exit_code::done, 0, "done"}, row{exit_code::refused, 1, "refused"},
          row{exit_code::usage, 2, "usage"}, row{exit_code::failed_restored, 3, "failed-restored"},
          row{exit_code::failed_left, 4, "failed-left"},
          row{exit_code::unknown_name, 5, "unknown-name"}}) {
        CHECK(static_cast<int>(code) == number);
        CHECK(to_string(code) == word);
    }
}
