#include "dynix/syntax/grammar/deep_stack.hpp"

#include "dynix/syntax/parse.hpp"

#include <pthread.h>

namespace dynix::syntax::grammar {

namespace {

// For one level, in any build: also one for the address sanitizer, whose frames are several times
// as large (nesting_test.cpp passes there). The system gives memory only for what is used.
constexpr std::size_t stack_size = deepest_nesting * 16'384;

void* run_work(void* work) {
    (*static_cast<std::function<void()> const*>(work))();
    return nullptr;
}

} // namespace

// A thread is the one portable way to a stack that debuggers, sanitizers and exceptions know.
bool on_deep_stack(std::function<void()> const& work) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_t thread;
    auto argument = work;
    auto const started = pthread_attr_setstacksize(&attributes, stack_size) == 0 &&
                         pthread_create(&thread, &attributes, run_work, &argument) == 0;
    pthread_attr_destroy(&attributes);
    if (started)
        pthread_join(thread, nullptr);
    return started;
}

} // namespace dynix::syntax::grammar
