// A runner for tests: answers from a list, and remembers what it was asked.
#pragma once

#include "dynix/process/runner.hpp"

#include <deque>
#include <utility>
#include <vector>

namespace dynix::process {

class fake_runner : public runner {
  public:
    // The answers, in the order of the calls.
    std::deque<result<outcome>> answers;
    // What was asked for.
    std::vector<command> calls;

    result<outcome> run(command const& what) override {
        calls.push_back(what);
        if (answers.empty())
            return make_error("the fake runner has no answer for " + shell_text(what));
        auto answer = std::move(answers.front());
        answers.pop_front();
        if (answer && what.on_err_line)
            each_line(answer->err, what.on_err_line);
        if (answer && what.on_out_line)
            each_line(answer->out, what.on_out_line);
        return answer;
    }

  private:
    static void each_line(std::string_view text, line_callback const& call) {
        while (!text.empty()) {
            auto const end = text.find('\n');
            call(text.substr(0, end));
            text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        }
    }
};

} // namespace dynix::process
