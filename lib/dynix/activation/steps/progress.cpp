#include "dynix/activation/steps/progress.hpp"

#include <algorithm>
#include <utility>

namespace dynix::activation {

void phases::begin(apply_phase phase) {
    now_ = phase;
    begun_ = time_.now();
    if (on_progress_)
        on_progress_({phase, true, {}, {}});
}

void phases::tell(std::string detail) {
    if (on_progress_)
        on_progress_({now_.value_or(apply_phase::check), true, elapsed(), std::move(detail)});
}

void phases::end() {
    if (!now_)
        return;
    auto const known = std::ranges::find(times_, now_->word, &phase_time::name);
    if (known == times_.end())
        times_.push_back({std::string(now_->word), elapsed()});
    else
        known->elapsed += elapsed();
    if (on_progress_)
        on_progress_({*now_, false, elapsed(), {}});
    now_.reset();
}

void phases::enter(apply_phase phase) {
    if (now_ == phase || now_ == apply_phase::restore)
        return;
    end();
    begin(phase);
}

void phases::wait_for(std::string const& holder) {
    if (!std::exchange(waits_, true))
        begin(apply_phase::wait);
    tell(holder);
}

void phases::end_wait() {
    if (std::exchange(waits_, false))
        end();
}

host::milliseconds phases::elapsed() const {
    return std::chrono::duration_cast<host::milliseconds>(time_.now() - begun_);
}

} // namespace dynix::activation
