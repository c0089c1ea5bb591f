// For differential.py. Prints the normal form of each file named on the command line, one a line;
// "refused: " and the error's message where there is none.
#include "dynix/base/file.hpp"
#include "dynix/syntax/normal_form.hpp"
#include "dynix/syntax/parse.hpp"

#include <filesystem>
#include <fmt/format.h>

using namespace dynix;

int main(int count, char** arguments) {
    for (int i = 1; i < count; ++i) {
        std::string const file = arguments[i];
        auto const parsed = syntax::parse(*read_file(file), file, {.undefined_variables = true});
        if (parsed)
            fmt::print(
                "{}\n", syntax::normal_form(
                            *parsed, {std::filesystem::path(file).parent_path(), "/home/of"}));
        else
            fmt::print("refused: {}\n", parsed.error().message);
    }
    return 0;
}
