#include "shell_words.hpp"

namespace dynix::tool {

typed_words shell_words(std::string_view line, std::string_view breaks) {
    typed_words out{std::vector<std::string>(1)};
    auto& words = out.words;
    char quote = 0;
    bool in_word = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        char const c = line[i];
        bool const blank = c == ' ' || c == '\t' || c == '\n';
        if (quote == 0 && blank) {
            if (in_word)
                words.emplace_back();
            in_word = false;
            out.left_alone = 0;
            continue;
        }
        in_word = true;
        if (quote == 0 && (c == '\'' || c == '"')) {
            quote = c;
        } else if (c == quote) {
            quote = 0;
        } else if (c == '\\' && quote != '\'' && i + 1 < line.size()) {
            char const next = line[++i];
            // Between double quotes only these lose their backslash.
            if (quote == '"' && std::string_view("$`\"\\").find(next) == std::string_view::npos)
                words.back() += c;
            words.back() += next;
        } else {
            words.back() += c;
            // readline lets a word begin with '@' itself, for the names of hosts.
            if (quote == 0 && breaks.find(c) != breaks.npos)
                out.left_alone = words.back().size() - (c == '@' ? 1 : 0);
        }
    }
    return out;
}

} // namespace dynix::tool
